import { beforeEach, describe, expect, it } from 'vitest';
import { createGroup } from '../../../lambda/creation/create-group.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { readRequest } from '../../../lambda/creation/read-request.ts';
import { StorageError, UnknownInstanceError } from '../../../lambda/errors.ts';
import type { Item, Table } from '../../../lambda/storage/table.ts';
import { Bench, CREATED, EXECUTION_MS, instances, START_MS } from '../harness.ts';

const WISH = { groupName: 'Class 5b', chatIds: ['79001234568@c.us'], wanted: 'any' };
const ASKER = { keyName: 'default', idempotencyKey: 'k1' };
const PLAIN = { keyName: 'default' };
const DETAIL = 'said';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const lockOf = (idInstance = '1101000001'): Item => bench.memory.items.get(`lock#${idInstance}`) ?? {};
const ask = (wish = WISH, asker: typeof PLAIN | typeof ASKER = ASKER) =>
  createGroup(bench.service(), wish, asker, 'sync');

describe('a request that finds its instance free', () => {
  it('becomes a group, and its lock opens an interval and the jitter after the end of the call', async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ kind: 'request', replayed: false });
    expect(answer).toHaveProperty('request.status', 'created');
    expect(answer).toHaveProperty('request.chatId', '120363043968066561@g.us');
    expect(lockOf()).toMatchObject({ freeAtMs: START_MS + 2_000 + 300_000 + 30_000, lastOutcome: 'created' });
    expect(lockOf()).not.toHaveProperty('attemptId');
    expect(bench.posts).toHaveLength(1);
  });

  it('costs three round trips before the POST and two after', async () => {
    const counting = new CountingTable(bench.memory);
    await createGroup(bench.service(counting), WISH, ASKER, 'sync');
    expect(counting.depthsAt(bench.posts[0]?.atMs ?? 0)).toEqual({ before: 3, after: 2 });
  });

  it('costs no more with a pool of many', async () => {
    bench.instances = instances(9);
    const counting = new CountingTable(bench.memory);
    await createGroup(bench.service(counting), WISH, ASKER, 'sync');
    expect(counting.depthsAt(bench.posts[0]?.atMs ?? 0)).toEqual({ before: 3, after: 2 });
  });

  /** Each operation of the table takes one tick of the clock; those that run side by side share it. */
  class CountingTable implements Table {
    readonly #table: Table;
    readonly #waves: { readonly atMs: number }[] = [];
    #wave: Promise<void> | undefined;

    constructor(table: Table) {
      this.#table = table;
    }

    depthsAt(postMs: number) {
      const before = this.#waves.filter(({ atMs }) => atMs < postMs).length;
      return { before, after: this.#waves.length - before };
    }

    read: Table['read'] = (key) => this.#count(() => this.#table.read(key));
    readMany: Table['readMany'] = (keys) => this.#count(() => this.#table.readMany(keys));
    put: Table['put'] = (key, put) => this.#count(() => this.#table.put(key, put));
    update: Table['update'] = (key, update) => this.#count(() => this.#table.update(key, update));
    query: Table['query'] = (query) => this.#count(() => this.#table.query(query));
    count: Table['count'] = (query) => this.#count(() => this.#table.count(query));

    async #count<T>(operation: () => Promise<T>): Promise<T> {
      this.#wave ??= this.#nextWave();
      await this.#wave;
      return operation();
    }

    async #nextWave(): Promise<void> {
      this.#waves.push({ atMs: bench.clock.nowMs() });
      await new Promise((resolve) => setImmediate(resolve));
      bench.clock.advance(1);
      this.#wave = undefined;
    }
  }
});

