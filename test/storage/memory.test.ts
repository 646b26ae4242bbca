import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, missing, type Query } from '../../lambda/storage/table.ts';
import { WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { MemoryTable } from '../model/memory-table.ts';
import { describeEnded } from './ended-suite.ts';
import { describeIndexes } from './index-suite.ts';
import { describeNumbers } from './numbers-suite.ts';
import { describeQueue } from './queue-suite.ts';
import { describeRecovery } from './recovery-suite.ts';
import { describeTable } from './table-suite.ts';

const open = async () => new MemoryTable();

describeTable('the model in memory', open);
describeIndexes('the model in memory', open);
describeQueue('the model in memory', open);
describeRecovery('the model in memory', open);
describeEnded('the model in memory', open);
describeNumbers('the model in memory', open);

const WAITING: Query = { index: WORK_INDEX, partition: 'waiting', order: 'ascending', limit: 100 };
const ALWAYS = missing('an attribute that nobody has');
const waitingAt = (sort: string): Item => ({
  [WORK_INDEX.partitionKey]: WAITING.partition,
  [WORK_INDEX.sortKey]: sort,
});

/** A table whose index shows a change only when the test runs it. */
function lagging() {
  const updates: (() => void)[] = [];
  const table = new MemoryTable({ indexLater: (update) => updates.push(update) });
  return { table, updates };
}

describe('the model in memory, with an index that lags', () => {
  it('an item is there at once, its entry when the index learns it', async () => {
    const { table, updates } = lagging();
    await table.put('a', { item: waitingAt('1'), condition: ALWAYS });
    expect(await table.read('a')).toEqual(waitingAt('1'));
    expect([table.queryNow(WAITING), table.countNow(WAITING)]).toEqual([[], 0]);
    for (const update of updates) update();
    expect([table.queryNow(WAITING), table.countNow(WAITING)]).toEqual([[{ key: 'a', sort: '1' }], 1]);
  });

  it('an entry that is gone shows until the index learns it', async () => {
    const { table, updates } = lagging();
    await table.put('a', { item: waitingAt('1'), condition: ALWAYS });
    updates.shift()?.();
    await table.update('a', { set: {}, remove: [WORK_INDEX.sortKey], condition: ALWAYS });
    expect(table.countNow(WAITING)).toBe(1);
    updates.shift()?.();
    expect(table.countNow(WAITING)).toBe(0);
  });

  it('only a write that changes a place is told to the index', async () => {
    const { table, updates } = lagging();
    await table.put('a', { item: { ...waitingAt('1'), version: 1 }, condition: ALWAYS });
    await table.update('a', { set: { version: 2 }, condition: ALWAYS });
    await table.put('b', { item: { version: 1 }, condition: ALWAYS });
    await table.put('a', { item: waitingAt('2'), condition: missing('version') });
    expect(updates).toHaveLength(1);
  });

  it('an item that is deleted leaves the index', () => {
    const table = new MemoryTable();
    table.items.set('a', waitingAt('1'));
    table.items.delete('a');
    expect(table.queryNow(WAITING)).toEqual([]);
  });

  it('whatever the order in which changes show, in the end the index shows what is there', () => {
    const change = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      sort: fc.option(fc.constantFrom('1', '2', '3')),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.infiniteStream(fc.nat()), (changes, picks) => {
        const { table, updates } = lagging();
        const prompt = new MemoryTable();
        const showOne = () => updates.splice(picks.next().value % updates.length, 1)[0]?.();
        for (const { key, sort } of changes) {
          for (const each of [table, prompt]) each.items.set(key, sort === null ? {} : waitingAt(sort));
          if (picks.next().value % 2 === 0) showOne();
        }
        while (updates.length > 0) showOne();
        expect(table.queryNow(WAITING)).toEqual(prompt.queryNow(WAITING));
      }),
    );
  });
});
