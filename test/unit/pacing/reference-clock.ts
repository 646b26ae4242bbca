import type { PacePolicy } from '../../../lambda/pacing/policy.ts';

const MINUTE_MS = 60_000;
/** No zone has changed its clocks at another minute in the years that are looked at. */
const BLOCK_MS = 15 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Zones with summer time and without, by half an hour, at midnight, south of the equator, with odd offsets, with a day left out. */
export const ZONES = [
  'UTC',
  'Europe/Moscow',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Pacific/Apia',
  'Africa/Cairo',
] as const;

/** The first day that is counted, 1970-01-01, was one. */
const THURSDAY = 4;

const dayNames = new Map<number, string>();
const zones = new Map<
  string,
  { readonly format: Intl.DateTimeFormat; readonly offsets: Map<number, number> }
>();

/** The clock on the wall as Intl writes it: another way than that of the code. */
export function referenceClock(timeZone: string, atMs: number) {
  const wallMs = atMs + offsetAtMs(timeZone, atMs);
  const dayNumber = Math.floor(wallMs / DAY_MS);
  return {
    day: dayName(dayNumber),
    weekday: WEEKDAYS[(dayNumber + THURSDAY) % WEEKDAYS.length],
    minute: Math.floor((wallMs - dayNumber * DAY_MS) / MINUTE_MS),
  };
}

/** What a policy's hours and limit say of one instant. */
export function judge(policy: PacePolicy, attemptsByDay: Readonly<Record<string, number>>, atMs: number) {
  const { activeHours: hours, dailyLimit, timeZone } = policy;
  const { day, weekday, minute } = referenceClock(timeZone, atMs);
  const isActive =
    !hours ||
    (hours.days.some((active) => active === weekday) &&
      hours.fromMinute <= minute &&
      minute < hours.toMinute);
  if (!isActive) return 'outside-hours';
  return dailyLimit !== undefined && (attemptsByDay[day] ?? 0) >= dailyLimit ? 'daily-limit' : 'allowed';
}

/** Every change of the clocks between two years, to the quarter of an hour. */
export function clockChanges(timeZone: string, fromYear: number, toYear: number): number[] {
  const changes: number[] = [];
  for (let atMs = Date.UTC(fromYear, 0); atMs < Date.UTC(toYear, 0); atMs += DAY_MS) {
    if (offsetMs(timeZone, atMs) === offsetMs(timeZone, atMs + DAY_MS)) continue;
    let changeMs = atMs;
    while (offsetMs(timeZone, changeMs) === offsetMs(timeZone, atMs)) changeMs += BLOCK_MS;
    changes.push(changeMs);
  }
  return changes;
}

/** Clocks are not changed back on the same day: only days of change need a closer look. */
function offsetAtMs(timeZone: string, atMs: number): number {
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  const offset = offsetMs(timeZone, dayMs);
  if (offset === offsetMs(timeZone, dayMs + DAY_MS)) return offset;
  return offsetMs(timeZone, Math.floor(atMs / BLOCK_MS) * BLOCK_MS);
}

function offsetMs(timeZone: string, blockMs: number): number {
  const { format, offsets } = inZone(timeZone);
  const known = offsets.get(blockMs);
  if (known !== undefined) return known;
  // Swedes write 2026-11-23 09:05:00.
  const offset = Date.parse(`${format.format(blockMs).replace(' ', 'T')}Z`) - blockMs;
  offsets.set(blockMs, offset);
  return offset;
}

function inZone(timeZone: string) {
  const known = zones.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const zone = { format, offsets: new Map<number, number>() };
  zones.set(timeZone, zone);
  return zone;
}

function dayName(dayNumber: number): string {
  const name = dayNames.get(dayNumber) ?? new Date(dayNumber * DAY_MS).toISOString().slice(0, 10);
  dayNames.set(dayNumber, name);
  return name;
}
