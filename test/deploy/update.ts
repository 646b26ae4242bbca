import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, expectAnswer, expectWithin, secondsLeft } from './caller.ts';
import { isReplayed } from './contract.ts';
import { INSTANCES } from './instances.ts';
import { resumesInstances, servesItsQueue, servesSchedules } from './queue.ts';
import { servesAny } from './race.ts';
import type { Stage } from './stage.ts';

/** The new pace: quick enough to wait for, and longer than the callers of one burst are apart on a slow machine. */
export const NEW_PACE = { intervalSeconds: 10, jitterSeconds: 0 } as const;
const MS_IN_A_SECOND = 1_000;
/** One for the clocks of two hosts, one for the rounding. */
const MARGINS_SECONDS = 2;

/** A new setting is deployed over a stack that is in use: what it holds stays. */
export async function keepsItsData(
  stage: Stage,
  settings: Readonly<Record<string, boolean>>,
  created: Answer,
): Promise<void> {
  const { report, operator, caller, outputs } = stage;
  const before = await operator.resources();
  const secretBefore = await instancesSecret(stage);
  await report.need('cdk deploy with another interval', async (note) => {
    assert.deepEqual(await operator.deploy({ ...settings, ...NEW_PACE }), outputs);
    note(`${NEW_PACE.intervalSeconds} s`);
  });
  await report.check('table, secrets, API and all else are the same ones', async (note) => {
    assert.deepEqual(await operator.resources(), before);
    note(`${before.size} resources`);
  });
  await report.check('the filled secret is as it was', async () =>
    assert.equal(await instancesSecret(stage), secretBefore),
  );
  await report.check('the replay of before still answers, and the record is there', async () => {
    const again = { idInstance: INSTANCES.contract };
    const key = { 'idempotency-key': '"class-5b"' };
    await isReplayed(await caller.create(String(created.json['groupName']), again, key), created);
    const record = await caller.ask({ path: created.headers.get('location') ?? '' });
    assert.deepEqual(record.json, created.json);
  });
  await report.check('the lock of before still holds', async (note) => {
    const answer = await caller.create('Class 5f', { idInstance: INSTANCES.contract });
    expectAnswer(answer, 429, 'busy');
    note(`Retry-After ${secondsLeft(answer)}`);
  });
  await servesAny(stage);
  await keepsTheNewPace(stage);
  await resumesInstances(stage);
  await servesItsQueue(stage);
  await servesSchedules(stage);
  await neverTooSoon(stage);
}

async function keepsTheNewPace({ report, caller }: Stage): Promise<void> {
  await report.check('the new interval is in force: refused, and served after Retry-After', async (note) => {
    const refused = await caller.create('Class 10');
    expectAnswer(refused, 429, 'busy');
    const seconds = secondsLeft(refused);
    expectWithin(seconds, 1, NEW_PACE.intervalSeconds + MARGINS_SECONDS, 'Retry-After');
    await wait(seconds * MS_IN_A_SECOND);
    expectAnswer(await caller.create('Class 10'), 201);
    note(`Retry-After ${seconds}, then 201`);
  });
}

async function neverTooSoon({ report, simulator }: Stage): Promise<void> {
  await report.check('no POST came too soon', async (note) => {
    assert.deepEqual(simulator.violations(), []);
    note(`${simulator.posts().length} POSTs in all`);
  });
}

async function instancesSecret({ operator, outputs }: Stage): Promise<string> {
  return operator.readSecret(outputs.InstancesSecretId);
}
