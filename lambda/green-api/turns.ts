import type { Clock } from '../creation/ports.ts';

/** How the wait for a turn ended: it came, or the signal fired, or too many wait already. */
export type Turn = 'came' | 'ended' | 'crowded';

export interface TurnBounds {
  /** Between two turns of one instance. */
  readonly spacingMs: number;
  /** Nobody waits longer. */
  readonly maxWaitMs: number;
}

/** Turns of one instance after another, in order of arrival. Serves several executions at once. */
export class Turns {
  readonly #clock: Clock;
  readonly #bounds: TurnBounds;
  readonly #lanes = new Map<string, Lane>();

  constructor(clock: Clock, bounds: TurnBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Resolves when it is this caller's turn: at once where nobody was there for the length of the spacing. */
  async take(idInstance: string, signal: AbortSignal): Promise<Turn> {
    if (signal.aborted) return 'ended';
    this.#forgetIdle();
    const lane = this.#lanes.get(idInstance) ?? new Lane(this.#clock, this.#bounds);
    this.#lanes.set(idInstance, lane);
    return lane.take(signal);
  }

  /** How many instances are remembered: those that somebody waits for, or did within the spacing. */
  get size(): number {
    return this.#lanes.size;
  }

  #forgetIdle(): void {
    for (const [idInstance, lane] of this.#lanes) if (lane.isIdle) this.#lanes.delete(idInstance);
  }
}

interface Waiter {
  readonly signal: AbortSignal;
  readonly come: () => void;
}

/** Those who wait for one instance. */
class Lane {
  readonly #clock: Clock;
  readonly #bounds: TurnBounds;
  readonly #waiting: Waiter[] = [];
  #freeAtMs = Number.NEGATIVE_INFINITY;
  #isServing = false;

  constructor(clock: Clock, bounds: TurnBounds) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  get isIdle(): boolean {
    return !this.#isServing && this.#restMs() === 0;
  }

  take(signal: AbortSignal): Promise<Turn> {
    const waitMs = this.#restMs() + this.#waiting.length * this.#bounds.spacingMs;
    if (waitMs > this.#bounds.maxWaitMs) return Promise.resolve('crowded');
    const { promise, resolve } = Promise.withResolvers<Turn>();
    const leave = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      resolve('ended');
    };
    const come = (): void => {
      signal.removeEventListener('abort', leave);
      resolve('came');
    };
    const waiter: Waiter = { signal, come };
    this.#waiting.push(waiter);
    signal.addEventListener('abort', leave, { once: true });
    if (!this.#isServing) void this.#serve();
    return promise;
  }

  /** Gives turns as long as somebody waits. It sleeps by the signal of the first, who leaves the line when that fires. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const restMs = this.#restMs();
      if (restMs > 0) await this.#clock.sleep(restMs, first.signal);
      else {
        this.#waiting.shift();
        this.#freeAtMs = this.#clock.nowMs() + this.#bounds.spacingMs;
        first.come();
      }
    }
    this.#isServing = false;
  }

  /** How long until the next turn; never more than the spacing, though the clock be set back. */
  #restMs(): number {
    const nowMs = this.#clock.nowMs();
    this.#freeAtMs = Math.min(this.#freeAtMs, nowMs + this.#bounds.spacingMs);
    return Math.max(0, this.#freeAtMs - nowMs);
  }
}