describe('a request that finds its instance busy', () => {
  it('is told the time left, exactly, and leaves no record', async () => {
    await ask();
    const answer = await ask(
      { ...WISH, groupName: 'Class 5c' },
      { keyName: 'default', idempotencyKey: 'k2' },
    );
    expect(answer).toEqual({
      kind: 'busy',
      soonest: {
        idInstance: '1101000001',
        opening: { why: 'interval', atMs: Number(lockOf()['freeAtMs']) + 1_000 },
      },
    });
    const records = [...bench.memory.items.keys()].filter((key) => key.startsWith('request#'));
    expect(records).toHaveLength(1);
    expect(bench.posts).toHaveLength(1);
  });

  it('is created under the same id when it comes back in time', async () => {
    await ask();
    const other = { ...WISH, groupName: 'Class 5c' };
    await ask(other, PLAIN);
    const claim = [...bench.memory.items].filter(([key]) => key.startsWith('claim#')).at(-1)?.[1];
    bench.clock.advance(400_000);
    const answer = await ask(other, PLAIN);
    expect(answer).toHaveProperty('request.status', 'created');
    expect(answer).toHaveProperty('request.id', claim?.['requestId']);
  });

  it('goes to the next instance of the pool', async () => {
    bench.instances = instances(3);
    for (const groupName of ['a', 'b', 'c']) await ask({ ...WISH, groupName }, PLAIN);
    expect(bench.posts.map(({ idInstance }) => idInstance)).toEqual([
      '1101000001',
      '1101000002',
      '1101000003',
    ]);
    const fourth = await ask({ ...WISH, groupName: 'd' }, PLAIN);
    // The earliest of the three.
    expect(fourth).toMatchObject({ kind: 'busy', soonest: { idInstance: '1101000001' } });
  });

  it('does not leave the instance that it asked for', async () => {
    bench.instances = instances(2);
    await ask({ ...WISH, wanted: '1101000001' });
    const answer = await ask({ ...WISH, groupName: 'b', wanted: '1101000001' }, PLAIN);
    expect(answer).toHaveProperty('kind', 'busy');
  });
});

describe('the same request again', () => {
  it('is answered with the first result', async () => {
    const first = await ask();
    const again = await ask();
    expect(again).toMatchObject({ kind: 'request', replayed: true });
    expect(again).toHaveProperty('request.id', first.kind === 'request' && first.request.id);
    expect(bench.posts).toHaveLength(1);
  });

  it('with an explicit key: for as long as the record; with another body: refused', async () => {
    await ask();
    bench.clock.advance(80 * 24 * 3_600_000);
    expect(await ask()).toMatchObject({ replayed: true });
    expect(await ask({ ...WISH, groupName: 'other' })).toEqual({ kind: 'key-reused' });
    expect(await ask({ ...WISH, wanted: '1101000001' })).toEqual({ kind: 'key-reused' });
  });

  it('the key of one caller is not that of another', async () => {
    await ask();
    bench.clock.advance(400_000);
    await ask(WISH, { keyName: 'crm', idempotencyKey: 'k1' });
    expect(bench.posts).toHaveLength(2);
  });

  it('without a key: for fifteen minutes after its end, whatever the order of its members', async () => {
    const wish = { ...WISH, chatIds: ['79001234568@c.us', '79001234569@c.us'] };
    await ask(wish, PLAIN);
    bench.clock.advance(15 * 60_000 - 1);
    expect(await ask({ ...wish, chatIds: wish.chatIds.toReversed() }, PLAIN)).toMatchObject({
      replayed: true,
    });
    bench.clock.advance(1);
    expect(await ask(wish, PLAIN)).toMatchObject({ replayed: false });
    expect(bench.posts).toHaveLength(2);
  });

  it('waits for the result of the first', async () => {
    const service = bench.service();
    const [first, second] = await Promise.all([createGroup(service, WISH, ASKER, 'sync'), ask()]);
    expect([first, second].map((answer) => 'replayed' in answer && answer.replayed).toSorted()).toEqual([
      false,
      true,
    ]);
    expect(bench.posts).toHaveLength(1);
  });

  it('waits twenty seconds at most', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void createGroup(stuck, WISH, ASKER, 'sync');
    await new Promise((resolve) => setImmediate(resolve));
    const before = bench.clock.nowMs();
    const answer = await ask();
    expect(answer).toHaveProperty('request.status', 'creating');
    expect(bench.clock.nowMs() - before).toBe(20_000);
  });
});

