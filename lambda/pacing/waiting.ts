import type { Place } from '../creation/request.ts';
/** What waits, as its index entry says. */
export interface Waiting extends Place {
  /** An idInstance, or `any`. */
  readonly wanted: string;
}

/** The order of a queue. */
export function byPlace(one: Place, other: Place): number {
  if (one.placeMs !== other.placeMs) return one.placeMs - other.placeMs;
  if (one.id === other.id) return 0;
  return one.id < other.id ? -1 : 1;
}

/** What waits for one instance, or for any, from first to last. */
export class Line {
  readonly #waiting: readonly Waiting[];
  #taken = 0;

  constructor(waiting: readonly Waiting[]) {
    this.#waiting = waiting.toSorted(byPlace);
  }

  get head(): Waiting | undefined {
    return this.#waiting[this.#taken];
  }

  take(): Waiting | undefined {
    const { head } = this;
    if (head) this.#taken++;
    return head;
  }
}

/** Of two lines the one whose head comes first. */
export function firstOf(one: Line, other: Line): Line {
  if (!one.head || !other.head) return one.head ? one : other;
  return byPlace(one.head, other.head) < 0 ? one : other;
}
