import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { type Database, openDatabase } from './database/database.ts';
import { type Simulator, startSimulator } from './green-api-simulator/simulator.ts';
import { HTTP_API_LIMITS, type HttpServer, startHttpServer } from './http/server.ts';
import { narrate } from './narrate.ts';
import { type SecretsServer, startSecretsServer } from './secrets-server.ts';
import type { LocalSettings } from './settings.ts';
import { startTicks, type Ticks } from './ticks.ts';

/** The function's time-out in the stack: an execution has as long here. */
const EXECUTION_SECONDS = 202;
const INSTANCES_SECRET = 'instances';
const CALLER_KEYS_SECRET = 'caller-keys';
const DEFAULT_INTERVAL_SECONDS = 300;

const SIMULATED_INSTANCE = {
  idInstance: '1101000001',
  apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345',
  ownPhone: '79990000001',
};

/** The whole service on one machine. */
export interface LocalService {
  readonly url: string;
  readonly simulator: Simulator | undefined;
  running(): number;
  /** Takes no more calls, waits for those under way, and closes all. */
  close(): Promise<void>;
}

/** Starts the very handler that is deployed, on embedded parts. @throws SettingsError, SecretError, PortError, DataFolderError */
export async function runLocally(
  settings: LocalSettings,
  say: (line: string) => void,
  onOverdue: (reason: string) => void,
): Promise<LocalService> {
  const database = await openDatabase({ dataDir: settings.dataDir, log: say });
  const simulator = settings.instancesJson === undefined ? await simulate(settings, say) : undefined;
  const secrets = await startSecretsServer(secretsOf(settings, simulator));
  pointFunctionAt(settings, database, secrets);
  const { handler } = await import('../lambda/handler.ts');
  const ticks = startTicks({
    handler,
    nowMs: Date.now,
    onOverdue,
    onError: (error) => say(`a tick failed: ${error instanceof Error ? error.name : 'error'}`),
  });
  const server = await startHttpServer({
    handler: narrated(handler, say),
    port: settings.port,
    executionSeconds: EXECUTION_SECONDS,
    onOverdue,
    onCall: ({ method, path, durationMs, error }) => {
      if (error !== undefined)
        say(`${method} ${path} failed: ${error instanceof Error ? error.name : 'error'}`);
      else if (durationMs > HTTP_API_LIMITS.answerMs)
        say(`${method} ${path}: its caller was cut off after 30 s, as API Gateway does; the function ran on`);
    },
  });
  return {
    url: server.url,
    simulator,
    running: () => server.running() + ticks.running(),
    close: () => closeAll(server, ticks, secrets, simulator, database),
  };
}

async function closeAll(
  server: HttpServer,
  ticks: Ticks,
  secrets: SecretsServer,
  simulator: Simulator | undefined,
  database: Database,
): Promise<void> {
  await Promise.all([server.close(), ticks.stop()]);
  await Promise.all([secrets.close(), simulator?.close()]);
  await database.close();
}

type Handler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2 | undefined>;

function narrated(handler: Handler, say: (line: string) => void): Handler {
  return async (event, context) => {
    const startedMs = Date.now();
    const result = await handler(event, context);
    if (result) say(narrate(event, result, Date.now() - startedMs));
    return result;
  };
}

function simulate({ ofFunction }: LocalSettings, say: (line: string) => void): Promise<Simulator> {
  return startSimulator({
    instances: [SIMULATED_INSTANCE],
    spacingSeconds: Number(ofFunction['INTERVAL_SECONDS'] ?? DEFAULT_INTERVAL_SECONDS),
    onEvent: (line) => say(`  GREEN-API simulator: ${line}`),
  });
}

function secretsOf(settings: LocalSettings, simulator: Simulator | undefined): ReadonlyMap<string, string> {
  const { idInstance, apiTokenInstance } = SIMULATED_INSTANCE;
  const simulated = {
    instances: [{ idInstance, apiTokenInstance, apiUrl: simulator?.url, label: 'simulated' }],
  };
  return new Map([
    [INSTANCES_SECRET, settings.instancesJson ?? JSON.stringify(simulated)],
    [CALLER_KEYS_SECRET, JSON.stringify({ default: settings.apiKey })],
  ]);
}

/** What the stack sets on Lambda. The endpoints make sure that nothing of this ever reaches an AWS account. */
function pointFunctionAt(settings: LocalSettings, database: Database, secrets: SecretsServer): void {
  delete process.env['AWS_PROFILE'];
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    POWERTOOLS_SERVICE_NAME: 'group-pacer',
    POWERTOOLS_LOG_LEVEL: process.env['POWERTOOLS_LOG_LEVEL'] ?? 'WARN',
    TABLE_NAME: database.tableName,
    INSTANCES_SECRET_ID: INSTANCES_SECRET,
    CALLER_KEYS_SECRET_ID: CALLER_KEYS_SECRET,
    ALLOW_LOOPBACK: String(settings.allowLoopback),
    ...settings.ofFunction,
  });
}
