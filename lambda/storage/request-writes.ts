import { final } from '../creation/final.ts';
import type {
  Evidence,
  GroupRequest,
  MembersSeen,
  Place,
  RequestSettlement,
  RequestStatus,
  RequestTaking,
} from '../creation/request.ts';
import { all, any, equal, type Item, missing, oneOf, type Put, type Update, type Value } from './table.ts';
import { HISTORY_INDEX, PARTITION_KEY, TTL_ATTRIBUTE, WORK_INDEX } from './table-layout.ts';

/** The partition of the work index that holds what is being created or confirmed. */
export const WATCH_PARTITION = 'watch';

/** The partition of the work index that holds what waits for this instance, or for `any`. */
export const waitPartition = (wanted: string): string => `wait#${wanted}`;

/** The partition of the history index of an instant. */
export const historyMonth = (atMs: number): string => new Date(atMs).toISOString().slice(0, 'yyyy-mm'.length);

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
  'evidence',
  'missingChatIds',
  'resolvedBy',
  'finalAtMs',
  'expiresAtMs',
] as const satisfies readonly (keyof RequestSettlement)[];

export const requestKey = (id: string): string => `request#${id}`;

/** Milliseconds that sort as text, then the id. */
export const sortKey = (atMs: number, id: string): string =>
  `${String(atMs).padStart(SORTABLE_MS_DIGITS, '0')}#${id}`;

/** The place that a sort key says. */
export function placeOf(sort: string): Place {
  return { placeMs: Number(sort.slice(0, SORTABLE_MS_DIGITS)), id: sort.slice(SORTABLE_MS_DIGITS + 1) };
}

/** P and Q: new, or over a failed record that may be tried again and is still as it was read. */
export function put(request: GroupRequest, rerunOf: GroupRequest | undefined): Put {
  const isNew = missing(PARTITION_KEY);
  return {
    item: {
      ...present(request),
      ...indexed(request),
      ...listed(request),
    },
    condition: rerunOf
      ? any(
          isNew,
          all(equal('status', 'failed'), equal('retryable', true), equal('version', rerunOf.version)),
        )
      : isNew,
  };
}

/** T: whatever has happened to it since it was read moves its version. */
export function take(queued: GroupRequest, taking: RequestTaking): Update {
  const change = { ...taking, status: 'creating', lookups: 0 } as const;
  return {
    set: { ...present(change), ...indexed({ ...queued, ...change }) },
    remove: ['outcome', 'cause', 'detail', 'evidence'],
    add: { version: 1 },
    condition: still(queued, ['queued']),
  };
}

/** R: the attempt's outcome, by the attempt itself, late or not. */
export function settle(request: GroupRequest, attemptId: string, settlement: RequestSettlement): Update {
  const condition = all(equal('attemptId', attemptId), oneOf('status', ['creating', 'confirming']));
  return { ...settled(request, settlement), condition };
}

/** What a look-up, or a day without one, concludes; of the attempt that was looked for and of no newer one. */
export function conclude(confirming: GroupRequest, conclusion: RequestSettlement): Update {
  const condition = all(equal('status', 'confirming'), isAttempt(confirming));
  return { ...settled(confirming, conclusion), condition };
}

/** A person's word on what nobody could find out. */
export function resolve(unconfirmed: GroupRequest, resolution: RequestSettlement): Update {
  return { ...settled(unconfirmed, resolution), condition: still(unconfirmed, ['unconfirmed']) };
}

function settled({ id, wanted, placeMs }: GroupRequest, settlement: RequestSettlement) {
  const set = { ...present(settlement), ...indexed({ ...settlement, id, wanted, placeMs }) };
  const emptied = [...SETTLED_FIELDS, WORK_INDEX.partitionKey, WORK_INDEX.sortKey, TTL_ATTRIBUTE].filter(
    (name) => !(name in set),
  );
  return { set, remove: emptied, add: { version: 1 } };
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
    set: { ...change, ...indexed({ ...request, ...change }) },
    add: { version: 1 },
    condition: all(equal('status', 'creating'), isAttempt(request)),
  };
}

/** The lease of a look-up: two executions that see it due do not both look. */
export function lookLater(confirming: GroupRequest, nextLookAtMs: number, nowMs: number): Update {
  const change = { watchAtMs: nextLookAtMs, updatedAtMs: nowMs, lookups: confirming.lookups + 1 };
  return {
    set: { ...change, ...indexed({ ...confirming, ...change }) },
    add: { version: 1 },
    condition: all(
      equal('status', 'confirming'),
      isAttempt(confirming),
      equal('lookups', confirming.lookups),
    ),
  };
}

