import type { ActiveHours } from './active-hours.ts';
import { CLOCK_MARGIN_MS, ENGINE_MS } from './limits.ts';
import { wallClock } from './wall-clock.ts';

/** How fast an instance may create groups. */
export interface PacePolicy {
  /** Between the end of one creation and the start of the next. */
  readonly intervalSeconds: number;
  /** Up to this much more, at random each time: real people do not keep a beat. */
  readonly jitterSeconds: number;
  /** By its IANA name; whose days count for `activeHours` and `dailyLimit`. */
  readonly timeZone: string;
  /** When creations may start; without it, at any time. */
  readonly activeHours?: ActiveHours;
  /** Attempts a day; without it, no limit. */
  readonly dailyLimit?: number;
}

/** The pace of each instance. */
export type PolicyOf = (idInstance: string) => PacePolicy;

/** Without a setting of its own, the jitter is this part of the interval. */
export const JITTER_PART_OF_INTERVAL = 1 / 5;

const MS_IN_A_SECOND = 1_000;

export const intervalMs = (policy: PacePolicy): number => policy.intervalSeconds * MS_IN_A_SECOND;

/** One draw of the jitter, in whole milliseconds. */
export const jitterMs = (policy: PacePolicy, random: () => number): number =>
  Math.floor(random() * policy.jitterSeconds * MS_IN_A_SECOND);

/** The longest the jitter can be. */
export const maxJitterMs = (policy: PacePolicy): number => policy.jitterSeconds * MS_IN_A_SECOND;

/** What the jitter is on average. */
export const meanJitterMs = (policy: PacePolicy): number => Math.round(maxJitterMs(policy) / 2);

/**
 * Until when an acquired lock stays held if nobody settles it: whatever its execution does, freezes included,
 * its POST and GREEN-API's work on it are over an interval before.
 */
export const holdBoundMs = (policy: PacePolicy, deadlineMs: number): number =>
  deadlineMs + ENGINE_MS + intervalMs(policy);

/** Until when the attempt that holds a lock of this bound may still be running. */
export const attemptEndsMs = (policy: PacePolicy, boundMs: number): number =>
  boundMs - ENGINE_MS - intervalMs(policy);

/** From when an execution with this deadline is surely dead on everybody's clock. */
export const surelyDeadMs = (deadlineMs: number): number => deadlineMs + CLOCK_MARGIN_MS;

/** The day that an attempt counts for, as `2026-11-23`, in the policy's time zone. */
export const dayOf = (policy: PacePolicy, atMs: number): string => wallClock(policy.timeZone, atMs).day;
