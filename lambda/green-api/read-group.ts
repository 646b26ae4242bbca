import type { GroupFacts } from '../creation/ports.ts';
import { isObject } from './body.ts';
import { MAX_INVITE_LINK_LENGTH } from './facts.ts';
import {
  FIRST_MILLISECONDS,
  LINK_START,
  MAX_LIST_ENTRIES,
  MAX_NAME_LENGTH,
  NO_SUCH_GROUP,
} from './look-up-facts.ts';
import type { Read } from './looked-up.ts';
import { isId, listIn } from './read-lists.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The facts of a group (GREEN-API docs, getGroupData); `{ value: undefined }` where there is none, or the number is not in it.
 * Without a name and the second of its creation it could not be judged, and counts as not read.
 * @param chatId the group that was asked for: an answer about another is none
 */
export function readGroup(chatId: string, body: unknown): Read<GroupFacts | undefined> {
  if (typeof body === 'string') return NO_SUCH_GROUP.test(body.trim()) ? { value: undefined } : undefined;
  if (!isObject(body)) return undefined;
  const { groupId = chatId, subject, creation, groupInviteLink } = body;
  if (groupId !== chatId || typeof subject !== 'string' || !isUnixSeconds(creation)) return undefined;
  const facts: GroupFacts = {
    chatId,
    subject: subject.slice(0, MAX_NAME_LENGTH),
    createdAtMs: creation * 1_000,
    creators: creatorsIn(body),
    ...membersIn(body),
    groupInviteLink: isLink(groupInviteLink) ? groupInviteLink : '',
  };
  return { value: facts };
}

/** Who set the name in the second of the creation set the first one; later anybody may have. */
function creatorsIn(group: Fields): readonly string[] {
  const { owner, subjectOwner, subjectTime, creation } = group;
  const superAdmins = participantsIn(group).flatMap(({ id, isSuperAdmin }) =>
    isSuperAdmin === true ? [id] : [],
  );
  return distinctIds([owner, ...(subjectTime === creation ? [subjectOwner] : []), ...superAdmins]);
}

/** All are there if nothing says that some are not: `size`, a participant without an id, a list without end. */
function membersIn(group: Fields): Pick<GroupFacts, 'members' | 'isWhole'> {
  const { size, participants } = group;
  const members = distinctIds(participantsIn(group).map(({ id }) => id));
  const expected = typeof size === 'number' ? size : 0;
  const listed = listIn(participants)?.length ?? Number.POSITIVE_INFINITY;
  return { members, isWhole: members.length >= Math.max(expected, listed) };
}

function participantsIn({ participants }: Fields): readonly Fields[] {
  return (listIn(participants) ?? []).slice(0, MAX_LIST_ENTRIES).filter(isObject);
}

function distinctIds(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.filter(isId))];
}

function isUnixSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < FIRST_MILLISECONDS;
}

function isLink(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(LINK_START) && value.length <= MAX_INVITE_LINK_LENGTH;
}