/** What the look-up of this lease saw. */
export function noteLookUp(confirming: GroupRequest, evidence: Evidence, nowMs: number): Update {
  return {
    set: { ...present({ evidence: present(evidence) }), updatedAtMs: nowMs },
    add: { version: 1 },
    condition: all(
      equal('status', 'confirming'),
      isAttempt(confirming),
      equal('lookups', confirming.lookups),
    ),
  };
}

/** N: one look, well or ill, and nobody looks again. */
export function noteMembers(created: GroupRequest, seen: MembersSeen, nowMs: number): Update {
  return {
    set: { ...present(seen), updatedAtMs: nowMs },
    remove: ['watchAtMs', WORK_INDEX.partitionKey, WORK_INDEX.sortKey],
    add: { version: 1 },
    condition: still(created, ['created']),
  };
}

export function cancel(queued: GroupRequest, nowMs: number): Update {
  const change = final('cancelled', nowMs);
  return {
    set: { ...change, ...indexed({ ...queued, ...change }) },
    remove: [WORK_INDEX.partitionKey, WORK_INDEX.sortKey],
    add: { version: 1 },
    condition: still(queued, ['queued']),
  };
}

/**
 * A person's retry: without its attempt's id nothing of the old attempt can settle it any more, and without TTL it cannot vanish while it
 * waits. After an overlimit the program looks before it sends; for what nobody could find out the person has looked.
 */
export function retry(ended: GroupRequest, nowMs: number): Update {
  const change = { status: 'queued', mode: 'queue', placeMs: nowMs, updatedAtMs: nowMs } as const;
  const kept = ended.status === 'failed' ? 'overlimitWindow' : undefined;
  return {
    set: { ...change, ...indexed({ id: ended.id, wanted: ended.wanted, ...change }) },
    remove: [...SETTLED_FIELDS.filter((name) => name !== kept), 'attemptId', 'idInstance', TTL_ATTRIBUTE],
    add: { version: 1 },
    condition: still(ended, ['failed', 'unconfirmed']),
  };
}

/** What is left of an erased request: that it was there, so that its key makes no second group. */
export function erase(ended: GroupRequest, nowMs: number): Put {
  const { id, status, version, mode, placeMs, createdAtMs, finalAtMs, expiresAtMs, lookups } = ended;
  const kept = {
    id,
    status,
    version: version + 1,
    mode,
    placeMs,
    createdAtMs,
    finalAtMs,
    expiresAtMs,
    lookups,
  };
  const blank = { groupName: '', chatIds: [], wanted: '', askedBy: '' };
  const tombstone = { ...kept, ...blank, updatedAtMs: nowMs, erasedAtMs: nowMs };
  return {
    item: { ...present(tombstone), ...indexed(tombstone), ...listed(ended) },
    condition: still(ended, ['created', 'failed', 'unconfirmed', 'cancelled']),
  };
}

function still({ version }: GroupRequest, statuses: readonly RequestStatus[]) {
  return all(oneOf('status', statuses), equal('version', version));
}

function isAttempt({ attemptId = '' }: GroupRequest) {
  return equal('attemptId', attemptId);
}

/** The history keys: they never change. */
function listed({ id, createdAtMs }: Pick<GroupRequest, 'id' | 'createdAtMs'>): Item {
  return {
    [HISTORY_INDEX.partitionKey]: historyMonth(createdAtMs),
    [HISTORY_INDEX.sortKey]: sortKey(createdAtMs, id),
  };
}

/** What the attributes that follow from others are made of. */
type Indexed = Pick<GroupRequest, 'id' | 'status' | 'wanted' | 'placeMs'> & {
  readonly watchAtMs?: number | undefined;
  readonly expiresAtMs?: number | undefined;
};

/** The attributes that follow from others: the work index and DynamoDB's time to live. */
function indexed({ id, status, wanted, placeMs, watchAtMs, expiresAtMs }: Indexed): Item {
  return {
    ...(status === 'queued' && work(waitPartition(wanted), placeMs, id)),
    ...(watchAtMs !== undefined && work(WATCH_PARTITION, watchAtMs, id)),
    ...(expiresAtMs !== undefined && { [TTL_ATTRIBUTE]: Math.ceil(expiresAtMs / MS_IN_A_SECOND) }),
  };
}

function work(partition: string, atMs: number, id: string): Item {
  return { [WORK_INDEX.partitionKey]: partition, [WORK_INDEX.sortKey]: sortKey(atMs, id) };
}

function present(fields: object): Record<string, Value> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
