import { describe, expect, it } from 'vitest';
import { dayOf, jitterMs, maxJitterMs, meanJitterMs } from '../../../lambda/pacing/policy.ts';

const POLICY = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'Asia/Kolkata' };

describe('a pace', () => {
  it('has a jitter of anything up to its longest, and half of that on average', () => {
    expect(jitterMs(POLICY, () => 0)).toBe(0);
    expect(jitterMs(POLICY, () => 0.5)).toBe(meanJitterMs(POLICY));
    expect(meanJitterMs(POLICY)).toBe(30_000);
    expect(maxJitterMs(POLICY)).toBe(60_000);
    expect(jitterMs(POLICY, () => 0.999_999)).toBeLessThan(60_000);
  });

  it.each([
    ['2026-11-23T18:29:59.999Z', '2026-11-23'],
    ['2026-11-23T18:30:00.000Z', '2026-11-24'],
    ['2026-12-31T18:30:00.000Z', '2027-01-01'],
  ])('at %s the day of its zone is %s', (at, day) => {
    expect(dayOf(POLICY, Date.parse(at))).toBe(day);
  });
});
