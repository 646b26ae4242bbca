import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { type Item, missing, type Table } from '../../lambda/storage/table.ts';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { TABLE_NAME } from '../../local/database/table.ts';
import { type Meter, meterCapacity } from './capacity.ts';
import { openDatabase } from './database.ts';

const ALIVE = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
const ITEM: Item = {
  [WORK_INDEX.partitionKey]: 'metered',
  [WORK_INDEX.sortKey]: '1',
  [HISTORY_INDEX.partitionKey]: '2026-11',
  [HISTORY_INDEX.sortKey]: '1',
};
const NEW = missing(PARTITION_KEY);
const NONE = { table: 0, indexes: {} };

let client: DynamoDBClient;
let meter: Meter;
let table: Table;
let round = 0;

beforeAll(async () => {
  client = await openDatabase('capacity', 10);
  meter = meterCapacity(client);
  table = new DynamoDbTable(client, TABLE_NAME, ALIVE, Date.now);
});

afterAll(() => client.destroy());

beforeEach(() => {
  round += 1;
  meter.reset();
});

const put = (item: Item) => table.put(`metered-${round}`, { item, condition: NEW });

describe('the meter of request units, as DynamoDB bills them', () => {
  it('an item of up to 1 KB is a unit for the table and one for each index, every KB more one for the table', async () => {
    await put(ITEM);
    expect(meter.read()).toEqual({
      read: NONE,
      write: { table: 1, indexes: { work: 1, history: 1 } },
      refusedWrites: 0,
    });
    meter.reset();
    await table.update(`metered-${round}`, { set: { text: 'x'.repeat(1_500) }, condition: missing('text') });
    expect(meter.read().write).toEqual({ table: 2, indexes: {} });
  });

  it('a place that moves in an index is two units there, one that goes is one', async () => {
    await put(ITEM);
    meter.reset();
    const move = { set: { [WORK_INDEX.sortKey]: '2' }, condition: missing('nothing') };
    await table.update(`metered-${round}`, move);
    expect(meter.read().write).toEqual({ table: 1, indexes: { work: 2 } });
    meter.reset();
    const leave = { set: {}, remove: [WORK_INDEX.sortKey], condition: missing('nothing') };
    await table.update(`metered-${round}`, leave);
    expect(meter.read().write).toEqual({ table: 1, indexes: { work: 1 } });
  });

  it('a consistent read is a unit, a query of an index half of one, and they add up', async () => {
    await put(ITEM);
    meter.reset();
    await table.read(`metered-${round}`);
    await table.readMany([`metered-${round}`]);
    const part = { index: WORK_INDEX, partition: 'metered', limit: 10 };
    await table.query({ ...part, order: 'ascending' });
    await table.count(part);
    expect(meter.read()).toEqual({
      read: { table: 2, indexes: { work: 1 } },
      write: NONE,
      refusedWrites: 0,
    });
  });

  it('what is not there costs as well', async () => {
    await put(ITEM);
    meter.reset();
    await table.read('metered-nothing');
    expect(meter.read().read).toEqual({ table: 1, indexes: {} });
    await table.readMany([`metered-${round}`, 'metered-nothing', 'metered-never']);
    expect(meter.read().read).toEqual({ table: 4, indexes: {} });
    const part = { index: WORK_INDEX, partition: 'nobody', limit: 10 };
    await table.query({ ...part, order: 'ascending' });
    await table.count(part);
    expect(meter.read().read).toEqual({ table: 4, indexes: { work: 1 } });
  });

  it('a refused write is counted apart', async () => {
    await put(ITEM);
    meter.reset();
    await put(ITEM);
    expect(meter.read()).toEqual({ read: NONE, write: NONE, refusedWrites: 1 });
  });
});
