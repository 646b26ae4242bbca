import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CreationLock } from '../../../lambda/creation/lock.ts';
import { isInFlight, nextOpening, nextRested } from '../../../lambda/pacing/opening.ts';
import { dayOf, holdBoundMs, type PacePolicy } from '../../../lambda/pacing/policy.ts';
import * as lockWrites from '../../../lambda/storage/lock-writes.ts';
import { MemoryTable } from '../../model/memory-table.ts';
import { attemptsAround, DAY_MS, policyIn, zoneAndInstant } from './arbitraries.ts';
import { judge } from './reference-clock.ts';

const POLICY: PacePolicy = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' };
const NOW_MS = 10_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EMPTY: CreationLock = { idInstance: '1101', overlimitLevel: 0, troubleLevel: 0, attemptsByDay: {} };

describe('when an instance opens', () => {
  it('an instance that never created is free', () => {
    expect(nextOpening(POLICY, EMPTY, NOW_MS)).toEqual({ why: 'free', atMs: NOW_MS });
  });

  it('once settled: the end of the interval and the clock margin, exactly', () => {
    const lock = { ...EMPTY, freeAtMs: NOW_MS };
    expect(nextOpening(POLICY, lock, NOW_MS)).toEqual({ why: 'interval', atMs: NOW_MS + 1_000 });
    expect(nextOpening(POLICY, lock, NOW_MS + 999).why).toBe('interval');
    expect(nextOpening(POLICY, lock, NOW_MS + 1_000).why).toBe('free');
  });

  it('while an attempt is under way: the longest call, the interval and the longest jitter', () => {
    const deadlineMs = NOW_MS + 200_000;
    const held = {
      ...EMPTY,
      attemptId: 'a',
      acquiredAtMs: NOW_MS,
      freeAtMs: holdBoundMs(POLICY, deadlineMs),
    };
    expect(nextOpening(POLICY, held, NOW_MS + 5_000)).toEqual({
      why: 'in-flight',
      atMs: NOW_MS + 70_000 + 300_000 + 60_000,
    });
    // Its execution must be dead by now: the bound says when.
    expect(nextOpening(POLICY, held, deadlineMs + 1_001)).toEqual({
      why: 'interval',
      atMs: deadlineMs + 60_000 + 300_000 + 1_000,
    });
    expect(isInFlight(POLICY, held, deadlineMs + 1_000)).toBe(true);
    expect(isInFlight(POLICY, held, deadlineMs + 1_001)).toBe(false);
  });

  it('a cool-down that outlasts the interval says why', () => {
    const lock = {
      ...EMPTY,
      freeAtMs: NOW_MS,
      coolUntilMs: NOW_MS + 5_000,
      coolReason: 'blocked',
      coolCause: 'expired',
    } as const;
    expect(nextOpening(POLICY, lock, NOW_MS)).toEqual({
      why: 'blocked',
      cause: 'expired',
      atMs: NOW_MS + 6_000,
    });
    expect(nextOpening(POLICY, { ...lock, freeAtMs: NOW_MS + 50_000 }, NOW_MS).why).toBe('interval');
  });

  it('nobody knows when a paused instance opens', () => {
    expect(nextOpening(POLICY, { ...EMPTY, pausedBy: 'default' }, NOW_MS)).toEqual({
      why: 'paused',
      atMs: undefined,
    });
  });

  it('outside its hours: when they begin, whatever it rested from before', () => {
    // 1970-01-01, a Thursday, 02:46:40.
    const policy = { ...POLICY, activeHours: { days: ['thu'], fromMinute: 180, toMinute: 240 } } as const;
    const atMs = 3 * 3_600_000;
    expect(nextOpening(policy, EMPTY, NOW_MS)).toEqual({ why: 'outside-hours', atMs });
    const resting = { ...EMPTY, freeAtMs: NOW_MS + 60_000 };
    expect(nextOpening(policy, resting, NOW_MS)).toEqual({ why: 'outside-hours', atMs });
    expect(nextRested(policy, resting, NOW_MS)).toEqual({ why: 'interval', atMs: NOW_MS + 61_000 });
    // Hours that have begun by then do not matter.
    const late = { ...EMPTY, freeAtMs: atMs };
    expect(nextOpening(policy, late, NOW_MS)).toEqual({ why: 'interval', atMs: atMs + 1_000 });
    expect(nextOpening(policy, { ...EMPTY, pausedBy: 'default' }, NOW_MS).why).toBe('paused');
  });

  it('with no attempts left for the day: the next day', () => {
    const policy = { ...POLICY, dailyLimit: 2 };
    const used = (attempts: number) => ({ ...EMPTY, attemptsByDay: { '1970-01-01': attempts } });
    expect(nextOpening(policy, used(1), NOW_MS).why).toBe('free');
    for (const attempts of [2, 3])
      expect(nextOpening(policy, used(attempts), NOW_MS)).toEqual({ why: 'daily-limit', atMs: DAY_MS });
  });

  it('says free exactly when the lock can be acquired', () => {
    const instant = fc.option(fc.integer({ min: NOW_MS - 3_000, max: NOW_MS + 3_000 }), { nil: undefined });
    const attempts = fc.option(fc.nat(3), { nil: undefined });
    const limit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
    // The night of the 1st, and still the evening before.
    const timeZone = fc.constantFrom('UTC', 'America/New_York');
    fc.assert(
      fc.property(
        fc.record({
          freeAtMs: instant,
          coolUntilMs: instant,
          isPaused: fc.boolean(),
          attempts,
          limit,
          timeZone,
        }),
        ({ freeAtMs, coolUntilMs, isPaused, attempts, limit, timeZone }) => {
          const policy = { ...POLICY, timeZone, ...(limit !== undefined && { dailyLimit: limit }) };
          const fields = {
            ...(freeAtMs !== undefined && { freeAtMs }),
            ...(coolUntilMs !== undefined && { coolUntilMs, coolReason: 'throttled' as const }),
            ...(isPaused && { pausedBy: 'default' }),
          };
          const attemptsByDay = { ...(attempts !== undefined && { '1970-01-01': attempts }) };
          const table = new MemoryTable();
          table.items.set('lock', {
            ...fields,
            ...(attempts !== undefined && { [lockWrites.dayAttribute('1970-01-01')]: attempts }),
          });
          const wish = {
            idInstance: '1101',
            attemptId: 'a',
            requestId: 'r',
            nowMs: NOW_MS,
            boundMs: NOW_MS + 1,
            day: dayOf(policy, NOW_MS),
            dailyLimit: limit,
          };
          const { applied } = table.updateNow('lock', lockWrites.acquire(wish));
          const lock = { ...EMPTY, ...fields, attemptsByDay };
          expect(nextOpening(policy, lock, NOW_MS).why === 'free').toBe(applied);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is the first minute at which every rule allows it, in every zone, over summer time too', () => {
    const soon = fc.option(fc.integer({ min: -HOUR_MS, max: 30 * HOUR_MS }), { nil: undefined });
    const cases = zoneAndInstant.chain(([timeZone, nowMs]) =>
      fc.record({
        nowMs: fc.constant(nowMs),
        policy: policyIn(timeZone),
        attemptsByDay: attemptsAround(timeZone, nowMs),
        free: soon,
        cool: soon,
      }),
    );
    fc.assert(
      fc.property(cases, ({ nowMs, policy, attemptsByDay, free, cool }) => {
        const lock: CreationLock = {
          ...EMPTY,
          attemptsByDay,
          ...(free !== undefined && { freeAtMs: nowMs + free }),
          ...(cool !== undefined && { coolUntilMs: nowMs + cool, coolReason: 'overlimit' }),
        };
        const restedMs = Math.max(nowMs, ...[free, cool].map((soonMs = -HOUR_MS) => nowMs + soonMs + 1_000));
        const obstacleAt = (atMs: number) => (atMs < restedMs ? 'rests' : judge(policy, attemptsByDay, atMs));
        const { why, atMs = Number.NaN } = nextOpening(policy, lock, nowMs);
        expect(obstacleAt(atMs)).toBe('allowed');
        expect(nextOpening(policy, lock, atMs)).toEqual({ why: 'free', atMs });
        for (let minuteMs = nowMs; minuteMs < atMs; minuteMs += MINUTE_MS)
          if (obstacleAt(minuteMs) === 'allowed') expect(minuteMs).toBe(atMs);
        const rested = nextRested(policy, lock, nowMs);
        expect(rested.atMs).toBe(restedMs);
        const obstacle = obstacleAt(restedMs);
        expect(why).toBe(obstacle === 'allowed' ? rested.why : obstacle);
      }),
      { numRuns: 500 },
    );
  });

  it('whoever comes back at the instant that he was told is not too early', () => {
    const soon = fc.integer({ min: NOW_MS, max: NOW_MS + 1_000_000 });
    fc.assert(
      fc.property(soon, fc.option(soon, { nil: undefined }), (freeAtMs, coolUntilMs) => {
        const lock = {
          ...EMPTY,
          freeAtMs,
          ...(coolUntilMs !== undefined && { coolUntilMs, coolReason: 'overlimit' as const }),
        };
        const { atMs = 0 } = nextOpening(POLICY, lock, NOW_MS);
        expect(nextOpening(POLICY, lock, atMs).why).toBe('free');
        expect(nextOpening(POLICY, lock, atMs - 1).why).not.toBe('free');
      }),
      { numRuns: 2_000 },
    );
  });
});
