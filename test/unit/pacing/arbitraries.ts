import fc from 'fast-check';
import { type ActiveHours, WEEKDAYS } from '../../../lambda/pacing/active-hours.ts';
import type { PacePolicy } from '../../../lambda/pacing/policy.ts';
import { clockChanges, referenceClock, ZONES } from './reference-clock.ts';

const [FROM_YEAR, TO_YEAR] = [2010, 2036];
const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** A zone and some instant of many years in it; every other one within a day and a half of a change of its clocks. */
export const zoneAndInstant: fc.Arbitrary<readonly [timeZone: string, atMs: number]> = fc.oneof(
  ...ZONES.map((timeZone) => fc.tuple(fc.constant(timeZone), instantIn(timeZone))),
);

function instantIn(timeZone: string): fc.Arbitrary<number> {
  const anyTime = fc.integer({ min: Date.UTC(FROM_YEAR, 0), max: Date.UTC(TO_YEAR, 0) });
  const changes = clockChanges(timeZone, FROM_YEAR, TO_YEAR);
  if (changes.length === 0) return anyTime;
  const near = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -36 * HOUR_MS, max: 36 * HOUR_MS }))
    .map(([changeMs, distanceMs]) => changeMs + distanceMs);
  return fc.oneof(anyTime, near);
}

/** Hours of at least ten minutes, often around those at which clocks are changed. */
export const activeHours: fc.Arbitrary<ActiveHours> = fc
  .record({
    days: fc.subarray([...WEEKDAYS], { minLength: 1 }),
    fromMinute: fc.oneof(fc.integer({ min: 0, max: 1_430 }), fc.integer({ min: 0, max: 190 })),
    length: fc.oneof(fc.integer({ min: 10, max: 60 }), fc.integer({ min: 10, max: 1_440 })),
  })
  .map(({ days, fromMinute, length }) => ({
    days,
    fromMinute,
    toMinute: Math.min(fromMinute + length, 1_440),
  }));

export function policyIn(timeZone: string): fc.Arbitrary<PacePolicy> {
  return fc.record(
    {
      intervalSeconds: fc.integer({ min: 1, max: 7_200 }),
      jitterSeconds: fc.integer({ min: 0, max: 600 }),
      timeZone: fc.constant(timeZone),
      activeHours,
      dailyLimit: fc.integer({ min: 1, max: 4 }),
    },
    { requiredKeys: ['intervalSeconds', 'jitterSeconds', 'timeZone'] },
  );
}

/** Attempts of the day of this instant, and of the days around it. */
export function attemptsAround(timeZone: string, atMs: number): fc.Arbitrary<Record<string, number>> {
  const days = [-1, 0, 1, 2].map((number) => referenceClock(timeZone, atMs + number * DAY_MS).day);
  return fc.dictionary(fc.constantFrom(...days), fc.integer({ min: 0, max: 5 }), { maxKeys: 3 });
}