interface Settled {
  readonly status: string;
  readonly retryable?: boolean;
  readonly freeAtMs: number;
  readonly coolMs?: number;
  readonly attempts: number;
}

const END_MS = START_MS + 2_000;
const PAUSE_MS = 300_000 + 30_000;
const OUTCOMES: readonly [Outcome, Settled][] = [
  [CREATED, { status: 'created', freeAtMs: END_MS + PAUSE_MS, attempts: 1 }],
  [
    { kind: 'refused', detail: DETAIL },
    { status: 'failed', retryable: false, freeAtMs: START_MS, attempts: 0 },
  ],
  [
    { kind: 'rejected', detail: DETAIL },
    { status: 'failed', retryable: false, freeAtMs: END_MS + PAUSE_MS, attempts: 1 },
  ],
  [
    { kind: 'throttled', limit: 'rate', detail: DETAIL },
    { status: 'failed', retryable: true, freeAtMs: START_MS, coolMs: 5_000, attempts: 0 },
  ],
  [
    { kind: 'throttled', limit: 'quota', detail: DETAIL },
    { status: 'failed', retryable: true, freeAtMs: START_MS, coolMs: 24 * 3_600_000, attempts: 0 },
  ],
  [
    { kind: 'overlimit', detail: DETAIL },
    { status: 'failed', retryable: true, freeAtMs: END_MS + 300_000, coolMs: 3_600_000, attempts: 1 },
  ],
  [
    { kind: 'blocked', cause: 'expired', detail: DETAIL },
    { status: 'failed', retryable: true, freeAtMs: START_MS, coolMs: 60_000, attempts: 0 },
  ],
  [
    { kind: 'not-sent', cause: 'unreachable', detail: DETAIL },
    { status: 'failed', retryable: true, freeAtMs: START_MS, coolMs: 5_000, attempts: 0 },
  ],
  [
    { kind: 'unknown', answered: true, detail: DETAIL },
    { status: 'confirming', freeAtMs: END_MS + 60_000 + PAUSE_MS, attempts: 1 },
  ],
];

