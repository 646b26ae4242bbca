import { beforeEach, describe, expect, it } from 'vitest';
import { drain } from '../../../lambda/creation/drain.ts';
import { final } from '../../../lambda/creation/final.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { GroupRequest } from '../../../lambda/creation/request.ts';
import { SecretError } from '../../../lambda/errors.ts';
import { Bench, EXECUTION_MS, instances, START_MS } from '../harness.ts';
import { ASKED_FIRST, aGroup, GreenApiAccount, groupId } from './green-api-account.ts';
import { ask, endedSo, FIRST, HOUR_MS, lockOf, MINUTE_MS, read, SECOND_MS } from './wishes.ts';

const OVERLIMIT: Outcome = { kind: 'overlimit', detail: 'rate-overlimit' };
const WINDOW = { startMs: START_MS, endMs: START_MS + 2_000, idInstance: FIRST };
/** The group of a POST that succeeds. */
const POSTED = '120363043968066561@g.us';
/** Of the first overlimit. */
const REST_MS = HOUR_MS + SECOND_MS;

let bench: Bench;
let account: GreenApiAccount;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
});

/** The same wish again, once the instance has rested. */
async function again(more: Parameters<typeof ask>[1] = {}): Promise<GroupRequest> {
  bench.clock.advance(REST_MS);
  return ask(bench.service(), more);
}

