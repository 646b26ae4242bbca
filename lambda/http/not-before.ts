import type { RequestMode } from '../creation/request.ts';
import type { Wish } from '../creation/wish.ts';
import type { Fault } from './schemas.ts';

/** A year, a leap year too: longer than that nobody plans a group, and records and lists count on it. */
const FURTHEST_MS = 366 * 24 * 60 * 60_000;

/**
 * What is wrong with a `notBefore` in this call. One in the past is not: it counts as now, and the same request may be sent again
 * after its instant has come.
 */
export function faultInNotBefore({ notBeforeMs }: Wish, mode: RequestMode, nowMs: number): Fault | undefined {
  if (notBeforeMs === undefined) return undefined;
  const pointer = '/notBefore';
  if (mode !== 'queue')
    return {
      pointer,
      detail: 'is only for a request that may wait: send it with the header Prefer: respond-async',
    };
  if (notBeforeMs > nowMs + FURTHEST_MS)
    return { pointer, detail: 'is more than a year ahead; a year is the furthest' };
  return undefined;
}
