import type { PacePolicy } from '../../lambda/pacing/policy.ts';
import type { Code } from './code.ts';
import { FAIR } from './faulty-table.ts';
import type { Timing } from './green-api-model.ts';
import { indexLagMs, makeInstances } from './habits.ts';
import { CALM } from './process.ts';
import { Stage } from './stage.ts';
import { type Chance, World } from './world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A calm world: nothing fails, but clocks differ and ticks are not punctual. */
export interface CalmScene {
  readonly startMs: number;
  readonly instances: number;
  readonly policy: PacePolicy;
  /** DynamoDB never answers for the first instance. */
  readonly isFirstBroken?: boolean;
  readonly timing: Timing;
}

/** GREEN-API as it mostly is: a few seconds for a call. */
export const PROMPT: Timing = {
  connectMs: (chance) => chance.between(5, 50),
  callMs: (chance) => chance.between(SECOND_MS, 4 * SECOND_MS),
};

export function calmStage(code: Code, seed: number, scene: CalmScene): Stage {
  const instances = makeInstances(scene.instances);
  return new Stage(code, new World(seed, scene.startMs), {
    instances,
    policyOf: () => scene.policy,
    intervalMs: scene.policy.intervalSeconds * SECOND_MS,
    chaosUntilMs: scene.startMs,
    chaos: CALM,
    weather: FAIR,
    brokenInstance: scene.isFirstBroken ? instances[0]?.idInstance : undefined,
    indexLagMs,
    timing: scene.timing,
  });
}

/** A tick each minute, some seconds late at most, now and then missing, but never two in a row. */
export function planTicks(stage: Stage, code: Code, untilMs: number, missed: number): void {
  const { world } = stage;
  let wasMissed = false;
  for (let atMs = world.nowMs; atMs < untilMs; atMs += MINUTE_MS) {
    wasMissed = !wasMissed && world.chance.is(missed);
    if (!wasMissed) world.at(atMs + lateMs(world.chance), () => tick(stage, code));
  }
}

function lateMs(chance: Chance): number {
  return chance.between(0, chance.is(0.1) ? 5 * SECOND_MS : SECOND_MS);
}

function tick(stage: Stage, code: Code): void {
  stage.execute({ role: 'tick', body: (service) => code.drain(service) });
}

/** Somebody hands over a whole list for one instance. */
export function handOver(stage: Stage, code: Code, idInstance: string, groups: number): void {
  for (let number = 1; number <= groups; number += 1) {
    const wish = { groupName: `Group ${number}`, chatIds: ['79001234568@c.us'], wanted: idInstance };
    const asker = { keyName: `caller ${number}`, idempotencyKey: `key-${number}` };
    stage.world.in(number * SECOND_MS, () =>
      stage.execute({ role: 'caller', body: (service) => code.createGroup(service, wish, asker, 'queue') }),
    );
  }
}
