import { CLOCK_MARGIN_MS, ENGINE_MS } from '../../lambda/pacing/limits.ts';
import type { PolicyOf } from '../../lambda/pacing/policy.ts';
import type { Item } from '../../lambda/storage/table.ts';
import type { Chronicle } from './chronicle.ts';
import type { Post } from './green-api-model.ts';
import type { CreatedGroup } from './groups.ts';
import { EXECUTION_MS } from './process.ts';
import type { Violation } from './violation.ts';

/** S1: between the end of a POST that may have reached WhatsApp and the start of the next lies the interval. */
export function spacingViolations(posts: readonly Post[], intervalMs: number): Violation[] {
  return posts.flatMap((post) => {
    if (!post.mayHaveReachedWhatsApp) return [];
    return posts
      .filter((next) => next !== post && next.idInstance === post.idInstance && next.startMs >= post.startMs)
      .filter((next) => next.startMs - post.endMs < intervalMs)
      .map((next) => ({
        promise: 'S1' as const,
        what: `"${next.groupName}" was sent ${next.startMs - post.endMs} ms after the end of "${post.groupName}" on ${post.idInstance}`,
      }));
  });
}

/** S2: in the instant of a POST the lock is held by an attempt of the very execution that sends, used by no other POST. */
export function ownershipViolation(
  post: Post,
  lock: Item | undefined,
  ownAttempts: ReadonlyMap<string, unknown>,
  usedAttempts: Set<string>,
): Violation | undefined {
  const attemptId = String(lock?.['attemptId'] ?? '');
  const isOwn = ownAttempts.has(attemptId) && !usedAttempts.has(attemptId);
  const isLive = Number(lock?.['freeAtMs'] ?? 0) > post.startMs;
  usedAttempts.add(attemptId);
  return isOwn && isLive
    ? undefined
    : { promise: 'S2', what: `"${post.groupName}" was sent without a live lock of its own` };
}

/** S3: a request leads to one group at most, unless a person let it run again before the POST of the next. */
export function doubledGroups(groups: readonly CreatedGroup[], chronicle: Chronicle): Violation[] {
  const byRequest = Map.groupBy(groups, ({ post }) => post.attempt?.requestId ?? '');
  return [...byRequest].flatMap(([id, all]) => {
    const posts = all.map(({ post }) => post).toSorted((one, other) => one.startMs - other.startMs);
    return posts.flatMap((post, index) => {
      const before = posts[index - 1];
      return !before || chronicle.wasAllowedAnew(id, before.startMs, post.startMs)
        ? []
        : [{ promise: 'S3' as const, what: `"${post.groupName}" (${id}) exists twice` }];
    });
  });
}

/** No more POSTs that may have reached WhatsApp than the day may have. */
export function limitViolations(posts: readonly Post[], policyOf: PolicyOf): Violation[] {
  const counted = posts.filter(({ mayHaveReachedWhatsApp }) => mayHaveReachedWhatsApp);
  const days = Map.groupBy(counted, ({ idInstance, attempt }) => `${idInstance} on ${attempt?.day}`);
  return [...days].flatMap(([day, ofDay]) => {
    const { dailyLimit = Number.POSITIVE_INFINITY } = policyOf(ofDay[0]?.idInstance ?? '');
    return ofDay.length > dailyLimit
      ? [{ promise: 'limit' as const, what: `${ofDay.length} of ${dailyLimit} by ${day}` }]
      : [];
  });
}

/** L1: how long after a crash an instance may stay locked. */
export const freeAgainMs = (intervalMs: number): number =>
  EXECUTION_MS + ENGINE_MS + intervalMs + 2 * CLOCK_MARGIN_MS;

/** L1: the lock as a dead execution left it, looked at when it must be over. */
export function livenessViolation(
  lock: Item | undefined,
  deadAttempts: ReadonlyMap<string, unknown>,
  nowMs: number,
  idInstance: string,
): Violation | undefined {
  const isLeftBehind = deadAttempts.has(String(lock?.['attemptId'] ?? ''));
  const isFree = Number(lock?.['freeAtMs'] ?? 0) <= nowMs;
  return isLeftBehind && !isFree
    ? { promise: 'L1', what: `${idInstance} is still locked by an execution that died long ago` }
    : undefined;
}
