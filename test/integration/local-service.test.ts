import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WATCH_PARTITION } from '../../lambda/storage/request-writes.ts';
import { WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { openDatabase } from '../../local/database/database.ts';
import { type Simulator, startSimulator } from '../../local/green-api-simulator/simulator.ts';
import { CANARIES, findLeaks } from '../leaks.ts';
import { type Answer, ask, create, type LocalProcess, startLocally } from './local-service.support.ts';

const CALLERS = 200;
const PATIENT_TRIES = 5;
const SLOW_TEST_MS = 90_000;

let dataDir: string;
let simulator: Simulator;
let running: LocalProcess | undefined;
let told: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'group-pacer-'));
  told = '';
});

afterEach(async () => {
  await stop('SIGKILL');
  await simulator?.close();
  await rm(dataDir, { recursive: true });
  expect(findLeaks(told)).toEqual([]);
});

async function start(instanceCount: number, more: Record<string, string> = {}): Promise<string> {
  running = await startLocally({
    DATA_DIR: dataDir,
    GREEN_API_INSTANCES: JSON.stringify({
      instances: idsOf(instanceCount).map((idInstance) => ({
        idInstance,
        apiTokenInstance: CANARIES.token,
        apiUrl: simulator.url,
      })),
    }),
    GREEN_API_ALLOW_LOOPBACK: 'true',
    ...more,
  });
  return running.url;
}

async function stop(signal: NodeJS.Signals): Promise<number | null | undefined> {
  const stopping = running;
  running = undefined;
  if (!stopping) return undefined;
  const code = stopping.child.exitCode ?? (await stopping.kill(signal));
  told += stopping.log();
  return code;
}

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(1_101_000_001 + index));
}

async function simulate(instanceCount: number, latencyMs: number): Promise<void> {
  simulator = await startSimulator({
    instances: idsOf(instanceCount).map((idInstance) => ({
      idInstance,
      apiTokenInstance: CANARIES.token,
      ownPhone: `${CANARIES.phonePrefix}999`,
    })),
  });
  for (const id of idsOf(instanceCount)) simulator.setFaults(id, { latencyMs });
}

/**
 * All callers and the database share one processor here: on a busy machine DynamoDB's answer can come too late, and then the caller
 * is told to send the same request again. So does every caller of ours, and nobody else.
 */
async function createPatiently(url: string, groupName: string): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await create(url, groupName);
    if (answer.json['code'] !== 'storage-unavailable' || tries === PATIENT_TRIES) return answer;
    await wait(Number(answer.headers.get('retry-after')) * 1_000);
  }
}

const statusesOf = (answers: readonly Answer[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(answers, ({ status }) => status)).map(([status, some]) => [
      status,
      some?.length,
    ]),
  );

describe('many callers at once', () => {
  it('for one instance: one POST, everybody else is told the time left', {
    timeout: SLOW_TEST_MS,
  }, async () => {
    await simulate(1, 500);
    const url = await start(1);
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, (_, n) => createPatiently(url, `Class ${n}`)),
    );
    expect(statusesOf(answers)).toEqual({ 201: 1, 429: CALLERS - 1 });
    expect(simulator.posts()).toHaveLength(1);
    const refusals = answers.filter(({ status }) => status === 429);
    for (const { headers, json } of refusals) {
      // In flight: the longest call, the interval and the longest jitter; settled: at least the interval.
      const secondsLeft = Number(headers.get('retry-after'));
      expect(secondsLeft).toBeGreaterThan(300 - 20);
      expect(secondsLeft).toBeLessThanOrEqual(70 + 300 + 60 + 1);
      expect(json).toMatchObject({ code: 'busy', idInstance: '1101000001', secondsLeft });
    }
  });

  it('the same request: one POST, everybody has its result', { timeout: SLOW_TEST_MS }, async () => {
    await simulate(1, 500);
    const url = await start(1);
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, () => createPatiently(url, 'Class 5b')),
    );
    expect(statusesOf(answers)).toEqual({ 201: CALLERS });
    expect(new Set(answers.map(({ json }) => json['chatId'])).size).toBe(1);
    const firstHand = answers.filter(({ headers }) => headers.get('idempotent-replayed') === null);
    expect(firstHand.length).toBeLessThanOrEqual(1);
    expect(simulator.posts()).toHaveLength(1);
  });

  it('for any of three instances: three POSTs, one on each', { timeout: SLOW_TEST_MS }, async () => {
    await simulate(3, 500);
    const url = await start(3);
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, (_, n) => createPatiently(url, `Class ${n}`)),
    );
    expect(statusesOf(answers)).toEqual({ 201: 3, 429: CALLERS - 3 });
    expect(
      simulator
        .posts()
        .map(({ idInstance }) => idInstance)
        .toSorted(),
    ).toEqual(idsOf(3));
    expect(simulator.violations()).toEqual([]);
  });
});

