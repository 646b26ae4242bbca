import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { TABLE_NAME } from '../../local/database/table.ts';
import { type Simulator, startSimulator } from '../../local/green-api-simulator/simulator.ts';
import { createExecutions, type Executions } from '../../local/http/executions.ts';
import { type SecretsServer, startSecretsServer } from '../../local/secrets-server.ts';
import { type Call, httpEvent } from '../http-event.ts';
import { CANARIES } from '../leaks.ts';
import { endpoint, openDatabase, REGION } from './database.ts';

const CALLERS = 200;
const MAX_WARM_UPS = 10;
/** So slow that most callers are there while the winner's POST is under way. */
const LATENCY_MS = 500;
const EXECUTION_SECONDS = 202;
const ACCESS_KEY = 'function';
const INSTANCES = ['1101000001', '1101000002'] as const;
const [FOR_OTHERS, FOR_THE_SAME] = INSTANCES;
const PACE = { intervalSeconds: 300, jitterSeconds: 60 };
/** The longest call of GREEN-API, which whoever asks meanwhile is told. */
const CALL_SECONDS = 70;
/** How long all callers together may take: so much less a late one is told. */
const TEST_SECONDS = 30;

const resultSchema = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
const bodySchema = z.record(z.string(), z.unknown());

let simulator: Simulator;
let secrets: SecretsServer;
let executions: Executions<APIGatewayProxyEventV2>;
const overdue: string[] = [];

beforeAll(async () => {
  const client = await openDatabase(ACCESS_KEY, 1);
  client.destroy();
  simulator = await startSimulator({
    instances: INSTANCES.map((idInstance) => ({
      idInstance,
      apiTokenInstance: CANARIES.token,
      ownPhone: `${CANARIES.phonePrefix}999`,
    })),
  });
  for (const idInstance of INSTANCES) simulator.setFaults(idInstance, { latencyMs: LATENCY_MS });
  secrets = await startSecretsServer(secretTexts(simulator.url));
  setEnvironment(secrets.endpoint);
  const { handler } = await import('../../lambda/handler.ts');
  executions = createExecutions({
    handler,
    executionSeconds: EXECUTION_SECONDS,
    nowMs: Date.now,
    onOverdue: (reason) => overdue.push(reason),
  });
  await warmUp();
});

afterAll(() => Promise.all([secrets.close(), simulator.close()]));

function secretTexts(apiUrl: string): ReadonlyMap<string, string> {
  const instances = INSTANCES.map((idInstance) => ({ idInstance, apiTokenInstance: CANARIES.token, apiUrl }));
  return new Map([
    ['instances', JSON.stringify({ instances })],
    ['caller-keys', JSON.stringify({ default: CANARIES.key })],
  ]);
}

function setEnvironment(secretsEndpoint: string): void {
  delete process.env['AWS_PROFILE'];
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_ENDPOINT_URL_DYNAMODB: endpoint(),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsEndpoint,
    POWERTOOLS_SERVICE_NAME: 'group-pacer',
    POWERTOOLS_LOG_LEVEL: 'WARN',
    TABLE_NAME,
    INSTANCES_SECRET_ID: 'instances',
    CALLER_KEYS_SECRET_ID: 'caller-keys',
    INTERVAL_SECONDS: String(PACE.intervalSeconds),
    JITTER_SECONDS: String(PACE.jitterSeconds),
    ALLOW_LOOPBACK: 'true',
  });
}

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** One execution of the function. */
async function ask(call: Call) {
  const headers = { 'x-api-key': CANARIES.key, 'content-type': 'application/json' };
  const result = resultSchema.parse(await executions.run(httpEvent({ ...call, headers }), randomUUID()));
  return {
    status: result.statusCode,
    headers: result.headers,
    json: bodySchema.parse(JSON.parse(result.body)),
  };
}

/** A Java program that has just been started is slow: it is asked until it answers as many as shall call at once. */
async function warmUp(): Promise<void> {
  for (let round = 0; round < MAX_WARM_UPS; round += 1) {
    const answers = await Promise.all(many(CALLERS, () => ask({ path: `/groups/${randomUUID()}` })));
    if (answers.every(({ status }) => status === 404)) return;
  }
  throw new Error(`DynamoDB Local does not keep up with ${CALLERS} callers`);
}

function callAll(nameOf: (caller: number) => string, idInstance: string) {
  return Promise.all(
    many(CALLERS, (caller) => {
      const chatIds = [`${CANARIES.phonePrefix}001@c.us`, `${CANARIES.phonePrefix}002@c.us`];
      const body = JSON.stringify({ groupName: nameOf(caller), chatIds, idInstance });
      return ask({ method: 'POST', path: '/groups', body });
    }),
  );
}

/** How many answers there were of each status. */
function statusesOf(answers: readonly { readonly status: number }[]) {
  const byStatus = Object.groupBy(answers, ({ status }) => status);
  return Object.fromEntries(Object.entries(byStatus).map(([status, some = []]) => [status, some.length]));
}

describe(`${CALLERS} callers at once, through the whole function`, () => {
  it('each with a group of his own: one POST, all others are told the time left', async () => {
    const answers = await callAll((caller) => `Class ${caller}`, FOR_OTHERS);
    expect(statusesOf(answers)).toEqual({ 201: 1, 429: CALLERS - 1 });
    expect(simulator.posts(FOR_OTHERS)).toHaveLength(1);
    const { intervalSeconds, jitterSeconds } = PACE;
    for (const { status, headers, json } of answers) {
      if (status !== 429) continue;
      const secondsLeft = Number(headers['retry-after']);
      expect(secondsLeft).toBeGreaterThanOrEqual(intervalSeconds - TEST_SECONDS);
      expect(secondsLeft).toBeLessThanOrEqual(CALL_SECONDS + intervalSeconds + jitterSeconds + 1);
      expect(json).toMatchObject({ code: 'busy', idInstance: FOR_OTHERS, secondsLeft });
    }
  });

  it('all with the same request: one POST, all have its result', async () => {
    const answers = await callAll(() => 'Class 5b', FOR_THE_SAME);
    expect(statusesOf(answers)).toEqual({ 201: CALLERS });
    expect(new Set(answers.map(({ json }) => json['chatId'])).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(simulator.posts(FOR_THE_SAME)).toHaveLength(1);
    expect([simulator.violations(), overdue]).toEqual([[], []]);
  });
});
