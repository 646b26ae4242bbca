import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Simulator, startSimulator } from '../../local/green-api-simulator/simulator.ts';
import { CANARIES, findLeaks } from '../leaks.ts';
import { ask, create, type LocalProcess, startLocally } from './local-service.support.ts';

const INSTANCE = '1101000001';
const REQUESTS = 5;
/** The pace: a slot every two seconds, with the margin of clocks. */
const INTERVAL_SECONDS = 1;
const SERVED_WITHIN_MS = 40_000;
const SLOW_TEST_MS = 90_000;

let dataDir: string;
let simulator: Simulator;
let running: LocalProcess;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'group-pacer-'));
  simulator = await startSimulator({
    instances: [
      { idInstance: INSTANCE, apiTokenInstance: CANARIES.token, ownPhone: `${CANARIES.phonePrefix}999` },
    ],
    spacingSeconds: INTERVAL_SECONDS,
  });
});

afterEach(async () => {
  await running.kill('SIGKILL');
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

async function start(): Promise<void> {
  running = await startLocally({
    DATA_DIR: dataDir,
    INTERVAL_SECONDS: String(INTERVAL_SECONDS),
    JITTER_SECONDS: '0',
    GREEN_API_INSTANCES: JSON.stringify({
      instances: [{ idInstance: INSTANCE, apiTokenInstance: CANARIES.token, apiUrl: simulator.url }],
    }),
    GREEN_API_ALLOW_LOOPBACK: 'true',
  });
}

/** The statuses by name, as `GET /groups` tells them, the newest first. */
async function story(): Promise<readonly (readonly [name: unknown, status: unknown])[]> {
  const { json } = await ask(running.url, '/groups');
  const groups = json['groups'] as readonly Record<string, unknown>[];
  return groups.map(({ groupName, status }) => [groupName, status]);
}

describe('a list that is handed over', () => {
  it(
    'is created one by one in its order, at the pace, and a kill -9 in the middle loses and doubles nothing',
    async () => {
      await start();
      const names = Array.from({ length: REQUESTS }, (_, index) => `Class ${index + 1}`);
      for (const name of names) {
        const { status } = await create(running.url, name, {}, undefined, { prefer: 'respond-async' });
        expect(status).toBe(name === names[0] ? 201 : 202);
      }
      await vi.waitFor(() => expect(simulator.posts().length).toBeGreaterThanOrEqual(2), SERVED_WITHIN_MS);
      // Between two calls: in the middle of one, the lock would rest for minutes (the kills above this level do that).
      await vi.waitFor(async () => {
        const created = (await story()).filter(([, status]) => status === 'created');
        expect(created).toHaveLength(simulator.posts().length);
      });
      await running.kill('SIGKILL');
      expect(findLeaks(running.log())).toEqual([]);
      await start();
      const all = names.toReversed().map((name) => [name, 'created']);
      await vi.waitFor(async () => expect(await story()).toEqual(all), SERVED_WITHIN_MS);
      expect(simulator.groups().map(({ groupName }) => groupName)).toEqual(names);
      expect(simulator.posts()).toHaveLength(REQUESTS);
      expect(simulator.violations()).toEqual([]);
      expect(findLeaks(running.log())).toEqual([]);
    },
    SLOW_TEST_MS,
  );
});
