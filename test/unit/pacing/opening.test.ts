import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CreationLock } from '../../../lambda/creation/lock.ts';
import { isInFlight, nextOpening } from '../../../lambda/pacing/opening.ts';
import { holdBoundMs } from '../../../lambda/pacing/policy.ts';
import * as lockWrites from '../../../lambda/storage/lock-writes.ts';
import { MemoryTable } from '../../model/memory-table.ts';

const POLICY = { intervalSeconds: 300, jitterSeconds: 60 };
const NOW_MS = 10_000_000;
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

  it('says free exactly when the lock can be acquired', () => {
    const instant = fc.option(fc.integer({ min: NOW_MS - 3_000, max: NOW_MS + 3_000 }), { nil: undefined });
    fc.assert(
      fc.property(instant, instant, fc.boolean(), (freeAtMs, coolUntilMs, isPaused) => {
        const fields = {
          ...(freeAtMs !== undefined && { freeAtMs }),
          ...(coolUntilMs !== undefined && { coolUntilMs, coolReason: 'throttled' as const }),
          ...(isPaused && { pausedBy: 'default' }),
        };
        const table = new MemoryTable();
        table.items.set('lock', fields);
        const wish = {
          idInstance: '1101',
          attemptId: 'a',
          requestId: 'r',
          nowMs: NOW_MS,
          boundMs: NOW_MS + 1,
          day: '1970-01-01',
        };
        const { applied } = table.updateNow('lock', lockWrites.acquire(wish));
        expect(nextOpening(POLICY, { ...EMPTY, ...fields }, NOW_MS).why === 'free').toBe(applied);
      }),
      { numRuns: 2_000 },
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
