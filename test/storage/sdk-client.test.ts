import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SETTLE_RESERVE_MS } from '../../lambda/pacing/limits.ts';
import {
  createDynamoDbClient,
  DYNAMODB_CONNECT_TIMEOUT_MS,
  DYNAMODB_MAX_ATTEMPTS,
  DYNAMODB_MAX_SOCKETS,
  DYNAMODB_REQUEST_TIMEOUT_MS,
  DynamoDbTable,
} from '../../lambda/storage/dynamodb-table.ts';
import { missing } from '../../lambda/storage/table.ts';

/** What stands in for DynamoDB here: it counts the tries and answers as the test wants. */
let server: Server;
let tries: number;
let answer: { readonly status: number; readonly type: string } | 'nothing';

beforeEach(async () => {
  tries = 0;
  server = createServer((_request, response) => {
    tries += 1;
    if (answer === 'nothing') return;
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${answer.type}`, message: 'no' }),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

function tableOf(client: DynamoDBClient, signal = new AbortController().signal): DynamoDbTable {
  return new DynamoDbTable(client, 'table', { deadlineMs: Number.POSITIVE_INFINITY, signal }, Date.now);
}

async function write(signal = new AbortController().signal): Promise<unknown> {
  const client = createDynamoDbClient();
  try {
    return await tableOf(client, signal)
      .update('key', { set: { a: 1 }, condition: missing('a') })
      .catch((error: unknown) => error);
  } finally {
    client.destroy();
  }
}

describe('the SDK client as the protocol assumes it', () => {
  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    '%s: three tries, and then no answer',
    async (type) => {
      answer = { status: 400, type };
      expect(await write()).toMatchObject({
        name: 'StorageError',
        kind: 'no-answer',
        message: expect.stringContaining(type),
      });
      expect(tries).toBe(DYNAMODB_MAX_ATTEMPTS);
    },
  );

  it('a server error: three tries, and then no answer', async () => {
    answer = { status: 500, type: 'InternalServerError' };
    expect(await write()).toMatchObject({ kind: 'no-answer' });
    expect(tries).toBe(3);
  });

  it.each(['ResourceNotFoundException', 'AccessDeniedException', 'UnrecognizedClientException'])(
    '%s: one try, and a mistake of the set-up',
    async (type) => {
      answer = { status: 400, type };
      expect(await write()).toMatchObject({ name: 'StorageError', kind: 'misconfigured' });
      expect(tries).toBe(1);
    },
  );

  it('the end of the execution ends a try that hangs', async () => {
    answer = 'nothing';
    const controller = new AbortController();
    const writing = write(controller.signal);
    await vi.waitUntil(() => tries === 1);
    controller.abort();
    expect(await writing).toMatchObject({ name: 'StorageError', kind: 'no-answer' });
    expect(tries).toBe(1);
  });

  it('a try that gets no answer is ended, and all tries together fit into what an execution keeps back', async () => {
    answer = { status: 400, type: 'ResourceNotFoundException' };
    const client = createDynamoDbClient();
    expect(await client.config.maxAttempts()).toBe(DYNAMODB_MAX_ATTEMPTS);
    const { requestHandler } = client.config;
    if (!(requestHandler instanceof NodeHttpHandler)) throw new Error('the handler of Node was meant');
    await tableOf(client)
      .read('key')
      .catch(() => undefined);
    // Known only once it has served a request.
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: DYNAMODB_CONNECT_TIMEOUT_MS,
      requestTimeout: DYNAMODB_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: DYNAMODB_MAX_SOCKETS },
      httpsAgent: { maxSockets: DYNAMODB_MAX_SOCKETS },
    });
    expect(DYNAMODB_REQUEST_TIMEOUT_MS * DYNAMODB_MAX_ATTEMPTS).toBeLessThan(SETTLE_RESERVE_MS);
    client.destroy();
  });
});
