import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createStores } from '../../lambda/storage/stores.ts';
import type { Table } from '../../lambda/storage/table.ts';
import { HISTORY_INDEX, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { aRequest } from './samples.ts';

/** A table of an engine that has indexes, and how to ask it past the port, which knows none yet. */
export interface IndexedTable {
  readonly table: Table;
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

/** What every engine's indexes must show alike. */
export function describeIndexes(engine: string, open: () => IndexedTable): void {
  describe(`${engine}: the indexes`, () => {
    it('work holds what is being created, and lets go of what is final', async () => {
      const { requests } = createStores(open().table);
      await requests.putCreating(aRequest('indexed', 'mine'), undefined);
      expect(await sorted(WORK_INDEX, 'watch')).toContain('000000000060000#indexed');
      await requests.settle('indexed', 'mine', { status: 'created', updatedAtMs: 2, expiresAtMs: 5_500 });
      expect(await sorted(WORK_INDEX, 'watch')).not.toContain('000000000060000#indexed');
      expect(await sorted(HISTORY_INDEX, '1970-01')).toContain('000000000001000#indexed');
    });

    async function sorted(index: typeof WORK_INDEX | typeof HISTORY_INDEX, partition: string) {
      const { client, tableName } = open();
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: index.name,
          KeyConditionExpression: '#partition = :partition',
          ExpressionAttributeNames: { '#partition': index.partitionKey },
          ExpressionAttributeValues: { ':partition': { S: partition } },
        }),
      );
      return Items.map((item) => item[index.sortKey]?.S);
    }
  });
}
