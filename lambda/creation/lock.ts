import type { BlockedCause, Outcome } from './outcome.ts';

/** Why an instance rests although its interval is over. */
export type CoolReason = 'throttled' | 'overlimit' | 'blocked' | 'not-sent';

/** The creation lock of one instance. A field is missing until it is first written. Times in milliseconds. */
export interface CreationLock {
  readonly idInstance: string;
  /** The interval: from when the next creation may start. */
  readonly freeAtMs?: number;
  readonly coolUntilMs?: number;
  readonly coolReason?: CoolReason;
  /** What blocked it, when `coolReason` is `blocked`. */
  readonly coolCause?: BlockedCause;
  /** How many overlimits in a row; only a creation resets it. */
  readonly overlimitLevel: number;
  /** How many of blocked and not-sent in a row; any other answer resets it. */
  readonly troubleLevel: number;
  readonly pausedBy?: string;
  readonly pausedAtMs?: number;
  /** Set while an attempt holds the lock. */
  readonly attemptId?: string;
  readonly requestId?: string;
  readonly acquiredAtMs?: number;
  /** Attempts by day, as `{"2026-11-23": 4}`. */
  readonly attemptsByDay: Readonly<Record<string, number>>;
  readonly lastOutcome?: Outcome['kind'];
}

/** What S (or, with `givenBack`, G) writes. */
export interface LockSettlement {
  readonly freeAtMs: number;
  /** The attempt does not count for its day. */
  readonly givenBack: boolean;
  /** The day that the attempt counted for. */
  readonly day: string;
  /** Days whose counters are removed. */
  readonly staleDays: readonly string[];
  /** Missing where no POST was tried. */
  readonly result?: LockResult;
}

/** The part of a settlement that tells what the attempt came to. */
export interface LockResult {
  readonly outcome: Outcome['kind'];
  readonly coolUntilMs?: number;
  readonly coolReason?: CoolReason;
  readonly coolCause?: BlockedCause;
  readonly overlimitLevel: number;
  readonly troubleLevel: number;
}
