import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Execution } from '../creation/ports.ts';
import { ExecutionEndedError, StorageError } from '../errors.ts';
import { ExpressionBuilder } from './expression.ts';
import { indexPages } from './index-pages.ts';
import type {
  CountQuery,
  IndexEntry,
  Item,
  Put,
  Query,
  Table,
  TableIndex,
  Update,
  Value,
  WriteAnswer,
} from './table.ts';
import { PARTITION_KEY } from './table-layout.ts';

/** Pinned: own marks make these tries safe, and all of them together must fit into what an execution keeps back to settle. */
export const DYNAMODB_MAX_ATTEMPTS = 3;
export const DYNAMODB_CONNECT_TIMEOUT_MS = 2_000;
export const DYNAMODB_REQUEST_TIMEOUT_MS = 3_000;
/** The SDK counts waiting for a free socket as connecting: no caller of one process may have to wait for one. */
export const DYNAMODB_MAX_SOCKETS = 1_000;
/** BatchGetItem's own limit. */
const KEYS_IN_A_BATCH = 100;
/** How often keys that DynamoDB left unprocessed are asked for again. */
const BATCH_TRIES = 5;

/** Errors after which nothing was applied and trying again will not help. */
const MISCONFIGURED = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'UnrecognizedClientException',
  'ValidationException',
]);

/** The SDK client with the tries and time-outs that the protocol assumes; region and endpoint come from the environment. */
export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: DYNAMODB_MAX_ATTEMPTS,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: DYNAMODB_CONNECT_TIMEOUT_MS,
      requestTimeout: DYNAMODB_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: DYNAMODB_MAX_SOCKETS },
      httpsAgent: { maxSockets: DYNAMODB_MAX_SOCKETS },
    }),
  });
}

/**
 * The table in DynamoDB, for one execution: past its deadline nothing is read or written any more. The signal ends what is under way;
 * the clock is asked as well, because the timers of a machine that slept fire late.
 */
export class DynamoDbTable implements Table {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #execution: Pick<Execution, 'deadlineMs' | 'signal'>;
  readonly #nowMs: () => number;

  constructor(
    client: DynamoDBClient,
    tableName: string,
    execution: Pick<Execution, 'deadlineMs' | 'signal'>,
    nowMs: () => number,
  ) {
    this.#client = client;
    this.#tableName = tableName;
    this.#execution = execution;
    this.#nowMs = nowMs;
  }

  async read(key: string): Promise<Item | undefined> {
    const { Item: found } = await this.#ask(() =>
      this.#client.send(
        new GetItemCommand({
          TableName: this.#tableName,
          Key: { [PARTITION_KEY]: { S: key } },
          ConsistentRead: true,
        }),
        { abortSignal: this.#execution.signal },
      ),
    );
    return found && toItem(found);
  }

  async readMany(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    const batches = Array.from({ length: Math.ceil(keys.length / KEYS_IN_A_BATCH) }, (_, index) =>
      keys.slice(index * KEYS_IN_A_BATCH, (index + 1) * KEYS_IN_A_BATCH),
    );
    const found = await Promise.all(batches.map((batch) => this.#readBatch(batch)));
    return new Map(found.flat());
  }

  put(key: string, { item, condition }: Put): Promise<WriteAnswer> {
    const builder = new ExpressionBuilder();
    const command = new PutItemCommand({
      TableName: this.#tableName,
      Item: marshall({ ...item, [PARTITION_KEY]: key }),
      ConditionExpression: builder.condition(condition),
      ...placeholders(builder),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#write(key, async () => {
      await this.#client.send(command, { abortSignal: this.#execution.signal });
      return item;
    });
  }

  update(key: string, update: Update): Promise<WriteAnswer> {
    const builder = new ExpressionBuilder();
    const command = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: { [PARTITION_KEY]: { S: key } },
      UpdateExpression: builder.update(update),
      ConditionExpression: builder.condition(update.condition),
      ...placeholders(builder),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.#write(key, async () => {
      const { Attributes } = await this.#client.send(command, { abortSignal: this.#execution.signal });
      return toItem(Attributes ?? {});
    });
  }

  async query(query: Query): Promise<readonly IndexEntry[]> {
    const entries: IndexEntry[] = [];
    const order = { ScanIndexForward: query.order === 'ascending' };
    for await (const { Items = [] } of indexPages(query, order, (part) => this.#page(part))) {
      for (const item of Items) entries.push(toEntry(query.index, item));
    }
    return entries;
  }

  async count(query: CountQuery): Promise<number> {
    let count = 0;
    for await (const { Count = 0 } of indexPages(query, { Select: 'COUNT' }, (part) => this.#page(part))) {
      count += Count;
    }
    return count;
  }

  #page(part: Omit<QueryCommandInput, 'TableName'>) {
    const command = new QueryCommand({ TableName: this.#tableName, ...part });
    return this.#ask(() => this.#client.send(command, { abortSignal: this.#execution.signal }));
  }

  async #readBatch(keys: readonly string[]): Promise<[string, Item][]> {
    const found: [string, Item][] = [];
    let open: Record<string, AttributeValue>[] = keys.map((key) => ({ [PARTITION_KEY]: { S: key } }));
    for (let tries = 0; open.length > 0; tries += 1) {
      if (tries === BATCH_TRIES)
        throw new StorageError('no-answer', 'DynamoDB left reads unprocessed: it is throttled');
      const request = { [this.#tableName]: { Keys: open, ConsistentRead: true } };
      const answer = await this.#ask(() =>
        this.#client.send(new BatchGetItemCommand({ RequestItems: request }), {
          abortSignal: this.#execution.signal,
        }),
      );
      for (const item of answer.Responses?.[this.#tableName] ?? []) {
        found.push([String(unmarshall(item)[PARTITION_KEY]), toItem(item)]);
      }
      open = answer.UnprocessedKeys?.[this.#tableName]?.Keys ?? [];
    }
    return found;
  }

  async #write(key: string, send: () => Promise<Item>): Promise<WriteAnswer> {
    try {
      return { applied: true, item: await this.#ask(send) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // An engine that does not return the old item with the refusal costs one consistent read.
      return { applied: false, item: error.Item ? toItem(error.Item) : await this.read(key) };
    }
  }

  /** A refused condition passes through; all else becomes an error of ours. */
  async #ask<T>(send: () => Promise<T>): Promise<T> {
    const { signal, deadlineMs } = this.#execution;
    if (signal.aborted || this.#nowMs() >= deadlineMs)
      throw new ExecutionEndedError('the execution has passed its deadline: nothing is written any more');
    try {
      return await send();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      throw storageError(error, this.#tableName);
    }
  }
}

function storageError(error: unknown, tableName: string): StorageError {
  const name = error instanceof Error ? error.name : 'unknown error';
  return MISCONFIGURED.has(name)
    ? new StorageError('misconfigured', `DynamoDB refuses the table ${tableName}: ${name}`, { cause: error })
    : new StorageError('no-answer', `DynamoDB gave no answer: ${name}`, { cause: error });
}

function placeholders(builder: ExpressionBuilder) {
  const { names, values } = builder;
  return {
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: marshall(values) }),
  };
}

/** The keys are strings by the table's schema. */
function toEntry({ sortKey }: TableIndex, item: Record<string, AttributeValue>): IndexEntry {
  return { key: item[PARTITION_KEY]?.S ?? '', sort: item[sortKey]?.S ?? '' };
}

function toItem(attributes: Record<string, AttributeValue>): Item {
  const { [PARTITION_KEY]: _key, ...item } = unmarshall(attributes);
  return item as Record<string, Value>;
}
