import { beforeEach, describe, expect, it } from 'vitest';
import { pauseInstance, resumeInstance } from '../../../lambda/creation/change-instance.ts';
import { retryRequest } from '../../../lambda/creation/change-request.ts';
import { createGroup } from '../../../lambda/creation/create-group.ts';
import { drain } from '../../../lambda/creation/drain.ts';
import type { Wish } from '../../../lambda/creation/wish.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { Bench, CREATED, EXECUTION_MS, instances, START_MS } from '../harness.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST = '1101000001';
const SECOND = '1101000002';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const ask = (groupName: string, more: Partial<Wish> = {}) =>
  createGroup(
    bench.service(),
    { groupName, chatIds: ['79001234568@c.us'], wanted: FIRST, ...more },
    { keyName: 'default' },
    'queue',
  );
const names = () => bench.posts.map(({ groupName }) => groupName);
const statuses = () =>
  Object.fromEntries(
    [...bench.memory.items.values()]
      .filter((item) => 'groupName' in item)
      .map((item) => [item['groupName'], item['status']]),
  );
/** A tick each minute until so much time has passed; a tick that waits or calls takes time of its own. */
async function ticksFor(ms: number): Promise<void> {
  const untilMs = bench.clock.nowMs() + ms;
  while (bench.clock.nowMs() < untilMs) {
    await drain(bench.service());
    bench.clock.advance(MINUTE_MS);
  }
}

