import type { GroupRequest } from '../creation/request.ts';
import { MIN_INTERVAL_SECONDS } from '../pacing/limits.ts';

const MS_IN_A_SECOND = 1_000;

/** Whoever asks for what is being created right now is asked back after this long. */
export const IN_FLIGHT_RETRY_MS = 5_000;
/** When it is up to a person how long something takes. */
export const UP_TO_A_PERSON_RETRY_MS = 60_000;
/** With each group that is created, a place in its queue comes free. */
export const QUEUE_FULL_RETRY_MS = MIN_INTERVAL_SECONDS * MS_IN_A_SECOND;
/** What is expected much later may come sooner: others are cancelled, instances are resumed. */
const LONGEST_RETRY_MS = 3_600_000;

/** When to ask again after what is being created, or found out; undefined for what is not. */
export function underWayUntilMs({ status, watchAtMs }: GroupRequest, nowMs: number): number | undefined {
  const soonMs = nowMs + IN_FLIGHT_RETRY_MS;
  if (status === 'creating') return soonMs;
  return status === 'confirming' ? Math.max(watchAtMs ?? soonMs, soonMs) : undefined;
}

/** When to ask again after what waits for its turn. */
export function lookAgainAtMs(expectedAtMs: number | undefined, nowMs: number): number {
  return Math.min(expectedAtMs ?? nowMs + UP_TO_A_PERSON_RETRY_MS, nowMs + LONGEST_RETRY_MS);
}

/** Whole seconds to wait, at least one: whoever comes back after them is not too early. */
export function retryAfterSeconds(untilMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((untilMs - nowMs) / MS_IN_A_SECOND));
}
