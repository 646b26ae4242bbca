import * as z from 'zod/mini';
import type { SimulatedGroup } from '../groups.ts';
import type { Call } from './method.ts';

/** How many entries of a list are wanted: a number from 1 on; the wording is [I]. */
export const wantedCount = z.optional(
  z.pipe(
    z.string().check(z.refine((text) => /^[1-9]\d{0,8}$/.test(text), "'count' must be a positive number")),
    z.transform(Number),
  ),
);

/** The groups that a list shows by now, the oldest first: it lags behind WhatsApp. */
export function groupsShown({ account, world }: Call, lagSeconds: number): readonly SimulatedGroup[] {
  const shownUntil = world.nowMs() / 1000 - lagSeconds;
  return account.everyGroup().filter(({ creation }) => creation <= shownUntil);
}

/** The first entries: as many as were asked for, and as the faults leave. */
export function firstOf<T>(
  entries: readonly T[],
  wanted: number | undefined,
  { faults }: Call,
): readonly T[] {
  return entries.slice(0, Math.min(wanted ?? entries.length, faults.cutListsTo ?? entries.length));
}
