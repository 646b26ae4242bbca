import {
  type AttributeDefinition,
  CreateTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';

export const TABLE_NAME = 'group-pacer';

/** The engine has a new table ready at once, but for a turn of its event loop. */
const TABLE_WAIT = { minDelay: 0.005, maxDelay: 0.1, maxWaitTime: 10 } as const;

/** Makes the table with its keys and indexes, and waits until it is active. */
export async function createTable(client: DynamoDBClient): Promise<void> {
  const indexes = [WORK_INDEX, HISTORY_INDEX];
  const keys = [PARTITION_KEY, ...indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey])];
  await client.send(
    new CreateTableCommand({
      TableName: TABLE_NAME,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map(
        (name): AttributeDefinition => ({ AttributeName: name, AttributeType: 'S' }),
      ),
      KeySchema: [{ AttributeName: PARTITION_KEY, KeyType: 'HASH' }],
      GlobalSecondaryIndexes: indexes.map(
        ({ name, partitionKey, sortKey }): GlobalSecondaryIndex => ({
          IndexName: name,
          KeySchema: [
            { AttributeName: partitionKey, KeyType: 'HASH' },
            { AttributeName: sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }),
      ),
    }),
  );
  await waitUntilTableExists({ client, ...TABLE_WAIT }, { TableName: TABLE_NAME });
}
