import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseActiveHours } from '../../../lambda/pacing/active-hours.ts';
import { earliestAllowed, isActiveAt } from '../../../lambda/pacing/allowed.ts';
import { dayOf, type PacePolicy } from '../../../lambda/pacing/policy.ts';
import { attemptsAround, policyIn, zoneAndInstant } from './arbitraries.ts';
import { judge, referenceClock } from './reference-clock.ts';

const MINUTE_MS = 60_000;
/** Minute by minute is thorough; so many are quick. */
const MINUTES_LOOKED_AT = 5_000;

function policy(timeZone: string, hours?: string, dailyLimit?: number): PacePolicy {
  const parsed = hours === undefined ? undefined : parseActiveHours(hours);
  return {
    intervalSeconds: 300,
    jitterSeconds: 60,
    timeZone,
    ...(parsed && 'hours' in parsed && { activeHours: parsed.hours }),
    ...(dailyLimit !== undefined && { dailyLimit }),
  };
}

const allowed = (pace: PacePolicy, from: string, attempts: Record<string, number> = {}) => {
  const { atMs, why } = earliestAllowed(pace, attempts, Date.parse(from));
  return [new Date(atMs).toISOString().replace('.000', ''), why];
};

describe('the earliest instant that hours and limit allow', () => {
  const moscow = policy('Europe/Moscow', 'mon-fri 09:00-20:00', 20);

  it.each([
    ['within the hours', '2026-11-23T09:30:00Z', '2026-11-23T09:30:00Z', undefined],
    ['at their first instant', '2026-11-23T06:00:00Z', '2026-11-23T06:00:00Z', undefined],
    ['before them', '2026-11-23T05:59:59Z', '2026-11-23T06:00:00Z', 'outside-hours'],
    ['at their end', '2026-11-23T17:00:00Z', '2026-11-24T06:00:00Z', 'outside-hours'],
    ['before a weekend', '2026-11-27T17:00:00Z', '2026-11-30T06:00:00Z', 'outside-hours'],
  ])('%s', (_, from, at, why) => {
    expect(allowed(moscow, from)).toEqual([at, why]);
  });

  it('a day without attempts left gives way to the next one, in its hours', () => {
    const used = { '2026-11-23': 20 };
    expect(allowed(moscow, '2026-11-23T09:30:00Z', used)).toEqual(['2026-11-24T06:00:00Z', 'daily-limit']);
    expect(allowed(moscow, '2026-11-23T09:30:00Z', { '2026-11-23': 19 })[1]).toBeUndefined();
    // What came in the way first is why.
    expect(allowed(moscow, '2026-11-23T02:00:00Z', used)).toEqual(['2026-11-24T06:00:00Z', 'outside-hours']);
    expect(allowed(policy('Europe/Moscow', undefined, 20), '2026-11-23T09:30:00Z', used)).toEqual([
      '2026-11-23T21:00:00Z',
      'daily-limit',
    ]);
  });

  it('counts the days of the zone', () => {
    const pace = policy('Europe/Moscow', undefined, 1);
    expect(dayOf(pace, Date.parse('2026-11-23T20:59:59Z'))).toBe('2026-11-23');
    expect(dayOf(pace, Date.parse('2026-11-23T21:00:00Z'))).toBe('2026-11-24');
    expect(dayOf(policy('UTC'), Date.parse('2026-11-23T23:59:59.999Z'))).toBe('2026-11-23');
  });

  it.each([
    [
      'hours whose start is skipped open when the clock has moved on',
      'Europe/Berlin',
      'daily 02:30-12:00',
      '2027-03-28T00:30:00Z',
      '2027-03-28T01:00:00Z',
    ],
    [
      'hours that are skipped wholly do not come that day',
      'Europe/Berlin',
      'daily 02:10-02:50',
      '2027-03-27T12:00:00Z',
      '2027-03-29T00:10:00Z',
    ],
    [
      'hours after the change begin by the new clock',
      'Europe/Berlin',
      'daily 09:00-20:00',
      '2027-03-28T00:30:00Z',
      '2027-03-28T07:00:00Z',
    ],
    [
      'hours that come twice count twice',
      'Europe/Berlin',
      'daily 02:10-02:50',
      '2027-10-31T00:50:00Z',
      '2027-10-31T01:10:00Z',
    ],
    [
      'a day whose midnight is skipped begins after it',
      'America/Santiago',
      'sun 00:00-24:00',
      '2026-09-05T12:00:00Z',
      '2026-09-06T04:00:00Z',
    ],
    [
      'half an hour of summer time',
      'Australia/Lord_Howe',
      'daily 02:15-12:00',
      '2026-10-03T13:30:00Z',
      '2026-10-03T15:30:00Z',
    ],
    [
      'a day that a zone left out does not come',
      'Pacific/Apia',
      'fri 10:00-12:00',
      '2011-12-29T10:00:00Z',
      '2012-01-05T20:00:00Z',
    ],
  ])('%s', (_, timeZone, hours, from, at) => {
    expect(allowed(policy(timeZone, hours), from)).toEqual([at, 'outside-hours']);
  });

  it('days of 23 and of 25 hours begin once', () => {
    const pace = policy('Europe/Berlin', undefined, 1);
    expect(allowed(pace, '2027-03-28T10:00:00Z', { '2027-03-28': 1 })[0]).toBe('2027-03-28T22:00:00Z');
    expect(allowed(pace, '2027-10-31T00:30:00Z', { '2027-10-31': 1 })[0]).toBe('2027-10-31T23:00:00Z');
    const cairo = policy('Africa/Cairo', undefined, 1);
    // The hour before midnight comes twice; both are of the old day.
    expect(allowed(cairo, '2026-10-29T20:30:00Z', { '2026-10-29': 1 })[0]).toBe('2026-10-29T22:00:00Z');
  });

  it('ends even if no hour ever comes', () => {
    const never = { ...policy('UTC'), activeHours: { days: [], fromMinute: 0, toMinute: 60 } };
    expect(earliestAllowed(never, {}, 0).why).toBe('outside-hours');
  });

  it('is allowed, and no minute before it is; until its end every minute of that day is', () => {
    const cases = zoneAndInstant.chain(([timeZone, fromMs]) =>
      fc.tuple(fc.constant(fromMs), policyIn(timeZone), attemptsAround(timeZone, fromMs)),
    );
    fc.assert(
      fc.property(cases, ([fromMs, pace, attempts]) => {
        const { atMs, untilMs, day, why } = earliestAllowed(pace, attempts, fromMs);
        const judgement = (instantMs: number) => judge(pace, attempts, instantMs);
        expect(atMs).toBeGreaterThanOrEqual(fromMs);
        expect(why ?? 'allowed').toBe(judgement(fromMs));
        expect(judgement(atMs)).toBe('allowed');
        expect(day).toBe(referenceClock(pace.timeZone, atMs).day);
        expect(day).toBe(dayOf(pace, atMs));
        expect(minutesIn(fromMs, atMs).find((minuteMs) => judgement(minuteMs) === 'allowed')).toBeUndefined();
        const isAsGood = (minuteMs: number) =>
          judgement(minuteMs) === 'allowed' && referenceClock(pace.timeZone, minuteMs).day === day;
        expect(untilMs).toBeGreaterThan(atMs);
        expect(minutesIn(atMs, untilMs).find((minuteMs) => !isAsGood(minuteMs))).toBeUndefined();
      }),
      { numRuns: 700 },
    );
  });

  it('tells whether the hours hold', () => {
    const cases = zoneAndInstant.chain(([timeZone, atMs]) => fc.tuple(policyIn(timeZone), fc.constant(atMs)));
    fc.assert(
      fc.property(cases, ([pace, atMs]) => {
        expect(isActiveAt(pace, atMs)).toBe(judge(pace, {}, atMs) === 'allowed');
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The instant itself, every full minute after it, and the last millisecond. */
function minutesIn(fromMs: number, toMs: number): number[] {
  if (fromMs >= toMs) return [];
  const firstMs = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const count = Math.min(Math.max(Math.ceil((toMs - firstMs) / MINUTE_MS), 0), MINUTES_LOOKED_AT);
  return [fromMs, ...Array.from({ length: count }, (_, index) => firstMs + index * MINUTE_MS), toMs - 1];
}
