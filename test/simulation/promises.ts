import { CLOCK_MARGIN_MS, ENGINE_MS } from '../../lambda/pacing/limits.ts';
import type { Item } from '../../lambda/storage/table.ts';
import type { CreatedGroup, Post } from './green-api-model.ts';
import { EXECUTION_MS } from './process.ts';

export interface Violation {
  readonly promise: 'S1' | 'S2' | 'S3' | 'L1';
  readonly what: string;
}

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
  ownAttempts: ReadonlySet<string>,
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

/**
 * S3: a request leads to one group at most. Group names tell the wishes apart; the same wish is another request only
 * once the first has been over for so long.
 */
export function doubledGroups(
  groups: readonly CreatedGroup[],
  bindsMsByName: ReadonlyMap<string, number>,
): Violation[] {
  const last = new Map<string, CreatedGroup>();
  return groups.flatMap((group) => {
    const { groupName, atMs } = group;
    const before = last.get(groupName);
    last.set(groupName, group);
    if (!before) return [];
    const apartMs = atMs - before.atMs;
    // A group that nobody was told of binds its wish for good.
    const bindsMs = before.post.outcome === 'created' ? bindsMsByName.get(groupName) : undefined;
    return apartMs < (bindsMs ?? Number.POSITIVE_INFINITY)
      ? [{ promise: 'S3', what: `"${groupName}" exists twice, ${apartMs} ms apart` }]
      : [];
  });
}

/** L1: how long after a crash an instance may stay locked. */
export const freeAgainMs = (intervalMs: number): number =>
  EXECUTION_MS + ENGINE_MS + intervalMs + 2 * CLOCK_MARGIN_MS;

/** L1: the lock as a dead execution left it, looked at when it must be over. */
export function livenessViolation(
  lock: Item | undefined,
  deadAttempts: ReadonlySet<string>,
  nowMs: number,
  idInstance: string,
): Violation | undefined {
  const isLeftBehind = deadAttempts.has(String(lock?.['attemptId'] ?? ''));
  const isFree = Number(lock?.['freeAtMs'] ?? 0) + CLOCK_MARGIN_MS <= nowMs + CLOCK_MARGIN_MS;
  return isLeftBehind && !isFree
    ? { promise: 'L1', what: `${idInstance} is still locked by an execution that died long ago` }
    : undefined;
}
