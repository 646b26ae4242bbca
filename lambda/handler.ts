import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import packageJson from '../package.json' with { type: 'json' };
import type { Clock, Execution } from './creation/ports.ts';
import type { Service } from './creation/service.ts';
import { createCredentials } from './credentials/credentials.ts';
import { createSecretReader, createSecretsManagerClient } from './credentials/secrets-manager.ts';
import { createGreenApiClient } from './green-api/client.ts';
import { createLookUps } from './green-api/look-ups.ts';
import { createHttpApp } from './http/app.ts';
import { errorResponse } from './http/error-response.ts';
import { requestOf, resultOf } from './http/payload.ts';
import { serveScheduleEvent } from './schedule/door.ts';
import { readSettings } from './settings.ts';
import { createDynamoDbClient, DynamoDbTable } from './storage/dynamodb-table.ts';
import { createNumbers } from './storage/numbers.ts';
import { createStores } from './storage/stores.ts';
import { createFunctionLog } from './telemetry/logger.ts';

/** The HTTP API cuts its callers off after 30 s; until then an answer must have reached it. */
const ANSWER_WITHIN_MS = 29_000;

// Made once for an execution environment: clients and caches, nothing of a single invocation.
const settings = readSettings(process.env);
const log = createFunctionLog();
const dynamoDb = createDynamoDbClient();
const creator = createGreenApiClient();
const clock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
};
const lookUps = createLookUps({ clock });
const credentials = createCredentials({
  readSecret: createSecretReader(createSecretsManagerClient()),
  instancesSecretId: settings.instancesSecretId,
  callerKeysSecretId: settings.callerKeysSecretId,
  allowLoopback: settings.allowLoopback,
  clock,
});
const app = createHttpApp({
  callerName: credentials.callerName,
  version: packageJson.version,
  reportError: log.error,
});

/** The only entry: an HTTP event and a schedule's event go through a door each. */
export async function handler(
  event: APIGatewayProxyEventV2 | ScheduleEvent,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2 | undefined> {
  const execution = executionOf(context);
  if (isHttp(event)) return answer(event, serviceOf(withCaller(execution)));
  try {
    return await serveScheduleEvent(serviceOf(execution), event);
  } catch (error) {
    log.error(error);
    // An error of the function: a creation is delivered again, a tick counts in Lambda's metric.
    throw error;
  }
}

/** What a schedule sends; its door says what is wrong with it. */
type ScheduleEvent = Readonly<Record<string, unknown>>;

function isHttp(event: APIGatewayProxyEventV2 | ScheduleEvent): event is APIGatewayProxyEventV2 {
  return 'requestContext' in event;
}

async function answer(
  event: APIGatewayProxyEventV2,
  service: Service,
): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    return await resultOf(await app.fetch(requestOf(event), { service }));
  } catch (error) {
    // What cannot even be made a request of, such as the method TRACE.
    log.error(error);
    return resultOf(errorResponse(error, clock.nowMs()));
  }
}

/** Lambda kills an execution at its time-out; the signal does the same where nothing else would, as on a developer's machine. */
function executionOf(context: Context): Execution {
  const remainingMs = context.getRemainingTimeInMillis();
  const deadlineMs = clock.nowMs() + remainingMs;
  return { deadlineMs, answerByMs: deadlineMs, signal: AbortSignal.timeout(remainingMs) };
}

function withCaller(execution: Execution): Execution {
  const answerByMs = Math.min(clock.nowMs() + ANSWER_WITHIN_MS, execution.deadlineMs);
  return { ...execution, answerByMs };
}

function serviceOf(execution: Execution): Service {
  const table = new DynamoDbTable(dynamoDb, settings.tableName, execution, clock.nowMs);
  return {
    ...createStores(table),
    clock,
    random: Math.random,
    newId: randomUUID,
    policyOf: settings.policyOf,
    instances: credentials.instances,
    creator,
    lookUps,
    numbers: createNumbers(table),
    verifyNumbers: settings.verifyNumbers,
    report: log.event,
    execution,
  };
}
