import { isActiveAt } from '../../lambda/pacing/allowed.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import { dayOf, intervalMs, meanJitterMs, type PacePolicy } from '../../lambda/pacing/policy.ts';
import { calmStage, handOver, PROMPT, planTicks } from './calm-stage.ts';
import type { Code } from './code.ts';
import type { Post } from './green-api-model.ts';
import { parsedHours } from './habits.ts';
import type { Violation } from './violation.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** L2: so much of the best possible pace. */
const PART_OF_THE_BEST = 0.99;
const MISSED_TICKS = 0.3;

/** What came of it, for a test to report. */
export interface Pace {
  readonly violations: readonly Violation[];
  readonly posts: readonly Post[];
  readonly partOfTheBest: number;
}

/** L2: one instance with a full queue for a day; beside it, if wanted, one for which DynamoDB never answers. */
export async function simulateFullQueue(code: Code, seed: number, isBesideBroken: boolean): Promise<Pace> {
  const policy = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' };
  const startMs = Date.UTC(2026, 0, 5);
  const stage = calmStage(code, seed, {
    startMs,
    instances: isBesideBroken ? 2 : 1,
    isFirstBroken: isBesideBroken,
    policy,
    timing: PROMPT,
  });
  handOver(stage, code, stage.usableInstances[0] ?? '', DAY_MS / intervalMs(policy));
  planTicks(stage, code, startMs + DAY_MS, MISSED_TICKS);
  await stage.world.run(startMs + DAY_MS);
  const { posts } = stage.greenApi;
  const partOfTheBest = (posts.length * slotMs(policy, posts)) / DAY_MS;
  const isSlow = partOfTheBest < PART_OF_THE_BEST;
  const slow: Violation = {
    promise: 'L2',
    what: `${posts.length} groups a day, ${partOfTheBest} of the best`,
  };
  return { posts, partOfTheBest, violations: [...stage.violations, ...(isSlow ? [slow] : [])] };
}

/** What one creation takes at best: interval, mean jitter, call, and the clock margin. */
function slotMs(policy: PacePolicy, posts: readonly Post[]): number {
  const ended = posts.filter(({ outcome }) => outcome === 'created');
  const callMs = ended.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0) / ended.length;
  return intervalMs(policy) + meanJitterMs(policy) + callMs + CLOCK_MARGIN_MS;
}

/** Two days around the change to summer time, for which the queue is long enough. */
const HOURS_POLICY: PacePolicy = {
  intervalSeconds: 300,
  jitterSeconds: 60,
  timeZone: 'Europe/Berlin',
  dailyLimit: 45,
  ...parsedHours('daily 09:00-20:00'),
};
const OPENINGS_MS = [
  Date.UTC(2026, 2, 28, 8),
  // The clocks were put forward in the night.
  Date.UTC(2026, 2, 29, 7),
  Date.UTC(2026, 2, 30, 7),
];
const DAYS = OPENINGS_MS.length;

/** Active hours and a daily limit are kept to the minute, and used to the full. */
export async function simulateHours(code: Code, seed: number): Promise<readonly Violation[]> {
  const startMs = Date.UTC(2026, 2, 27, 22);
  const scene = { startMs, instances: 1, policy: HOURS_POLICY, timing: PROMPT };
  const stage = calmStage(code, seed, scene);
  handOver(stage, code, stage.usableInstances[0] ?? '', 200);
  planTicks(stage, code, startMs + DAYS * DAY_MS, MISSED_TICKS);
  await stage.world.run(startMs + DAYS * DAY_MS);
  return [...stage.violations, ...hoursViolations(stage.greenApi.posts)];
}

function hoursViolations(posts: readonly Post[]): Violation[] {
  // A clock that is ahead opens as much earlier.
  const outside = posts.filter(({ startMs }) => !isActiveAt(HOURS_POLICY, startMs + CLOCK_MARGIN_MS));
  const firsts = OPENINGS_MS.filter(
    (openMs) =>
      !posts.some(({ startMs }) => startMs >= openMs - CLOCK_MARGIN_MS && startMs < openMs + MINUTE_MS),
  );
  const days = Map.groupBy(posts, ({ startMs }) => dayOf(HOURS_POLICY, startMs));
  const wrong = [...days].filter(([, ofDay]) => ofDay.length !== HOURS_POLICY.dailyLimit);
  const isShort = days.size < DAYS;
  return [
    ...outside.map(({ startMs }) => `a POST at ${new Date(startMs).toISOString()}`),
    ...firsts.map((openMs) => `none in the minute from ${new Date(openMs).toISOString()} on`),
    ...wrong.map(([day, ofDay]) => `${ofDay.length} of ${HOURS_POLICY.dailyLimit} on ${day}`),
    ...(isShort ? [`only on ${days.size} days`] : []),
  ].map((what) => ({ promise: 'hours', what }));
}
