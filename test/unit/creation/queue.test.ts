import { beforeEach, describe, expect, it } from 'vitest';
import { removeRequest, retryRequest } from '../../../lambda/creation/change-request.ts';
import { createGroup } from '../../../lambda/creation/create-group.ts';
import { outlookOf } from '../../../lambda/creation/outlook.ts';
import { type GroupRequest, MAX_WAITING } from '../../../lambda/creation/request.ts';
import type { Wish } from '../../../lambda/creation/wish.ts';
import { put } from '../../../lambda/storage/request-writes.ts';
import { Bench, instances, START_MS } from '../harness.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST = '1101000001';
const SECOND = '1101000002';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const wish = (groupName: string, more: Partial<Wish> = {}): Wish => ({
  groupName,
  chatIds: ['79001234568@c.us'],
  wanted: FIRST,
  ...more,
});
const ask = (made: Wish, mode: 'sync' | 'queue' = 'queue', idempotencyKey: string | undefined = undefined) =>
  createGroup(
    bench.service(),
    made,
    { keyName: 'default', ...(idempotencyKey !== undefined && { idempotencyKey }) },
    mode,
  );

async function queued(groupName: string, more: Partial<Wish> = {}): Promise<GroupRequest> {
  const answer = await ask(wish(groupName, more));
  if (answer.kind !== 'request' || answer.request.status !== 'queued')
    throw new Error(`not queued: ${answer.kind}`);
  return answer.request;
}

const record = (id: string) => bench.memory.items.get(`request#${id}`);

