import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import { explain } from '../../infra/smoke/ask.ts';
import { needsKey, STEPS, UNKNOWN_INSTANCE } from '../../infra/smoke/steps.ts';
import { walk } from '../../infra/smoke/walk.ts';
import { parseGroupBody } from '../../lambda/http/schemas.ts';
import { openDatabase } from '../../local/database/database.ts';
import { type Simulator, startSimulator } from '../../local/green-api-simulator/simulator.ts';
import { CANARIES, findLeaks } from '../leaks.ts';
import { type LocalProcess, startLocally } from './local-service.support.ts';

const SLOW_TEST_MS = 60_000;
const INSTANCE = { idInstance: '1101000001', apiTokenInstance: CANARIES.token };
const KEYED = STEPS.filter(needsKey);

interface Smoke {
  readonly code: number | null;
  readonly output: string;
}

/** `npm run smoke`, as a process of its own. */
async function smoke(args: readonly string[], apiKey?: string): Promise<Smoke> {
  const child = spawn(process.execPath, ['infra/smoke/smoke.ts', ...args], {
    cwd: PROJECT_ROOT,
    env: { PATH: process.env['PATH'], ...(apiKey !== undefined && { API_KEY: apiKey }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  const [code] = await once(child, 'close');
  expect(findLeaks(output)).toEqual([]);
  return { code, output };
}

describe('the steps', () => {
  it('hold no request for a group but one for an instance that nobody has', () => {
    const wishes = STEPS.flatMap(({ method, body = '' }) => {
      if (method === 'GET') return [];
      try {
        const parsed = parseGroupBody(JSON.parse(body));
        return 'wish' in parsed ? [parsed.wish.wanted] : [];
      } catch {
        return [];
      }
    });
    expect(wishes).toEqual([UNKNOWN_INSTANCE]);
  });

  it('present a key only after they have seen that it is Group Pacer, and post with it only after the list', () => {
    const [first, second] = [STEPS[0], KEYED[0]];
    expect(first).toMatchObject({ path: '/health', presents: 'none', isDecisive: true });
    expect(second).toMatchObject({ path: '/instances', method: 'GET', isDecisive: true });
    const list = { instances: [{ idInstance: UNKNOWN_INSTANCE }] };
    expect(second?.expected.json?.safeParse(list).success).toBe(false);
    expect(second?.expected.json?.safeParse({ instances: [{ idInstance: '1' }] }).success).toBe(true);
  });
});

describe('against a service that works', () => {
  let dataDir: string;
  let simulator: Simulator;
  let service: LocalProcess;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'group-pacer-'));
    simulator = await startSimulator({ instances: [{ ...INSTANCE, ownPhone: '79990000001' }] });
    service = await startLocally({
      DATA_DIR: dataDir,
      GREEN_API_INSTANCES: JSON.stringify({ instances: [{ ...INSTANCE, apiUrl: simulator.url }] }),
      GREEN_API_ALLOW_LOOPBACK: 'true',
    });
  }, SLOW_TEST_MS);

  afterAll(async () => {
    await service.kill('SIGTERM');
    expect(findLeaks(service.log())).toEqual([]);
    expect(simulator.posts()).toEqual([]);
    await simulator.close();
    // No lock, no request and not even a claim was written.
    expect(await keysIn(dataDir)).toEqual([]);
    await rm(dataDir, { recursive: true });
  });

  it.each(['once', 'and again'])(
    '%s: every step is as expected, and nothing reaches GREEN-API',
    { timeout: SLOW_TEST_MS },
    async () => {
      const { code, output } = await smoke([`${service.url}/`], CANARIES.key);
      expect(output).toContain(`All ${STEPS.length} steps are as expected. Nothing was created.`);
      // The heading and the steps.
      expect(output.match(/ ok$/gm)).toHaveLength(1 + STEPS.length);
      expect(code).toBe(0);
      expect(simulator.posts()).toEqual([]);
    },
  );

  it('without a key it walks what a stranger may see, and says so', { timeout: SLOW_TEST_MS }, async () => {
    const { code, output } = await smoke([service.url]);
    expect(code).toBe(0);
    expect(output).toContain('only what a stranger may see was tried');
    expect(output).toContain(`${KEYED.length} more are.`);
  });

  it('a key that is not known ends it there', { timeout: SLOW_TEST_MS }, async () => {
    const { code, output } = await smoke([service.url], `${CANARIES.key}-not`);
    expect(code).toBe(1);
    expect(output).toContain('API_KEY is no key of this deployment');
    expect(output).toContain(`${KEYED.length - 1} more were not tried`);
  });

  it('a URL with a path that is not there is told apart', { timeout: SLOW_TEST_MS }, async () => {
    const { code, output } = await smoke([`${service.url}/prod`], CANARIES.key);
    expect(code).toBe(1);
    expect(output).toContain('Is the URL the output "Url" of the stack');
    expect(output).toContain(`${STEPS.length - 1} more were not tried`);
  });
});

async function keysIn(dataDir: string): Promise<(string | undefined)[]> {
  const database = await openDatabase({ dataDir, log: () => undefined });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: database.endpoint, region: 'us-east-1', credentials });
  const { Items: items = [] } = await client.send(new ScanCommand({ TableName: database.tableName }));
  client.destroy();
  await database.close();
  return items.map(({ pk }) => pk?.S);
}

