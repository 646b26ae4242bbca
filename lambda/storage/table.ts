import type { HISTORY_INDEX, WORK_INDEX } from './table-layout.ts';

/**
 * The table as the protocol needs it: reads that are consistent and writes that are conditional, one item at a time, and queries
 * of its indexes, which lag. @throws StorageError without an answer, ExecutionEndedError past the execution's deadline
 */
export interface Table {
  /** A consistent read. */
  read(key: string): Promise<Item | undefined>;
  /** Consistent reads; items that do not exist are missing from the answer. */
  readMany(keys: readonly string[]): Promise<ReadonlyMap<string, Item>>;
  /** Replaces the whole item, if the condition holds. */
  put(key: string, put: Put): Promise<WriteAnswer>;
  /** Changes some attributes, making the item if need be, if the condition holds. */
  update(key: string, update: Update): Promise<WriteAnswer>;
  /** Index entries of one partition in the order of their sort keys; eventually consistent: a hint, never the truth. */
  query(query: Query): Promise<readonly IndexEntry[]>;
  /** How many there are, up to `limit`; eventually consistent. */
  count(query: CountQuery): Promise<number>;
}

export type TableIndex = typeof WORK_INDEX | typeof HISTORY_INDEX;

export interface Query {
  readonly index: TableIndex;
  readonly partition: string;
  /** Only sort keys below this one, as ASCII text. */
  readonly before?: string;
  readonly order: 'ascending' | 'descending';
  /** How many entries at most. */
  readonly limit: number;
}

export type CountQuery = Pick<Query, 'index' | 'partition' | 'before' | 'limit'>;

/** `key` is the item's. An index holds keys only. */
export interface IndexEntry {
  readonly key: string;
  readonly sort: string;
}

/** Attributes by name, without the key. */
export type Item = Readonly<Record<string, Value>>;
export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };

export interface Put {
  readonly item: Item;
  readonly condition: Condition;
}

export interface Update {
  readonly set: Item;
  readonly remove?: readonly string[];
  /** Adds to a number; a missing one counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly condition: Condition;
}

/** `item` is the item as written, or as it stood in the way. Without an answer, a StorageError is thrown instead. */
export type WriteAnswer =
  | { readonly applied: true; readonly item: Item }
  | { readonly applied: false; readonly item: Item | undefined };

/** A condition as data, so that DynamoDB and the model of it judge the very same thing. */
export type Condition =
  | { readonly is: 'missing'; readonly attribute: string }
  | { readonly is: 'equal'; readonly attribute: string; readonly to: string | number | boolean }
  | { readonly is: 'at-most'; readonly attribute: string; readonly limit: number }
  | { readonly is: 'one-of'; readonly attribute: string; readonly values: readonly string[] }
  | { readonly is: 'all'; readonly of: readonly Condition[] }
  | { readonly is: 'any'; readonly of: readonly Condition[] };

export const missing = (attribute: string): Condition => ({ is: 'missing', attribute });
export const equal = (attribute: string, to: string | number | boolean): Condition => ({
  is: 'equal',
  attribute,
  to,
});
export const atMost = (attribute: string, limit: number): Condition => ({ is: 'at-most', attribute, limit });
export const oneOf = (attribute: string, values: readonly string[]): Condition => ({
  is: 'one-of',
  attribute,
  values,
});
export const all = (...of: readonly Condition[]): Condition => ({ is: 'all', of });
export const any = (...of: readonly Condition[]): Condition => ({ is: 'any', of });