describe('a tick', () => {
  it('serves the line in its order, one slot after the other, and wakes when the lock opens', async () => {
    for (const name of ['A', 'B', 'C', 'D']) await ask(name);
    await ticksFor(30 * MINUTE_MS);
    expect(names()).toEqual(['A', 'B', 'C', 'D']);
    const apartMs = bench.posts.slice(1).map(({ atMs }, index) => atMs - (bench.posts[index]?.atMs ?? 0));
    expect(apartMs).toEqual([333_000, 333_000, 333_000]);
  });

  it('that finds nothing costs one reading for each instance, one for any and one of the watch', async () => {
    bench.instances = instances(10);
    let queries = 0;
    const service = bench.service({
      ...tableOf(bench),
      query: (query) => {
        queries += 1;
        return bench.memory.query(query);
      },
      read: () => Promise.reject(new Error('no read')),
      update: () => Promise.reject(new Error('no write')),
    });
    await drain(service);
    expect(queries).toBe(12);
    expect(bench.events).toEqual([{ event: 'tick-idle', instances: 10, served: 0 }]);
  });

  it('does not wait for a slot after which no whole call would fit', async () => {
    await ask('A');
    await ask('B');
    const beforeMs = bench.clock.nowMs();
    await drain(bench.service());
    expect(bench.clock.nowMs()).toBe(beforeMs);
    expect(names()).toEqual(['A']);
  });

  it('waits for a request that is due soon', async () => {
    await ask('Later', { notBeforeMs: START_MS + 100_000 });
    await drain(bench.service());
    expect(bench.posts).toEqual([expect.objectContaining({ groupName: 'Later', atMs: START_MS + 100_000 })]);
  });

  it('reads the heads again after a wait: what came first meanwhile is served first', async () => {
    await ask('A');
    await ask('B', { notBeforeMs: START_MS + 400_000 });
    bench.clock.advance(300_000);
    const service = bench.service();
    const { sleep } = bench.clock;
    service.clock.sleep = async (ms: number) => {
      service.clock.sleep = sleep;
      await ask('C', { notBeforeMs: START_MS + 350_000 });
      bench.clock.advance(ms);
    };
    await drain(service);
    expect(names()).toEqual(['A', 'C']);
  });

  it('serves any on the instance that is free, beside the lines of the instances', async () => {
    bench.instances = instances(3);
    for (const name of ['A', 'B', 'C', 'D']) await ask(name, { wanted: 'any' });
    await ask('E', { wanted: SECOND });
    expect(names()).toEqual(['A', 'B', 'C']);
    bench.clock.advance(HOUR_MS);
    await drain(bench.service());
    expect(names().toSorted()).toEqual(['A', 'B', 'C', 'D', 'E']);
    expect(bench.posts.find(({ groupName }) => groupName === 'E')).toMatchObject({ idInstance: SECOND });
  });

  it('offers one of any to one instance only', async () => {
    bench.instances = instances(3);
    for (const instance of ['1', '2', '3']) await ask(`X${instance}`, { wanted: `110100000${instance}` });
    await ask('A', { wanted: 'any' });
    bench.clock.advance(HOUR_MS);
    const acquired: string[] = [];
    const service = bench.service();
    const { acquire } = service.locks;
    service.locks.acquire = (wish) => {
      acquired.push(wish.idInstance);
      return acquire(wish);
    };
    await drain(service);
    expect(acquired).toHaveLength(1);
    expect(names()).toHaveLength(4);
  });

  it('passes over what the index shows wrongly, and gives the lock back', async () => {
    await ask('A');
    await ask('B');
    await ask('C');
    bench.clock.advance(HOUR_MS);
    const b = [...bench.memory.items.entries()].find(([, item]) => item['groupName'] === 'B');
    // Cancelled by somebody; the index does not know yet.
    const service = bench.service();
    const { read } = service.requests;
    service.requests.read = async (id) => {
      const found = await read(id);
      return found && `request#${id}` === b?.[0] ? { ...found, status: 'cancelled' } : found;
    };
    await drain(service);
    expect(names()).toEqual(['A', 'C']);
    expect(bench.memory.items.get(`lock#${FIRST}`)).not.toHaveProperty('attemptId');
  });

  it('a refused request costs no slot: the next is served at once', async () => {
    await ask('A');
    await ask('B');
    await ask('C');
    bench.clock.advance(HOUR_MS);
    bench.outcomes.push({ kind: 'refused', detail: 'bad' });
    await drain(bench.service());
    expect(names()).toEqual(['A', 'B', 'C']);
    expect(statuses()).toEqual({ A: 'created', B: 'failed', C: 'created' });
  });

  it('GREEN-API down for a day: what waits stays at its place, and is served in order when it is back', async () => {
    await ask('A');
    await ask('B');
    await ask('C');
    bench.callMs = 1_000;
    bench.outcomes.push(
      ...Array.from(
        { length: 1_000 },
        () => ({ kind: 'not-sent', cause: 'unreachable', detail: 'down' }) as const,
      ),
    );
    await ticksFor(24 * HOUR_MS);
    expect(statuses()).toEqual({ A: 'created', B: 'queued', C: 'queued' });
    // After a while it tries every quarter of an hour.
    expect(bench.posts.length).toBeLessThan(120);
    bench.outcomes.length = 0;
    bench.posts.length = 0;
    await ticksFor(HOUR_MS);
    expect(names()).toEqual(['B', 'C']);
  });

  it('a paused instance keeps its queue, and goes on when it is resumed', async () => {
    await ask('A');
    await ask('B');
    expect(await pauseInstance(bench.service(), FIRST, 'default')).toMatchObject({
      opening: { why: 'paused' },
    });
    await ticksFor(HOUR_MS);
    expect(names()).toEqual(['A']);
    expect(await resumeInstance(bench.service(), FIRST)).toMatchObject({ opening: { why: 'free' } });
    await drain(bench.service());
    expect(names()).toEqual(['A', 'B']);
  });

  it('a resume ends a cool-down, and never the interval', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: 'too many' });
    await ask('A');
    expect(await resumeInstance(bench.service(), FIRST)).toMatchObject({
      opening: { why: 'interval', atMs: START_MS + 2_000 + 300_000 + 1_000 },
    });
  });

  it('an instance that has gone from the secret keeps its queue, any goes on', async () => {
    bench.instances = instances(2);
    await ask('A');
    await ask('B');
    await ask('C', { wanted: SECOND });
    await ask('D', { wanted: 'any' });
    bench.instances = instances(2).slice(1);
    await ticksFor(HOUR_MS);
    expect(statuses()).toEqual({ A: 'created', B: 'queued', C: 'created', D: 'created' });
    bench.instances = instances(2);
    await ticksFor(5 * MINUTE_MS);
    expect(statuses()).toMatchObject({ B: 'created' });
  });

  it('looks after what is overdue although the secret cannot be read', async () => {
    const dying = bench.service();
    dying.creator.createGroup = () => new Promise(() => undefined);
    void createGroup(
      dying,
      { groupName: 'A', chatIds: ['79001234568@c.us'], wanted: FIRST },
      { keyName: 'default' },
      'queue',
    );
    await new Promise((resolve) => setImmediate(resolve));
    bench.clock.advance(EXECUTION_MS + 1_000);
    const service = bench.service();
    const unreadable = new SecretError('unavailable', 'the secret cannot be read');
    service.instances.list = () => Promise.reject(unreadable);
    await expect(drain(service)).rejects.toBe(unreadable);
    expect(statuses()).toEqual({ A: 'confirming' });
  });

  it('reads no record twice at once, though the index shows it twice: DynamoDB refuses that', async () => {
    bench.outcomes.push({ kind: 'unknown', answered: false, detail: 'reset' });
    await ask('A');
    bench.clock.advance(HOUR_MS);
    const service = bench.service();
    const { watched } = service.queue;
    const { readMany } = service.requests;
    service.queue.watched = async (...asked) => {
      const ids = await watched(...asked);
      return [...ids, ...ids];
    };
    const asked: (readonly string[])[] = [];
    service.requests.readMany = (ids) => {
      asked.push(ids);
      return readMany(ids);
    };
    await drain(service);
    expect(asked).toEqual([[expect.any(String)]]);
  });

  it('ends after a day what nobody could find out, and until then looks ever more seldom', async () => {
    bench.outcomes.push({ kind: 'unknown', answered: false, detail: 'reset' });
    await ask('A');
    await ticksFor(23 * HOUR_MS);
    expect(statuses()).toEqual({ A: 'confirming' });
    const [record] = [...bench.memory.items.values()].filter((item) => 'groupName' in item);
    expect(record).toMatchObject({ workPartition: 'watch' });
    expect(Number(record?.['lookups'])).toBeGreaterThan(20);
    expect(Number(record?.['lookups'])).toBeLessThan(35);
    await ticksFor(2 * HOUR_MS);
    expect(statuses()).toEqual({ A: 'unconfirmed' });
    expect(bench.events.map(({ event }) => event)).toContain('request-unconfirmed');
    expect(bench.posts).toHaveLength(1);
  });

  it('one instance that cannot be served holds up no other', async () => {
    bench.instances = instances(2);
    for (const wanted of [FIRST, SECOND]) {
      await ask(`A${wanted}`, { wanted });
      await ask(`B${wanted}`, { wanted });
    }
    bench.clock.advance(HOUR_MS);
    const service = bench.service();
    const { read } = service.locks;
    service.locks.read = (ids) =>
      ids.includes(FIRST) ? Promise.reject(new StorageError('no-answer', 'none')) : read(ids);
    await drain(service);
    expect(names()).toContain(`B${SECOND}`);
    expect(names()).not.toContain(`B${FIRST}`);
    expect(bench.events).toContainEqual(
      expect.objectContaining({ event: 'instance-not-served', idInstance: FIRST }),
    );
  });

  it('costs in proportion to the instances that open together, not to their square', async () => {
    const COUNT = 100;
    bench.instances = instances(COUNT);
    bench.callMs = 10;
    const due = { notBeforeMs: START_MS + HOUR_MS };
    for (let index = 0; index < COUNT; index += 1) await ask(`G${index}`, { wanted: 'any', ...due });
    bench.clock.advance(HOUR_MS);
    let reads = 0;
    const counted = tableOf(bench);
    await drain(
      bench.service({
        ...counted,
        query: (query) => {
          reads += 1;
          return counted.query(query);
        },
        readMany: (keys) => {
          reads += 1;
          return counted.readMany(keys);
        },
      }),
    );
    expect(bench.posts).toHaveLength(COUNT);
    expect(new Set(names()).size).toBe(COUNT);
    // The own line, the lock before and after; the line of any for all of them.
    expect(reads).toBeLessThan(5 * COUNT);
  });

  it('takes nothing in hand that it could not send any more, nor outside the hours, however long it waited for its turn', async () => {
    const COUNT = 300;
    const opensMs = Date.UTC(2026, 0, 6, 9);
    bench.policy = {
      ...bench.policy,
      activeHours: { days: ['tue'], fromMinute: 9 * 60, toMinute: 9 * 60 + 1 },
    };
    bench.instances = instances(COUNT);
    for (let index = 0; index < COUNT; index += 1) await ask(`G${index}`, { wanted: 'any' });
    bench.clock.advance(opensMs - bench.clock.nowMs());
    // With so many side by side, each call here moves the clock of all.
    bench.callMs = 1_000;
    await drain(bench.service());
    expect(bench.posts.length).toBeGreaterThan(0);
    expect(bench.posts.filter(({ atMs }) => atMs >= opensMs + 2 * MINUTE_MS)).toEqual([]);
    expect(Object.values(statuses()).filter((status) => status !== 'created' && status !== 'queued')).toEqual(
      [],
    );
  });

  it('what a person retries while it is served waits anew, and is served in its turn', async () => {
    await ask('A');
    await ask('B', { notBeforeMs: START_MS + 300_000 });
    await ask('C', { notBeforeMs: START_MS + 400_000 });
    bench.clock.advance(300_000);
    bench.outcomes.push({ kind: 'refused', detail: 'bad' }, CREATED);
    const service = bench.service();
    const { settle } = service.requests;
    service.requests.settle = async (request, attemptId, settlement) => {
      const settled = await settle(request, attemptId, settlement);
      if (settled?.status === 'failed') await retryRequest(bench.service(), request.id);
      return settled;
    };
    await drain(service);
    expect(names()).toEqual(['A', 'B', 'B']);
  });

  it('serves the instances although what waits for any cannot be read, and says so once', async () => {
    bench.instances = instances(3);
    for (const wanted of [FIRST, SECOND])
      await ask(`A${wanted}`, { wanted, notBeforeMs: START_MS + HOUR_MS });
    bench.clock.advance(HOUR_MS);
    const table = tableOf(bench);
    await drain(
      bench.service({
        ...table,
        query: (query) =>
          query.partition === 'wait#any'
            ? Promise.reject(new StorageError('no-answer', 'none'))
            : table.query(query),
      }),
    );
    expect(names().toSorted()).toEqual([`A${FIRST}`, `A${SECOND}`]);
    expect(bench.events.filter(({ event }) => event === 'any-not-read')).toHaveLength(1);
    expect(bench.events.at(-1)).toMatchObject({ event: 'tick-ended', served: 2 });
  });

  it('keeps a daily limit', async () => {
    bench.policy = { ...bench.policy, dailyLimit: 3 };
    for (let index = 0; index < 6; index += 1) await ask(`G${index}`);
    await ticksFor(14 * HOUR_MS);
    expect(names()).toEqual(['G0', 'G1', 'G2']);
    await ticksFor(3 * HOUR_MS);
    expect(names()).toEqual(['G0', 'G1', 'G2', 'G3', 'G4', 'G5']);
    expect(bench.posts[3]?.atMs).toBe(Date.UTC(2026, 0, 6));
  });

  it('a changed token is used at once, by the next attempt', async () => {
    const [old] = instances(1);
    await ask('A');
    await ask('B');
    bench.clock.advance(HOUR_MS);
    bench.outcomes.push({ kind: 'blocked', cause: 'token-rejected', detail: '401' });
    bench.instancesAfresh = old ? [{ ...old, apiTokenInstance: 'b'.repeat(50) }] : [];
    await drain(bench.service());
    expect(statuses()).toEqual({ A: 'created', B: 'created' });
    expect(names()).toEqual(['A', 'B', 'B']);
  });
});

function tableOf({ memory }: Bench) {
  return {
    read: memory.read.bind(memory),
    readMany: memory.readMany.bind(memory),
    put: memory.put.bind(memory),
    update: memory.update.bind(memory),
    query: memory.query.bind(memory),
    count: memory.count.bind(memory),
  };
}
