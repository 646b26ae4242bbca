import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExecutionEndedError, StorageError } from '../../lambda/errors.ts';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { type Database, openMemoryDatabase } from '../../local/database/database.ts';
import { describeEnded } from './ended-suite.ts';
import { describeIndexes } from './index-suite.ts';
import { describeNumbers } from './numbers-suite.ts';
import { describeQueue } from './queue-suite.ts';
import { describeRecovery } from './recovery-suite.ts';
import { describeTable } from './table-suite.ts';

let database: Database;
let client: DynamoDBClient;
const ALIVE = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

beforeAll(async () => {
  database = await openMemoryDatabase();
  client = clientOf(database.endpoint);
});

afterAll(async () => {
  client.destroy();
  await database.close();
});

const open = async () => new DynamoDbTable(client, database.tableName, ALIVE, Date.now);

describeTable('the embedded engine', open);
describeIndexes('the embedded engine', open);
describeQueue('the embedded engine', open);
describeRecovery('the embedded engine', open);
describeEnded('the embedded engine', open);
describeNumbers('the embedded engine', open);

describe('errors', () => {
  it('a missing table is a mistake of the set-up', async () => {
    const table = new DynamoDbTable(client, 'not-there', ALIVE, Date.now);
    const error = await table.read('any').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ kind: 'misconfigured' });
  });

  it('an engine that is not there gives no answer', async () => {
    const nowhere = clientOf('http://127.0.0.1:9');
    const error = await new DynamoDbTable(nowhere, 'any', ALIVE, Date.now)
      .update('any', { set: { a: 1 }, condition: { is: 'missing', attribute: 'a' } })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'StorageError', kind: 'no-answer' });
    nowhere.destroy();
  });

  it('an execution past its deadline writes nothing, and asks no index', async () => {
    const ended = [
      { ...ALIVE, signal: AbortSignal.abort() },
      // A machine that slept: its timers have not fired yet.
      { ...ALIVE, deadlineMs: Date.now() },
    ];
    for (const execution of ended) {
      const table = new DynamoDbTable(client, database.tableName, execution, Date.now);
      const write = table.put('late', { item: { a: 1 }, condition: { is: 'missing', attribute: 'pk' } });
      await expect(write).rejects.toBeInstanceOf(ExecutionEndedError);
      const part = { index: WORK_INDEX, partition: 'watch', limit: 1 };
      await expect(table.query({ ...part, order: 'ascending' })).rejects.toBeInstanceOf(ExecutionEndedError);
      await expect(table.count(part)).rejects.toBeInstanceOf(ExecutionEndedError);
    }
    const alive = new DynamoDbTable(client, database.tableName, ALIVE, Date.now);
    expect(await alive.read('late')).toBeUndefined();
  });
});

function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}