describe('a caller who agreed to wait', () => {
  it('is served at once when nothing waits and the lock is free', async () => {
    expect(await ask(wish('Class 1'))).toMatchObject({ request: { status: 'created', mode: 'queue' } });
  });

  it('is queued behind the one that holds the lock, and told its place and its time', async () => {
    await ask(wish('Class 1'));
    const second = await queued('Class 2');
    const third = await queued('Class 3');
    const outlook = await outlookOf(bench.service(), second);
    expect(outlook).toMatchObject({ position: 1, waitsFor: { why: 'turn' } });
    const freeAtMs = START_MS + 2_000 + 330_000 + 1_000;
    expect(outlook.expectedAtMs).toBe(freeAtMs);
    expect(await outlookOf(bench.service(), third)).toMatchObject({ position: 2 });
    expect(record(second.id)).toMatchObject({ workPartition: `wait#${FIRST}` });
  });

  it('is queued behind what is due, though the lock is free', async () => {
    await ask(wish('Class 1'));
    await queued('Class 2');
    bench.clock.advance(HOUR_MS);
    await queued('Class 3');
    expect(bench.posts).toHaveLength(1);
  });

  it('is not held up by what waits for later', async () => {
    await queued('Later', { notBeforeMs: START_MS + HOUR_MS });
    expect(await ask(wish('Class 1'))).toMatchObject({ request: { status: 'created' } });
  });

  it('waits for its own time, and says so', async () => {
    const notBeforeMs = START_MS + HOUR_MS;
    const request = await queued('Later', { notBeforeMs });
    expect(request).toMatchObject({ placeMs: notBeforeMs, notBeforeMs });
    expect(await outlookOf(bench.service(), request)).toEqual({
      position: 1,
      expectedAtMs: notBeforeMs,
      waitsFor: { why: 'not-before' },
    });
  });

  it('whose time has passed already is served as one of now', async () => {
    expect(await ask(wish('Class 1', { notBeforeMs: START_MS - HOUR_MS }))).toMatchObject({
      request: { status: 'created' },
    });
  });

  it('sends the same again and is the same request, at its old place', async () => {
    await ask(wish('Class 1'));
    const first = await queued('Class 2');
    bench.clock.advance(MINUTE_MS);
    expect(await ask(wish('Class 2'))).toMatchObject({
      replayed: true,
      request: { id: first.id, placeMs: first.placeMs, status: 'queued' },
    });
  });

  it('from two places at once is one request', async () => {
    await ask(wish('Class 1'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(wish('Class 2'), 'queue', 'k')));
    const ids = answers.map((answer) => answer.kind === 'request' && answer.request.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('goes back to its place when GREEN-API does not take it, and a likeness does not make it two', async () => {
    bench.outcomes.push({ kind: 'throttled', limit: 'rate', detail: 'slow down' });
    const answer = await ask(wish('Class 1'));
    expect(answer).toMatchObject({ request: { status: 'queued', placeMs: START_MS, outcome: 'throttled' } });
    bench.clock.advance(20 * MINUTE_MS);
    expect(await ask(wish('Class 1'))).toMatchObject({ replayed: true, request: { status: 'queued' } });
  });

  it('keeps its place after an overlimit, and when its group may have come into being', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: 'too many' });
    expect(await ask(wish('Class 1'))).toMatchObject({
      request: {
        status: 'queued',
        outcome: 'overlimit',
        placeMs: START_MS,
        overlimitWindow: { startMs: START_MS, endMs: START_MS + 2_000, idInstance: '1101000001' },
      },
    });
  });

  it('with a key and another time is told that the key is used', async () => {
    const later = { notBeforeMs: START_MS + HOUR_MS };
    await ask(wish('Class 1', later), 'queue', 'k');
    expect(await ask(wish('Class 1', { notBeforeMs: START_MS + 2 * HOUR_MS }), 'queue', 'k')).toEqual({
      kind: 'key-reused',
    });
  });

  it(`is refused when ${MAX_WAITING} wait already, leaves no record, and is taken once one has gone`, async () => {
    await ask(wish('Class 1'));
    const template = await queued('The first');
    for (let index = 1; index < MAX_WAITING; index += 1) {
      const request = { ...template, id: `filler-${index}`, groupName: `Filler ${index}` };
      bench.memory.items.set(`request#${request.id}`, put(request, undefined).item);
    }
    const before = bench.memory.items.size;
    expect(await ask(wish('One more'))).toEqual({ kind: 'queue-full' });
    // The claim stays, for whoever comes with it again.
    expect(bench.memory.items.size).toBe(before + 1);
    await removeRequest(bench.service(), template.id);
    expect(await ask(wish('One more'))).toMatchObject({ request: { status: 'queued' } });
  });
});

it('of a hundred free instances any is expected to be served at once, whichever place it has', async () => {
  bench.instances = instances(100);
  const due = { wanted: 'any', notBeforeMs: START_MS + HOUR_MS };
  for (let index = 0; index < 99; index += 1) await queued(`G${index}`, due);
  const last = await queued('The last', due);
  expect(await outlookOf(bench.service(), last)).toMatchObject({
    position: 100,
    expectedAtMs: START_MS + HOUR_MS,
  });
});

