import type {
  Condition,
  CountQuery,
  IndexEntry,
  Item,
  Put,
  Query,
  Table,
  Update,
  Value,
  WriteAnswer,
} from '../../lambda/storage/table.ts';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { type IndexLater, MemoryIndex } from './memory-index.ts';

/** DynamoDB's single-item semantics and its indexes in memory; the storage suites prove them against the real engines. */
export class MemoryTable implements Table {
  readonly items: Map<string, Item>;
  readonly #indexes: ReadonlyMap<string, MemoryIndex>;

  /** @param indexLater decides when a change of an index shows, each on its own; at once without it */
  constructor({ indexLater = (update) => update() }: { readonly indexLater?: IndexLater } = {}) {
    const indexes = [WORK_INDEX, HISTORY_INDEX].map(
      (index) => [index.name, new MemoryIndex(index, indexLater)] as const,
    );
    this.#indexes = new Map(indexes);
    this.items = new IndexedItems([...this.#indexes.values()]);
  }

  async read(key: string): Promise<Item | undefined> {
    return this.items.get(key);
  }

  async readMany(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    return this.readManyNow(keys);
  }

  async put(key: string, put: Put): Promise<WriteAnswer> {
    return this.putNow(key, put);
  }

  async update(key: string, update: Update): Promise<WriteAnswer> {
    return this.updateNow(key, update);
  }

  async query(query: Query): Promise<readonly IndexEntry[]> {
    return this.queryNow(query);
  }

  async count(query: CountQuery): Promise<number> {
    return this.countNow(query);
  }

  queryNow(query: Query): readonly IndexEntry[] {
    return this.#indexes.get(query.index.name)?.query(query) ?? [];
  }

  countNow(query: CountQuery): number {
    return this.#indexes.get(query.index.name)?.count(query) ?? 0;
  }

  readManyNow(keys: readonly string[]): ReadonlyMap<string, Item> {
    return new Map(
      keys.flatMap((key) => {
        const item = this.items.get(key);
        return item ? [[key, item] as const] : [];
      }),
    );
  }

  putNow(key: string, { item, condition }: Put): WriteAnswer {
    const old = this.items.get(key);
    if (!holds(condition, key, old)) return { applied: false, item: old };
    this.items.set(key, item);
    return { applied: true, item };
  }

  updateNow(key: string, update: Update): WriteAnswer {
    const old = this.items.get(key);
    if (!holds(update.condition, key, old)) return { applied: false, item: old };
    const changed: Record<string, Value> = { ...old, ...update.set };
    for (const name of update.remove ?? []) delete changed[name];
    for (const [name, amount] of Object.entries(update.add ?? {})) {
      changed[name] = Number(changed[name] ?? 0) + amount;
    }
    this.items.set(key, changed);
    return { applied: true, item: changed };
  }
}

/** Whoever writes an item, a test's own hand included, the indexes learn it. */
class IndexedItems extends Map<string, Item> {
  readonly #indexes: readonly MemoryIndex[];

  constructor(indexes: readonly MemoryIndex[]) {
    super();
    this.#indexes = indexes;
  }

  override set(key: string, item: Item): this {
    this.#learn(key, item);
    return super.set(key, item);
  }

  override delete(key: string): boolean {
    this.#learn(key, undefined);
    return super.delete(key);
  }

  #learn(key: string, item: Item | undefined): void {
    const old = this.get(key);
    for (const index of this.#indexes) index.learn(key, old, item);
  }
}

function holds(condition: Condition, key: string, item: Item | undefined): boolean {
  const attribute = (name: string): Value | undefined =>
    name === PARTITION_KEY ? item && key : item?.[name];
  switch (condition.is) {
    case 'missing':
      return attribute(condition.attribute) === undefined;
    case 'equal':
      return attribute(condition.attribute) === condition.to;
    case 'at-most': {
      const value = attribute(condition.attribute);
      return typeof value === 'number' && value <= condition.limit;
    }
    case 'one-of': {
      const value = attribute(condition.attribute);
      return typeof value === 'string' && condition.values.includes(value);
    }
    case 'all':
      return condition.of.every((part) => holds(part, key, item));
    case 'any':
      return condition.of.some((part) => holds(part, key, item));
  }
}
