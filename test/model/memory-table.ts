import type { Condition, Item, Put, Table, Update, Value, WriteAnswer } from '../../lambda/storage/table.ts';
import { PARTITION_KEY } from '../../lambda/storage/table-layout.ts';

/** DynamoDB's single-item semantics in memory; the storage suite proves it against the real engines. */
export class MemoryTable implements Table {
  readonly items = new Map<string, Item>();

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
