import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { listenOnLoopback } from '../../local/http/loopback.ts';
import type { Processes } from '../tools/processes.ts';
import { untilReady } from '../tools/until-ready.ts';

const HOST = '127.0.0.1';
const READY_LIMIT_MS = 30_000;

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';
/** How the name of each execution environment's folder begins. */
export const WORKER_FOLDER = 'ministack-lambda-';

/** MiniStack, on loopback and a free port, with nothing in it. */
export interface Emulator {
  readonly endpoint: string;
  /** Where the deployed functions' processes have their folders: one for each. */
  readonly workersFolder: string;
  /** That of a program which shall reach the emulator and no AWS account. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  readonly ministack: string;
  /** Enforces the policies of roles; without it every call is allowed. */
  readonly enforcesPolicies: boolean;
  /** An empty folder for all that it writes. */
  readonly folder: string;
}

/** @throws CommandError when it is not ready in time */
export async function startEmulator(processes: Processes, options: EmulatorOptions): Promise<Emulator> {
  const { ministack, enforcesPolicies, folder } = options;
  const port = await freePort();
  const endpoint = `http://${HOST}:${port}`;
  const plain = plainEnvironment(folder);
  // MiniStack runs the first `node` that it finds, whatever the runtime says: this very one.
  const nodeFolder = dirname(process.execPath);
  const running = await processes.start({
    program: ministack,
    arguments: [],
    folder,
    // Nothing else: its own environment reaches the functions. The default host is every interface.
    environment: {
      ...plain,
      PATH: [nodeFolder, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      BIND_HOST: HOST,
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: 'localhost',
      MINISTACK_REGION: REGION,
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      LOG_LEVEL: 'INFO',
      AUTH: String(enforcesPolicies),
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
  });
  await untilReady(running, READY_LIMIT_MS, async (signal) => {
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal }).catch(() => undefined);
    return answer?.ok || undefined;
  });
  return {
    endpoint,
    workersFolder: plain.TMPDIR,
    environment: {
      ...plain,
      PATH: [nodeFolder, process.env['PATH']].join(':'),
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: '1',
      CDK_DISABLE_VERSION_CHECK: '1',
    },
    stop: running.stop,
  };
}

/** Nothing of whoever runs this: no profile, no proxy, no credential. */
function plainEnvironment(folder: string) {
  const environment = {
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    LANG: 'C.UTF-8',
  };
  mkdirSync(environment.HOME, { recursive: true });
  mkdirSync(environment.TMPDIR, { recursive: true });
  return environment;
}

/** Nobody else is likely to take it before MiniStack does, which cannot be told to choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  const { port } = new URL(await listenOnLoopback(server, 0));
  server.close();
  await once(server, 'close');
  return Number(port);
}
