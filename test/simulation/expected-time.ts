import { ANY_INSTANCE } from '../../lambda/creation/request.ts';
import type { Wish } from '../../lambda/creation/wish.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import { intervalMs, type PacePolicy } from '../../lambda/pacing/policy.ts';
import { calmStage, planTicks } from './calm-stage.ts';
import type { Code } from './code.ts';
import type { Timing } from './green-api-model.ts';
import type { Stage } from './stage.ts';
import type { Violation } from './violation.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** By then all are served who came on that day. */
const LAST_SERVED_MS = 6 * HOUR_MS;
const INSTANCES = 3;
/** How much of what the instances can do is asked of them. */
const LOAD = 0.7;
const TYPICAL_CALL_MS = 2 * SECOND_MS;
const POLICY: PacePolicy = { intervalSeconds: 300, jitterSeconds: 0, timeZone: 'UTC' };
const SLOT_MS = intervalMs(POLICY) + TYPICAL_CALL_MS + CLOCK_MARGIN_MS;
const TIMING: Timing = {
  connectMs: (chance) => chance.between(5, 50),
  callMs: (chance) => chance.between(SECOND_MS, 2 * TYPICAL_CALL_MS - SECOND_MS),
};

/** For whom somebody asks. */
export type Kind = 'instance' | 'any' | 'later';

/** What somebody was told who had to wait, and when his POST began. */
export interface Told {
  readonly kind: Kind;
  readonly expectedAtMs: number;
  readonly startMs: number;
}

interface Accepted {
  readonly kind: Kind;
  readonly id: string;
  readonly expectedAtMs: number;
}

export interface Day {
  readonly told: readonly Told[];
  readonly violations: readonly Violation[];
}

/** A day of people who ask for groups one by one, and are told when theirs will probably be created. */
export async function simulateDay(code: Code, seed: number): Promise<Day> {
  const startMs = Date.UTC(2026, 0, 5);
  const stage = calmStage(code, seed, { startMs, instances: INSTANCES, policy: POLICY, timing: TIMING });
  const { world, greenApi } = stage;
  const endMs = startMs + DAY_MS + LAST_SERVED_MS;
  const accepted: Accepted[] = [];
  planTicks(stage, code, endMs, 0);
  for (let atMs = startMs; ; ) {
    // Poisson: the times between arrivals are exponential.
    atMs += Math.ceil((-Math.log(1 - world.chance.next()) * SLOT_MS) / (INSTANCES * LOAD));
    if (atMs > startMs + DAY_MS) break;
    world.at(atMs, () => ask(stage, code, accepted));
  }
  await world.run(endMs);
  const starts = new Map(greenApi.posts.map((post) => [post.attempt?.requestId, post.startMs]));
  const told = accepted.map(({ kind, id, expectedAtMs }) => ({
    kind,
    expectedAtMs,
    startMs: starts.get(id) ?? Number.POSITIVE_INFINITY,
  }));
  return { told, violations: stage.violations };
}

function ask(stage: Stage, code: Code, accepted: Accepted[]): void {
  const { kind, wish } = drawWish(stage);
  const asker = { keyName: `caller for ${wish.groupName}`, idempotencyKey: wish.groupName };
  stage.execute({
    role: 'caller',
    body: async (service) => {
      const answer = await code.createGroup(service, wish, asker, 'queue');
      if (answer.kind !== 'request' || answer.request.status !== 'queued') return;
      const { expectedAtMs = Number.NaN } = await code.outlookOf(service, answer.request);
      accepted.push({ kind, id: answer.request.id, expectedAtMs });
    },
  });
}

/** 60 % for one instance, 20 % for any, 20 % for later. */
function drawWish({ world, idInstances }: Stage): { readonly kind: Kind; readonly wish: Wish } {
  const { chance, nowMs } = world;
  const kind = chance.pick<Kind>(['instance', 'instance', 'instance', 'any', 'later']);
  const isForAny = kind === 'any' || (kind === 'later' && chance.is(0.25));
  const idInstance = chance.oneOf(idInstances) ?? ANY_INSTANCE;
  return {
    kind,
    wish: {
      groupName: `Group at ${nowMs}`,
      chatIds: ['79001234568@c.us'],
      wanted: isForAny ? ANY_INSTANCE : idInstance,
      ...(kind === 'later' && { notBeforeMs: nowMs + chance.between(1, 3 * HOUR_MS) }),
    },
  };
}

/** How far off it was on average, in seconds. */
export function meanErrorSeconds(told: readonly Told[]): number {
  const errorsMs = told.map(({ expectedAtMs, startMs }) => Math.abs(expectedAtMs - startMs));
  return errorsMs.reduce((sum, errorMs) => sum + errorMs, 0) / errorsMs.length / SECOND_MS;
}
