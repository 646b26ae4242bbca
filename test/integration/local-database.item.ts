import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';

/** One version of an item. Every third one is not in the work index; the others are, at a place of their own. */
export function itemOf(id: string, version: number): Record<string, AttributeValue> {
  return {
    [PARTITION_KEY]: { S: id },
    version: { N: String(version) },
    [HISTORY_INDEX.partitionKey]: { S: '2026-11' },
    [HISTORY_INDEX.sortKey]: { S: id },
    ...(version % 3 !== 0 && {
      [WORK_INDEX.partitionKey]: { S: version % 3 === 1 ? 'wait#any' : 'watch' },
      [WORK_INDEX.sortKey]: { S: `${version}#${id}` },
    }),
  };
}