describe('kill -9', () => {
  it('at any instant: no second POST within the interval, and the record tells', {
    timeout: SLOW_TEST_MS,
  }, async () => {
    const ROUNDS = 3;
    const BATCH = 6;
    await simulate(ROUNDS * BATCH, 300);
    for (let round = 0; round < ROUNDS; round += 1) {
      const batch = idsOf(ROUNDS * BATCH).slice(round * BATCH, (round + 1) * BATCH);
      const url = await start(ROUNDS * BATCH);
      const asked = batch.map((idInstance) =>
        create(url, `first of ${idInstance}`, { idInstance }).catch(() => undefined),
      );
      // From before the lock to after the settle.
      await wait(40 + round * 220);
      await stop('SIGKILL');
      await Promise.all(asked);
      const again = await start(ROUNDS * BATCH);
      const others = await Promise.all(
        batch.map((idInstance) => create(again, `second of ${idInstance}`, { idInstance })),
      );
      for (const { status, headers } of others) {
        expect([201, 429]).toContain(status);
        if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(280);
      }
      await stop('SIGKILL');
    }
    expect(simulator.violations()).toEqual([]);
    expect(simulator.posts().length).toBeGreaterThan(ROUNDS);
    for (const { open, isWatched, id } of await openRequests()) {
      expect({ id, isWatched }).toEqual({ id, isWatched: open });
    }
  });

  it('under load: every open request is in the work index again, and tells why it is open', {
    timeout: SLOW_TEST_MS,
  }, async () => {
    const COUNT = 30;
    await simulate(COUNT, 60_000);
    const url = await start(COUNT);
    for (const idInstance of idsOf(COUNT))
      void create(url, `of ${idInstance}`, { idInstance }).catch(() => undefined);
    while (simulator.posts().length < COUNT / 2) await wait(10);
    await stop('SIGKILL');
    const requests = await openRequests();
    expect(requests.length).toBeGreaterThanOrEqual(COUNT / 2);
    expect(requests.filter(({ isWatched }) => !isWatched)).toEqual([]);
    const again = await start(COUNT);
    for (const { id, idInstance } of requests) {
      const { status, json } = await ask(again, `/groups/${id}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ status: 'creating', idInstance, reason: 'in-flight', created: false });
      expect(Date.parse(String(json['until']))).toBeGreaterThan(Date.now() + 100_000);
    }
    const [first] = requests;
    const busy = await create(again, 'another', { idInstance: first?.idInstance });
    expect(busy.status).toBe(429);
    const { json } = await ask(again, '/instances');
    expect(json['instances']).toContainEqual(
      expect.objectContaining({ idInstance: first?.idInstance, state: 'creating' }),
    );
  });

  /** Every request that is in the database, and whether the work index has it. */
  async function openRequests() {
    const database = await openDatabase({ dataDir, log: () => undefined });
    const client = new DynamoDBClient({
      endpoint: database.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName: database.tableName }));
    const { Items: watched = [] } = await client.send(
      new QueryCommand({
        TableName: database.tableName,
        IndexName: WORK_INDEX.name,
        KeyConditionExpression: '#partition = :watch',
        ExpressionAttributeNames: { '#partition': WORK_INDEX.partitionKey },
        ExpressionAttributeValues: { ':watch': { S: WATCH_PARTITION } },
      }),
    );
    client.destroy();
    await database.close();
    const keys = new Set(watched.map(({ pk }) => pk?.S));
    return items
      .filter(({ pk }) => pk?.S?.startsWith('request#'))
      .map((item) => ({
        id: item['id']?.S ?? '',
        idInstance: item['idInstance']?.S,
        open: item['status']?.S === 'creating',
        isWatched: keys.has(item['pk']?.S),
      }));
  }
});

describe('npm start', () => {
  it('keeps everything over a stop, and lets a call under way end', { timeout: SLOW_TEST_MS }, async () => {
    await simulate(1, 600);
    const url = await start(1);
    const asked = create(url, 'Class 5b', {}, 'k1');
    await wait(200);
    const stopped = stop('SIGINT');
    const first = await asked;
    expect(first.status).toBe(201);
    expect(await stopped).toBe(0);
    const again = await start(1);
    const replayed = await create(again, 'Class 5b', {}, 'k1');
    expect(replayed.json).toEqual(first.json);
    expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    expect((await create(again, 'Class 5c')).status).toBe(429);
    expect(simulator.posts()).toHaveLength(1);
  });

  it('keeps a quick pace where all is on loopback', { timeout: SLOW_TEST_MS }, async () => {
    simulator = await startSimulator({
      instances: [{ idInstance: '1101000001', apiTokenInstance: CANARIES.token, ownPhone: '79990000001' }],
      spacingSeconds: 1,
    });
    const url = await start(1, { INTERVAL_SECONDS: '1', JITTER_SECONDS: '0' });
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      let answer = await create(url, name);
      if (answer.status === 429) {
        await wait(Number(answer.headers.get('retry-after')) * 1_000);
        answer = await create(url, name);
      }
      // Whoever comes back when he was told to is served.
      expect(answer.status).toBe(201);
    }
    expect(simulator.posts()).toHaveLength(3);
    expect(simulator.violations()).toEqual([]);
  });

  it('tells no token, key or phone number, whatever GREEN-API answers', {
    timeout: SLOW_TEST_MS,
  }, async () => {
    const answers = [
      'error-500-after-creating',
      'error-502-after-creating',
      'close-after-creating',
      'bad-request',
      'rate-overlimit',
      'created-false',
      'null-body-after-creating',
    ] as const;
    const ids = idsOf(answers.length + 2);
    await simulate(ids.length, 0);
    const url = await start(ids.length);
    for (const [index, answer] of answers.entries()) simulator.setFaults(ids[index] ?? '', { answer });
    simulator.setFaults(ids.at(-1) ?? '', { quota: 0 });
    simulator.setFaults(ids.at(-2) ?? '', { state: 'notAuthorized' });
    const statuses = [];
    for (const idInstance of ids) {
      const { status, json } = await create(url, `of ${idInstance}`, { idInstance });
      statuses.push(status);
      expect(JSON.stringify(json)).not.toContain(CANARIES.token);
    }
    expect(statuses).toEqual([504, 504, 504, 422, 429, 504, 504, 503, 429]);
    const stranger = await ask(url, '/groups', { headers: { 'x-api-key': `${CANARIES.key}-not` } });
    expect(stranger.status).toBe(401);
    expect(findLeaks(JSON.stringify(stranger.json))).toEqual([]);
    // afterEach reads what was logged; something must have been.
    expect(running?.log()).toContain('attempt ended');
  });

  it.each([
    [{ PORT: 'x' }, 'PORT must be a port'],
    [{ INTERVAL_SECONDS: '5', GREEN_API_ALLOW_LOOPBACK: 'false' }, 'GREEN_API_INSTANCES'],
    [{ GREEN_API_INSTANCES: `{"instances":[{"token":"${CANARIES.token}"}]}` }, 'GREEN_API_INSTANCES'],
    [{ API_KEY: 'short' }, 'API_KEY must have 8 to 256'],
    [{ JITTER_SECONDS: 'many' }, 'JITTER_SECONDS'],
  ])('refuses %o with a line that says why', { timeout: SLOW_TEST_MS }, async (settings, said) => {
    await simulate(1, 0);
    const error = await start(1, settings).catch((caught: Error) => caught);
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message).toContain('it ended with 1');
    expect(message).toContain(said);
    expect(message).not.toMatch(/\n\s+at /);
    expect(findLeaks(message)).toEqual([]);
  });
});
