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

  /** One of these; undefined if there is none. */
  oneOf<T>(choices: readonly T[]): T | undefined {
    return choices[Math.floor(this.next() * choices.length)];
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
  readonly #notes: { readonly atMs: number; readonly line: string | (() => string) }[] = [];
  #nowMs: number;
  /** A heap: each before its two children. */
  readonly #plan: Planned[] = [];
  #order = 0;
  #isStopped = false;

  constructor(seed: number, startMs: number) {
    this.chance = new Chance(seed);
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get trace(): readonly string[] {
    return this.#notes.map(({ atMs, line }) => {
      const text = typeof line === 'string' ? line : line();
      return `${new Date(atMs).toISOString().slice('yyyy-'.length, -1)} ${text}`;
    });
  }

  at(atMs: number, run: () => void): void {
    this.#order += 1;
    const planned = { atMs: Math.max(atMs, this.#nowMs), order: this.#order, run };
    let index = this.#plan.push(planned) - 1;
    for (let parent = (index - 1) >> 1; index > 0; index = parent, parent = (index - 1) >> 1) {
      const above = this.#plan[parent];
      if (!above || isBefore(above, planned)) break;
      this.#plan[index] = above;
      this.#plan[parent] = planned;
    }
  }

  /** The same after so long. */
  in(ms: number, run: () => void): void {
    this.at(this.#nowMs + ms, run);
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#isStopped = true;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** For the trace; what is dear to tell is told when somebody reads it. */
  note(line: string | (() => string)): void {
    this.#notes.push({ atMs: this.#nowMs, line });
  }

  /** Runs what is planned up to this instant, in order. */
  async run(untilMs: number): Promise<void> {
    // Others, a test's own time limit for one, get their turn.
    await nextTurn();
    for (;;) {
      await allSetFree();
      const next = this.#plan[0];
      if (this.#isStopped || !next || next.atMs > untilMs) break;
      this.#takeFirst();
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #takeFirst(): void {
    const last = this.#plan.pop();
    if (!last || this.#plan.length === 0) return;
    let index = 0;
    for (;;) {
      const [left, right] = [this.#plan[2 * index + 1], this.#plan[2 * index + 2]];
      if (!left) break;
      const isRight = right !== undefined && isBefore(right, left);
      const below = isRight ? right : left;
      if (isBefore(last, below)) break;
      this.#plan[index] = below;
      index = 2 * index + (isRight ? 2 : 1);
    }
    this.#plan[index] = last;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

/** Everything that has been set free runs now, in the same instant of true time: Node's next tick comes when no promise is left to go on. */
function allSetFree(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
