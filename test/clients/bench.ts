import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type RecordedPost,
  type Simulator,
  startSimulator,
} from '../../local/green-api-simulator/simulator.ts';
import { type LocalProcess, startLocally } from '../integration/local-service.support.ts';
import { CANARIES } from '../leaks.ts';
import type { GroupCall } from './client.ts';

export const INTERVAL_SECONDS = 5;
/** More than there are scenarios. */
const INSTANCES = 30;
const FIRST_ID = 1_101_000_001;
const STOP_LIMIT_MS = 20_000;
const LOOK_EVERY_MS = 50;
/** A service that was just killed may still have its files open. */
const RM_TRIES = 5;
const MEMBERS = [`${CANARIES.phonePrefix}001@c.us`, `${CANARIES.phonePrefix}002@c.us`];

/** The whole service, as a process, in front of the simulator. */
export interface Bench {
  readonly simulator: Simulator;
  /** A number of its own for each scenario: none waits for another's interval. */
  newInstance(): BenchInstance;
  log(): string;
  /** @returns the exit code of the service; null if it had to be killed */
  stop(): Promise<number | null>;
}

/** One WhatsApp number, the ways to it, and what became of the calls. */
export interface BenchInstance {
  readonly idInstance: string;
  /** A call through our own path. */
  ours(groupName: string, more?: Partial<GroupCall>): GroupCall;
  /** The same call straight to GREEN-API. */
  theirs(groupName: string, more?: Partial<GroupCall>): GroupCall;
  /** The statuses that the service has answered on our path, in the order of the answers. */
  answered(): readonly number[];
  /** Waits until the service has answered so many calls, those of clients that are gone included. */
  answeredAll(count: number, limitMs: number): Promise<readonly number[]>;
  /** The createGroup POSTs that have reached GREEN-API. */
  posts(): readonly RecordedPost[];
  groups(): readonly Created[];
}

/** What createGroup answers for a group that exists. */
export interface Created {
  readonly groupName: string;
  readonly answer: { readonly created: true; readonly chatId: string; readonly groupInviteLink: string };
}

/** Starts both on free ports of the loopback. */
export async function startBench(): Promise<Bench> {
  const ids = Array.from({ length: INSTANCES }, (_, index) => String(FIRST_ID + index));
  const simulator = await startSimulator({
    instances: ids.map((idInstance) => ({
      idInstance,
      apiTokenInstance: CANARIES.token,
      ownPhone: `${CANARIES.phonePrefix}999`,
    })),
    spacingSeconds: INTERVAL_SECONDS,
  });
  const service = await startService(ids, simulator.url);
  const fresh = ids.values();
  return {
    simulator,
    newInstance() {
      const { value: idInstance } = fresh.next();
      if (idInstance === undefined) throw new Error(`there are no more than ${INSTANCES} instances`);
      return instanceOf(idInstance, simulator, service);
    },
    log: service.log,
    async stop() {
      const late = setTimeout(() => service.child.kill('SIGKILL'), STOP_LIMIT_MS);
      const code = service.child.exitCode ?? (await service.kill('SIGINT'));
      clearTimeout(late);
      await simulator.close();
      return code;
    },
  };
}

async function startService(ids: readonly string[], apiUrl: string): Promise<LocalProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'group-pacer-clients-'));
  process.on('exit', () => rmSync(dataDir, { recursive: true, force: true, maxRetries: RM_TRIES }));
  return startLocally({
    DATA_DIR: dataDir,
    GREEN_API_INSTANCES: JSON.stringify({
      instances: ids.map((idInstance) => ({ idInstance, apiTokenInstance: CANARIES.token, apiUrl })),
    }),
    GREEN_API_ALLOW_LOOPBACK: 'true',
    INTERVAL_SECONDS: String(INTERVAL_SECONDS),
    JITTER_SECONDS: '0',
  });
}

function instanceOf(idInstance: string, simulator: Simulator, service: LocalProcess): BenchInstance {
  const line = new RegExp(`POST /waInstance${idInstance}/… → (\\d{3})`, 'g');
  const answered = () => [...service.log().matchAll(line)].map(([, status]) => Number(status));
  return {
    idInstance,
    ours: (groupName, more) => ({
      host: service.url,
      idInstance,
      token: CANARIES.key,
      groupName,
      chatIds: MEMBERS,
      ...more,
    }),
    theirs: (groupName, more) => ({
      host: simulator.url,
      idInstance,
      token: CANARIES.token,
      groupName,
      chatIds: MEMBERS,
      ...more,
    }),
    answered,
    async answeredAll(count, limitMs) {
      const untilMs = Date.now() + limitMs;
      while (answered().length < count && Date.now() < untilMs) await wait(LOOK_EVERY_MS);
      return answered();
    },
    posts: () => simulator.posts(idInstance),
    groups: () =>
      simulator.groups(idInstance).map(({ groupName, chatId, groupInviteLink }) => ({
        groupName,
        answer: { created: true, chatId, groupInviteLink },
      })),
  };
}