describe('every outcome settles the request and the lock', () => {
  it.each(OUTCOMES)('$kind', async (outcome, expected) => {
    bench.outcomes.push(outcome);
    const answer = await ask();
    expect(answer).toHaveProperty('request.status', expected.status);
    if (expected.retryable !== undefined)
      expect(answer).toHaveProperty('request.retryable', expected.retryable);
    expect(lockOf()).toMatchObject({ freeAtMs: expected.freeAtMs, lastOutcome: outcome.kind });
    expect(lockOf()['coolUntilMs']).toBe(
      expected.coolMs === undefined ? undefined : END_MS + expected.coolMs,
    );
    expect(lockOf()['attemptsOn2026-01-05']).toBe(expected.attempts);
    expect(lockOf()).not.toHaveProperty('attemptId');
    expect(bench.posts).toHaveLength(1);
  });

  it('a cause not its own: the same request runs again under the same id', async () => {
    bench.outcomes.push({ kind: 'not-sent', cause: 'unreachable', detail: DETAIL });
    const first = await ask();
    bench.clock.advance(10_000);
    const again = await ask();
    expect(again).toHaveProperty('request.status', 'created');
    expect(again).toHaveProperty('request.id', first.kind === 'request' && first.request.id);
    expect(again).toHaveProperty('request.version', 4);
    expect(again).toHaveProperty('request.createdAtMs', START_MS);
    expect(again).not.toHaveProperty('request.retryable');
  });

  it('after an overlimit it is not sent again while nobody can see whether the group exists', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: DETAIL });
    await ask();
    bench.clock.advance(3 * 3_600_000);
    expect(await ask()).toMatchObject({
      kind: 'request',
      replayed: false,
      request: { status: 'confirming', outcome: 'overlimit' },
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('after an unknown outcome it is never sent again', async () => {
    bench.outcomes.push({ kind: 'unknown', answered: false, detail: DETAIL });
    await ask();
    bench.clock.advance(24 * 3_600_000);
    const again = await ask();
    expect(again).toHaveProperty('request.status', 'confirming');
    expect(bench.posts).toHaveLength(1);
  });

  it('a run of trouble grows its cool-down, and any other answer ends it', async () => {
    const blocked: Outcome = { kind: 'blocked', cause: 'starting', detail: DETAIL };
    const rests: number[] = [];
    for (const outcome of [
      blocked,
      blocked,
      blocked,
      { kind: 'refused', detail: DETAIL } as const,
      blocked,
    ]) {
      bench.outcomes.push(outcome);
      await ask({ ...WISH, groupName: `g${rests.length}` }, PLAIN);
      rests.push(Number(lockOf()['coolUntilMs'] ?? bench.clock.nowMs()) - bench.clock.nowMs());
      bench.clock.advance(20 * 60_000);
    }
    expect(rests).toEqual([60_000, 120_000, 240_000, 0, 60_000]);
  });

  it('only a creation ends a run of overlimits', async () => {
    const rests: number[] = [];
    const overlimit: Outcome = { kind: 'overlimit', detail: DETAIL };
    for (const outcome of [
      overlimit,
      { kind: 'rejected', detail: DETAIL } as const,
      overlimit,
      CREATED,
      overlimit,
    ]) {
      bench.outcomes.push(outcome);
      await ask({ ...WISH, groupName: `g${rests.length}` }, PLAIN);
      rests.push(Number(lockOf()['coolUntilMs'] ?? bench.clock.nowMs()) - bench.clock.nowMs());
      bench.clock.advance(25 * 3_600_000);
    }
    expect(rests).toEqual([3_600_000, 0, 7_200_000, 0, 3_600_000]);
  });

  it('a token that has just been changed is no fault of GREEN-API: no back-off', async () => {
    const [instance] = instances(1);
    if (!instance) throw new Error('there is one');
    bench.instancesAfresh = [{ ...instance, apiTokenInstance: 'e'.repeat(50) }];
    bench.outcomes.push({ kind: 'blocked', cause: 'token-rejected', detail: DETAIL });
    const answer = await ask();
    expect(answer).toMatchObject({ kind: 'request', retryAtMs: bench.clock.nowMs() });
    expect(answer).toMatchObject({ request: { outcome: 'not-sent', cause: 'token-changed' } });
    expect(lockOf()).not.toHaveProperty('coolUntilMs');
    expect(bench.posts).toHaveLength(1);
    bench.clock.advance(1_000);
    expect(await ask()).toHaveProperty('request.status', 'created');
  });
});

describe('when DynamoDB fails', () => {
  class Broken implements Table {
    readonly #table: Table;
    readonly #isBroken: (key: string, count: number) => boolean;
    readonly #counts = new Map<string, number>();

    constructor(table: Table, isBroken: (key: string, count: number) => boolean) {
      this.#table = table;
      this.#isBroken = isBroken;
    }

    read: Table['read'] = (key) => this.#table.read(key);
    readMany: Table['readMany'] = (keys) => this.#table.readMany(keys);
    put: Table['put'] = (key, put) => this.#write(key, () => this.#table.put(key, put));
    update: Table['update'] = (key, update) => this.#write(key, () => this.#table.update(key, update));
    query: Table['query'] = (query) => this.#table.query(query);
    count: Table['count'] = (query) => this.#table.count(query);

    async #write<T>(key: string, write: () => Promise<T>): Promise<T> {
      const kind = key.slice(0, key.indexOf('#'));
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      if (this.#isBroken(kind, count)) throw new StorageError('no-answer', 'no answer');
      return write();
    }
  }

  it.each(['claim', 'lock', 'request'])('no answer to the first write of the %s: no POST', async (kind) => {
    const service = bench.service(new Broken(bench.memory, (key, count) => key === kind && count === 1));
    await expect(createGroup(service, WISH, ASKER, 'sync')).rejects.toBeInstanceOf(StorageError);
    expect(bench.posts).toHaveLength(0);
  });

  it('no answer to P: the lock keeps its bound', async () => {
    const service = bench.service(new Broken(bench.memory, (key) => key === 'request'));
    await createGroup(service, WISH, ASKER, 'sync').catch(() => undefined);
    expect(lockOf()).toMatchObject({ freeAtMs: START_MS + EXECUTION_MS + 60_000 + 300_000 });
    expect(lockOf()).toHaveProperty('attemptId');
  });

  it('no answer to R: no S, the caller is told what is known, and the log too', async () => {
    const service = bench.service(new Broken(bench.memory, (key, count) => key === 'request' && count > 1));
    const answer = await createGroup(service, WISH, ASKER, 'sync');
    expect(answer).toHaveProperty('request.status', 'created');
    expect(lockOf()).toHaveProperty('attemptId');
    expect(bench.events.map(({ event }) => event)).toEqual(['attempt-ended', 'settle-failed']);
  });

  it('an R that is answered the second time settles all', async () => {
    const service = bench.service(new Broken(bench.memory, (key, count) => key === 'request' && count === 2));
    await createGroup(service, WISH, ASKER, 'sync');
    expect(lockOf()).not.toHaveProperty('attemptId');
    expect(await ask()).toHaveProperty('request.status', 'created');
  });

  it('no answer to S: the record is settled, the lock keeps its bound', async () => {
    const service = bench.service(new Broken(bench.memory, (key, count) => key === 'lock' && count === 2));
    expect(await createGroup(service, WISH, ASKER, 'sync')).toHaveProperty('request.status', 'created');
    expect(lockOf()).toHaveProperty('attemptId');
    expect(await ask()).toMatchObject({ replayed: true });
  });
});

describe('an execution that runs out of time', () => {
  it('sends nothing when no whole call fits any more, and gives the lock back', async () => {
    const service = bench.service();
    bench.clock.advance(EXECUTION_MS - 79_999);
    const answer = await createGroup(service, WISH, ASKER, 'sync');
    expect(answer).toMatchObject({
      request: { status: 'failed', retryable: true, outcome: 'not-sent', cause: 'no-time-left' },
    });
    expect(bench.posts).toHaveLength(0);
    expect(lockOf()).not.toHaveProperty('attemptId');
    bench.clock.advance(1_000);
    expect(await ask()).toHaveProperty('request.status', 'created');
  });

  it('leaves a record that becomes confirming as soon as it must be dead, not before', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void createGroup(stuck, WISH, ASKER, 'sync');
    await new Promise((resolve) => setImmediate(resolve));
    const id = [...bench.memory.items.keys()].find((key) => key.startsWith('request#'))?.slice(8) ?? '';
    bench.clock.advance(EXECUTION_MS + 999);
    expect(await readRequest(bench.service(), id)).toHaveProperty('status', 'creating');
    bench.clock.advance(1);
    expect(await readRequest(bench.service(), id)).toMatchObject({
      status: 'confirming',
      outcome: 'overdue',
    });
    expect(await ask()).toHaveProperty('request.status', 'confirming');
    expect(bench.posts).toHaveLength(0);
  });
});

