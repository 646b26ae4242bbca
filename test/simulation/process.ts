import type { Clock, Execution } from '../../lambda/creation/ports.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import type { World } from './world.ts';

/** The function's time-out as it is deployed. */
export const EXECUTION_MS = 200_000;

/** How much goes wrong while chaos lasts. */
export interface Chaos {
  readonly kill: number;
  readonly freeze: number;
  /** The longest a freeze lasts; one of these is drawn each time. */
  readonly longestFreezesMs: readonly [number, ...number[]];
}

export const CALM: Chaos = { kill: 0, freeze: 0, longestFreezesMs: [0] };

/**
 * One execution of the function. Its clock is off by a constant; it can be killed or frozen at every await.
 * Lambda kills it at its time-out; a developer's machine does not, it only fires the signal, and late after a sleep.
 */
export class Process {
  readonly name: string;
  readonly execution: Execution;
  readonly clock: Clock;
  /** In true time; undefined while it lives. */
  diedAtMs: number | undefined;
  readonly #world: World;
  readonly #chaos: () => Chaos;
  readonly #abort = new AbortController();
  readonly #onDeath: (() => void)[] = [];
  #frozenUntilMs = 0;
  #hasEnded = false;

  constructor(world: World, name: string, options: { isLambda: boolean; chaos: () => Chaos }) {
    this.#world = world;
    this.name = name;
    this.#chaos = options.chaos;
    const aheadMs = world.chance.pick([0, 0, CLOCK_MARGIN_MS, world.chance.between(0, CLOCK_MARGIN_MS)]);
    const nowMs = () => world.nowMs + aheadMs;
    this.clock = { nowMs, sleep: (ms) => this.step(ms, () => undefined) };
    this.execution = { deadlineMs: nowMs() + EXECUTION_MS, signal: this.#abort.signal };
    world.at(world.nowMs + EXECUTION_MS, () =>
      options.isLambda ? this.die('time-out') : this.#fireSignal(),
    );
  }

  /** Something outside happens after `ms`; the process sees it then, or when it thaws, or never. */
  step<T>(ms: number, happen: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#mayStumble();
      this.#world.at(this.#world.nowMs + ms, () => {
        this.#mayStumble();
        let settle: () => void;
        try {
          const value = happen();
          settle = () => resolve(value);
        } catch (error) {
          settle = () => reject(error);
        }
        this.whenAwake(settle);
      });
    });
  }

  /** Runs once the process is awake; never if it is dead by then. */
  whenAwake(run: () => void): void {
    if (this.diedAtMs !== undefined) return;
    if (this.#frozenUntilMs <= this.#world.nowMs) run();
    else this.#world.at(this.#frozenUntilMs, () => this.whenAwake(run));
  }

  /** It has answered: nothing more happens to it. */
  end(): void {
    this.#hasEnded = true;
  }

  onDeath(run: () => void): void {
    this.#onDeath.push(run);
  }

  die(why: string): void {
    if (this.diedAtMs !== undefined || this.#hasEnded) return;
    this.diedAtMs = this.#world.nowMs;
    this.#world.note(`${this.name} dies: ${why}`);
    for (const run of this.#onDeath) run();
  }

  #mayStumble(): void {
    if (this.diedAtMs !== undefined) return;
    const { chance, nowMs } = this.#world;
    const { kill, freeze, longestFreezesMs } = this.#chaos();
    if (chance.is(kill)) this.die('killed');
    else if (chance.is(freeze)) {
      this.#frozenUntilMs = nowMs + chance.between(1, chance.pick(longestFreezesMs));
      this.#world.note(`${this.name} freezes for ${this.#frozenUntilMs - nowMs} ms`);
    }
  }

  /** A machine that slept fires its timers after it has woken, when other code may have run already. */
  #fireSignal(): void {
    const AFTER_WAKING_MS = 500;
    if (this.#frozenUntilMs > this.#world.nowMs)
      this.#world.at(this.#frozenUntilMs + AFTER_WAKING_MS, () => this.#fireSignal());
    else this.#abort.abort();
  }
}
