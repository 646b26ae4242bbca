import { tzOffset } from '@date-fns/tz/tzOffset';
import { WEEKDAYS, type Weekday } from './active-hours.ts';

const MINUTE_MS = 60_000;
const MINUTES_IN_AN_HOUR = 60;
export const MINUTES_IN_A_DAY = 24 * MINUTES_IN_AN_HOUR;

/** What the clock on the wall, and the calendar beside it, show in a time zone. */
export interface WallClock {
  readonly timeZone: string;
  /** The instant at which they show it. */
  readonly atMs: number;
  /** The zone's offset from UTC at that instant. */
  readonly offsetMs: number;
  /** As `2026-11-23`. */
  readonly day: string;
  readonly weekday: Weekday;
  /** Of the day, by the clock: on a day of 23 hours some are missing, on one of 25 some come twice. */
  readonly minute: number;
}

export function wallClock(timeZone: string, atMs: number): WallClock {
  return shownBy(timeZone, atMs, offsetOf(timeZone, atMs));
}

/** When the clock on the wall has begun the minute so many further on; if the clocks are changed before that, when they are. */
export function laterBy(minutes: number, { timeZone, atMs, offsetMs }: WallClock): WallClock {
  const laterMs = atMs - (atMs % MINUTE_MS) + minutes * MINUTE_MS;
  if (offsetOf(timeZone, laterMs) === offsetMs) return shownBy(timeZone, laterMs, offsetMs);
  return wallClock(timeZone, clockChangeMs(timeZone, atMs, laterMs, offsetMs));
}

/** The first instant in (fromMs, toMs] without the old offset: found by halving, for clocks are changed at any hour and minute. */
function clockChangeMs(timeZone: string, fromMs: number, toMs: number, oldOffsetMs: number): number {
  let [beforeMs, afterMs] = [fromMs, toMs];
  while (afterMs - beforeMs > 1) {
    const middleMs = Math.floor((beforeMs + afterMs) / 2);
    if (offsetOf(timeZone, middleMs) === oldOffsetMs) beforeMs = middleMs;
    else afterMs = middleMs;
  }
  return afterMs;
}

function shownBy(timeZone: string, atMs: number, offsetMs: number): WallClock {
  // Shifted by the offset, its UTC fields are those of the clock on the wall.
  const wall = new Date(atMs + offsetMs);
  return {
    timeZone,
    atMs,
    offsetMs,
    day: wall.toISOString().slice(0, 'yyyy-mm-dd'.length),
    weekday: WEEKDAYS[wall.getUTCDay()] ?? 'sun',
    minute: wall.getUTCHours() * MINUTES_IN_AN_HOUR + wall.getUTCMinutes(),
  };
}

/** UTC is known without Intl, whose time zones take some 20 ms to load: most deployments never need them. */
function offsetOf(timeZone: string, atMs: number): number {
  return timeZone === 'UTC' ? 0 : tzOffset(timeZone, new Date(atMs)) * MINUTE_MS;
}