describe('after an overlimit, a caller who sends the same again', () => {
  let first: GroupRequest;
  beforeEach(async () => {
    first = await endedSo(bench, OVERLIMIT);
  });

  it('was told that it failed, and the window is kept', async () => {
    expect(await read(bench, first)).toMatchObject({
      status: 'failed',
      retryable: true,
      outcome: 'overlimit',
      overlimitWindow: WINDOW,
    });
    expect(account.asked).toEqual([]);
  });

  it('gets the group if it was made, without a POST, and the lock is given back', async () => {
    account.add(aGroup());
    expect(await again()).toMatchObject({
      id: first.id,
      chatId: groupId(),
      groupInviteLink: aGroup().groupInviteLink,
      idInstance: FIRST,
      missingChatIds: [],
      evidence: { conclusion: 'found', fitting: [groupId()] },
      ...final('created', bench.clock.nowMs()),
    });
    expect(bench.posts).toHaveLength(1);
    const record = await read(bench, first);
    for (const gone of ['overlimitWindow', 'window', 'watchAtMs', 'outcome', 'retryable'])
      expect(record).not.toHaveProperty(gone);
    const { attemptsByDay, attemptId, ...lock } = await lockOf(bench);
    expect({ attemptsByDay, attemptId }).toEqual({
      attemptsByDay: { '2026-01-05': 1 },
      attemptId: undefined,
    });
    expect(lock).toMatchObject({
      freeAtMs: bench.clock.nowMs(),
      overlimitLevel: 1,
      lastOutcome: 'overlimit',
    });
  });

  it('gets a group by exactly one POST if none was made', async () => {
    account.add(aGroup({ createdAtMs: START_MS + 30 * MINUTE_MS }));
    expect(await again()).toMatchObject({ id: first.id, status: 'created', chatId: POSTED });
    expect(bench.posts).toHaveLength(2);
    expect(await read(bench, first)).not.toHaveProperty('overlimitWindow');
    expect(await lockOf(bench)).toMatchObject({ overlimitLevel: 0, lastOutcome: 'created' });
  });

  it.each([
    [-1, 'confirming', 1],
    [0, 'created', 2],
  ] as const)(
    'ten minutes, the clock margin and %i ms after it, though a person lets the instance go on: %s',
    async (besideMs, status, posts) => {
      await bench.service().locks.resume(await lockOf(bench));
      bench.clock.advance(10 * MINUTE_MS + SECOND_MS + besideMs);
      const request = await ask(bench.service());
      expect(request).toMatchObject({ id: first.id, status });
      if (status === 'confirming') expect(request).toHaveProperty('evidence.conclusion', 'none');
      expect(bench.posts).toHaveLength(posts);
    },
  );

  it('counts from when the lists were read, not from when the look was over', async () => {
    await bench.service().locks.resume(await lockOf(bench));
    bench.clock.advance(10 * MINUTE_MS);
    account.meanwhile = (method) => method === 'chats' && bench.clock.advance(2 * SECOND_MS);
    expect(await ask(bench.service())).toMatchObject({
      status: 'confirming',
      evidence: { conclusion: 'none' },
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('is the same request hours later, looked for once only', async () => {
    bench.clock.advance(30 * HOUR_MS);
    account.add(aGroup());
    expect(await again()).toMatchObject({ id: first.id, chatId: groupId() });
    expect(account.methods()).toEqual([...ASKED_FIRST, 'group']);
  });

  it('has a new window after a second overlimit', async () => {
    bench.outcomes.push(OVERLIMIT);
    const second = await again();
    const startMs = WINDOW.endMs + REST_MS;
    expect(second).toMatchObject({
      status: 'failed',
      overlimitWindow: { startMs, endMs: startMs + 2_000, idInstance: FIRST },
    });
  });

  it.each([
    ['throttled', { kind: 'throttled', limit: 'rate', detail: '' }],
    ['blocked', { kind: 'blocked', cause: 'starting', detail: '' }],
    ['unknown', { kind: 'unknown', answered: true, detail: '' }],
  ] as const)('keeps the window if the next attempt is %s', async (_name, outcome) => {
    bench.outcomes.push(outcome);
    expect(await again()).toMatchObject({ outcome: outcome.kind, overlimitWindow: WINDOW });
  });

  it('must be looked for by a person if several groups fit', async () => {
    account.add(aGroup());
    account.add(aGroup({ chatId: groupId(2) }));
    const request = await again();
    const nowMs = bench.clock.nowMs();
    expect(request).toMatchObject({ status: 'confirming', outcome: 'overlimit', watchAtMs: nowMs });
    expect(request.evidence).toMatchObject({ conclusion: 'several', fitting: [groupId(), groupId(2)] });
    expect(await lockOf(bench)).toMatchObject({ freeAtMs: nowMs, attemptsByDay: { '2026-01-05': 1 } });
    await drain(bench.service());
    expect(await read(bench, first)).toMatchObject({
      outcome: 'overlimit',
      overlimitWindow: WINDOW,
      evidence: { conclusion: 'several', fitting: [groupId(), groupId(2)] },
      ...final('unconfirmed', nowMs),
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('gets the group that a tick still finds, when one of several is gone', async () => {
    account.add(aGroup());
    account.add(aGroup({ chatId: groupId(2) }));
    await again();
    account.groups.pop();
    await drain(bench.service());
    expect(await read(bench, first)).toMatchObject({
      status: 'created',
      chatId: groupId(),
      idInstance: FIRST,
    });
  });

  it('is looked for by ticks if nobody could look, and the lock is given back', async () => {
    account.untold.add('chats');
    const request = await again();
    const nowMs = bench.clock.nowMs();
    expect(request).toMatchObject({
      id: first.id,
      status: 'confirming',
      outcome: 'overlimit',
      idInstance: FIRST,
      window: { startMs: WINDOW.startMs, endMs: WINDOW.endMs + MINUTE_MS },
      overlimitWindow: WINDOW,
      watchAtMs: nowMs,
      evidence: { atMs: nowMs, conclusion: 'unclear', hindrance: 'getChats: no chats today' },
    });
    const lock = await lockOf(bench);
    expect(lock).toMatchObject({ freeAtMs: nowMs, troubleLevel: 0, attemptsByDay: { '2026-01-05': 1 } });
    expect(lock.coolUntilMs).toBeLessThan(nowMs);
    account.untold.clear();
    account.add(aGroup());
    await drain(bench.service());
    expect(await read(bench, first)).toMatchObject({ status: 'created', chatId: groupId() });
    expect(bench.posts).toHaveLength(1);
  });

  it('may send it once more when a tick has seen everything, and no group', async () => {
    account.untold.add('chats');
    await again();
    account.untold.clear();
    await drain(bench.service());
    const request = await read(bench, first);
    expect(request).toMatchObject({
      status: 'failed',
      retryable: true,
      outcome: 'overlimit',
      evidence: { conclusion: 'none' },
    });
    for (const gone of ['overlimitWindow', 'window', 'watchAtMs']) expect(request).not.toHaveProperty(gone);
    bench.clock.advance(SECOND_MS);
    expect(await ask(bench.service())).toMatchObject({ id: first.id, status: 'created' });
    expect(bench.posts).toHaveLength(2);
  });

  it.each([
    ['not in the secret', () => (bench.instances = instances(2).slice(1))],
    ['not authorized', () => (account.stateName = 'notAuthorized')],
  ])(
    'of an instance that is %s, must be looked for by a person after a day and a look',
    async (_name, happens) => {
      bench = new Bench();
      account = new GreenApiAccount(bench);
      bench.instances = instances(2);
      first = await endedSo(bench, OVERLIMIT, { wanted: 'any' });
      happens();
      bench.clock.advance(WINDOW.endMs + 24 * HOUR_MS - bench.clock.nowMs());
      expect(await ask(bench.service(), { wanted: 'any' })).toMatchObject({
        id: first.id,
        status: 'confirming',
      });
      await drain(bench.service());
      expect(await read(bench, first)).toMatchObject({
        status: 'unconfirmed',
        idInstance: FIRST,
        lookups: 1,
        outcome: 'overlimit',
        evidence: { conclusion: 'unclear' },
      });
      expect(bench.posts).toHaveLength(1);
    },
  );

  it('sends nothing while the secret cannot be read', async () => {
    account.add(aGroup());
    bench.clock.advance(REST_MS);
    const service = bench.service();
    const { list } = service.instances;
    let reads = 0;
    service.instances.list = () => {
      reads += 1;
      return reads === 1 ? list() : Promise.reject(new SecretError('unavailable', 'x'));
    };
    expect(await ask(service)).toMatchObject({
      status: 'confirming',
      evidence: { hindrance: 'the instances secret could not be read' },
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('sends nothing if no whole call fits after the look, and keeps the window', async () => {
    account.once('groupContacts', () => bench.clock.advance(EXECUTION_MS - 80_000 + 1));
    expect(await again()).toMatchObject({
      status: 'failed',
      retryable: true,
      cause: 'no-time-left',
      overlimitWindow: WINDOW,
    });
    expect(bench.posts).toHaveLength(1);
    account.once('groupContacts', () => bench.clock.advance(EXECUTION_MS - 80_000));
    expect(await again()).toMatchObject({ status: 'created' });
    expect(bench.posts).toHaveLength(2);
  });
});
