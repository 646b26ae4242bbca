import type { CreationLock } from '../creation/lock.ts';
import { type Allowed, earliestAllowed } from './allowed.ts';
import { CLOCK_MARGIN_MS } from './limits.ts';
import { nextRested } from './opening.ts';
import { intervalMs, meanJitterMs, type PacePolicy } from './policy.ts';

/** How long a createGroup call takes as a rule [G]. */
export const EXPECTED_CALL_MS = 2_000;

/** An instance on its way through the future, if all goes as it mostly does. */
export class ExpectedPace {
  readonly #policy: PacePolicy;
  readonly #attemptsByDay: Record<string, number>;
  #allowed: Allowed;

  /** @param restedMs from when it may serve, but for active hours and the daily limit */
  constructor(policy: PacePolicy, lock: CreationLock, restedMs: number) {
    this.#policy = policy;
    this.#attemptsByDay = { ...lock.attemptsByDay };
    this.#allowed = earliestAllowed(policy, this.#attemptsByDay, restedMs);
  }

  /** When it may serve next. */
  get readyMs(): number {
    return this.#allowed.atMs;
  }

  /** When it may serve what comes at this instant. */
  readyFromMs(placeMs: number): number {
    return this.#from(Math.max(placeMs, this.readyMs)).atMs;
  }

  /** It serves: what follows is a typical call and the rest after it. */
  serve(atMs: number): void {
    this.#allowed = this.#from(atMs);
    const { day } = this.#allowed;
    this.#attemptsByDay[day] = (this.#attemptsByDay[day] ?? 0) + 1;
    this.#allowed = this.#from(atMs + EXPECTED_CALL_MS + expectedRestMs(this.#policy));
  }

  /** @param fromMs not before it is ready */
  #from(fromMs: number): Allowed {
    const { day, untilMs } = this.#allowed;
    const isLeft = (this.#attemptsByDay[day] ?? 0) < (this.#policy.dailyLimit ?? Number.POSITIVE_INFINITY);
    // In the stretch that is known already: time zones are slow to ask.
    if (isLeft && fromMs < untilMs) return { atMs: fromMs, untilMs, day };
    return earliestAllowed(this.#policy, this.#attemptsByDay, fromMs);
  }
}

/**
 * When an instance will probably be rested; undefined when nobody knows. A call under way is taken to be as short as most;
 * what a refusal says, which must not be too early, allows for the longest.
 */
export function expectedRestedMs(policy: PacePolicy, lock: CreationLock, nowMs: number): number | undefined {
  const { why, atMs } = nextRested(policy, lock, nowMs);
  if (why !== 'in-flight') return atMs;
  const endsMs = Math.max((lock.acquiredAtMs ?? nowMs) + EXPECTED_CALL_MS, nowMs);
  return Math.min(endsMs + expectedRestMs(policy), atMs);
}

function expectedRestMs(policy: PacePolicy): number {
  return intervalMs(policy) + meanJitterMs(policy) + CLOCK_MARGIN_MS;
}
