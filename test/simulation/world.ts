import { setImmediate as nextTurn } from 'node:timers/promises';

/** A random number generator that a seed determines (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** Whole, from `low` to `high`, both possible. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)] ?? choices[0];
  }
}

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** True time, and all that is going to happen in it. Nothing else moves time, so a seed determines a run. */
export class World {
  readonly chance: Chance;
  readonly trace: string[] = [];
  #nowMs: number;
  #plan: Planned[] = [];
  #order = 0;

  constructor(seed: number, startMs: number) {
    this.chance = new Chance(seed);
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, run: () => void): void {
    this.#order += 1;
    this.#plan.push({ atMs: Math.max(atMs, this.#nowMs), order: this.#order, run });
  }

  note(line: string): void {
    this.trace.push(`${new Date(this.#nowMs).toISOString().slice(11, 23)} ${line}`);
  }

  /** Runs what is planned, in order, until nothing is left or the limit is reached. */
  async run(untilMs: number): Promise<void> {
    for (;;) {
      // Everything that has been set free runs now, in the same instant of true time.
      await nextTurn();
      const next = this.#soonest();
      if (!next || next.atMs > untilMs) break;
      this.#plan.splice(this.#plan.indexOf(next), 1);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #soonest(): Planned | undefined {
    return this.#plan.reduce<Planned | undefined>(
      (best, planned) =>
        !best || planned.atMs < best.atMs || (planned.atMs === best.atMs && planned.order < best.order)
          ? planned
          : best,
      undefined,
    );
  }
}
