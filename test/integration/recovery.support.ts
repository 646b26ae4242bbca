import { inspect } from 'node:util';
import { expect, onTestFinished, vi } from 'vitest';
import { createGroup } from '../../lambda/creation/create-group.ts';
import { drain } from '../../lambda/creation/drain.ts';
import type { GroupRequest, RequestMode } from '../../lambda/creation/request.ts';
import type { Service } from '../../lambda/creation/service.ts';
import type { Wish } from '../../lambda/creation/wish.ts';
import { createGreenApiClient } from '../../lambda/green-api/client.ts';
import { createLookUps } from '../../lambda/green-api/look-ups.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import type { Table } from '../../lambda/storage/table.ts';
import {
  type FaultsInput,
  type HandMade,
  startSimulator,
} from '../../local/green-api-simulator/simulator.ts';
import { CANARIES, findLeaks } from '../leaks.ts';
import { Bench } from '../unit/harness.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** When a look that finds nothing may be the last. */
export const CONCLUSIVE_MS = 10 * MINUTE_MS;
export const MEMBERS = [`${CANARIES.phonePrefix}001@c.us`, `${CANARIES.phonePrefix}002@c.us`];
const OWN_PHONE = `${CANARIES.phonePrefix}999`;

export const GROUP_NAME = 'Class 5b';
const ID_INSTANCE = '1101000001';
/** Nobody waits longer for what hangs. */
const CALL_TIMEOUT_SECONDS = 0.2;

/** The real heart and the real client, over a real socket against the simulator; all of it on a clock that only the test moves. */
export async function startBench(faults: FaultsInput = {}) {
  const bench = new Bench();
  const { clock } = bench;
  const simulator = await startSimulator({
    instances: [{ idInstance: ID_INSTANCE, apiTokenInstance: CANARIES.token, ownPhone: OWN_PHONE }],
    nowMs: () => clock.nowMs(),
  });
  onTestFinished(() => simulator.close());
  bench.instances = [{ idInstance: ID_INSTANCE, apiTokenInstance: CANARIES.token, apiUrl: simulator.url }];
  const creator = createGreenApiClient({ callTimeoutSeconds: CALL_TIMEOUT_SECONDS });
  const lookUps = createLookUps({ clock });
  const setFaults = (some: FaultsInput) => simulator.setFaults(ID_INSTANCE, some);
  setFaults(faults);

  const service = (table: Table = bench.memory): Service => ({ ...bench.service(table), creator, lookUps });
  const requests = createStores(bench.memory).requests;
  const read = async (id: string): Promise<GroupRequest> => {
    const request = await requests.read(id);
    if (!request) throw new Error(`no request ${id}`);
    return request;
  };
  /** All that is told of its course: to the log, and in the record besides what its callers asked for. */
  const told = (request: GroupRequest) =>
    inspect([bench.events, { ...request, chatIds: [], missingChatIds: [] }], { depth: null });

  return {
    bench,
    clock,
    simulator,
    setFaults,
    service,
    /** Asks for a group. */
    ask: (
      groupName = GROUP_NAME,
      mode: RequestMode = 'sync',
      more: Partial<Wish> = {},
      idempotencyKey?: string,
    ) =>
      createGroup(
        service(),
        { groupName, chatIds: MEMBERS, wanted: ID_INSTANCE, ...more },
        { keyName: 'default', ...(idempotencyKey !== undefined && { idempotencyKey }) },
        mode,
      ),
    /** A group that somebody makes on the phone, of the same name if nothing else is said. */
    byHand: (group: Partial<HandMade> = {}) =>
      simulator.createByHand(ID_INSTANCE, {
        groupName: GROUP_NAME,
        chatIds: MEMBERS.slice(0, 1),
        ...group,
      }),
    read,
    /** The schedule: a tick each `everyMs` until so much time has passed, and after each of them a look. */
    async ticksFor(ms: number, afterEach: () => Promise<void> = async () => undefined, everyMs = MINUTE_MS) {
      const startMs = clock.nowMs();
      for (let atMs = startMs; atMs <= startMs + ms; atMs += everyMs) {
        clock.advance(Math.max(0, atMs - clock.nowMs()));
        await drain(service());
        await afterEach();
      }
    },
    /** What must be true of every request that became one group. */
    async expectTheOnlyGroup(id: string, posts = 1): Promise<void> {
      const request = await read(id);
      const made = simulator.groups().filter(({ byHand }) => !byHand);
      expect(made).toHaveLength(1);
      expect(request).toMatchObject({
        status: 'created',
        chatId: made[0]?.chatId,
        groupInviteLink: made[0]?.groupInviteLink,
        missingChatIds: [],
      });
      expect(simulator.posts()).toHaveLength(posts);
    },
    /** Nothing personal is told, and GREEN-API's pace and rates were kept. */
    async expectGoodManners(id: string): Promise<void> {
      expect(findLeaks(told(await read(id)))).toEqual([]);
      expect(simulator.violations()).toEqual([]);
      expect(simulator.rateViolations()).toBe(0);
    },
    /** Resolves once the group has come into being, be it after its answer. */
    groupMade: () => vi.waitFor(() => expect(simulator.groups()).toHaveLength(1), { interval: 5 }),
  };
}

/** The record of an answer. */
export function requestOf(answer: Awaited<ReturnType<typeof createGroup>>): GroupRequest {
  if (answer.kind !== 'request') throw new Error(`the answer is ${answer.kind}`);
  return answer.request;
}

/** A table that an execution uses until it is dead: then nothing comes of what it does, and nothing comes back. */
export function tableUntil(isDead: () => boolean, table: Table, onDead: () => void): Table {
  const alive = <T>(act: () => Promise<T>): Promise<T> => {
    if (!isDead()) return act();
    onDead();
    return new Promise(() => undefined);
  };
  return {
    read: (key) => alive(() => table.read(key)),
    readMany: (keys) => alive(() => table.readMany(keys)),
    put: (key, put) => alive(() => table.put(key, put)),
    update: (key, update) => alive(() => table.update(key, update)),
    query: (query) => alive(() => table.query(query)),
    count: (query) => alive(() => table.count(query)),
  };
}