describe('instances', () => {
  it('one that is not in the secret is an error, after a second look, and claims nothing', async () => {
    await expect(ask({ ...WISH, wanted: '9999' })).rejects.toBeInstanceOf(UnknownInstanceError);
    expect([...bench.memory.items]).toEqual([]);
    bench.instancesAfresh = [...instances(2)];
    expect(await ask({ ...WISH, wanted: '1101000002' })).toHaveProperty('request.idInstance', '1101000002');
  });

  it('what was asked before is answered although its instance has gone', async () => {
    const wish = { ...WISH, wanted: '1101000001' };
    await ask(wish);
    bench.instances = [];
    expect(await ask(wish)).toMatchObject({ replayed: true, request: { status: 'created' } });
    await expect(ask({ ...wish, groupName: 'other' })).rejects.toBeInstanceOf(UnknownInstanceError);
  });

  it('nothing runs again without its instance', async () => {
    const wish = { ...WISH, wanted: '1101000001' };
    bench.outcomes.push({ kind: 'not-sent', cause: 'unreachable', detail: DETAIL });
    await ask(wish);
    bench.instances = [];
    await expect(ask(wish)).rejects.toBeInstanceOf(UnknownInstanceError);
  });
});

describe('two executions and one wish', () => {
  const failed: Outcome = { kind: 'not-sent', cause: 'unreachable', detail: DETAIL };
  const posted = () => bench.posts.map(({ groupName }) => groupName);

  it('a slow one does not run a failed request again once its claim may name another', async () => {
    bench.instances = instances(2);
    bench.outcomes.push(failed);
    await ask(WISH, PLAIN);
    bench.clock.advance(15 * 60_000 - 1);
    const slow = bench.service();
    const { read } = slow.requests;
    slow.requests.read = async (id) => {
      const found = await read(id);
      slow.requests.read = read;
      // While it stands still, the likeness ends, and another execution makes it a new request.
      bench.clock.advance(1_000);
      await ask(WISH, PLAIN);
      return found;
    };
    const answer = await createGroup(slow, WISH, PLAIN, 'sync');
    expect(posted()).toHaveLength(2);
    expect(answer).toMatchObject({ kind: 'request', replayed: true, request: { status: 'failed' } });
  });

  it('near the end of its likeness a failed one is told from when it counts as new', async () => {
    bench.outcomes.push(failed);
    const first = await ask(WISH, PLAIN);
    const finalAtMs = first.kind === 'request' ? (first.request.finalAtMs ?? 0) : 0;
    bench.clock.advance(14 * 60_000);
    expect(await ask(WISH, PLAIN)).toMatchObject({ replayed: true, retryAtMs: finalAtMs + 15 * 60_000 });
    bench.clock.advance(60_000);
    expect(await ask(WISH, PLAIN)).toHaveProperty('request.status', 'created');
  });

  it('without a key too, an overlimit stays the same request, however long it is ago', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: DETAIL });
    const first = await ask(WISH, PLAIN);
    expect(first).toMatchObject({ retryAtMs: bench.clock.nowMs() + 3_601_000 });
    bench.clock.advance(30 * 3_600_000);
    const again = await ask(WISH, PLAIN);
    // Nothing can be seen of it for more than a day: a person must look.
    const id = first.kind === 'request' ? first.request.id : '';
    expect(again).toMatchObject({ request: { id, status: 'confirming', outcome: 'overlimit' } });
    expect(posted()).toHaveLength(1);
  });

  it('while one runs it again, the other waits for the new result, not for the old failure', async () => {
    bench.outcomes.push(failed);
    await ask();
    bench.clock.advance(10_000);
    const first = bench.service();
    const { put } = first.requests;
    let second: Promise<unknown> | undefined;
    first.requests.put = async (...written) => {
      // Between A and P of the first.
      second = ask();
      await new Promise((resolve) => setImmediate(resolve));
      return put(...written);
    };
    await createGroup(first, WISH, ASKER, 'sync');
    expect(await second).toMatchObject({ replayed: true, request: { status: 'created' } });
  });

  it('a lock whose settle was lost does not keep a failed request from another instance', async () => {
    bench.instances = instances(2);
    bench.outcomes.push(failed);
    const losing = bench.service();
    losing.locks.settle = () => Promise.reject(new StorageError('no-answer', 'none'));
    await createGroup(losing, WISH, ASKER, 'sync');
    bench.clock.advance(1_000);
    expect(await ask()).toMatchObject({ request: { status: 'created', idInstance: '1101000002' } });
  });

  it('a lock that a dead attempt of the same request holds is in the way only until it must be dead', async () => {
    bench.instances = instances(2);
    const dying = bench.service();
    dying.requests.put = () => new Promise(() => undefined);
    void createGroup(dying, WISH, ASKER, 'sync');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask()).toHaveProperty('kind', 'busy');
    bench.clock.advance(EXECUTION_MS);
    expect(await ask()).toMatchObject({ request: { status: 'created', idInstance: '1101000002' } });
  });

  it('the one that comes too late with P gives its lock back, and the day does not count it', async () => {
    bench.instances = instances(2);
    const late = bench.service();
    const { put } = late.requests;
    late.requests.put = async (...written) => {
      late.requests.put = put;
      bench.clock.advance(EXECUTION_MS + 61_000);
      await ask();
      return put(...written);
    };
    const answer = await createGroup(late, WISH, ASKER, 'sync');
    expect(answer).toMatchObject({ replayed: true, request: { idInstance: '1101000002' } });
    expect(lockOf()).toMatchObject({ freeAtMs: START_MS, 'attemptsOn2026-01-05': 0 });
    expect(lockOf()).not.toHaveProperty('attemptId');
    expect(posted()).toHaveLength(1);
  });
});

