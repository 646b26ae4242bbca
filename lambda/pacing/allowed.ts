import { type ActiveHours, WEEKDAYS } from './active-hours.ts';
import type { PacePolicy } from './policy.ts';
import { laterBy, MINUTES_IN_A_DAY, type WallClock, wallClock } from './wall-clock.ts';

/** What of a policy keeps an instance from creating although it is rested. */
export type Hindrance = 'outside-hours' | 'daily-limit';

/** Attempts by local day, as `{"2026-11-23": 4}`. */
export type AttemptsByDay = Readonly<Record<string, number>>;

/** A stretch of one day in which groups may be created. */
export interface Allowed {
  readonly atMs: number;
  /** Up to here, while attempts of the day are left, every instant is as good. */
  readonly untilMs: number;
  readonly day: string;
  /** What came in the way first, if anything did. */
  readonly why?: Hindrance;
}

const ANY_TIME: ActiveHours = { days: WEEKDAYS, fromMinute: 0, toMinute: MINUTES_IN_A_DAY };

/**
 * How often the search goes on to another hour or day: at most four times a day, so two months at least. Hours come every
 * week, and a lock counts the attempts of very few days, so it ends long before.
 */
const MAX_STEPS = 250;

/**
 * The earliest instant from `fromMs` on that active hours and the daily limit allow. It holds by the clock on the wall on
 * the days of summer time too: hours that the clock skips do not come, hours that it repeats count twice.
 */
export function earliestAllowed(policy: PacePolicy, attemptsByDay: AttemptsByDay, fromMs: number): Allowed {
  let wall = wallClock(policy.timeZone, fromMs);
  let why: Hindrance | undefined;
  for (let step = 0; step < MAX_STEPS; step++) {
    const hindrance = hindranceAt(policy, attemptsByDay, wall);
    if (!hindrance) break;
    why ??= hindrance.why;
    wall = laterBy(hindrance.untilMinute - wall.minute, wall);
  }
  const { toMinute } = policy.activeHours ?? ANY_TIME;
  const untilMs = laterBy(toMinute - wall.minute, wall).atMs;
  return { atMs: wall.atMs, untilMs, day: wall.day, ...(why !== undefined && { why }) };
}

/** Whether the policy's active hours hold at this instant. */
export function isActiveAt(policy: PacePolicy, atMs: number): boolean {
  return policy.activeHours === undefined || !isOutside(policy.activeHours, wallClock(policy.timeZone, atMs));
}

/** What is in the way, and up to which minute of the day at least. */
function hindranceAt(
  { activeHours = ANY_TIME, dailyLimit = Number.POSITIVE_INFINITY }: PacePolicy,
  attemptsByDay: AttemptsByDay,
  wall: WallClock,
): { readonly why: Hindrance; readonly untilMinute: number } | undefined {
  if (isOutside(activeHours, wall)) {
    const { fromMinute } = activeHours;
    return { why: 'outside-hours', untilMinute: wall.minute < fromMinute ? fromMinute : MINUTES_IN_A_DAY };
  }
  if ((attemptsByDay[wall.day] ?? 0) >= dailyLimit)
    return { why: 'daily-limit', untilMinute: MINUTES_IN_A_DAY };
  return undefined;
}

function isOutside({ days, fromMinute, toMinute }: ActiveHours, { weekday, minute }: WallClock): boolean {
  return !days.includes(weekday) || minute < fromMinute || minute >= toMinute;
}
