import type { CountQuery, IndexEntry, Item, Query, TableIndex } from '../../lambda/storage/table.ts';

/** Runs an update of an index, now or later: until then the index shows what was before. */
export type IndexLater = (update: () => void) => void;

/** Where an item stands in the index. */
interface Place {
  readonly partition: string;
  readonly sort: string;
}

interface Shown {
  readonly place: Place | undefined;
  /** The number of the change that put it there. */
  readonly change: number;
}

/** One index of the model: sparse, sorted, and as late as its owner wants it. */
export class MemoryIndex {
  readonly #index: TableIndex;
  readonly #later: IndexLater;
  readonly #partitions = new Map<string, IndexEntry[]>();
  readonly #shown = new Map<string, Shown>();
  #changes = 0;

  constructor(index: TableIndex, later: IndexLater) {
    this.#index = index;
    this.#later = later;
  }

  /** An item is another now; the index learns it only if its place changes, as in DynamoDB. */
  learn(key: string, old: Item | undefined, item: Item | undefined): void {
    const place = this.#placeOf(item);
    if (isSame(place, this.#placeOf(old))) return;
    this.#changes += 1;
    const change = this.#changes;
    this.#later(() => this.#show(key, { place, change }));
  }

  query({ partition, before, order, limit }: Query): readonly IndexEntry[] {
    const entries = this.#partition(partition);
    const end = endOf(entries, before);
    return order === 'ascending'
      ? entries.slice(0, Math.min(limit, end))
      : entries.slice(Math.max(end - limit, 0), end).reverse();
  }

  count({ partition, before, limit }: Omit<CountQuery, 'index'>): number {
    return Math.min(endOf(this.#partition(partition), before), limit);
  }

  /** Updates may come in any order: a newer state is never replaced by an older one. */
  #show(key: string, next: Shown): void {
    const shown = this.#shown.get(key);
    if (shown && shown.change > next.change) return;
    if (shown?.place) {
      const entries = this.#partition(shown.place.partition);
      entries.splice(positionOf(entries, { key, sort: shown.place.sort }), 1);
    }
    if (next.place) {
      const entries = this.#partition(next.place.partition);
      const entry = { key, sort: next.place.sort };
      entries.splice(positionOf(entries, entry), 0, entry);
    }
    this.#shown.set(key, next);
  }

  #partition(name: string): IndexEntry[] {
    const entries = this.#partitions.get(name) ?? [];
    this.#partitions.set(name, entries);
    return entries;
  }

  #placeOf(item: Item | undefined): Place | undefined {
    const partition = item?.[this.#index.partitionKey];
    const sort = item?.[this.#index.sortKey];
    return typeof partition === 'string' && typeof sort === 'string' ? { partition, sort } : undefined;
  }
}

function isSame(one: Place | undefined, other: Place | undefined): boolean {
  return one?.partition === other?.partition && one?.sort === other?.sort;
}

function endOf(entries: readonly IndexEntry[], before: string | undefined): number {
  return before === undefined ? entries.length : countWhile(entries, ({ sort }) => sort < before);
}

/** DynamoDB promises no order among equal sort keys; the model needs one, so that a seed determines a run. */
function positionOf(entries: readonly IndexEntry[], { key, sort }: IndexEntry): number {
  return countWhile(entries, (entry) => entry.sort < sort || (entry.sort === sort && entry.key < key));
}

/** How many entries are in front, by halving: `isInFront` holds for the first ones and for no other. */
function countWhile(entries: readonly IndexEntry[], isInFront: (entry: IndexEntry) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const entry = entries[middle];
    if (entry && isInFront(entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}
