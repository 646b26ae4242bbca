import type { CoolReason, CreationLock } from '../creation/lock.ts';
import type { BlockedCause } from '../creation/outcome.ts';
import { earliestAllowed, type Hindrance } from './allowed.ts';
import { CALL_TIMEOUT_MS, CLOCK_MARGIN_MS } from './limits.ts';
import { attemptEndsMs, intervalMs, maxJitterMs, type PacePolicy } from './policy.ts';

/** When an instance is rested, and what it rests from. */
export type Rested =
  | { readonly why: 'free'; readonly atMs: number }
  | { readonly why: 'interval' | 'in-flight'; readonly atMs: number }
  | { readonly why: CoolReason; readonly atMs: number; readonly cause?: BlockedCause }
  /** Nobody knows when: it is up to a person. */
  | { readonly why: 'paused'; readonly atMs: undefined };

/** When an instance may create next, and why not now. */
export type Opening =
  | Rested
  | { readonly why: Hindrance; readonly atMs: number }
  /** What waits comes first. Not of the lock's knowledge: whoever knows the queue says so. */
  | { readonly why: 'queue'; readonly atMs: number | undefined };

/**
 * When the instance of this lock may create next: one pure rule for refusals, lists and the order of a pool. From the instant
 * at which it is rested, the earliest that active hours and the daily limit allow; if they allow only a later one, they are why.
 */
export function nextOpening(
  policy: PacePolicy,
  lock: CreationLock,
  nowMs: number,
): Exclude<Opening, { why: 'queue' }> {
  const rested = nextRested(policy, lock, nowMs);
  if (rested.atMs === undefined) return rested;
  const { atMs, why } = earliestAllowed(policy, lock.attemptsByDay, rested.atMs);
  return why === undefined ? rested : { why, atMs };
}

/** The same by interval, attempt under way, cool-down and pause alone, whatever the hour. */
export function nextRested(policy: PacePolicy, lock: CreationLock, nowMs: number): Rested {
  if (lock.pausedBy !== undefined) return { why: 'paused', atMs: undefined };
  const freeAtMs = (lock.freeAtMs ?? -CLOCK_MARGIN_MS) + CLOCK_MARGIN_MS;
  const coolUntilMs = (lock.coolUntilMs ?? -CLOCK_MARGIN_MS) + CLOCK_MARGIN_MS;
  if (lock.coolReason !== undefined && coolUntilMs > nowMs && coolUntilMs >= freeAtMs) {
    return {
      why: lock.coolReason,
      atMs: coolUntilMs,
      ...(lock.coolCause !== undefined && { cause: lock.coolCause }),
    };
  }
  if (freeAtMs <= nowMs) return { why: 'free', atMs: nowMs };
  if (!isInFlight(policy, lock, nowMs)) return { why: 'interval', atMs: freeAtMs };
  return { why: 'in-flight', atMs: expectedFreeAtMs(policy, lock, nowMs) ?? freeAtMs };
}

/** Whether the attempt that holds the lock may still be running. */
export function isInFlight(policy: PacePolicy, lock: CreationLock, nowMs: number): boolean {
  return (
    lock.attemptId !== undefined &&
    lock.freeAtMs !== undefined &&
    nowMs <= attemptEndsMs(policy, lock.freeAtMs) + CLOCK_MARGIN_MS
  );
}

/**
 * While an attempt is under way its bound says far more than it will take: a call of the longest kind and the longest pause
 * after it are what a caller is told, unless that has passed already.
 */
function expectedFreeAtMs(policy: PacePolicy, lock: CreationLock, nowMs: number): number | undefined {
  const expectedMs =
    (lock.acquiredAtMs ?? nowMs) + CALL_TIMEOUT_MS + intervalMs(policy) + maxJitterMs(policy);
  return expectedMs > nowMs ? expectedMs : undefined;
}

/** Sorts the soonest first; a paused instance comes last. */
export function byOpening(one: { readonly opening: Opening }, other: { readonly opening: Opening }): number {
  return (one.opening.atMs ?? Number.MAX_SAFE_INTEGER) - (other.opening.atMs ?? Number.MAX_SAFE_INTEGER);
}
