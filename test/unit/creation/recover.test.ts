import { beforeEach, describe, expect, it } from 'vitest';
import { final } from '../../../lambda/creation/final.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { lookAfterWatched } from '../../../lambda/creation/watch.ts';
import { Bench, START_MS } from '../harness.ts';
import { aGroup, GreenApiAccount, groupId, MEMBER } from './green-api-account.ts';
import { ask, endedSo, FIRST, HOUR_MS, MINUTE_MS, read, SECOND_MS } from './wishes.ts';

const STRANGER = '79009999999@c.us';
const UNKNOWN: Outcome = { kind: 'unknown', answered: false, detail: 'HTTP 502' };
const END_MS = START_MS + 2_000;
/** When the looks are, from the end of the call. */
const FIRST_LOOKS_MS = [1, 2, 4, 6].map((minutes) => minutes * MINUTE_MS);
const CONCLUSIVE_MS = 10 * MINUTE_MS + SECOND_MS;

let bench: Bench;
let account: GreenApiAccount;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
});

/** A request whose attempt had no clear end. */
const confirming = (chatIds = [MEMBER]) => endedSo(bench, UNKNOWN, { chatIds });

async function lookAt(afterEndMs: number): Promise<void> {
  bench.clock.advance(END_MS + afterEndMs - bench.clock.nowMs());
  await lookAfterWatched(bench.service());
}

describe('when recovery looks', () => {
  it('is after 1, 2, 4, 6 and 10 minutes, then each hour for a day, and not a millisecond before', async () => {
    account.stateName = 'notAuthorized';
    const lost = await confirming();
    const looksMs: number[] = [];
    for (;;) {
      const { status, watchAtMs } = await read(bench, lost);
      if (status !== 'confirming' || watchAtMs === undefined) break;
      await lookAt(watchAtMs - END_MS - 1);
      expect(account.asked).toHaveLength(looksMs.length);
      await lookAt(watchAtMs - END_MS);
      if (account.asked.length > looksMs.length) looksMs.push(watchAtMs - END_MS);
    }
    const hourly = Array.from({ length: 23 }, (_, index) => CONCLUSIVE_MS + (index + 1) * HOUR_MS);
    expect(looksMs).toEqual([...FIRST_LOOKS_MS, CONCLUSIVE_MS, ...hourly]);
    expect(bench.clock.nowMs()).toBe(END_MS + CONCLUSIVE_MS + 24 * HOUR_MS);
    const { evidence, ...request } = await read(bench, lost);
    expect(request).toMatchObject({ status: 'unconfirmed', outcome: 'unknown', detail: 'HTTP 502' });
    expect(evidence).toEqual({
      atMs: END_MS + CONCLUSIVE_MS + 23 * HOUR_MS,
      conclusion: 'unclear',
      hindrance: 'the instance is not authorized',
      state: 'notAuthorized',
    });
    expect(request).not.toHaveProperty('watchAtMs');
    expect(bench.events).toContainEqual({ event: 'request-unconfirmed', requestId: lost.id });
  });

  it('a tick that comes late skips what it has missed', async () => {
    const lost = await confirming();
    await lookAt(5 * MINUTE_MS);
    expect(await read(bench, lost)).toMatchObject({ lookups: 1, watchAtMs: END_MS + 6 * MINUTE_MS });
  });

  it('an index that lags, and shows one too early or twice, changes nothing', async () => {
    const { id } = await confirming();
    const service = bench.service();
    const { readMany } = service.requests;
    const idsRead: (readonly string[])[] = [];
    service.queue.watched = async () => [id, id];
    service.requests.readMany = (ids) => {
      idsRead.push(ids);
      return readMany(ids);
    };
    bench.clock.advance(MINUTE_MS - 1);
    await lookAfterWatched(service);
    expect(account.asked).toEqual([]);
    expect(idsRead).toEqual([[id]]);
  });

  it('of two at once only one looks', async () => {
    await confirming();
    bench.clock.advance(MINUTE_MS);
    await Promise.all([lookAfterWatched(bench.service()), lookAfterWatched(bench.service())]);
    expect(account.count('state')).toBe(1);
  });

  it('one that died is taken over at the next look, and counts no more if it wakes', async () => {
    const lost = await confirming();
    let wake: () => void = () => undefined;
    account.once('state', () => new Promise<void>((resolve) => (wake = resolve)));
    bench.clock.advance(MINUTE_MS);
    const dead = lookAfterWatched(bench.service());
    await lookAt(2 * MINUTE_MS - 1);
    expect(account.count('state')).toBe(1);
    await lookAt(2 * MINUTE_MS);
    expect(account.count('state')).toBe(2);
    account.untold.add('state');
    wake();
    await dead;
    expect(await read(bench, lost)).toMatchObject({ lookups: 2, evidence: { conclusion: 'none' } });
  });
});

