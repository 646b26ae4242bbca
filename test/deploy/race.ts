import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { type Answer, expectAnswer, expectWithin, secondsLeft } from './caller.ts';
import { PACE } from './contract.ts';
import { WORKER_FOLDER } from './emulator.ts';
import { INSTANCES } from './instances.ts';
import type { Stage } from './stage.ts';

/** So slow that all contenders are there while the winner's POST is under way. */
const LATENCY_MS = 2_000;
const CONTENDERS = 8;
/** The longest call of GREEN-API, which whoever asks meanwhile is told. */
const CALL_SECONDS = 70;

/** Executions in processes of their own contend for one lock. */
export async function survivesRaces(stage: Stage): Promise<void> {
  const { report, caller, simulator } = stage;
  simulator.setFaults(INSTANCES.race, { latencyMs: LATENCY_MS });
  simulator.setFaults(INSTANCES.sameWish, { latencyMs: LATENCY_MS });
  await report.check(`${CONTENDERS} callers race for one instance: exactly one POST`, async (note) => {
    const asked = numbers(CONTENDERS).map((number) =>
      caller.create(`Class 7.${number}`, { idInstance: INSTANCES.race }),
    );
    const { created, refused } = sort(await Promise.all(asked));
    assert.deepEqual([created.length, refused.length], [1, CONTENDERS - 1]);
    assert.equal(simulator.posts(INSTANCES.race).length, 1);
    const { intervalSeconds, jitterSeconds } = PACE;
    for (const answer of refused) {
      expectAnswer(answer, 429, 'busy');
      const most = CALL_SECONDS + intervalSeconds + jitterSeconds + 1;
      expectWithin(secondsLeft(answer), intervalSeconds, most, 'Retry-After');
    }
    note(`1 × 201, ${refused.length} × 429 with ${secondsOf(refused)}`);
  });
  await report.check('they were executions in processes of their own', async (note) => {
    const workers = await workerCount(stage);
    assert.ok(workers >= 2, `there was ${workers}`);
    note(`${workers} of them`);
  });
  await report.check('the same request from 4 callers at once: one POST, all have its group', async () => {
    const asked = numbers(4).map(() => caller.create('Class 8a', { idInstance: INSTANCES.sameWish }));
    const answers = await Promise.all(asked);
    for (const answer of answers) expectAnswer(answer, 201);
    assert.equal(new Set(answers.map(({ json }) => json['chatId'])).size, 1);
    const replays = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
    assert.equal(replays.length, 3);
    assert.equal(simulator.posts(INSTANCES.sameWish).length, 1);
  });
}

/** Requests for any instance, while three are free. */
export async function servesAny({ report, caller, simulator }: Stage): Promise<void> {
  await report.check('6 callers ask for any of three free instances: one POST on each', async (note) => {
    for (const idInstance of INSTANCES.pool) simulator.setFaults(idInstance, { latencyMs: LATENCY_MS });
    const asked = numbers(6).map((number) => caller.create(`Class 9.${number}`));
    const { created, refused } = sort(await Promise.all(asked));
    const used = created.map(({ json }) => json['idInstance']);
    assert.deepEqual(used.toSorted(), [...INSTANCES.pool]);
    for (const idInstance of INSTANCES.pool) assert.equal(simulator.posts(idInstance).length, 1);
    for (const answer of refused) expectAnswer(answer, 429, 'busy');
    note(`3 × 201, ${refused.length} × 429 with ${secondsOf(refused)}`);
  });
}

/** How many execution environments the emulator has made. */
async function workerCount({ emulator }: Stage): Promise<number> {
  const names = await readdir(emulator.workersFolder);
  return names.filter((name) => name.startsWith(WORKER_FOLDER)).length;
}

function sort(answers: readonly Answer[]) {
  return {
    created: answers.filter(({ status }) => status === 201),
    refused: answers.filter(({ status }) => status !== 201),
  };
}

function secondsOf(refused: readonly Answer[]): string {
  return `Retry-After ${[...new Set(refused.map(secondsLeft))].join(', ')}`;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
