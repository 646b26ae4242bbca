import { BatchWriteItemCommand, type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';

/** BatchWriteItem's own limit. */
const ITEMS_IN_A_BATCH = 25;

/**
 * Copies every item of a table into the empty table of the same name behind another client, a page (1 MB) at a time.
 * Index entries are not copied: the target makes its own as each item is put.
 * @returns how many items there were.
 */
export async function copyItems(
  source: DynamoDBClient,
  target: DynamoDBClient,
  tableName: string,
): Promise<number> {
  let copied = 0;
  for await (const { Items: items = [] } of paginateScan(
    { client: source },
    { TableName: tableName, ConsistentRead: true },
  )) {
    for (let first = 0; first < items.length; first += ITEMS_IN_A_BATCH) {
      const batch = items.slice(first, first + ITEMS_IN_A_BATCH);
      const { UnprocessedItems: unprocessed = {} } = await target.send(
        new BatchWriteItemCommand({
          RequestItems: { [tableName]: batch.map((item) => ({ PutRequest: { Item: item } })) },
        }),
      );
      if (Object.keys(unprocessed).length > 0) throw new Error('the engine left items unwritten');
      copied += batch.length;
    }
  }
  return copied;
}