describe('a caller who does not wait', () => {
  it('never overtakes what is due, and leaves no request behind', async () => {
    await ask(wish('Class 1'));
    await queued('Class 2');
    bench.clock.advance(HOUR_MS);
    const answer = await ask(wish('Class 3'), 'sync');
    // Behind the one that is due now: its call, the interval, the mean jitter and the margin.
    const atMs = bench.clock.nowMs() + 2_000 + 300_000 + 30_000 + 1_000;
    expect(answer).toEqual({ kind: 'busy', soonest: { idInstance: FIRST, opening: { why: 'queue', atMs } } });
    expect(bench.posts).toHaveLength(1);
  });

  it('never overtakes what waits for any', async () => {
    await ask(wish('Class 1'));
    await queued('Class 2', { wanted: 'any' });
    bench.clock.advance(HOUR_MS);
    expect(await ask(wish('Class 3'), 'sync')).toMatchObject({ kind: 'busy' });
  });

  it('asking for any gets an instance for which nothing waits', async () => {
    bench.instances = instances(2);
    await ask(wish('Class 1'));
    await queued('Class 2');
    bench.clock.advance(HOUR_MS);
    expect(await ask(wish('Class 3', { wanted: 'any' }), 'sync')).toMatchObject({
      request: { status: 'created', idInstance: SECOND },
    });
  });

  it.each([
    ['paused', () => bench.service().locks.pause(FIRST, 'default', START_MS)],
    [
      'outside its hours',
      async () => {
        const activeHours = { days: ['sun'], fromMinute: 0, toMinute: 60 } as const;
        bench.ownPolicies.set(FIRST, { ...bench.policy, activeHours });
      },
    ],
  ])(
    'asking for any, with one instance %s, is told when the other has served what waits for it',
    async (_, hinder) => {
      bench.instances = instances(2);
      await ask(wish('Class 1', { wanted: SECOND }));
      await queued('Class 2', { wanted: SECOND });
      await hinder();
      bench.clock.advance(400_000);
      const answer = await ask(wish('Class 3', { wanted: 'any' }), 'sync');
      const atMs = bench.clock.nowMs() + 2_000 + 300_000 + 30_000 + 1_000;
      expect(answer).toMatchObject({ kind: 'busy', soonest: { opening: { why: 'queue', atMs } } });
    },
  );

  it('is told of its request that waits already', async () => {
    await ask(wish('Class 1'));
    const { id } = await queued('Class 2');
    expect(await ask(wish('Class 2'), 'sync')).toMatchObject({
      replayed: true,
      request: { id, status: 'queued' },
    });
  });
});

describe('what waits', () => {
  it('can be cancelled; the same wish is then a new request', async () => {
    await ask(wish('Class 1'));
    const { id } = await queued('Class 2');
    expect(await removeRequest(bench.service(), id)).toMatchObject({
      kind: 'changed',
      request: { status: 'cancelled' },
      before: { status: 'queued' },
    });
    expect(record(id)).not.toHaveProperty('workPartition');
    expect((await queued('Class 2')).id).not.toBe(id);
  });

  it('for an instance that has gone from the secret says so, and can be cancelled', async () => {
    await ask(wish('Class 1'));
    const request = await queued('Class 2');
    bench.instances = instances(2).slice(1);
    expect(await outlookOf(bench.service(), request)).toMatchObject({
      position: 1,
      expectedAtMs: undefined,
      waitsFor: { why: 'instance-gone' },
    });
    expect(await removeRequest(bench.service(), request.id)).toMatchObject({ kind: 'changed' });
  });

  it('for a paused instance says so and has no time', async () => {
    await ask(wish('Class 1'));
    const request = await queued('Class 2');
    await bench.service().locks.pause(FIRST, 'default', START_MS);
    expect(await outlookOf(bench.service(), request)).toMatchObject({
      expectedAtMs: undefined,
      waitsFor: { why: 'turn', opening: { why: 'paused' } },
    });
  });
});

describe('what waits for later', () => {
  it('on a paused instance says that it is paused', async () => {
    const request = await queued('Later', { notBeforeMs: START_MS + HOUR_MS });
    await bench.service().locks.pause(FIRST, 'default', START_MS);
    expect(await outlookOf(bench.service(), request)).toMatchObject({
      waitsFor: { why: 'turn', opening: { why: 'paused' } },
    });
  });
});

