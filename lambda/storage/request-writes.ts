import type { GroupRequest, RequestSettlement } from '../creation/request.ts';
import { all, any, equal, type Item, missing, oneOf, type Put, type Update, type Value } from './table.ts';
import { HISTORY_INDEX, PARTITION_KEY, TTL_ATTRIBUTE, WORK_INDEX } from './table-layout.ts';

/** The partition of the work index that holds what is being created or confirmed. */
export const WATCH_PARTITION = 'watch';

const SORTABLE_MS_DIGITS = 15;
const MS_IN_A_SECOND = 1_000;

/** What R leaves out is removed, so that nothing of an earlier outcome stays behind. */
const SETTLED_FIELDS = [
  'window',
  'overlimitWindow',
  'watchAtMs',
  'retryable',
  'outcome',
  'cause',
  'detail',
  'chatId',
  'groupInviteLink',
  'finalAtMs',
  'expiresAtMs',
] as const satisfies readonly (keyof RequestSettlement)[];

export const requestKey = (id: string): string => `request#${id}`;

/** Milliseconds that sort as text, then the id. */
export const sortKey = (atMs: number, id: string): string =>
  `${String(atMs).padStart(SORTABLE_MS_DIGITS, '0')}#${id}`;

/** P: new, or over a failed record that may be tried again and is still as it was read. */
export function putCreating(request: GroupRequest, rerunOf: GroupRequest | undefined): Put {
  const isNew = missing(PARTITION_KEY);
  return {
    item: {
      ...present(request),
      ...indexed(request.id, request),
      [HISTORY_INDEX.partitionKey]: new Date(request.createdAtMs).toISOString().slice(0, 'yyyy-mm'.length),
      [HISTORY_INDEX.sortKey]: sortKey(request.createdAtMs, request.id),
    },
    condition: rerunOf
      ? any(
          isNew,
          all(equal('status', 'failed'), equal('retryable', true), equal('version', rerunOf.version)),
        )
      : isNew,
  };
}

/** R: the attempt's outcome, by the attempt itself, late or not. */
export function settle(id: string, attemptId: string, settlement: RequestSettlement): Update {
  const set = { ...present(settlement), ...indexed(id, settlement) };
  const emptied = [...SETTLED_FIELDS, WORK_INDEX.partitionKey, WORK_INDEX.sortKey, TTL_ATTRIBUTE].filter(
    (name) => !(name in set),
  );
  return {
    set,
    remove: emptied,
    add: { version: 1 },
    condition: all(equal('attemptId', attemptId), oneOf('status', ['creating', 'confirming'])),
  };
}

/** An attempt whose execution must be dead by now: somebody has to look whether its group exists. */
export function markOverdue(request: GroupRequest, nextLookAtMs: number, nowMs: number): Update {
  const change = {
    status: 'confirming',
    outcome: 'overdue',
    watchAtMs: nextLookAtMs,
    updatedAtMs: nowMs,
  } as const;
  return {
    set: { ...change, ...indexed(request.id, change) },
    add: { version: 1 },
    condition: all(equal('status', 'creating'), equal('attemptId', request.attemptId ?? '')),
  };
}

/** The attributes that follow from others: the work index and DynamoDB's time to live. */
function indexed(id: string, request: Pick<Partial<GroupRequest>, 'watchAtMs' | 'expiresAtMs'>): Item {
  return {
    ...(request.watchAtMs !== undefined && {
      [WORK_INDEX.partitionKey]: WATCH_PARTITION,
      [WORK_INDEX.sortKey]: sortKey(request.watchAtMs, id),
    }),
    ...(request.expiresAtMs !== undefined && {
      [TTL_ATTRIBUTE]: Math.ceil(request.expiresAtMs / MS_IN_A_SECOND),
    }),
  };
}

function present(fields: object): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
