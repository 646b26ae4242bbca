/** A set that is kept in order. Halving finds the place; moving a thousand entries along is quick. */
export class Sorted<T> {
  readonly #items: T[] = [];
  readonly #compare: (one: T, other: T) => number;

  /** @param compare never 0 for two different items, and always the same while both are in */
  constructor(compare: (one: T, other: T) => number) {
    this.#compare = compare;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#items.splice(this.#placeOf(item), 0, item);
  }

  /** @param item one that is in */
  remove(item: T): void {
    this.#items.splice(this.#placeOf(item), 1);
  }

  /** How many come before it. */
  #placeOf(item: T): number {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#items[middle];
      if (other !== undefined && this.#compare(other, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
