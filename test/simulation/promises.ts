import { CLOCK_MARGIN_MS, ENGINE_MS } from '../../lambda/pacing/limits.ts';
import type { PolicyOf } from '../../lambda/pacing/policy.ts';
import type { Item } from '../../lambda/storage/table.ts';
import type { Chronicle } from './chronicle.ts';
import type { Post } from './green-api-model.ts';
import type { CreatedGroup } from './groups.ts';
import type { Listing } from './look-ups-model.ts';
import { EXECUTION_MS, type Process } from './process.ts';
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

/** What an execution was shown of an instance. */
type ListingsOf = (process: Process, idInstance: string) => readonly Listing[];

/**
 * S3: a request leads to one group at most, unless a person let it run again before the POST of the next. What both of GREEN-API's
 * lists have cut off nobody can find, however long he waits: after an overlimit such a group is doubled, as the protocol says.
 */
export function doubledGroups(
  groups: readonly CreatedGroup[],
  chronicle: Chronicle,
  listingsOf: ListingsOf,
): Violation[] {
  const byRequest = Map.groupBy(groups, ({ post }) => post.attempt?.requestId ?? '');
  return [...byRequest].flatMap(([id, all]) => {
    const inOrder = all.toSorted((one, other) => one.post.startMs - other.post.startMs);
    return inOrder.flatMap(({ groupName, post }, index) => {
      const before = inOrder[index - 1];
      if (!before || chronicle.wasAllowedAnew(id, before.post.startMs, post.startMs)) return [];
      const isHidden = chronicle
        .writersOf(id)
        .some((process) => isCutOff(before, listingsOf(process, before.idInstance)));
      return isHidden ? [] : [{ promise: 'S3' as const, what: `"${groupName}" (${id}) exists twice` }];
    });
  });
}

function isCutOff({ chatId }: CreatedGroup, listings: readonly Listing[]): boolean {
  const cut = listings.filter(({ cutOff }) => cutOff.some((entry) => entry.chatId === chatId));
  return new Set(cut.map(({ list }) => list)).size === 2;
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
