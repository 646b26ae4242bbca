import { beforeEach, describe, expect, it } from 'vitest';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import {
  all,
  any,
  atMost,
  type Condition,
  equal,
  missing,
  oneOf,
  type Table,
} from '../../lambda/storage/table.ts';
import { aClaim, acquireWish, aRequest, holdOf } from './samples.ts';

/** What every engine must do alike, so that what is proved with one holds with all. `open` gives an empty table. */
export function describeTable(engine: string, open: () => Promise<Table>): void {
  let table: Table;
  let round = 0;
  /** Rounds share a table: each has keys of its own. */
  const own = (name: string) => `${name}-${round}`;

  beforeEach(async () => {
    round += 1;
    table = await open();
  });

  describe(`${engine}: conditions`, () => {
    const item = { name: 'a', level: 3, open: true, freeAtMs: 1_000 };
    const cases: readonly [string, Condition, boolean][] = [
      ['missing, and it is', missing('nothing'), true],
      ['missing, and it is there', missing('name'), false],
      ['equal text', equal('name', 'a'), true],
      ['unequal text', equal('name', 'b'), false],
      ['a number is no text', equal('level', '3'), false],
      ['equal truth', equal('open', true), true],
      ['equal to what is missing', equal('nothing', 'a'), false],
      ['at most, equal', atMost('freeAtMs', 1_000), true],
      ['at most, above', atMost('freeAtMs', 999), false],
      ['at most of what is missing', atMost('nothing', 999), false],
      ['one of', oneOf('name', ['b', 'a']), true],
      ['none of', oneOf('name', ['b', 'c']), false],
      ['all', all(equal('name', 'a'), equal('level', 3)), true],
      ['not all', all(equal('name', 'a'), equal('level', 4)), false],
      ['any', any(equal('name', 'b'), equal('level', 3)), true],
      ['not any', any(equal('name', 'b'), equal('level', 4)), false],
      ['any within all', all(any(missing('nothing'), atMost('level', 0)), equal('open', true)), true],
      ['reserved words are names', all(missing('status'), missing('owner'), missing('window')), true],
    ];
    it.each(cases)('%s', async (_name, condition, isApplied) => {
      await table.put(own('item'), { item, condition: missing('pk') });
      const answer = await table.update(own('item'), { set: { seen: 1 }, condition });
      expect(answer).toEqual({ applied: isApplied, item: isApplied ? { ...item, seen: 1 } : item });
      expect(await table.read(own('item'))).toEqual(isApplied ? { ...item, seen: 1 } : item);
    });
  });

  describe(`${engine}: writes`, () => {
    it('an update makes the item, sets, removes and adds', async () => {
      const made = await table.update(own('item'), {
        set: { a: 1 },
        add: { count: 2 },
        condition: missing('pk'),
      });
      expect(made).toEqual({ applied: true, item: { a: 1, count: 2 } });
      const changed = await table.update(own('item'), {
        set: { b: ['x', { deep: true }] },
        remove: ['a', 'never'],
        add: { count: -3 },
        condition: equal('count', 2),
      });
      expect(changed).toEqual({ applied: true, item: { b: ['x', { deep: true }], count: -1 } });
    });

    it('an update that only removes makes the item too', async () => {
      const emptied = { set: {}, remove: ['a'], condition: missing('a') };
      expect(await table.update(own('item'), emptied)).toEqual({ applied: true, item: {} });
      expect(await table.read(own('item'))).toEqual({});
    });

    it('a put replaces the whole item, and brings back what stood in the way', async () => {
      await table.put(own('item'), { item: { a: 1, b: 2 }, condition: missing('pk') });
      expect(await table.put(own('item'), { item: { c: 3 }, condition: missing('pk') })).toEqual({
        applied: false,
        item: { a: 1, b: 2 },
      });
      expect(await table.put(own('item'), { item: { c: 3 }, condition: equal('a', 1) })).toEqual({
        applied: true,
        item: { c: 3 },
      });
    });

    it('a refused update of nothing brings back nothing', async () => {
      const answer = await table.update(own('item'), { set: { a: 1 }, condition: equal('a', 1) });
      expect(answer).toEqual({ applied: false, item: undefined });
      expect(await table.read(own('item'))).toBeUndefined();
    });

    it('reads many, beyond one batch, and leaves out what is not there', async () => {
      const COUNT = 230;
      const keys = Array.from({ length: COUNT }, (_, index) => own(`many-${index}`));
      await Promise.all(keys.map((key, n) => table.put(key, { item: { n }, condition: missing('pk') })));
      const found = await table.readMany([...keys, own('absent')]);
      expect(found.size).toBe(COUNT);
      expect(found.get(own('many-229'))).toEqual({ n: 229 });
    });

    it('of many writers at once one wins', async () => {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, writer) =>
          table.update(own('lock'), { set: { writer }, condition: missing('writer') }),
        ),
      );
      const winner = answers.findIndex(({ applied }) => applied);
      expect(answers.filter(({ applied }) => applied)).toHaveLength(1);
      // Every loser is shown who stood in the way.
      for (const { item } of answers) expect(item).toEqual({ writer: winner });
    });
  });

  describe(`${engine}: the creation lock`, () => {
    it('is acquired once, and not again before its instant on the slowest clock', async () => {
      const { locks } = createStores(table);
      const first = acquireWish(own('1101'), 'first', 1_000_000, 2_000_000);
      expect((await locks.acquire(first)).acquired).toBe(true);
      const early = acquireWish(own('1101'), 'early', 2_000_000 + CLOCK_MARGIN_MS - 1, 3_000_000);
      const refused = await locks.acquire(early);
      expect(refused.acquired).toBe(false);
      expect(refused.lock).toMatchObject({
        attemptId: 'first',
        requestId: 'request-first',
        freeAtMs: 2_000_000,
      });
      const late = acquireWish(own('1101'), 'late', 2_000_000 + CLOCK_MARGIN_MS, 3_000_000);
      expect((await locks.acquire(late)).acquired).toBe(true);
    });

    it('the SDK’s second try of an acquire that was applied is a success, and counts once', async () => {
      const { locks } = createStores(table);
      const wish = acquireWish(own('1101'), 'mine', 1_000_000, 2_000_000);
      await locks.acquire(wish);
      const again = await locks.acquire(wish);
      expect(again.acquired).toBe(true);
      expect(again.lock.attemptsByDay).toEqual({ [wish.day]: 1 });
    });

    it('is given back as if it had never been taken, once', async () => {
      const { locks } = createStores(table);
      const wish = acquireWish(own('1101'), 'mine', 1_000_000, 2_000_000);
      const { lock } = await locks.acquire(wish);
      const settlement = { freeAtMs: wish.nowMs, givenBack: true, day: wish.day, staleDays: [] };
      await locks.settle(wish.idInstance, 'mine', settlement);
      await locks.settle(wish.idInstance, 'mine', settlement);
      const [after] = await locks.read([wish.idInstance]);
      expect(after).toEqual({
        ...holdOf(lock).without,
        freeAtMs: wish.nowMs,
        attemptsByDay: { [wish.day]: 0 },
      });
      // A late copy of the acquire finds the instant that it wrote itself, and is refused.
      expect((await locks.acquire(wish)).acquired).toBe(false);
    });

    it('another attempt cannot settle it', async () => {
      const { locks } = createStores(table);
      const wish = acquireWish(own('1101'), 'mine', 1_000_000, 2_000_000);
      const { lock } = await locks.acquire(wish);
      await locks.settle(wish.idInstance, 'other', {
        freeAtMs: 0,
        givenBack: false,
        day: wish.day,
        staleDays: [],
      });
      expect(await locks.read([wish.idInstance])).toEqual([lock]);
    });

    it('a cool-down keeps it shut, and the next settle without one ends it', async () => {
      const { locks } = createStores(table);
      const id = own('1101');
      await locks.acquire(acquireWish(id, 'one', 1_000_000, 2_000_000));
      const result = { outcome: 'overlimit', overlimitLevel: 1, troubleLevel: 0 } as const;
      await locks.settle(id, 'one', {
        freeAtMs: 1_100_000,
        givenBack: false,
        day: '1970-01-01',
        staleDays: [],
        result: { ...result, coolUntilMs: 5_000_000, coolReason: 'overlimit' },
      });
      expect((await locks.acquire(acquireWish(id, 'two', 4_999_999, 9_000_000))).acquired).toBe(false);
      expect((await locks.acquire(acquireWish(id, 'three', 5_001_000, 9_000_000))).acquired).toBe(true);
      await locks.settle(id, 'three', {
        freeAtMs: 6_000_000,
        givenBack: false,
        day: '1970-01-01',
        staleDays: ['1969-12-31'],
        result: { outcome: 'created', overlimitLevel: 0, troubleLevel: 0 },
      });
      const [lock] = await locks.read([id]);
      expect(lock).not.toHaveProperty('coolUntilMs');
      expect(lock).toMatchObject({ overlimitLevel: 0, lastOutcome: 'created' });
    });

    it('the days before are forgotten with the settle', async () => {
      const { locks } = createStores(table);
      const id = own('1101');
      const yesterday = { ...acquireWish(id, 'one', 1_000_000, 2_000_000), day: '1970-01-01' };
      await locks.acquire(yesterday);
      const { lock } = await locks.acquire({
        ...acquireWish(id, 'two', 3_000_000, 4_000_000),
        day: '1970-01-02',
      });
      expect(lock.attemptsByDay).toEqual({ '1970-01-01': 1, '1970-01-02': 1 });
      await locks.settle(id, 'two', {
        freeAtMs: 5_000_000,
        givenBack: false,
        day: '1970-01-02',
        staleDays: ['1970-01-01'],
      });
      expect((await locks.read([id]))[0]?.attemptsByDay).toEqual({ '1970-01-02': 1 });
    });

    it('an instance that never created has a lock without fields', async () => {
      const { locks } = createStores(table);
      expect(await locks.read([own('none')])).toEqual([
        { idInstance: own('none'), overlimitLevel: 0, troubleLevel: 0, attemptsByDay: {} },
      ]);
    });
  });

  describe(`${engine}: the requests`, () => {
    it('a request is put once, and its second try is a success', async () => {
      const { requests } = createStores(table);
      const request = aRequest(own('id'), 'mine');
      expect(await requests.put(request, undefined)).toEqual({ applied: true, request });
      expect(await requests.put(request, undefined)).toEqual({ applied: true, request });
      const other = aRequest(own('id'), 'other');
      expect(await requests.put(other, undefined)).toEqual({ applied: false, request });
      expect(await requests.read(request.id)).toEqual(request);
    });

    it('a failed, retryable one is put over, as it was read', async () => {
      const { requests } = createStores(table);
      const request = aRequest(own('id'), 'one');
      await requests.put(request, undefined);
      const failed = await requests.settle(request, 'one', {
        status: 'failed',
        retryable: true,
        updatedAtMs: 2,
      });
      expect(failed).toMatchObject({ status: 'failed', version: 2 });
      const again = { ...aRequest(request.id, 'two'), version: 3 };
      expect(await requests.put(again, request)).toMatchObject({ applied: false });
      expect(await requests.put(again, failed)).toEqual({ applied: true, request: again });
      expect(await requests.put({ ...again, attemptId: 'three' }, failed)).toMatchObject({ applied: false });
    });

    it.each(['created', 'failed', 'confirming'] as const)(
      'one that is %s is not put over',
      async (status) => {
        const { requests } = createStores(table);
        const request = aRequest(own('id'), 'one');
        await requests.put(request, undefined);
        const settled = await requests.settle(request, 'one', { status, updatedAtMs: 2 });
        expect(await requests.put(aRequest(request.id, 'two'), settled)).toEqual({
          applied: false,
          request: settled,
        });
      },
    );

    it('only its own attempt settles it, late or not, and only once', async () => {
      const { requests } = createStores(table);
      const request = aRequest(own('id'), 'mine');
      await requests.put(request, undefined);
      expect(await requests.settle(request, 'other', { status: 'failed', updatedAtMs: 2 })).toEqual(request);
      await requests.markOverdue(request, 70_000, 60_000);
      const created = await requests.settle(request, 'mine', {
        status: 'created',
        updatedAtMs: 3,
        chatId: '1@g.us',
      });
      expect(created).toMatchObject({ status: 'created', chatId: '1@g.us', version: 3 });
      expect(created).not.toHaveProperty('watchAtMs');
      expect(created).not.toHaveProperty('outcome');
      expect(await requests.settle(request, 'mine', { status: 'failed', updatedAtMs: 4 })).toEqual(created);
    });

    it('one that is overdue becomes confirming, unless another attempt has it by now', async () => {
      const { requests } = createStores(table);
      const request = aRequest(own('id'), 'mine');
      await requests.put(request, undefined);
      expect(await requests.markOverdue({ ...request, attemptId: 'older' }, 70_000, 60_000)).toEqual({
        marked: false,
        request,
      });
      const marked = await requests.markOverdue(request, 70_000, 60_000);
      expect(marked).toMatchObject({
        marked: true,
        request: { status: 'confirming', outcome: 'overdue', watchAtMs: 70_000, version: 2 },
      });
      expect(await requests.markOverdue(request, 80_000, 61_000)).toEqual({ ...marked, marked: false });
    });
  });

  describe(`${engine}: the claims`, () => {
    it('the first claim wins, and its second try finds itself', async () => {
      const { claims } = createStores(table);
      expect(await claims.claim(own('hash'), aClaim('one'))).toEqual({ found: undefined });
      expect(await claims.claim(own('hash'), aClaim('one'))).toEqual({ found: undefined });
      expect(await claims.claim(own('hash'), aClaim('two'))).toEqual({ found: aClaim('one') });
      expect(await claims.read(own('hash'))).toEqual(aClaim('one'));
      expect(await claims.read(own('none'))).toBeUndefined();
    });

    it('is adopted while it names the request, and replaced while it is as it was read', async () => {
      const { claims } = createStores(table);
      await claims.claim(own('hash'), aClaim('one'));
      expect(await claims.adopt(own('hash'), 'two', 500)).toBe(false);
      expect(await claims.adopt(own('hash'), 'one', 500)).toBe(true);
      expect(await claims.replace(own('hash'), aClaim('one'), aClaim('two'))).toBe(false);
      const read = { ...aClaim('one'), expiresAtMs: 500 };
      expect(await claims.replace(own('hash'), read, aClaim('two'))).toBe(true);
      // Its second try finds itself.
      expect(await claims.replace(own('hash'), read, aClaim('two'))).toBe(true);
      expect(await claims.replace(own('hash'), read, aClaim('three'))).toBe(false);
      expect(await claims.claim(own('hash'), aClaim('four'))).toEqual({ found: aClaim('two') });
    });
  });
}
