import { blockedMs, notSentMs, overlimitMs, throttledMs } from '../pacing/cool-down.ts';
import { ENGINE_MS } from '../pacing/limits.ts';
import { dayOf, intervalMs, jitterMs, type PacePolicy } from '../pacing/policy.ts';
import type { CreationLock, LockResult, LockSettlement } from './lock.ts';
import type { Outcome } from './outcome.ts';
import type { Random } from './ports.ts';

/** What the settle of a lock is computed from. */
export interface AttemptEnd {
  /** The lock as it was acquired. */
  readonly lock: CreationLock;
  readonly acquiredAtMs: number;
  readonly outcome: Outcome;
  readonly endedAtMs: number;
}

/** What S writes for this end of an attempt (docs/lock-protocol.md, outcomes). */
export function settleLock(policy: PacePolicy, random: Random, end: AttemptEnd): LockSettlement {
  const givenBack = isGivenBack(end.outcome);
  return {
    ...daysOf(policy, end.lock, end.acquiredAtMs),
    freeAtMs: givenBack ? end.acquiredAtMs : end.endedAtMs + pauseMs(policy, random, end.outcome),
    givenBack,
    result: {
      outcome: end.outcome.kind,
      overlimitLevel: overlimitLevel(end),
      troubleLevel: troubleLevel(end),
      ...coolDown(end),
    },
  };
}

/** What G writes: no POST was made, and the interval is as if the lock had never been taken. */
export function giveBack(policy: PacePolicy, lock: CreationLock, acquiredAtMs: number): LockSettlement {
  return { ...daysOf(policy, lock, acquiredAtMs), freeAtMs: acquiredAtMs, givenBack: true };
}

function daysOf(
  policy: PacePolicy,
  lock: CreationLock,
  acquiredAtMs: number,
): Pick<LockSettlement, 'day' | 'staleDays'> {
  const day = dayOf(policy, acquiredAtMs);
  return { day, staleDays: Object.keys(lock.attemptsByDay).filter((other) => other !== day) };
}

/** Whether nothing of the attempt reached WhatsApp, so that it costs no slot. */
function isGivenBack(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'refused':
    case 'throttled':
    case 'blocked':
    case 'not-sent':
      return true;
    case 'created':
    case 'rejected':
    case 'overlimit':
    case 'unknown':
      return false;
  }
}

/** From the end of the call to the next creation. The engine may work on for a while after a call that it did not answer. */
function pauseMs(policy: PacePolicy, random: Random, outcome: Outcome): number {
  switch (outcome.kind) {
    case 'unknown':
      return ENGINE_MS + intervalMs(policy) + jitterMs(policy, random);
    case 'overlimit':
      return intervalMs(policy);
    default:
      return intervalMs(policy) + jitterMs(policy, random);
  }
}

function coolDown(end: AttemptEnd): Partial<LockResult> {
  const { outcome, endedAtMs } = end;
  switch (outcome.kind) {
    case 'throttled':
      return {
        coolUntilMs: endedAtMs + throttledMs(outcome.limit, endedAtMs),
        coolReason: 'throttled',
      };
    case 'overlimit':
      return { coolUntilMs: endedAtMs + overlimitMs(overlimitLevel(end)), coolReason: 'overlimit' };
    case 'blocked':
      return {
        coolUntilMs: endedAtMs + blockedMs(troubleLevel(end)),
        coolReason: 'blocked',
        coolCause: outcome.cause,
      };
    case 'not-sent':
      return outcome.cause === 'unreachable'
        ? { coolUntilMs: endedAtMs + notSentMs(troubleLevel(end)), coolReason: 'not-sent' }
        : {};
    case 'created':
    case 'refused':
    case 'rejected':
    case 'unknown':
      return {};
  }
}

function overlimitLevel({ outcome, lock }: AttemptEnd): number {
  if (outcome.kind === 'created') return 0;
  return outcome.kind === 'overlimit' ? lock.overlimitLevel + 1 : lock.overlimitLevel;
}

function troubleLevel({ outcome, lock }: AttemptEnd): number {
  switch (outcome.kind) {
    case 'blocked':
      return lock.troubleLevel + 1;
    case 'not-sent':
      // What is no fault of GREEN-API's makes nobody wait longer.
      return outcome.cause === 'unreachable' ? lock.troubleLevel + 1 : lock.troubleLevel;
    case 'unknown':
      return outcome.answered ? 0 : lock.troubleLevel;
    case 'created':
    case 'refused':
    case 'rejected':
    case 'throttled':
    case 'overlimit':
      return 0;
  }
}
