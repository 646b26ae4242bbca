import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import { createDynamoDbClient, DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';

/** `nothing`: the request is read and never answered. */
export type Answer = { readonly status: number; readonly body: object } | 'nothing';

export interface Asked {
  /** `Query`, `UpdateItem`… */
  readonly operation: string;
  readonly body: unknown;
}

/** What stands in for DynamoDB, over a real socket: it keeps what it was asked and answers as the test wants. */
export interface StandIn {
  /** Every try counts. */
  readonly asked: readonly Asked[];
  answer: () => Answer;
  close(): void;
}

export const given = (body: object): Answer => ({ status: 200, body });

export const refused = (status: number, type: string): Answer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' },
});

/** Starts it, and points the environment of the SDK at it. */
export async function openStandIn(): Promise<StandIn> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    asked.push({ operation, body: await json(request) });
    const answer = standIn.answer();
    if (answer === 'nothing') return;
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer.body));
  });
  const standIn: StandIn = {
    asked,
    answer: () => 'nothing',
    close: () => {
      vi.unstubAllEnvs();
      server.closeAllConnections();
      server.close();
    },
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  return standIn;
}

export const TABLE_NAME = 'table';
export const DEADLINE_MS = 1_000;

/** One operation on a table with the function's own client; an error is the answer too. */
export async function ask<T>(
  operation: (table: DynamoDbTable, client: DynamoDBClient) => Promise<T>,
  options: { readonly signal?: AbortSignal; readonly nowMs?: () => number } = {},
): Promise<unknown> {
  const { signal = new AbortController().signal, nowMs = () => 0 } = options;
  const client = createDynamoDbClient();
  try {
    const table = new DynamoDbTable(client, TABLE_NAME, { deadlineMs: DEADLINE_MS, signal }, nowMs);
    return await operation(table, client).catch((error: unknown) => error);
  } finally {
    client.destroy();
  }
}
