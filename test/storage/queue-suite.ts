import { beforeEach, describe, expect, it } from 'vitest';
import type { GroupRequest } from '../../lambda/creation/request.ts';
import { createStores, type Stores } from '../../lambda/storage/stores.ts';
import type { Table } from '../../lambda/storage/table.ts';
import { aRequest } from './samples.ts';

/** An index lags: so long what is written is waited for. */
const MAX_LAG_MS = 5_000;
const LIMIT = 1_000;

/** What the stores find in every engine's indexes alike. */
export function describeQueue(engine: string, open: () => Promise<Table>): void {
  let stores: Stores;
  let round = 0;
  /** Rounds share a table: each has ids and an instance of its own. */
  const own = (name: string) => `${name}-queue${round}`;
  const isOwn = (id: string) => id.endsWith(own(''));

  beforeEach(async () => {
    round += 1;
    stores = createStores(await open());
  });

  const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: MAX_LAG_MS });
  const idsOf = (places: readonly { readonly id: string }[]) => places.map(({ id }) => id);
  const watched = async (beforeMs: number) => (await stores.queue.watched(beforeMs, LIMIT)).filter(isOwn);
  const history = async (month: string) =>
    idsOf(await stores.queue.history(month, { limit: LIMIT })).filter(isOwn);

  function waiting(name: string, placeMs: number): GroupRequest {
    const { attemptId: _attemptId, idInstance: _idInstance, ...request } = aRequest(own(name), 'none');
    const { window: _window, watchAtMs: _watchAtMs, ...wish } = request;
    return { ...wish, wanted: own('1101'), mode: 'queue', placeMs, status: 'queued' };
  }

  describe(`${engine}: the queue`, () => {
    it('what waits stands in the order of its place, and is counted', async () => {
      const places = [
        ['late', 3_000],
        ['early', 20],
        ['middle', 1_000],
      ] as const;
      for (const [name, placeMs] of places) await stores.requests.put(waiting(name, placeMs), undefined);
      const inOrder = [
        { placeMs: 20, id: own('early') },
        { placeMs: 1_000, id: own('middle') },
        { placeMs: 3_000, id: own('late') },
      ];
      await eventually(() => stores.queue.waiting(own('1101'), { limit: LIMIT })).toEqual(inOrder);
      expect(await stores.queue.waiting(own('1101'), { limit: 2 })).toEqual(inOrder.slice(0, 2));
      const before = { placeMs: 1_000, id: own('middle') };
      expect(await stores.queue.waiting(own('1101'), { before, limit: LIMIT })).toEqual(inOrder.slice(0, 1));
      expect(await stores.queue.count(own('1101'), { limit: LIMIT })).toBe(3);
      expect(await stores.queue.count(own('1101'), { before, limit: LIMIT })).toBe(1);
      expect(await stores.queue.waiting(own('other'), { limit: LIMIT })).toEqual([]);
    });

    it('what is taken leaves the line for the watch, and what goes back to its place returns', async () => {
      const queued = waiting('one', 1_000);
      await stores.requests.put(queued, undefined);
      await eventually(() => stores.queue.count(queued.wanted, { limit: LIMIT })).toBe(1);
      const { request = queued } = await stores.requests.take(queued, {
        attemptId: 'mine',
        idInstance: own('1101'),
        window: { startMs: 2_000, endMs: 3_000 },
        watchAtMs: 60_000,
        updatedAtMs: 2_000,
      });
      await eventually(() => watched(60_001)).toEqual([queued.id]);
      expect(await watched(60_000)).toEqual([]);
      await eventually(() => stores.queue.count(queued.wanted, { limit: LIMIT })).toBe(0);
      await stores.requests.settle(request, 'mine', { status: 'queued', updatedAtMs: 3_000 });
      const back = [{ placeMs: 1_000, id: queued.id }];
      await eventually(() => stores.queue.waiting(queued.wanted, { limit: LIMIT })).toEqual(back);
      await eventually(() => watched(60_001)).toEqual([]);
    });

    it('what is cancelled leaves the line', async () => {
      const queued = waiting('one', 1_000);
      await stores.requests.put(queued, undefined);
      await eventually(() => stores.queue.count(queued.wanted, { limit: LIMIT })).toBe(1);
      expect(await stores.requests.cancel(queued, 2_000)).toMatchObject({ applied: true });
      await eventually(() => stores.queue.count(queued.wanted, { limit: LIMIT })).toBe(0);
    });

    it('what must be looked at stands in the order of its instant, until it is final', async () => {
      const soon = { ...aRequest(own('soon'), 'mine'), watchAtMs: 5_000 };
      const later = { ...aRequest(own('later'), 'mine'), watchAtMs: 40_000 };
      await stores.requests.put(later, undefined);
      await stores.requests.put(soon, undefined);
      await eventually(() => watched(50_000)).toEqual([soon.id, later.id]);
      await stores.requests.markOverdue(soon, 45_000, 6_000);
      await eventually(() => watched(50_000)).toEqual([later.id, soon.id]);
      await stores.requests.settle(later, 'mine', { status: 'created', updatedAtMs: 2, expiresAtMs: 5_500 });
      await eventually(() => watched(50_000)).toEqual([soon.id]);
    });

    it('the history of a month is newest first, in pages, and no change of state moves it', async () => {
      const [january, february] = ['2031-01', '2031-02'] as const;
      const createdAtMs = [Date.UTC(2031, 0, 31, 23), Date.UTC(2031, 1, 1), Date.UTC(2031, 1, 2)];
      const [first, second, third] = createdAtMs.map((atMs, index) => ({
        ...aRequest(own(`made-${index}`), 'mine'),
        createdAtMs: atMs,
      }));
      if (!first || !second || !third) throw new Error('three were meant');
      for (const request of [second, third, first]) await stores.requests.put(request, undefined);
      await eventually(() => history(january)).toEqual([first.id]);
      await eventually(() => history(february)).toEqual([third.id, second.id]);
      const before = { placeMs: third.createdAtMs, id: third.id };
      expect(await stores.queue.history(february, { before, limit: 1 })).toEqual([
        { placeMs: second.createdAtMs, id: second.id },
      ]);
      await stores.requests.settle(third, 'mine', { status: 'failed', updatedAtMs: 2 });
      await eventually(() => history(february)).toEqual([third.id, second.id]);
    });
  });
}
