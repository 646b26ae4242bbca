import { beforeAll, describe, expect, it } from 'vitest';
import { type Day, meanErrorSeconds, simulateDay } from './expected-time.ts';
import { OWN_CODE } from './own-code.ts';

/** One day alone says little: how many newcomers will come in front of what is for later is a matter of luck. */
const DAYS = 10;
const MINUTE_SECONDS = 60;
/** What may come between is known already; what is left is the next tick, and calls that take longer than most. */
const FEW_SECONDS = 5;
const SLOW_TEST_MS = 90_000;

describe('the expected time, in days of three instances at 70 % of their pace', () => {
  const days: Day[] = [];

  beforeAll(async () => {
    for (let seed = 1; seed <= DAYS; seed += 1) days.push(await simulateDay(OWN_CODE, seed));
  }, SLOW_TEST_MS);

  it('is less than a minute off on average', () => {
    const told = days.flatMap((day) => day.told);
    // With nobody waiting every expectation would be right.
    expect(told.length).toBeGreaterThan(DAYS * 300);
    expect(meanErrorSeconds(told)).toBeLessThan(MINUTE_SECONDS);
  });

  it('is some seconds off on average for what is to be created as soon as possible', () => {
    const told = days.flatMap((day) => day.told.filter(({ kind }) => kind !== 'later'));
    expect(meanErrorSeconds(told)).toBeLessThan(FEW_SECONDS);
  });

  it('no promise is broken on these days', () => {
    expect(days.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