describe('what the record keeps for those who will look', () => {
  it('while it is created: from the lock to a minute after the deadline, and when somebody must look', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void createGroup(stuck, WISH, ASKER, 'sync');
    await new Promise((resolve) => setImmediate(resolve));
    const record = [...bench.memory.items].find(([key]) => key.startsWith('request#'))?.[1];
    expect(record).toMatchObject({
      window: { startMs: START_MS, endMs: START_MS + EXECUTION_MS + 60_000 },
      watchAtMs: START_MS + EXECUTION_MS + 1_000,
    });
  });

  it('after unknown: to a minute after the end of the call', async () => {
    bench.outcomes.push({ kind: 'unknown', answered: false, detail: DETAIL });
    const window = { startMs: START_MS, endMs: START_MS + 2_000 + 60_000 };
    expect(await ask()).toMatchObject({ request: { window, watchAtMs: START_MS + 2_000 + 60_000 } });
  });

  it('after overlimit: to the answer, and on which instance', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: DETAIL });
    const overlimitWindow = { startMs: START_MS, endMs: START_MS + 2_000, idInstance: '1101000001' };
    expect(await ask()).toMatchObject({ request: { overlimitWindow } });
  });

  it('a record goes ninety days after its end, its claim after a hundred and eighty', async () => {
    await ask();
    const DAY_MS = 24 * 3_600_000;
    const found = (kind: string) => [...bench.memory.items].find(([key]) => key.startsWith(kind))?.[1];
    expect(found('request#')).toMatchObject({ ttlEpochSeconds: (START_MS + 2_000 + 90 * DAY_MS) / 1_000 });
    expect(found('claim#')).toMatchObject({ ttlEpochSeconds: (START_MS + 180 * DAY_MS) / 1_000 });
  });

  it('the days before are forgotten', async () => {
    await ask();
    bench.clock.advance(24 * 3_600_000);
    await ask({ ...WISH, groupName: 'next' }, PLAIN);
    expect(Object.keys(lockOf()).filter((name) => name.startsWith('attemptsOn'))).toEqual([
      'attemptsOn2026-01-06',
    ]);
  });

  it('an unknown without an answer does not end a run of trouble; one with an answer does', async () => {
    const levels: unknown[] = [];
    const steps: Outcome[] = [
      { kind: 'blocked', cause: 'starting', detail: DETAIL },
      { kind: 'unknown', answered: false, detail: DETAIL },
      { kind: 'unknown', answered: true, detail: DETAIL },
    ];
    for (const outcome of steps) {
      bench.outcomes.push(outcome);
      await ask({ ...WISH, groupName: `g${levels.length}` }, PLAIN);
      levels.push(lockOf()['troubleLevel']);
      bench.clock.advance(3_600_000);
    }
    expect(levels).toEqual([1, 1, 0]);
  });
});