describe('what has ended', () => {
  it('is erased to a tombstone that keeps its key, its place in the history and its end', async () => {
    await ask(wish('Class 1'), 'queue', 'k');
    const [id = ''] = [...bench.memory.items.keys()]
      .filter((key) => key.startsWith('request#'))
      .map((key) => key.slice('request#'.length));
    const before = record(id);
    expect(await removeRequest(bench.service(), id)).toMatchObject({ kind: 'changed' });
    const tombstone = record(id);
    expect(JSON.stringify(tombstone)).not.toMatch(/Class 1|79001234568|g\.us|whatsapp|1101000001|default/);
    expect(tombstone).toMatchObject({
      status: 'created',
      erasedAtMs: bench.clock.nowMs(),
      historyMonth: before?.['historyMonth'],
      historySort: before?.['historySort'],
      ttlEpochSeconds: before?.['ttlEpochSeconds'],
    });
    expect(await ask(wish('Class 1'), 'queue', 'k')).toMatchObject({
      replayed: true,
      request: { id, erasedAtMs: expect.any(Number) },
    });
    expect(bench.posts).toHaveLength(1);
    expect(await removeRequest(bench.service(), id)).toMatchObject({ kind: 'refused' });
  });

  it('in failure waits again when a person retries it: at a place of now, with nothing of its end', async () => {
    bench.outcomes.push({ kind: 'refused', detail: 'bad' });
    const answer = await ask(wish('Class 1'));
    const id = answer.kind === 'request' ? answer.request.id : '';
    bench.clock.advance(MINUTE_MS);
    expect(await retryRequest(bench.service(), id)).toMatchObject({
      kind: 'changed',
      request: { status: 'queued', mode: 'queue', placeMs: bench.clock.nowMs() },
    });
    for (const gone of [
      'ttlEpochSeconds',
      'attemptId',
      'expiresAtMs',
      'finalAtMs',
      'outcome',
      'detail',
      'retryable',
    ])
      expect(record(id)).not.toHaveProperty(gone);
  });

  it('well is not retried', async () => {
    const answer = await ask(wish('Class 1'));
    const id = answer.kind === 'request' ? answer.request.id : '';
    expect(await retryRequest(bench.service(), id)).toMatchObject({
      kind: 'refused',
      request: { status: 'created' },
    });
  });

  it('is not what is being created: that is neither cancelled nor retried', async () => {
    const { promise: posted, resolve: post } = Promise.withResolvers<void>();
    const stuck = bench.service();
    stuck.creator.createGroup = () => {
      post();
      return new Promise(() => undefined);
    };
    void createGroup(stuck, wish('Class 1'), { keyName: 'default' }, 'queue');
    await posted;
    const [key = ''] = [...bench.memory.items].find(([, item]) => item['status'] === 'creating') ?? [];
    const id = key.slice('request#'.length);
    const refused = { kind: 'refused', request: { id, status: 'creating' } };
    expect(await removeRequest(bench.service(), id)).toMatchObject(refused);
    expect(await retryRequest(bench.service(), id)).toMatchObject(refused);
  });

  it('that never was is not found', async () => {
    expect(await removeRequest(bench.service(), 'nobody')).toEqual({ kind: 'not-found' });
  });

  it('what is created while somebody cancels it is not erased', async () => {
    await ask(wish('Class 1'));
    const request = await queued('Class 2');
    const service = bench.service();
    const { cancel } = service.requests;
    service.requests.cancel = async (...asked) => {
      bench.memory.items.set(`request#${request.id}`, {
        ...record(request.id),
        status: 'created',
        version: 4,
      });
      return cancel(...asked);
    };
    expect(await removeRequest(service, request.id)).toMatchObject({
      kind: 'refused',
      request: { status: 'created' },
    });
    expect(record(request.id)).toHaveProperty('groupName', 'Class 2');
  });

  it('a cancel that meets another version tries again', async () => {
    await ask(wish('Class 1'));
    const request = await queued('Class 2');
    const service = bench.service();
    const { cancel } = service.requests;
    service.requests.cancel = async (...asked) => {
      service.requests.cancel = cancel;
      // In between it was taken and went back to its place.
      bench.memory.items.set(`request#${request.id}`, { ...record(request.id), version: 3 });
      return cancel(...asked);
    };
    expect(await removeRequest(service, request.id)).toMatchObject({
      kind: 'changed',
      before: { version: 3 },
    });
  });
});
