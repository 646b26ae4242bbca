/** The one table's keys and indexes, for the function, the stack and the embedded engine alike (docs/lock-protocol.md). */
export const PARTITION_KEY = 'pk';

/** DynamoDB's time to live knows only seconds. It collects old records; no rule depends on it. */
export const TTL_ATTRIBUTE = 'ttlEpochSeconds';

/** Sparse, keys only: what waits and what must be looked at, sorted by the instant it is due. */
export const WORK_INDEX = { name: 'work', partitionKey: 'workPartition', sortKey: 'workSort' } as const;

/** Keys only: every request by month and time, for lists. */
export const HISTORY_INDEX = {
  name: 'history',
  partitionKey: 'historyMonth',
  sortKey: 'historySort',
} as const;
