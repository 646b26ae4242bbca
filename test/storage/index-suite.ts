import { beforeEach, describe, expect, it } from 'vitest';
import { type Item, missing, type Query, type Table, type TableIndex } from '../../lambda/storage/table.ts';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';

/** An index lags: so long what is written is waited for. */
const MAX_LAG_MS = 5_000;
const EVERYTHING = 1_000;

/** What every engine's indexes must show alike. */
export function describeIndexes(engine: string, open: () => Promise<Table>): void {
  let table: Table;
  let round = 0;
  /** Rounds share a table: each has keys and partitions of its own. */
  const own = (name: string) => `${name}-${round}`;

  beforeEach(async () => {
    round += 1;
    table = await open();
  });

  const place = (index: TableIndex, partition: string, sort: string): Item => ({
    [index.partitionKey]: own(partition),
    [index.sortKey]: sort,
  });
  const put = (name: string, item: Item) => table.put(own(name), { item, condition: missing(PARTITION_KEY) });
  const all = (partition: string, index: TableIndex = WORK_INDEX): Query => ({
    index,
    partition: own(partition),
    order: 'ascending',
    limit: EVERYTHING,
  });
  const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: MAX_LAG_MS });
  const sorted = (query: Query) => eventually(async () => (await table.query(query)).map(({ sort }) => sort));

  /** Five entries that were not written in their order. */
  async function putFive(): Promise<void> {
    for (const name of ['d', 'a', 'e', 'c', 'b']) await put(name, place(WORK_INDEX, 'line', name));
    await sorted(all('line')).toEqual(['a', 'b', 'c', 'd', 'e']);
  }

  describe(`${engine}: queries`, () => {
    it('entries say their item and stand in the order of their sort keys, either way', async () => {
      await putFive();
      const entries = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ key: own(name), sort: name }));
      expect(await table.query(all('line'))).toEqual(entries);
      const backwards = await table.query({ ...all('line'), order: 'descending' });
      expect(backwards).toEqual(entries.toReversed());
    });

    it('many keys of one instant stand in the order of what follows it', async () => {
      const sorts = Array.from({ length: 30 }, (_, index) => `000001000#${String(index * 7).padStart(4)}`);
      for (const sort of sorts.toReversed()) await put(sort, place(WORK_INDEX, 'instant', sort));
      await sorted(all('instant')).toEqual(sorts);
    });

    const parts: readonly [string, Partial<Query>, readonly string[]][] = [
      ['the first ones', { limit: 2 }, ['a', 'b']],
      ['the last ones, backwards', { limit: 2, order: 'descending' }, ['e', 'd']],
      ['what stands before a key, without it', { before: 'c' }, ['a', 'b']],
      ['what stands before a key that is not there', { before: 'bb' }, ['a', 'b']],
      ['backwards from a key, without it', { before: 'd', order: 'descending' }, ['c', 'b', 'a']],
      ['the nearest before a key', { before: 'd', order: 'descending', limit: 2 }, ['c', 'b']],
      ['fewer than asked for, backwards', { before: 'c', order: 'descending', limit: 4 }, ['b', 'a']],
      ['the farthest before a key', { before: 'd', limit: 2 }, ['a', 'b']],
      ['nothing before the first', { before: 'a' }, []],
      ['all before what is beyond the last', { before: 'z' }, ['a', 'b', 'c', 'd', 'e']],
      ['as many as there are', { limit: 5 }, ['a', 'b', 'c', 'd', 'e']],
      ['none', { limit: 0 }, []],
      ['nothing of an empty partition', { partition: 'nobody' }, []],
    ];
    it.each(parts)('%s: asked for, and counted', async (_name, part, expected) => {
      await putFive();
      const query = { ...all('line'), ...part };
      expect((await table.query(query)).map(({ sort }) => sort)).toEqual(expected);
      expect(await table.count(query)).toBe(expected.length);
    });

    it('a partition of several pages is read, and counted, to its end or its limit', async () => {
      // DynamoDB ends a page at 1 MB: with keys of nearly the greatest length it holds some two hundred entries.
      const COUNT = 450;
      const name = (index: number) => `${String(index).padStart(4, '0')}${'-'.repeat(1_000)}`;
      const wide = 'w'.repeat(1_900);
      const names = Array.from({ length: COUNT }, (_, index) => name(index));
      await Promise.all(names.map((sort) => put(`${sort}${'k'.repeat(900)}`, place(WORK_INDEX, wide, sort))));
      await sorted(all(wide)).toEqual(names);
      expect((await table.query({ ...all(wide), limit: 300 })).map(({ sort }) => sort)).toEqual(
        names.slice(0, 300),
      );
      const backwards = await table.query({ ...all(wide), before: name(440), order: 'descending' });
      expect(backwards.map(({ sort }) => sort)).toEqual(names.slice(0, 440).toReversed());
      const counts = [EVERYTHING, COUNT, COUNT - 1, 1].map((limit) => table.count({ ...all(wide), limit }));
      expect(await Promise.all(counts)).toEqual([COUNT, COUNT, COUNT - 1, 1]);
      expect(await table.count({ ...all(wide), before: name(430) })).toBe(430);
    });
  });

  describe(`${engine}: what the indexes hold`, () => {
    it('an item without both keys is in no index, and enters it once it has them', async () => {
      await put('half', { [WORK_INDEX.partitionKey]: own('sparse'), name: 'x' });
      await put('none', { name: 'x' });
      await put('whole', place(WORK_INDEX, 'sparse', 'a'));
      await sorted(all('sparse')).toEqual(['a']);
      const completed = { set: { [WORK_INDEX.sortKey]: 'b' }, condition: missing(WORK_INDEX.sortKey) };
      await table.update(own('half'), completed);
      await sorted(all('sparse')).toEqual(['a', 'b']);
    });

    it('an entry vanishes with its attributes, whether they are removed or the item is replaced', async () => {
      for (const name of ['a', 'b', 'c']) await put(name, place(WORK_INDEX, 'line', name));
      await sorted(all('line')).toEqual(['a', 'b', 'c']);
      const remove = [WORK_INDEX.partitionKey, WORK_INDEX.sortKey];
      await table.update(own('a'), { set: {}, remove, condition: missing('nothing') });
      await sorted(all('line')).toEqual(['b', 'c']);
      await table.put(own('c'), { item: { name: 'x' }, condition: missing('nothing') });
      await sorted(all('line')).toEqual(['b']);
      expect(await table.count(all('line'))).toBe(1);
    });

    it('an entry moves with its keys: within its partition, and to another', async () => {
      for (const name of ['a', 'b']) await put(name, place(WORK_INDEX, 'line', name));
      const moved = (partition: string, sort: string) => ({
        set: place(WORK_INDEX, partition, sort),
        condition: missing('nothing'),
      });
      await table.update(own('a'), moved('line', 'c'));
      await sorted(all('line')).toEqual(['b', 'c']);
      await table.update(own('a'), moved('watch', 'c'));
      await sorted(all('watch')).toEqual(['c']);
      await sorted(all('line')).toEqual(['b']);
    });

    it('a refused write moves nothing', async () => {
      await put('a', place(WORK_INDEX, 'line', 'a'));
      await sorted(all('line')).toEqual(['a']);
      const item = place(WORK_INDEX, 'line', 'b');
      expect(await put('a', item)).toMatchObject({ applied: false });
      const update = { set: item, condition: missing(WORK_INDEX.sortKey) };
      expect(await table.update(own('a'), update)).toMatchObject({ applied: false });
      await sorted(all('line')).toEqual(['a']);
    });

    it('an item stands in both indexes at its own places, and leaves one without the other', async () => {
      await put('a', { ...place(WORK_INDEX, 'both', '2'), ...place(HISTORY_INDEX, 'both', '1') });
      await sorted(all('both')).toEqual(['2']);
      await sorted(all('both', HISTORY_INDEX)).toEqual(['1']);
      const remove = [WORK_INDEX.partitionKey, WORK_INDEX.sortKey];
      await table.update(own('a'), { set: {}, remove, condition: missing('nothing') });
      await sorted(all('both')).toEqual([]);
      await sorted(all('both', HISTORY_INDEX)).toEqual(['1']);
    });
  });
}
