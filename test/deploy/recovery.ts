import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { expectAnswer, expectWithin, secondsLeft } from './caller.ts';
import { PACE } from './contract.ts';
import { WORKER_FOLDER } from './emulator.ts';
import { INSTANCES } from './instances.ts';
import type { Stage } from './stage.ts';
import { until } from './until.ts';

const GROUP_NAME = 'Class 16 — killed';
const POSTED_WITHIN_MS = 20_000;
const KILL_LIMIT_MS = 5_000;
/** The longest call of GREEN-API, which whoever asks meanwhile is told: nobody knows yet that the function is dead. */
const CALL_SECONDS = 70;
/** The function's time-out, a minute until the first look, a tick's for each of the two, and some for a slow machine. */
const FOUND_WITHIN_MS = 400_000;
/** From GREEN-API's answer to the record. */
const WRITTEN_WITHIN_MS = 10_000;
const MS_IN_A_SECOND = 1_000;

const groupsList = z.object({ groups: z.array(z.object({ id: z.string(), idInstance: z.string() })) });

/** A creation whose execution is dead. */
export interface Killed {
  readonly path: string;
  readonly atMs: number;
}

/**
 * GREEN-API has created the group and does not answer; then the function's process is killed. The others of the emulator die with it:
 * which of them it is, nobody tells, and they have nothing to do. Long before `findsTheKilled`, so that other checks fill the time between.
 */
export async function diesAfterItsPost({
  report,
  processes,
  emulator,
  caller,
  simulator,
}: Stage): Promise<Killed> {
  const idInstance = INSTANCES.killed;
  return report.need('kill -9 of the function after its POST: the request is known', async (note) => {
    simulator.setFaults(idInstance, { answer: 'hang-after-creating', times: 1 });
    const asked = caller.create(GROUP_NAME, { idInstance });
    await until(POSTED_WITHIN_MS, async () => simulator.groups(idInstance).length > 0);
    const workers = ['-f', join(emulator.workersFolder, WORKER_FOLDER)];
    const found = await processes.run({ program: 'pgrep', arguments: workers }, KILL_LIMIT_MS);
    const pids = found.trim().split('\n').map(Number);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    const atMs = Date.now();
    const { status } = await asked;
    assert.ok(status >= 500, `its caller got ${status}`);
    const { json } = await caller.ask({ path: '/groups?status=creating' });
    const requests = groupsList.parse(json).groups.filter((group) => group.idInstance === idInstance);
    assert.equal(requests.length, 1);
    note(`${pids.length} killed, its caller got ${status}`);
    return { path: `/groups/${requests[0]?.id}`, atMs };
  });
}

/** Nobody else gets its turn while its group may still come into being. */
export async function keepsItsLock({ report, caller, simulator }: Stage): Promise<void> {
  await report.check('its instance is kept from the next: 429', async (note) => {
    const refused = await caller.create('Class 17', { idInstance: INSTANCES.killed });
    expectAnswer(refused, 429, 'busy');
    const seconds = secondsLeft(refused);
    const { intervalSeconds, jitterSeconds } = PACE;
    const most = CALL_SECONDS + intervalSeconds + jitterSeconds + 1;
    expectWithin(seconds, intervalSeconds, most, 'Retry-After');
    assert.equal(simulator.posts(INSTANCES.killed).length, 1);
    note(`Retry-After ${seconds}`);
  });
}

/** By the deployed schedule alone. */
export async function findsTheKilled(
  { report, caller, simulator }: Stage,
  { path, atMs }: Killed,
): Promise<void> {
  await report.check(
    'what was killed is found by the schedule: created, one group, one POST',
    async (note) => {
      const untilMs = atMs + FOUND_WITHIN_MS;
      // Whoever reads an overdue request helps it on: until GREEN-API was asked, nobody does.
      const isLookedAt = () =>
        simulator.calls(INSTANCES.killed).some(({ method }) => method === 'getGroupData');
      await until(Math.max(0, untilMs - Date.now()), async () => isLookedAt());
      const read = () => caller.ask({ path });
      await until(WRITTEN_WITHIN_MS, async () => (await read()).json['status'] === 'created');
      const { json } = await read();
      const [group, ...others] = simulator.groups(INSTANCES.killed);
      assert.deepEqual(others, []);
      const { chatId, groupInviteLink, missingChatIds } = json;
      const wanted = { chatId: group?.chatId, groupInviteLink: group?.groupInviteLink, missingChatIds: [] };
      assert.deepEqual({ chatId, groupInviteLink, missingChatIds }, wanted);
      assert.equal(simulator.posts(INSTANCES.killed).length, 1);
      const afterMs = Date.parse(String(json['updatedAt'])) - atMs;
      note(`${Math.round(afterMs / MS_IN_A_SECOND)} s after the kill, ${String(chatId)}`);
    },
  );
}
