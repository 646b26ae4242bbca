import type { ExpectedPace } from './expected-pace.ts';
import { Sorted } from './sorted.ts';
import type { Line } from './waiting.ts';

/** An instance that serves its own line and that of `any`. */
export interface Server {
  /** Its number in the list: no two have the same. */
  readonly rank: number;
  readonly own: Line;
  readonly pace: ExpectedPace;
}

/** When a server may serve. */
export interface Turn {
  readonly server: Server;
  readonly atMs: number;
}

/**
 * Finds whose turn is next among many servers, looking at few: to ask each of them about every head of any would take
 * hundreds of times as long.
 */
export class Servers {
  /** For the heads of their own lines. */
  readonly #own = new Turns();
  /** For the head of any: those that are ready only after its place. */
  readonly #busy = new Turns();
  /** Those that are ready before, by rank alone. */
  readonly #idle = new Turns();

  add(server: Server): void {
    const { own, pace } = server;
    if (own.head) this.#own.set(server, pace.readyFromMs(own.head.placeMs));
    this.#busy.set(server, pace.readyMs);
  }

  remove(server: Server): void {
    for (const turns of [this.#own, this.#busy, this.#idle]) turns.remove(server);
  }

  /** @param any whose heads have ever later places */
  next(any: Line): Turn | undefined {
    const own = this.#own.first;
    const anys = any.head && this.#nextFor(any.head.placeMs);
    if (!own || !anys) return own ?? anys;
    return bySoonest(own, anys) < 0 ? own : anys;
  }

  #nextFor(placeMs: number): Turn | undefined {
    for (let turn = this.#busy.first; turn && turn.atMs <= placeMs; turn = this.#busy.first) {
      this.#busy.remove(turn.server);
      this.#idle.set(turn.server, 0);
    }
    for (let turn = this.#idle.first; turn; turn = this.#idle.first) {
      const atMs = turn.server.pace.readyFromMs(placeMs);
      if (atMs === placeMs) return { server: turn.server, atMs };
      // Its hours or its day's limit keep it from this one, and from all that come before it is ready again.
      this.#idle.remove(turn.server);
      this.#busy.set(turn.server, atMs);
    }
    return this.#busy.first;
  }
}

/** One turn for each server, the soonest first. */
class Turns {
  readonly #sorted = new Sorted<Turn>(bySoonest);
  readonly #byServer = new Map<Server, Turn>();

  get first(): Turn | undefined {
    return this.#sorted.first;
  }

  set(server: Server, atMs: number): void {
    const turn = { server, atMs };
    this.#byServer.set(server, turn);
    this.#sorted.add(turn);
  }

  remove(server: Server): void {
    const turn = this.#byServer.get(server);
    if (!turn) return;
    this.#byServer.delete(server);
    this.#sorted.remove(turn);
  }
}

function bySoonest(one: Turn, other: Turn): number {
  return one.atMs - other.atMs || one.server.rank - other.server.rank;
}
