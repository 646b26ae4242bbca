import * as z from 'zod/mini';
import type { Account } from './account.ts';
import { membersOf, newChatId, newInviteLink, type SimulatedGroup } from './groups.ts';
import { parseInput } from './input.ts';
import { ownChatId } from './people.ts';

/** WhatsApp's own limits (GREEN-API facts, bans and limits). */
const MAX_NAME_LENGTH = 100;
const MAX_OTHERS = 1023;
const MAX_AGE_SECONDS = 1_000_000_000;

const groupName = z.string().check(z.minLength(1), z.maxLength(MAX_NAME_LENGTH));
const chatId = z.string().check(z.regex(/^\d{7,16}@c\.us$/, 'a chatId such as 79001234568@c.us'));

const HandMadeSchema = z.strictObject({
  groupName,
  /** The others; whoever made it and the instance's own number are in it anyway. */
  chatIds: z.array(chatId).check(z.maxLength(MAX_OTHERS)),
  createdSecondsAgo: z._default(z.int().check(z.minimum(0), z.maximum(MAX_AGE_SECONDS)), 0),
  /** Who made it; missing: the instance's own number. */
  owner: z.optional(chatId),
});

const RenamingSchema = z.strictObject({ groupName });

/** A group that somebody makes on a phone. */
export type HandMade = z.input<typeof HandMadeSchema>;

/** What the two acts need besides the account. */
interface Surroundings {
  readonly nowMs: () => number;
  readonly random: () => number;
}

/** A group appears that no createGroup made. @throws SimulatorError for a wrong field. */
export function makeByHand(
  account: Account,
  value: unknown,
  { nowMs, random }: Surroundings,
): SimulatedGroup {
  const wish = parseInput(HandMadeSchema, value);
  const own = ownChatId(account.instance);
  const owner = wish.owner ?? own;
  const group: SimulatedGroup = {
    idInstance: account.instance.idInstance,
    chatId: newChatId(random),
    groupName: wish.groupName,
    groupInviteLink: newInviteLink(random),
    creation: Math.floor(nowMs() / 1000) - wish.createdSecondsAgo,
    owner,
    members: membersOf(owner, [own, ...wish.chatIds], undefined),
    byHand: true,
  };
  account.addGroup(group);
  return group;
}

/** The instance's own number gives a group another name; undefined if there is no such group. @throws SimulatorError for a wrong field. */
export function renameByHand(
  account: Account,
  groupId: string,
  value: unknown,
  { nowMs }: Surroundings,
): SimulatedGroup | undefined {
  const renaming = parseInput(RenamingSchema, value);
  return account.rename(groupId, renaming.groupName, Math.floor(nowMs() / 1000));
}
