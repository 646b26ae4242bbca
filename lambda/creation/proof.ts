import { intervalMs, type PacePolicy } from '../pacing/policy.ts';
import type { GroupFacts } from './ports.ts';
import type { Mismatches, OverlimitWindow, Window } from './request.ts';

/** How far WhatsApp's clock and ours may differ, and how late a group may be: never so far that two attempts' windows overlap. */
const MOST_TOLERANCE_MS = 120_000;
const TOLERANCE_PART_OF_INTERVAL = 0.4;
/** WhatsApp counts in whole seconds. */
const WHOLE_SECOND_MS = 1_000;

/** What an attempt's group must be like. */
export interface Sought {
  readonly groupName: string;
  readonly chatIds: readonly string[];
  /** The instance's own number. */
  readonly ownChatId: string;
  /** When it can have come into being, with tolerance. */
  readonly windows: readonly Window[];
}

/** Whether a group is the one that was sought, or the first thing that speaks against it. */
export function judge(sought: Sought, group: GroupFacts): 'fits' | Exclude<keyof Mismatches, 'gone'> {
  if (!isSameName(group.subject, sought.groupName)) return 'name';
  if (!sought.windows.some((window) => isCreatedIn(window, group))) return 'time';
  if (!group.creators.includes(sought.ownChatId)) return 'creator';
  const asked = new Set([...sought.chatIds, sought.ownChatId]);
  // A member that only has a `…@lid` cannot be told from a stranger.
  return group.members.every((member) => asked.has(member)) ? 'fits' : 'members';
}

/** WhatsApp may trim names [G]. */
export function isSameName(one: string, other: string): boolean {
  return one.trim() === other.trim();
}

/** What is known of the attempts of a request. */
interface Attempted {
  readonly window?: Window | undefined;
  readonly overlimitWindow?: OverlimitWindow | undefined;
  readonly idInstance?: string | undefined;
}

/** The windows of a request in which a group of it can have come into being on this instance. */
export function windowsOn(
  ofInstance: string,
  { window, overlimitWindow, idInstance }: Attempted,
): readonly Window[] {
  return [
    ...(window && idInstance === ofInstance ? [window] : []),
    ...(overlimitWindow?.idInstance === ofInstance ? [overlimitWindow] : []),
  ];
}

/** With what clocks may differ by: as much as keeps the windows of two attempts apart. */
export function withTolerance({ startMs, endMs }: Window, policy: PacePolicy): Window {
  const toleranceMs = Math.min(MOST_TOLERANCE_MS, TOLERANCE_PART_OF_INTERVAL * intervalMs(policy));
  return { startMs: startMs - toleranceMs, endMs: endMs + toleranceMs };
}

/** Who was asked for and is not in the group; undefined where that cannot be told. */
export function missingMembers(chatIds: readonly string[], group: GroupFacts): readonly string[] | undefined {
  const missing = chatIds.filter((chatId) => !group.members.includes(chatId));
  if (missing.length === 0) return [];
  const areAllNamed = group.isWhole && group.members.every((member) => member.endsWith('@c.us'));
  return areAllNamed ? missing : undefined;
}

function isCreatedIn({ startMs, endMs }: Window, { createdAtMs }: GroupFacts): boolean {
  return createdAtMs + WHOLE_SECOND_MS > startMs && createdAtMs <= endMs;
}
