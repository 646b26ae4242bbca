import type { Clock, Execution } from '../../lambda/creation/ports.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import type { World } from './world.ts';

/** The function's time-out as it is deployed. */
export const EXECUTION_MS = 200_000;

/** How much goes wrong while chaos lasts, as probabilities of one step. */
export interface Chaos {
  readonly kill: number;
  readonly freeze: number;
  /** The longest a freeze lasts; one of these is drawn each time. */
  readonly longestFreezesMs: readonly [number, ...number[]];
}

export const CALM: Chaos = { kill: 0, freeze: 0, longestFreezesMs: [0] };

/** So long a caller hears an answer: then the HTTP API cuts him off. */
const ANSWER_WITHIN_MS = 29_000;

/** Who an execution works for: somebody who asks for a group, the clock that drains the queues, a person who looks or changes. */
export type Role = 'caller' | 'tick' | 'person';

/**
 * One execution of the function. Its clock is off by a constant; it can be killed or frozen at every await.
 * Lambda kills it at its time-out; a developer's machine does not, it only fires the signal, and late after a sleep.
 */
export class Process {
  readonly name: string;
  readonly role: Role;
  readonly execution: Execution;
  readonly clock: Clock;
  /** In true time. */
  readonly startedAtMs: number;
  /** In true time; undefined while it lives. */
  diedAtMs: number | undefined;
  readonly #world: World;
  readonly #chaos: () => Chaos;
  readonly #abort = new AbortController();
  readonly #onDeath: (() => void)[] = [];
  readonly #onGone: (() => void)[] = [];
  #frozenUntilMs = 0;
  #frozenMs = 0;
  #hasEnded = false;

  constructor(
    world: World,
    name: string,
    options: { readonly role: Role; readonly isLambda: boolean; readonly chaos: () => Chaos },
  ) {
    this.#world = world;
    this.name = name;
    this.role = options.role;
    this.#chaos = options.chaos;
    const aheadMs = world.chance.pick([0, 0, CLOCK_MARGIN_MS, world.chance.between(0, CLOCK_MARGIN_MS)]);
    const nowMs = () => world.nowMs + aheadMs;
    this.clock = { nowMs, sleep: (ms) => this.step(ms, () => undefined) };
    this.startedAtMs = world.nowMs;
    const deadlineMs = nowMs() + EXECUTION_MS;
    const answerByMs = options.role === 'caller' ? nowMs() + ANSWER_WITHIN_MS : deadlineMs;
    this.execution = { deadlineMs, answerByMs, signal: this.#abort.signal };
    world.in(EXECUTION_MS, () => (options.isLambda ? this.die('time-out') : this.#fireSignal()));
  }

  /** True time less all its freezes: how long it has had to act. */
  get awakeMs(): number {
    const aheadMs = Math.max(this.#frozenUntilMs - this.#world.nowMs, 0);
    return this.#world.nowMs - (this.#frozenMs - aheadMs);
  }

  /** Something outside happens after `ms`; the process sees it then, or when it thaws, or never. */
  step<T>(ms: number, happen: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#mayStumble();
      this.#world.in(ms, () => {
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

  /** Runs once the process is awake; never if it is dead by then, or has answered: Lambda lets nothing run after that. */
  whenAwake(run: () => void): void {
    if (this.diedAtMs !== undefined || this.#hasEnded) return;
    if (this.#frozenUntilMs <= this.#world.nowMs) run();
    else this.#world.at(this.#frozenUntilMs, () => this.whenAwake(run));
  }

  /** It has answered: nothing more happens to it. */
  end(): void {
    if (this.diedAtMs !== undefined) return;
    this.#hasEnded = true;
    for (const run of this.#onGone) run();
  }

  onDeath(run: () => void): void {
    this.#onDeath.push(run);
  }

  /** When it has died or answered. */
  onGone(run: () => void): void {
    this.#onGone.push(run);
  }

  die(why: string): void {
    if (this.diedAtMs !== undefined || this.#hasEnded) return;
    this.diedAtMs = this.#world.nowMs;
    this.#world.note(`${this.name} dies: ${why}`);
    for (const run of [...this.#onGone, ...this.#onDeath]) run();
  }

  #mayStumble(): void {
    if (this.diedAtMs !== undefined || this.#hasEnded) return;
    const { chance, nowMs } = this.#world;
    const { kill, freeze, longestFreezesMs } = this.#chaos();
    if (chance.is(kill)) this.die('killed');
    else if (chance.is(freeze)) this.#freeze(nowMs + chance.between(1, chance.pick(longestFreezesMs)));
  }

  #freeze(untilMs: number): void {
    const { nowMs } = this.#world;
    if (untilMs <= this.#frozenUntilMs) return;
    this.#frozenMs += untilMs - Math.max(this.#frozenUntilMs, nowMs);
    this.#frozenUntilMs = untilMs;
    this.#world.note(`${this.name} freezes for ${untilMs - nowMs} ms`);
  }

  /** A machine that slept fires its timers after it has woken, when other code may have run already. */
  #fireSignal(): void {
    const AFTER_WAKING_MS = 500;
    if (this.#hasEnded || this.diedAtMs !== undefined) return;
    if (this.#frozenUntilMs > this.#world.nowMs)
      this.#world.at(this.#frozenUntilMs + AFTER_WAKING_MS, () => this.#fireSignal());
    else this.#abort.abort();
  }
}
