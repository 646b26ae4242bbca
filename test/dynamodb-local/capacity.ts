import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

/** Request units, as DynamoDB bills them. */
export interface Share {
  readonly table: number;
  /** By the name of the index; one that was not touched is missing. */
  readonly indexes: Readonly<Record<string, number>>;
}

export interface Units {
  readonly read: Share;
  readonly write: Share;
  /**
   * Writes whose condition did not hold. DynamoDB bills them like the write, by the size of the item, at least one unit each, but
   * tells no capacity with the refusal: they are not in `write`.
   */
  readonly refusedWrites: number;
}

export interface Meter {
  /** What was consumed since the last reset. */
  read(): Units;
  reset(): void;
}

const NOTHING: Share = { table: 0, indexes: {} };
const UNUSED: Units = { read: NOTHING, write: NOTHING, refusedWrites: 0 };

/**
 * A query that finds nothing, and a key of a batch that is not there, cost the least that a read can (AWS docs, read and write
 * operations); DynamoDB Local tells 0 for both. All our reads of items are consistent.
 */
const LEAST_QUERY_UNITS = 0.5;
const LEAST_CONSISTENT_UNITS = 1;

const told = z.object({ CapacityUnits: z.number() });
const consumed = z.object({
  Table: told,
  GlobalSecondaryIndexes: z.optional(z.record(z.string(), told)),
});
type Consumed = z.infer<typeof consumed>;
/** An engine that tells none is an error: zero would look cheap. */
const answered = z.object({ ConsumedCapacity: consumed });
const asked = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(z.unknown()) })) });
const answeredBatch = z.object({
  ConsumedCapacity: z.array(consumed),
  Responses: z.record(z.string(), z.array(z.unknown())),
  UnprocessedKeys: z.optional(z.record(z.string(), z.object({ Keys: z.array(z.unknown()) }))),
});

type Bill = Pick<Units, 'read'> | Pick<Units, 'write'>;

/** Has DynamoDB tell with each answer of this client what it consumed, and sums it up. @throws on a command that it does not know */
export function meterCapacity(client: DynamoDBClient): Meter {
  let units = UNUSED;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (given) => {
        const input = { ...given.input, ReturnConsumedCapacity: 'INDEXES' };
        try {
          const answer = await next({ ...given, input });
          units = plus(units, billOf(commandName, input, answer.output));
          return answer;
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException)
            units = { ...units, refusedWrites: units.refusedWrites + 1 };
          throw error;
        }
      },
    { step: 'initialize', name: 'meterCapacity' },
  );
  return {
    read: () => units,
    reset: () => {
      units = UNUSED;
    },
  };
}

function billOf(commandName: string, input: unknown, output: unknown): Bill {
  switch (commandName) {
    case 'GetItemCommand':
      return { read: shareOf(answered.parse(output).ConsumedCapacity) };
    case 'QueryCommand':
      return { read: shareOf(answered.parse(output).ConsumedCapacity, LEAST_QUERY_UNITS) };
    case 'BatchGetItemCommand':
      return { read: batchShareOf(asked.parse(input), answeredBatch.parse(output)) };
    case 'PutItemCommand':
    case 'UpdateItemCommand':
      return { write: shareOf(answered.parse(output).ConsumedCapacity) };
    default:
      throw new Error(`the meter does not know ${commandName}`);
  }
}

function shareOf({ Table, GlobalSecondaryIndexes = {} }: Consumed, leastOfIndex = 0): Share {
  const indexes = Object.entries(GlobalSecondaryIndexes).map(
    ([name, { CapacityUnits }]) => [name, Math.max(CapacityUnits, leastOfIndex)] as const,
  );
  return { table: Table.CapacityUnits, indexes: Object.fromEntries(indexes) };
}

function batchShareOf(
  { RequestItems }: z.infer<typeof asked>,
  { ConsumedCapacity, Responses, UnprocessedKeys = {} }: z.infer<typeof answeredBatch>,
): Share {
  const lengthOf = (lists: readonly (readonly unknown[])[]) => lists.flat().length;
  const keysOf = (tables: z.infer<typeof asked>['RequestItems']) =>
    lengthOf(Object.values(tables).map(({ Keys }) => Keys));
  const absent = keysOf(RequestItems) - keysOf(UnprocessedKeys) - lengthOf(Object.values(Responses));
  const found = ConsumedCapacity.reduce((sum, { Table }) => sum + Table.CapacityUnits, 0);
  return { table: found + absent * LEAST_CONSISTENT_UNITS, indexes: {} };
}

function plus(units: Units, bill: Bill): Units {
  return 'read' in bill
    ? { ...units, read: sum(units.read, bill.read) }
    : { ...units, write: sum(units.write, bill.write) };
}

function sum(one: Share, other: Share): Share {
  const indexes = { ...one.indexes };
  for (const [name, units] of Object.entries(other.indexes)) indexes[name] = (indexes[name] ?? 0) + units;
  return { table: one.table + other.table, indexes };
}
