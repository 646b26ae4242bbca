import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CANARIES } from '../leaks.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const START_TIMEOUT_MS = 20_000;
const LISTENING = /listens on (http:\S+)/;
const GREETED = 'What happens is told below.';

/** `npm start` as a process of its own. */
export interface LocalProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it has told since its greeting, which shows an example on purpose. */
  log(): string;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

export async function startLocally(environment: Readonly<Record<string, string>>): Promise<LocalProcess> {
  const child = spawn(process.execPath, ['local/start.ts'], {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      API_KEY: CANARIES.key,
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    reject(new Error(`it did not start: ${output}`));
  }, START_TIMEOUT_MS);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const listening = LISTENING.exec(output)?.[1];
      if (listening !== undefined && output.includes(GREETED)) resolve(listening);
    });
  }
  child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${output}`)));
  try {
    return {
      url: await url,
      child,
      log: () => output.slice(output.indexOf(GREETED)),
      kill: async (signal) => {
        const exited = once(child, 'exit');
        child.kill(signal);
        const [code] = await exited;
        return code as number | null;
      },
    };
  } finally {
    clearTimeout(timer);
  }
}

/** One answer of the service. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

export async function ask(url: string, path: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    ...options,
    headers: { 'x-api-key': CANARIES.key, 'content-type': 'application/json', ...options.headers },
  });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  };
}

/** Asks for a group; the members' numbers are ones that no log may hold. */
export function create(
  url: string,
  groupName: string,
  more: Readonly<Record<string, unknown>> = {},
  key?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const chatIds = [`${CANARIES.phonePrefix}001@c.us`, '+7 915 555-00-02'];
  return ask(url, '/groups', {
    method: 'POST',
    body: JSON.stringify({ groupName, chatIds, ...more }),
    headers: { ...headers, ...(key !== undefined && { 'idempotency-key': key }) },
  });
}
