import { earliestAllowed } from '../../../lambda/pacing/allowed.ts';
import type { PacedInstance, Waiting } from '../../../lambda/pacing/expected.ts';
import { nextRested } from '../../../lambda/pacing/opening.ts';
import type { PacePolicy } from '../../../lambda/pacing/policy.ts';

const CALL_MS = 2_000;

/** The expected future, slow and plain: each time every instance is asked about every request, and the soonest serves. */
export function expectedByAskingAll(
  instances: readonly PacedInstance[],
  waiting: readonly Waiting[],
  nowMs: number,
): Map<string, number> {
  const served = new Map<string, number>();
  const courses = instances.flatMap(({ idInstance, policy, lock }) => {
    const rested = nextRested(policy, lock, nowMs);
    if (rested.atMs === undefined) return [];
    const callEndsMs = Math.max(nowMs, (lock.acquiredAtMs ?? nowMs) + CALL_MS);
    const readyMs =
      rested.why === 'in-flight' ? Math.min(rested.atMs, callEndsMs + restMs(policy)) : rested.atMs;
    return [{ idInstance, policy, attempts: { ...lock.attemptsByDay }, readyMs }];
  });
  type Course = (typeof courses)[number];
  const mayServeMs = ({ policy, attempts, readyMs }: Course, { placeMs }: Waiting) =>
    earliestAllowed(policy, attempts, Math.max(readyMs, placeMs)).atMs;
  for (;;) {
    const left = waiting.filter(({ id }) => !served.has(id));
    const turns = courses.flatMap((course) =>
      left
        .filter(({ wanted }) => wanted === 'any' || wanted === course.idInstance)
        .map((request) => ({ course, request, atMs: mayServeMs(course, request) })),
    );
    // Sorting keeps the order of the list, which is that of the instances.
    const [first] = turns.toSorted((one, other) => one.atMs - other.atMs);
    if (!first) return served;
    const { course, atMs } = first;
    const [next] = turns
      .filter((turn) => turn.course === course && turn.request.placeMs <= atMs)
      .map(({ request }) => request)
      .toSorted((one, other) => one.placeMs - other.placeMs || (one.id < other.id ? -1 : 1));
    if (!next) throw new Error('the soonest turn is for something due');
    served.set(next.id, atMs);
    const { day } = earliestAllowed(course.policy, course.attempts, atMs);
    course.attempts[day] = (course.attempts[day] ?? 0) + 1;
    course.readyMs = atMs + CALL_MS + restMs(course.policy);
  }
}

/** The interval, half the jitter, and the margin of the clocks. */
function restMs({ intervalSeconds, jitterSeconds }: PacePolicy): number {
  return intervalSeconds * 1_000 + jitterSeconds * 500 + 1_000;
}
