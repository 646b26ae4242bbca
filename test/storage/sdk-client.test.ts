import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SETTLE_RESERVE_MS } from '../../lambda/pacing/limits.ts';
import {
  DYNAMODB_CONNECT_TIMEOUT_MS,
  DYNAMODB_MAX_ATTEMPTS,
  DYNAMODB_MAX_SOCKETS,
  DYNAMODB_REQUEST_TIMEOUT_MS,
  type DynamoDbTable,
} from '../../lambda/storage/dynamodb-table.ts';
import { missing } from '../../lambda/storage/table.ts';
import { WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { ask, openStandIn, refused, type StandIn } from './stand-in.ts';

let dynamoDb: StandIn;

beforeEach(async () => {
  dynamoDb = await openStandIn();
});

afterEach(() => dynamoDb.close());

const write = (table: DynamoDbTable) => table.update('key', { set: { a: 1 }, condition: missing('a') });
const part = { index: WORK_INDEX, partition: 'watch', limit: 1 };

const operations: readonly [string, (table: DynamoDbTable) => Promise<unknown>][] = [
  ['a write', write],
  ['a query', (table) => table.query({ ...part, order: 'ascending' })],
  ['a count', (table) => table.count(part)],
];

describe.each(operations)('%s with the SDK client as the protocol assumes it', (_name, operation) => {
  it('a server error: three tries, and then no answer', async () => {
    dynamoDb.answer = () => refused(500, 'InternalServerError');
    expect(await ask(operation)).toMatchObject({ kind: 'no-answer' });
    expect(dynamoDb.asked).toHaveLength(3);
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException', 'UnrecognizedClientException'])(
    '%s: one try, and a mistake of the set-up',
    async (type) => {
      dynamoDb.answer = () => refused(400, type);
      expect(await ask(operation)).toMatchObject({ name: 'StorageError', kind: 'misconfigured' });
      expect(dynamoDb.asked).toHaveLength(1);
    },
  );

  it('the end of the execution ends a try that hangs', async () => {
    dynamoDb.answer = () => 'nothing';
    const controller = new AbortController();
    const asking = ask(operation, { signal: controller.signal });
    await vi.waitUntil(() => dynamoDb.asked.length === 1);
    controller.abort();
    expect(await asking).toMatchObject({ name: 'StorageError', kind: 'no-answer' });
    expect(dynamoDb.asked).toHaveLength(1);
  });
});

describe('the SDK client as the protocol assumes it', () => {
  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    '%s: three tries, and then no answer',
    async (type) => {
      dynamoDb.answer = () => refused(400, type);
      expect(await ask(write)).toMatchObject({
        name: 'StorageError',
        kind: 'no-answer',
        message: expect.stringContaining(type),
      });
      expect(dynamoDb.asked).toHaveLength(DYNAMODB_MAX_ATTEMPTS);
    },
  );

  it('a try that gets no answer is ended, and all tries together fit into what an execution keeps back', async () => {
    dynamoDb.answer = () => refused(400, 'ResourceNotFoundException');
    await ask(async (table, client) => {
      expect(await client.config.maxAttempts()).toBe(DYNAMODB_MAX_ATTEMPTS);
      const { requestHandler } = client.config;
      if (!(requestHandler instanceof NodeHttpHandler)) throw new Error('the handler of Node was meant');
      await table.read('key').catch(() => undefined);
      // Known only once it has served a request.
      expect(requestHandler.httpHandlerConfigs()).toMatchObject({
        connectionTimeout: DYNAMODB_CONNECT_TIMEOUT_MS,
        requestTimeout: DYNAMODB_REQUEST_TIMEOUT_MS,
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets: DYNAMODB_MAX_SOCKETS },
        httpsAgent: { maxSockets: DYNAMODB_MAX_SOCKETS },
      });
    });
    expect(DYNAMODB_REQUEST_TIMEOUT_MS * DYNAMODB_MAX_ATTEMPTS).toBeLessThan(SETTLE_RESERVE_MS);
  });
});
