import { describe, expect, it } from 'vitest';
import { blockedMs, notSentMs, overlimitMs, throttledMs } from '../../../lambda/pacing/cool-down.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('cool-downs', () => {
  it('an overlimit rests an hour, doubling to a day', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(overlimitMs)).toEqual(
      [1, 2, 4, 8, 16, 24, 24].map((hours) => hours * HOUR),
    );
  });

  it('a blocked instance is tried again after a minute, growing to ten', () => {
    expect([1, 2, 3, 4, 5, 2_000].map(blockedMs)).toEqual(
      [1, 2, 4, 8, 10, 10].map((minutes) => minutes * MINUTE),
    );
  });

  it('what was not sent is tried again after five seconds, growing to a quarter of an hour', () => {
    expect([1, 2, 7, 8, 9].map(notSentMs)).toEqual([5, 10, 320, 640, 900].map((seconds) => seconds * SECOND));
  });

  it('a rate limit passes in seconds', () => {
    expect(throttledMs('rate', 0)).toBe(5 * SECOND);
  });

  it.each([
    ['2026-11-10T12:00:00Z', 24 * HOUR],
    ['2026-11-30T23:00:00Z', HOUR],
    ['2026-12-31T12:00:00Z', 12 * HOUR],
    ['2028-02-29T00:00:00Z', 24 * HOUR],
  ])('a quota at %s rests to the turn of the month, at most a day', (now, restMs) => {
    expect(throttledMs('quota', Date.parse(now))).toBe(restMs);
  });
});
