import type { GroupRequest, Place, RequestStatus } from './request.ts';
import type { Service } from './service.ts';

/** A record lives 90 days after its end, and waits for a year at most before it. */
const MONTHS_BACK = 16;
/** So many records are read for one page. */
const MOST_READ = 300;
const READ_AT_ONCE = 100;

/** Where a page ends: the month, and the last entry of it that was read. */
export interface Cursor {
  readonly month: string;
  readonly before?: Place;
}

/** Which requests, and from where on. */
export interface Listing {
  readonly status?: RequestStatus;
  readonly limit: number;
  readonly cursor?: Cursor;
}

/** A page may hold fewer than its limit, even none, and still have a cursor: what is read for it is bounded. */
export interface RequestPage {
  readonly requests: readonly GroupRequest[];
  readonly cursor: Cursor | undefined;
}

/** The requests, newest first. @throws StorageError */
export async function listRequests(service: Service, listing: Listing): Promise<RequestPage> {
  const { status, limit } = listing;
  const months = lastMonths(service.clock.nowMs());
  const requests: GroupRequest[] = [];
  let cursor: Cursor | undefined = listing.cursor ?? firstOf(months);
  let read = 0;
  while (cursor && requests.length < limit && read < MOST_READ) {
    const wanted = status === undefined ? limit - requests.length : READ_AT_ONCE;
    const places = await readPlaces(service, cursor, Math.min(wanted, MOST_READ - read));
    read += places.length;
    const found = await service.requests.readMany(places.map(({ id }) => id));
    const fitting = found.filter((request) => status === undefined || request.status === status);
    const taken = fitting.slice(0, limit - requests.length);
    requests.push(...taken);
    const last = taken.length < fitting.length ? placeOf(places, taken.at(-1)) : places.at(-1);
    cursor = last ? { month: cursor.month, before: last } : nextOf(months, cursor.month);
  }
  return { requests, cursor };
}

function readPlaces(service: Service, { month, before }: Cursor, limit: number): Promise<readonly Place[]> {
  return service.queue.history(month, { limit, ...(before && { before }) });
}

function placeOf(places: readonly Place[], request: GroupRequest | undefined): Place | undefined {
  return places.find(({ id }) => id === request?.id);
}

function firstOf(months: readonly string[]): Cursor | undefined {
  const [month] = months;
  return month === undefined ? undefined : { month };
}

function nextOf(months: readonly string[], month: string): Cursor | undefined {
  return firstOf(months.filter((other) => other < month));
}

/** As `2026-11`, the newest first, in UTC as the index has them. */
function lastMonths(nowMs: number): readonly string[] {
  const now = new Date(nowMs);
  return Array.from({ length: MONTHS_BACK }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back))
      .toISOString()
      .slice(0, 'yyyy-mm'.length),
  );
}
