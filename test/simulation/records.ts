import type { GroupRequest } from '../../lambda/creation/request.ts';
import { sortKey, WATCH_PARTITION, waitPartition } from '../../lambda/storage/request-writes.ts';
import type { Item } from '../../lambda/storage/table.ts';
import { TTL_ATTRIBUTE, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import type { MemoryTable } from '../model/memory-table.ts';
import type { Violation } from './violation.ts';

const REQUEST = 'request#';
const FINAL: readonly string[] = ['created', 'failed', 'unconfirmed', 'cancelled'];

export const isRequestKey = (key: string): boolean => key.startsWith(REQUEST);

export const isFinal = ({ status }: GroupRequest): boolean => FINAL.includes(status);

/** Somebody has still to do something about it. */
export const isOpen = (request: GroupRequest): boolean =>
  !isFinal(request) || (request.status === 'created' && request.watchAtMs !== undefined);

/** The record as it stands in the table now, whatever has been planted in the code that wrote it. */
export const requestOf = (item: Item): GroupRequest => item as unknown as GroupRequest;

export function requestsIn(table: MemoryTable): readonly GroupRequest[] {
  return [...table.items].filter(([key]) => isRequestKey(key)).map(([, item]) => requestOf(item));
}

export function findRequest(table: MemoryTable, id: string): GroupRequest | undefined {
  const item = table.items.get(`${REQUEST}${id}`);
  return item && requestOf(item);
}

/** Where its entry in the work index must stand; what is over has none, but for a group whose members nobody has looked at. */
function workEntry({ id, status, wanted, placeMs, watchAtMs }: GroupRequest): [string, string] | undefined {
  switch (status) {
    case 'queued':
      return [waitPartition(wanted), sortKey(placeMs, id)];
    case 'creating':
    case 'confirming':
      return [WATCH_PARTITION, sortKey(watchAtMs ?? Number.NaN, id)];
    case 'created':
      return watchAtMs === undefined ? undefined : [WATCH_PARTITION, sortKey(watchAtMs, id)];
    default:
      return undefined;
  }
}

/** S4, for each write: nothing open can be overlooked or collected, and nobody's place is lost (S5). */
export function writeViolations(old: GroupRequest | undefined, item: Item): Violation[] {
  const request = requestOf(item);
  const said = `"${request.groupName}" (${request.id}), ${request.status},`;
  const violations: Violation[] = [];
  const entry = workEntry(request);
  if (item[WORK_INDEX.partitionKey] !== entry?.[0] || item[WORK_INDEX.sortKey] !== entry?.[1])
    violations.push({ promise: 'S4', what: `${said} has the wrong entry in the index` });
  if (item[TTL_ATTRIBUTE] !== undefined && !isFinal(request))
    violations.push({ promise: 'S4', what: `${said} may be collected although it is open` });
  if ((old?.status === 'created' || old?.status === 'cancelled') && request.status !== old.status)
    violations.push({ promise: 'S4', what: `${said} had been ${old.status}` });
  const isAnew = old === undefined || old.status === 'failed' || old.status === 'unconfirmed';
  if (!isAnew && old.placeMs !== request.placeMs)
    violations.push({ promise: 'S5', what: `${said} has lost its place` });
  return violations;
}

/** S4, once the index has caught up: what it shows is what the records say. */
export function indexViolations(
  table: MemoryTable,
  isStill: (request: GroupRequest) => boolean,
): Violation[] {
  return requestsIn(table)
    .filter(isStill)
    .flatMap((request) => {
      const entry = workEntry(request);
      if (!entry) return [];
      const [partition, sort] = entry;
      const query = {
        index: WORK_INDEX,
        partition,
        order: 'ascending',
        limit: Number.MAX_SAFE_INTEGER,
      } as const;
      const isShown = table.queryNow(query).some((shown) => shown.sort === sort);
      return isShown
        ? []
        : [{ promise: 'S4', what: `${request.id}, ${request.status}, is missing from the index` }];
    });
}