describe('against something else', () => {
  const servers: Server[] = [];
  let received: IncomingMessage[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    received = [];
  });

  /** A server that gives every request this answer, or none. */
  async function answering(answer: (request: IncomingMessage) => Response | undefined): Promise<string> {
    const server = createServer(async (request, response) => {
      received.push(request);
      const given = answer(request);
      if (given === undefined) return;
      response.writeHead(given.status, Object.fromEntries(given.headers));
      response.end(Buffer.from(await given.arrayBuffer()));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const healthy = { status: 'ok', version: '0', instances: [] };
  const walkAt = (url: string, more: object = {}) => walk(STEPS, { url, apiKey: CANARIES.key, ...more });

  it('that says 200 to everything, the first step fails and no key is sent', async () => {
    const url = await answering(() => new Response('<html>\u001b[31mWelcome</html>'));
    const { code, output } = await smoke([url], CANARIES.key);
    expect(code).toBe(1);
    expect(output).toContain('The answer begins: <html> [31mWelcome</html>');
    expect(received.map(({ headers }) => headers['x-api-key'])).toEqual([undefined]);
  });

  it.each([
    ['as a sentence', (key: unknown) => `you sent ${key}.`, 'you sent ***.'],
    ['as JSON', (key: unknown) => ({ key }), '"detail":{"key":"***"}'],
  ])(
    'that refuses nothing, most steps fail; a key that it repeats %s is not printed',
    async (_, repeat, said) => {
      const url = await answering(({ headers }) =>
        Response.json({ ...healthy, detail: repeat(headers['x-api-key']) }),
      );
      const { code, output } = await smoke([url], CANARIES.key);
      expect(code).toBe(1);
      // It is healthy, and the list of instances is as it should be.
      expect(output).toContain(`${STEPS.length - 2} of ${STEPS.length} steps FAILED`);
      expect(received.at(-1)?.headers['x-api-key']).toBe(CANARIES.key);
      expect(output).toContain(said);
    },
  );

  it('that redirects, it does not follow', async () => {
    const elsewhere = await answering(() => Response.json(healthy));
    const url = await answering(() => Response.redirect(`${elsewhere}/health`));
    expect(await walkAt(url)).toMatchObject([{ got: '302', faults: [{}, {}] }]);
    expect(received).toHaveLength(1);
  });

  it('that hangs, or never ends its answer, it gives up', async () => {
    const hanging = await answering(() => undefined);
    expect(await walkAt(hanging, { timeouts: { stepMs: 50, walkMs: 1_000 } })).toMatchObject([
      { got: 'no answer', faults: ['There was no answer in time (TimeoutError).'] },
    ]);
    const endless = await answering(() => new Response('x'.repeat(2_000_000)));
    expect(await walkAt(endless)).toMatchObject([{ faults: ['The answer is longer than 1 MB.'] }]);
  });

  it("waits for the gateway's own throttle, but not for ever", async () => {
    let slept = 0;
    const sleep = async (ms: number) => {
      slept += ms;
    };
    const clock = { nowMs: () => 0, sleep };
    const throttle = () => Response.json({ message: 'Too Many Requests' }, { status: 429 });
    const twice = await answering(() => (received.length < 3 ? throttle() : Response.json(healthy)));
    const [first] = await walkAt(twice, { clock });
    expect(first).toMatchObject({ got: '200 0', faults: [] });
    expect(slept).toBe(2_000);
    received = [];
    const always = await answering(throttle);
    expect(await walkAt(always, { clock })).toMatchObject([{ got: '429 Too Many Requests' }]);
    expect(received).toHaveLength(5);
  });

  it('that does not exist, or does not speak TLS, it says so', async () => {
    const url = await answering(() => Response.json(healthy));
    expect((await smoke([url.replace('http:', 'https:')])).output).toContain('TLS failed');
    servers[0]?.close();
    await once(servers.splice(0)[0] ?? createServer(), 'close');
    expect((await smoke([url])).output).toContain('The connection was refused');
  });

  it.each([
    [{ code: 'ENOTFOUND' }, /^DNS does not know the host.*ENOTFOUND/],
    [{ code: 'EAI_AGAIN' }, /^DNS does not know the host/],
    [{ code: 'CERT_HAS_EXPIRED' }, /^TLS failed/],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /^TLS failed/],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /^TLS failed/],
    [{ code: 'ECONNRESET' }, /^the connection was cut/],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, /^there was no answer in time/],
    [{}, /^the request failed \(Error\)/],
  ])('explains %o, whatever it is wrapped in', (fields, said) => {
    const cause = Object.assign(new Error('inside'), fields);
    expect(explain(new TypeError('fetch failed', { cause }))).toMatch(said);
  });
});

describe('called wrongly', () => {
  it.each([
    [[], undefined, 'There is no URL.'],
    [['https://a.example', 'https://b.example'], undefined, 'one URL and nothing else'],
    [['a.example'], undefined, 'it begins with https://'],
    [['http://a.example'], undefined, 'must begin with https://'],
    [['https://a.example/?key=1'], undefined, 'no query'],
    [['https://a.example'], `${CANARIES.key}\n`, 'API_KEY must be 8 to 256'],
  ])('%j', { timeout: SLOW_TEST_MS }, async (args, apiKey, said) => {
    const { code, output } = await smoke(args, apiKey);
    expect(code).toBe(1);
    expect(output).toContain(said);
    expect(output).toContain('Usage: API_KEY=');
  });
});
