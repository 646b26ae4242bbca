import { type PacedInstance, services } from './expected-services.ts';
import { byPlace, type Waiting } from './waiting.ts';

export type { PacedInstance } from './expected-services.ts';
export type { Waiting } from './waiting.ts';

/** Sorts behind every other id. */
const LAST_ID = '\uffff';

/**
 * When the call of a request will probably start; undefined if no instance may serve it: its own is paused, or not there.
 * `target` may be one of `waiting`.
 */
export function expectedServiceMs(
  instances: readonly PacedInstance[],
  waiting: readonly Waiting[],
  target: Waiting,
  nowMs: number,
): number | undefined {
  // What stands behind it never delays it: whoever could serve that serves what stands in front first.
  const inFront = waiting.filter((other) => byPlace(other, target) < 0);
  for (const { id, atMs } of services(instances, [...inFront, target], nowMs))
    if (id === target.id) return atMs;
  return undefined;
}

/** The same for all that wait, by id; those that no instance may serve are missing. */
export function expectedServices(
  instances: readonly PacedInstance[],
  waiting: readonly Waiting[],
  nowMs: number,
): ReadonlyMap<string, number> {
  const expected = new Map<string, number>();
  for (const { id, atMs } of services(instances, waiting, nowMs)) expected.set(id, atMs);
  return expected;
}

/** When a newcomer behind everything that is due now would probably find an instance free. */
export function expectedFreeMs(
  instances: readonly PacedInstance[],
  waiting: readonly Waiting[],
  wanted: string,
  nowMs: number,
): number | undefined {
  return expectedServiceMs(instances, waiting, { id: LAST_ID, placeMs: nowMs, wanted }, nowMs);
}
