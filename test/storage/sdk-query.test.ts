import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Query } from '../../lambda/storage/table.ts';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import {
  type Answer,
  ask,
  DEADLINE_MS,
  given,
  openStandIn,
  refused,
  type StandIn,
  TABLE_NAME,
} from './stand-in.ts';

let dynamoDb: StandIn;

beforeEach(async () => {
  dynamoDb = await openStandIn();
});

afterEach(() => dynamoDb.close());

const WATCH: Query = { index: WORK_INDEX, partition: 'watch', order: 'ascending', limit: 10 };

const keysOf = (name: string) => ({
  [PARTITION_KEY]: { S: `request#${name}` },
  [WORK_INDEX.partitionKey]: { S: 'watch' },
  [WORK_INDEX.sortKey]: { S: name },
});

/** A page with these entries; another follows it if its last key is told. */
function page(names: readonly string[], isLast: boolean): Answer {
  const last = names.at(-1);
  return given({
    Items: names.map(keysOf),
    Count: names.length,
    ...(!isLast && last && { LastEvaluatedKey: keysOf(last) }),
  });
}

/** These answers, one after another, then no more. */
function answerWith(...answers: readonly Answer[]): void {
  const left = [...answers];
  dynamoDb.answer = () => left.shift() ?? refused(400, 'NotExpected');
}

const bodies = () => dynamoDb.asked.map(({ body }) => body);

describe('a query as it is sent', () => {
  it('names its index and keys behind placeholders, and does not ask to be consistent', async () => {
    answerWith(page(['a', 'b'], true));
    expect(await ask((table) => table.query(WATCH))).toEqual([
      { key: 'request#a', sort: 'a' },
      { key: 'request#b', sort: 'b' },
    ]);
    expect(dynamoDb.asked).toEqual([
      {
        operation: 'Query',
        body: {
          TableName: TABLE_NAME,
          IndexName: 'work',
          KeyConditionExpression: '#n0 = :v0',
          ExpressionAttributeNames: { '#n0': 'workPartition' },
          ExpressionAttributeValues: { ':v0': { S: 'watch' } },
          ScanIndexForward: true,
          Limit: 10,
        },
      },
    ]);
  });

  it('backwards from a key', async () => {
    answerWith(page([], true));
    const history = { ...WATCH, index: HISTORY_INDEX, partition: '2026-11', before: 'm' } as const;
    expect(await ask((table) => table.query({ ...history, order: 'descending' }))).toEqual([]);
    expect(bodies()).toEqual([
      expect.objectContaining({
        IndexName: 'history',
        KeyConditionExpression: '#n0 = :v0 AND #n1 < :v1',
        ExpressionAttributeNames: { '#n0': 'historyMonth', '#n1': 'historySort' },
        ExpressionAttributeValues: { ':v0': { S: '2026-11' }, ':v1': { S: 'm' } },
        ScanIndexForward: false,
      }),
    ]);
  });

  it('goes on after the last key of each page, for what is left of its limit', async () => {
    answerWith(page(['a', 'b'], false), page(['c'], false), page(['d'], true));
    const found = await ask((table) => table.query(WATCH));
    expect(found).toEqual(['a', 'b', 'c', 'd'].map((name) => ({ key: `request#${name}`, sort: name })));
    expect(bodies()).toEqual([
      expect.not.objectContaining({ ExclusiveStartKey: expect.anything() }),
      expect.objectContaining({ ExclusiveStartKey: keysOf('b'), Limit: 8, IndexName: 'work' }),
      expect.objectContaining({ ExclusiveStartKey: keysOf('c'), Limit: 7, IndexName: 'work' }),
    ]);
  });

  it('a page without entries that is not the last is gone past', async () => {
    answerWith(given({ Items: [], Count: 0, LastEvaluatedKey: keysOf('a') }), page(['b'], true));
    expect(await ask((table) => table.query(WATCH))).toEqual([{ key: 'request#b', sort: 'b' }]);
  });

  it('stops at its limit, whatever follows', async () => {
    answerWith(page(['a', 'b'], false), page(['c'], false));
    expect(await ask((table) => table.query({ ...WATCH, limit: 3 }))).toHaveLength(3);
    expect(dynamoDb.asked).toHaveLength(2);
  });

  it('for nothing, nothing is asked', async () => {
    expect(await ask((table) => table.query({ ...WATCH, limit: 0 }))).toEqual([]);
    expect(dynamoDb.asked).toEqual([]);
  });

  it('a page that is refused once is asked for once more, and that page alone', async () => {
    answerWith(page(['a'], false), refused(500, 'InternalServerError'), page(['b'], true));
    expect(await ask((table) => table.query(WATCH))).toHaveLength(2);
    const [, second, third] = bodies();
    expect(second).toMatchObject({ ExclusiveStartKey: keysOf('a') });
    expect(third).toEqual(second);
  });

  it('pages without an end are an error', async () => {
    dynamoDb.answer = () => page(['a'], false);
    const error = await ask((table) => table.query({ ...WATCH, limit: 1_000 }));
    expect(error).toMatchObject({ name: 'StorageError', kind: 'no-answer' });
    expect(dynamoDb.asked).toHaveLength(20);
  });

  it('an execution that passes its deadline between two pages asks for no more', async () => {
    dynamoDb.answer = () => page(['a'], false);
    const nowMs = () => (dynamoDb.asked.length < 2 ? 0 : DEADLINE_MS);
    const error = await ask((table) => table.query(WATCH), { nowMs });
    expect(error).toMatchObject({ name: 'ExecutionEndedError' });
    expect(dynamoDb.asked).toHaveLength(2);
  });
});

describe('a count as it is sent', () => {
  it('asks for no entries, and adds up its pages to its limit', async () => {
    const counted = (count: number) => given({ Count: count, LastEvaluatedKey: keysOf('x') });
    answerWith(counted(6), counted(4));
    expect(await ask((table) => table.count({ ...WATCH, before: 'z' }))).toBe(10);
    const body = {
      TableName: TABLE_NAME,
      IndexName: 'work',
      KeyConditionExpression: '#n0 = :v0 AND #n1 < :v1',
      ExpressionAttributeNames: { '#n0': 'workPartition', '#n1': 'workSort' },
      ExpressionAttributeValues: { ':v0': { S: 'watch' }, ':v1': { S: 'z' } },
      Select: 'COUNT',
    };
    expect(dynamoDb.asked).toEqual([
      { operation: 'Query', body: { ...body, Limit: 10 } },
      { operation: 'Query', body: { ...body, Limit: 4, ExclusiveStartKey: keysOf('x') } },
    ]);
  });

  it('ends with the partition', async () => {
    answerWith(given({ Count: 3 }));
    expect(await ask((table) => table.count(WATCH))).toBe(3);
  });
});