describe('a look of recovery', () => {
  it('that finds the group ends as created, with its link, who is missing, and the evidence', async () => {
    const lost = await confirming([MEMBER, STRANGER]);
    account.add(aGroup());
    await lookAt(MINUTE_MS);
    const request = await read(bench, lost);
    expect(request).toMatchObject({
      chatId: groupId(),
      groupInviteLink: aGroup().groupInviteLink,
      idInstance: FIRST,
      missingChatIds: [STRANGER],
      evidence: { atMs: END_MS + MINUTE_MS, conclusion: 'found', fitting: [groupId()] },
      ...final('created', END_MS + MINUTE_MS),
    });
    for (const gone of ['watchAtMs', 'window', 'outcome', 'detail', 'retryable'])
      expect(request).not.toHaveProperty(gone);
    expect(bench.events).toContainEqual({ event: 'looked-up', requestId: lost.id, conclusion: 'found' });
    expect(bench.events.map(({ event }) => event)).not.toContain('request-unconfirmed');
    expect(bench.posts).toHaveLength(1);
  });

  it('says nothing of who is missing where that cannot be told', async () => {
    const lost = await confirming([MEMBER, STRANGER]);
    account.add(aGroup({ isWhole: false }));
    await lookAt(MINUTE_MS);
    expect(await read(bench, lost)).toHaveProperty('status', 'created');
    expect(await read(bench, lost)).not.toHaveProperty('missingChatIds');
  });

  it('sees a group only once the lists show it', async () => {
    const lost = await confirming();
    account.add(aGroup(), { listedFromMs: START_MS + 5 * MINUTE_MS });
    for (const afterMs of FIRST_LOOKS_MS.slice(0, 3)) {
      await lookAt(afterMs);
      expect(await read(bench, lost)).toMatchObject({
        status: 'confirming',
        evidence: { atMs: END_MS + afterMs, conclusion: 'none' },
      });
    }
    await lookAt(6 * MINUTE_MS);
    expect(await read(bench, lost)).toMatchObject({ status: 'created', chatId: groupId() });
  });

  it.each([
    ['none', 0],
    ['several', 2],
  ] as const)(
    'that finds %s only notes it before ten minutes; then a person must',
    async (conclusion, count) => {
      const lost = await confirming();
      for (let index = 1; index <= count; index += 1) account.add(aGroup({ chatId: groupId(index) }));
      await lookAt(CONCLUSIVE_MS - 1);
      expect(await read(bench, lost)).toMatchObject({ status: 'confirming', evidence: { conclusion } });
      expect(bench.events.map(({ event }) => event)).not.toContain('request-unconfirmed');
      await lookAt(CONCLUSIVE_MS);
      const request = await read(bench, lost);
      expect(request).toMatchObject({
        outcome: 'unknown',
        detail: 'HTTP 502',
        window: { startMs: START_MS, endMs: END_MS + MINUTE_MS },
        evidence: {
          atMs: END_MS + CONCLUSIVE_MS,
          conclusion,
          fitting: [groupId(1), groupId(2)].slice(0, count),
        },
        ...final('unconfirmed', END_MS + CONCLUSIVE_MS),
      });
      expect(request).not.toHaveProperty('chatId');
      expect(bench.events.filter(({ event }) => event === 'request-unconfirmed')).toHaveLength(1);
    },
  );

  it('ends nothing if its lists were read before ten minutes, though it was over later', async () => {
    const lost = await confirming();
    account.once('groupContacts', () => bench.clock.advance(SECOND_MS));
    await lookAt(CONCLUSIVE_MS - 1);
    expect(await read(bench, lost)).toMatchObject({ status: 'confirming', evidence: { conclusion: 'none' } });
  });

  it('that is unclear ends nothing after ten minutes, nor after an hour', async () => {
    const lost = await confirming();
    account.emptyLists.add('groupContacts');
    for (const afterMs of [CONCLUSIVE_MS, HOUR_MS + CONCLUSIVE_MS]) {
      await lookAt(afterMs);
      expect(await read(bench, lost)).toMatchObject({
        status: 'confirming',
        evidence: { conclusion: 'unclear', hindrance: 'an empty list says nothing', chats: 1, contacts: 0 },
      });
    }
  });

  it('after a death without an answer looks in all the time that its execution had', async () => {
    const stuck = bench.service();
    const { deadlineMs } = stuck.execution;
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void ask(stuck);
    await new Promise((turn) => setImmediate(turn));
    // GREEN-API’s engine worked on for a minute, and WhatsApp’s clock goes two minutes ahead.
    account.add(aGroup({ createdAtMs: deadlineMs + MINUTE_MS + 2 * MINUTE_MS }));
    const [id = ''] = await bench.service().queue.watched(Number.MAX_SAFE_INTEGER, 1);
    await lookAt(deadlineMs + SECOND_MS - END_MS);
    expect(await read(bench, { id })).toMatchObject({
      status: 'confirming',
      outcome: 'overdue',
      watchAtMs: deadlineMs + MINUTE_MS,
    });
    await lookAt(deadlineMs + MINUTE_MS - END_MS);
    expect(await read(bench, { id })).toMatchObject({ status: 'created', chatId: groupId() });
  });
});
