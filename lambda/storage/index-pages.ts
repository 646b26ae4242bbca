import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { StorageError } from '../errors.ts';
import { ExpressionBuilder } from './expression.ts';
import type { CountQuery } from './table.ts';

/** DynamoDB ends a page at 1 MB, some thousand entries: far more pages than any limit that is asked for. */
const MAX_PAGES = 20;

/**
 * The pages of one query, until its limit is reached or the partition ends. An index has no consistent reads.
 * @param special what else DynamoDB is told: the order, or that only the count is wanted
 * @throws StorageError if there is no end of pages; whatever `ask` throws
 */
export async function* indexPages(
  query: CountQuery,
  special: Pick<QueryCommandInput, 'ScanIndexForward' | 'Select'>,
  ask: (input: Omit<QueryCommandInput, 'TableName'>) => Promise<QueryCommandOutput>,
): AsyncGenerator<QueryCommandOutput> {
  const builder = new ExpressionBuilder();
  const part = {
    IndexName: query.index.name,
    KeyConditionExpression: builder.keyCondition(query),
    ExpressionAttributeNames: builder.names,
    ExpressionAttributeValues: marshall(builder.values),
    ...special,
  };
  let left = query.limit;
  let from: QueryCommandOutput['LastEvaluatedKey'];
  for (let pages = 0; left > 0; pages += 1) {
    if (pages === MAX_PAGES) throw new StorageError('no-answer', `an index did not end in ${pages} pages`);
    const page = await ask({ ...part, Limit: left, ...(from && { ExclusiveStartKey: from }) });
    yield page;
    from = page.LastEvaluatedKey;
    if (!from) return;
    left -= page.Count ?? 0;
  }
}
