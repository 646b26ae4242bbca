import { describe, expect, it } from 'vitest';
import { resolveRequest } from '../../lambda/creation/change-request.ts';
import { createGroup } from '../../lambda/creation/create-group.ts';
import { drain } from '../../lambda/creation/drain.ts';
import type { FaultsInput } from '../../local/green-api-simulator/simulator.ts';
import { EXECUTION_MS } from '../unit/harness.ts';
import {
  CONCLUSIVE_MS,
  GROUP_NAME,
  HOUR_MS,
  MEMBERS,
  MINUTE_MS,
  requestOf,
  startBench,
  tableUntil,
} from './recovery.support.ts';

/** In real time, like the client's own patience: long enough to tell before from after. */
const SLOW_MS = 30;
/** A tick is at most a minute late, and its looks take seconds. */
const A_TICK_MS = MINUTE_MS + 10_000;
const STRANGER = '79155550777@c.us';

describe('a creation without a clear end, whose group exists', () => {
  const ends: readonly (readonly [name: string, faults: FaultsInput])[] = [
    ['a 500 after creating', { answer: 'error-500-after-creating' }],
    ['a 500 Timed Out after creating', { answer: 'timed-out-after-creating' }],
    ['a 500 Timed Out before creating', { answer: 'timed-out-before-creating', createAfterMs: SLOW_MS }],
    ['a 502 after creating', { answer: 'error-502-after-creating' }],
    ['a 504 after creating', { answer: 'error-504-after-creating' }],
    ['a 504 before creating', { answer: 'error-504-before-creating', createAfterMs: SLOW_MS }],
    ['a hang, then a close', { answer: 'close-after-creating', latencyMs: SLOW_MS }],
    ['a close before creating', { answer: 'close-before-creating', createAfterMs: SLOW_MS }],
    ['no answer at all', { answer: 'hang-after-creating' }],
    ['a 200 that says nothing', { answer: 'null-body-after-creating' }],
  ];

  it.each(ends)('%s: found at the first look, with its true chat id', async (_name, faults) => {
    const stage = await startBench(faults);
    const { id, status } = requestOf(await stage.ask());
    expect(status).toBe('confirming');
    await stage.groupMade();
    await stage.ticksFor(2 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    const seen = { evidence: { conclusion: 'found', lookedAt: 1 }, lookups: 1 };
    expect(await stage.read(id)).toMatchObject(seen);
    await stage.expectGoodManners(id);
  });

  it('an execution that dies after its POST: found once it must be dead', async () => {
    const stage = await startBench();
    const { bench, simulator, clock } = stage;
    const died = Promise.withResolvers<void>();
    const isDead = () => simulator.posts().some(({ ending }) => ending === 'answered');
    const table = tableUntil(isDead, bench.memory, died.resolve);
    const wish = { groupName: GROUP_NAME, chatIds: MEMBERS, wanted: 'any' };
    const startMs = clock.nowMs();
    void createGroup(stage.service(table), wish, { keyName: 'default' }, 'sync');
    await died.promise;
    const [id = ''] = await stage.service().queue.watched(Number.MAX_SAFE_INTEGER, 1);
    await stage.ticksFor(EXECUTION_MS, async () => {
      expect((await stage.read(id)).status).toBe('creating');
      expect(requestOf(await stage.ask(GROUP_NAME, 'sync', { wanted: 'any' })).status).toBe('creating');
    });
    await stage.ticksFor(2 * A_TICK_MS);
    await stage.expectTheOnlyGroup(id);
    expect(clock.nowMs() - startMs).toBeLessThan(EXECUTION_MS + 4 * A_TICK_MS);
    await stage.expectGoodManners(id);
  });

  it('lists that lag: found in the chats within two minutes, without the contacts', async () => {
    const lag: FaultsInput = { chatsLagSeconds: 60, contactsLagSeconds: 300 };
    const stage = await startBench({ answer: 'error-500-after-creating', ...lag });
    const { id } = requestOf(await stage.ask());
    await stage.ticksFor(3 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    await stage.expectGoodManners(id);
  });

  it('lists that lag, and empty chats: found in the contacts once they show it', async () => {
    const lag: FaultsInput = { emptyLists: 'chats', contactsLagSeconds: 300 };
    const stage = await startBench({ answer: 'error-500-after-creating', ...lag });
    const { id } = requestOf(await stage.ask());
    await stage.ticksFor(5 * MINUTE_MS, async () => {
      expect((await stage.read(id)).status).toBe('confirming');
    });
    expect((await stage.read(id)).evidence).toMatchObject({ conclusion: 'unclear', chats: 0, candidates: 0 });
    await stage.ticksFor(2 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    await stage.expectGoodManners(id);
  });

  it('lists without names: found among all that have none', async () => {
    const stage = await startBench({ answer: 'error-500-after-creating', namelessGroups: true });
    const { id } = requestOf(await stage.ask());
    await stage.ticksFor(2 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    const { evidence } = await stage.read(id);
    expect(evidence).toMatchObject({ candidates: 3, lookedAt: 3, mismatches: { name: 2 } });
    await stage.expectGoodManners(id);
  });

  it('groups of the same name, an hour older, somebody else’s or with a stranger: not mistaken for it', async () => {
    const stage = await startBench({ answer: 'error-500-after-creating' });
    stage.byHand({ createdSecondsAgo: HOUR_MS / 1_000 });
    const { id } = requestOf(await stage.ask());
    stage.byHand({ owner: STRANGER, chatIds: [] });
    stage.byHand({ chatIds: [STRANGER] });
    await stage.ticksFor(2 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    const { mismatches } = (await stage.read(id)).evidence ?? {};
    expect(mismatches).toMatchObject({ time: 1, creator: 1, members: 1 });
    await stage.expectGoodManners(id);
  });

  it('two ticks at once: one of them looks', async () => {
    const stage = await startBench({ answer: 'error-500-after-creating' });
    const { id } = requestOf(await stage.ask());
    stage.clock.advance(MINUTE_MS);
    await Promise.all([drain(stage.service()), drain(stage.service())]);
    await stage.expectTheOnlyGroup(id);
    expect((await stage.read(id)).lookups).toBe(1);
    const listed = stage.simulator.calls().filter(({ method }) => method === 'getChats');
    expect(listed).toHaveLength(1);
    await stage.expectGoodManners(id);
  });

  it('look-ups that fail for an hour: found when they work again', async () => {
    const stage = await startBench({ answer: 'error-500-after-creating', lookUps: 'html-502' });
    const { id } = requestOf(await stage.ask());
    await stage.ticksFor(HOUR_MS, async () => {
      expect((await stage.read(id)).status).toBe('confirming');
    });
    stage.setFaults({});
    await stage.ticksFor(HOUR_MS + MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    await stage.expectGoodManners(id);
  });
});

describe('a creation that nobody can be sure of', () => {
  it.each<readonly [string, FaultsInput, number]>([
    ['it created nothing', { answer: 'error-500-without-creating' }, 0],
    ['it hung and created nothing', { answer: 'hang-without-creating' }, 0],
    ['the lists leave its group out', { answer: 'error-500-after-creating', cutListsTo: 1 }, 1],
  ])('%s: unconfirmed, never sooner than ten minutes after it', async (_name, faults, groups) => {
    const stage = await startBench(faults);
    const { clock, simulator } = stage;
    const { id } = requestOf(await stage.ask());
    const endMs = clock.nowMs();
    await stage.ticksFor(CONCLUSIVE_MS + A_TICK_MS, async () => {
      const { status } = await stage.read(id);
      const sinceMs = clock.nowMs() - endMs;
      if (sinceMs < CONCLUSIVE_MS) expect(status).toBe('confirming');
    });
    const { status, evidence, finalAtMs = 0 } = await stage.read(id);
    expect({ status, conclusion: evidence?.conclusion }).toEqual({
      status: 'unconfirmed',
      conclusion: 'none',
    });
    expect(finalAtMs - endMs).toBeGreaterThanOrEqual(CONCLUSIVE_MS);
    expect(simulator.groups()).toHaveLength(groups);
    // Sent again by its caller, it is the same; and nothing is sent by itself.
    expect(requestOf(await stage.ask())).toMatchObject({ id, status: 'unconfirmed' });
    await stage.ticksFor(10 * MINUTE_MS);
    expect(simulator.posts()).toHaveLength(1);
    await stage.expectGoodManners(id);
  });

  it('several groups fit: unconfirmed, which they are, and a person settles it', async () => {
    const stage = await startBench({ answer: 'error-500-after-creating' });
    const { clock, simulator } = stage;
    const { id } = requestOf(await stage.ask());
    const endMs = clock.nowMs();
    stage.byHand();
    stage.byHand({ groupName: ` ${GROUP_NAME} ` });
    await stage.ticksFor(CONCLUSIVE_MS + A_TICK_MS, async () => {
      if (clock.nowMs() - endMs < CONCLUSIVE_MS) expect((await stage.read(id)).status).toBe('confirming');
    });
    const { status, evidence } = await stage.read(id);
    const chatIds = simulator.groups().map(({ chatId }) => chatId);
    expect(status).toBe('unconfirmed');
    expect(evidence?.conclusion).toBe('several');
    expect(evidence?.fitting?.toSorted()).toEqual(chatIds.toSorted());
    await stage.expectGoodManners(id);

    const made = simulator.groups().find(({ byHand }) => !byHand);
    await resolveRequest(stage.service(), id, { chatId: made?.chatId ?? '' }, 'default');
    await stage.ticksFor(MINUTE_MS);
    const settled = { status: 'created', chatId: made?.chatId, groupInviteLink: made?.groupInviteLink };
    expect(await stage.read(id)).toMatchObject({ ...settled, missingChatIds: [], resolvedBy: 'default' });
  });

  it('the lists are empty: still confirming until a day has passed, then unconfirmed', async () => {
    const stage = await startBench({ answer: 'error-500-after-creating', emptyLists: 'both' });
    const { clock } = stage;
    const { id } = requestOf(await stage.ask());
    const endMs = clock.nowMs();
    const expectConfirming = async () => {
      if (clock.nowMs() - endMs < 24 * HOUR_MS) expect((await stage.read(id)).status).toBe('confirming');
    };
    await stage.ticksFor(25 * HOUR_MS, expectConfirming, 10 * MINUTE_MS);
    const { status, evidence } = await stage.read(id);
    expect({ status, conclusion: evidence?.conclusion }).toEqual({
      status: 'unconfirmed',
      conclusion: 'unclear',
    });
    await stage.expectGoodManners(id);
  });

  it('the next request of the same name creates its own group: neither takes the other’s', async () => {
    const stage = await startBench({ answer: 'error-500-without-creating', times: 1 });
    const { simulator } = stage;
    const first = requestOf(await stage.ask());
    await stage.ticksFor(7 * MINUTE_MS);
    const second = requestOf(await stage.ask(GROUP_NAME, 'sync', {}, 'another key'));
    expect(second).toMatchObject({ status: 'created', chatId: simulator.groups()[0]?.chatId });
    await stage.ticksFor(5 * MINUTE_MS);
    expect(await stage.read(first.id)).toMatchObject({
      status: 'unconfirmed',
      evidence: { conclusion: 'none', mismatches: { time: 1 } },
    });
    expect(simulator.groups()).toHaveLength(1);
    await stage.expectGoodManners(first.id);
  });
});

describe('after an overlimit', () => {
  it('whose group exists: found before the next attempt, and no second POST', async () => {
    const stage = await startBench({ answer: 'rate-overlimit-after-creating', times: 1 });
    const { id, status } = requestOf(await stage.ask(GROUP_NAME, 'queue'));
    expect(status).toBe('queued');
    // A tick waits for what opens within two minutes.
    await stage.ticksFor(HOUR_MS - 3 * MINUTE_MS, async () => {
      expect((await stage.read(id)).status).toBe('queued');
    });
    await stage.ticksFor(5 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id);
    await stage.expectGoodManners(id);
  });

  it('whose group exists, sent again by its caller: found, and no second POST', async () => {
    const stage = await startBench({ answer: 'rate-overlimit-after-creating', times: 1 });
    const { id, status } = requestOf(await stage.ask());
    expect(status).toBe('failed');
    await stage.ticksFor(HOUR_MS + MINUTE_MS);
    expect(requestOf(await stage.ask())).toMatchObject({ id, status: 'created' });
    await stage.expectTheOnlyGroup(id);
    await stage.expectGoodManners(id);
  });

  it('that created nothing: a second POST, and one group', async () => {
    const stage = await startBench({ answer: 'rate-overlimit', times: 1 });
    const { id } = requestOf(await stage.ask(GROUP_NAME, 'queue'));
    await stage.ticksFor(HOUR_MS + 2 * MINUTE_MS);
    await stage.expectTheOnlyGroup(id, 2);
    await stage.expectGoodManners(id);
  });
});

describe('after a creation', () => {
  it('a wrong link is mended, and who did not get in is named, in the same answer', async () => {
    const missing = MEMBERS.slice(1);
    const stage = await startBench({ answer: 'wrong-link', missingMembers: missing });
    const created = requestOf(await stage.ask());
    const [group] = stage.simulator.groups();
    const seen = { groupInviteLink: group?.groupInviteLink, missingChatIds: missing };
    expect(created).toMatchObject({ status: 'created', chatId: group?.chatId, ...seen });
    expect(await stage.read(created.id)).toMatchObject(seen);
    await stage.expectGoodManners(created.id);
  });

  it('where the caller has no time for it, a tick looks a minute later', async () => {
    const missing = MEMBERS.slice(1);
    const stage = await startBench({ answer: 'empty-link', missingMembers: missing });
    stage.bench.patienceMs = 9_000;
    const { id, status, groupInviteLink, missingChatIds } = requestOf(await stage.ask());
    expect({ status, groupInviteLink, missingChatIds }).toEqual({ status: 'created', groupInviteLink: '' });
    await stage.ticksFor(MINUTE_MS);
    const link = stage.simulator.groups()[0]?.groupInviteLink;
    expect(await stage.read(id)).toMatchObject({ groupInviteLink: link, missingChatIds: missing });
    expect((await stage.read(id)).watchAtMs).toBeUndefined();
    await stage.expectGoodManners(id);
  });

  it('a look that fails harms nothing', async () => {
    const stage = await startBench({ answer: 'wrong-link', lookUps: 'error-500' });
    const { id, status, chatId, missingChatIds } = requestOf(await stage.ask());
    const [group] = stage.simulator.groups();
    expect({ status, chatId, missingChatIds }).toEqual({ status: 'created', chatId: group?.chatId });
    await stage.expectGoodManners(id);
  });
});
