import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import { HISTORY_INDEX, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { TABLE_NAME } from '../../local/database/table.ts';
import { aRequest } from '../storage/samples.ts';
import { describeTable } from '../storage/table-suite.ts';
import { openDatabase } from './database.ts';

const ALIVE = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
const SOCKETS = 50;

let client: DynamoDBClient;

beforeAll(async () => {
  client = await openDatabase('storage', SOCKETS);
});

afterAll(() => client.destroy());

const open = async () => new DynamoDbTable(client, TABLE_NAME, ALIVE, Date.now);

describeTable('DynamoDB Local', open);

describe('DynamoDB Local: the indexes', () => {
  it('work holds what is being created, and lets go of what is final', async () => {
    const { requests } = createStores(await open());
    await requests.putCreating(aRequest('indexed', 'mine'), undefined);
    expect(await sorted(WORK_INDEX, 'watch')).toContain('000000000060000#indexed');
    await requests.settle('indexed', 'mine', { status: 'created', updatedAtMs: 2, expiresAtMs: 5_500 });
    expect(await sorted(WORK_INDEX, 'watch')).not.toContain('000000000060000#indexed');
    expect(await sorted(HISTORY_INDEX, '1970-01')).toContain('000000000001000#indexed');
  });

  async function sorted(index: typeof WORK_INDEX | typeof HISTORY_INDEX, partition: string) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: TABLE_NAME,
        IndexName: index.name,
        KeyConditionExpression: '#partition = :partition',
        ExpressionAttributeNames: { '#partition': index.partitionKey },
        ExpressionAttributeValues: { ':partition': { S: partition } },
      }),
    );
    return Items.map((item) => item[index.sortKey]?.S);
  }
});
