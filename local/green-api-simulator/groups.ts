/** A group as WhatsApp knows it. */
export interface SimulatedGroup {
  readonly idInstance: string;
  readonly chatId: string;
  readonly groupName: string;
  readonly groupInviteLink: string;
  /** Unix seconds. */
  readonly creation: number;
  /** Its creator, who is a member too. */
  readonly owner: string;
  /** Who really got in, the owner included. */
  readonly members: readonly string[];
  /** Made on a phone, not by a createGroup. */
  readonly byHand?: true;
  /** The last time that somebody changed the name. */
  readonly renamed?: { readonly time: number; readonly by: string };
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LINK_CODE_LENGTH = 22;
const CHAT_ID_DIGITS = 12;

/** `120363` and twelve digits: the form since 2021 [C]. */
export function newChatId(random: () => number): string {
  return `120363${pick('0123456789', CHAT_ID_DIGITS, random)}@g.us`;
}

/** An invitation: 22 base62 characters [O]. */
export function newInviteLink(random: () => number): string {
  return `https://chat.whatsapp.com/${pick(BASE62, LINK_CODE_LENGTH, random)}`;
}

/** Everybody asked for, once, and the owner; without those that are to be missing. */
export function membersOf(
  owner: string,
  chatIds: readonly string[],
  missing: readonly string[] | number | undefined,
): readonly string[] {
  const asked = [...new Set(chatIds)].filter((chatId) => chatId !== owner);
  const admitted =
    typeof missing === 'number'
      ? asked.slice(0, Math.max(0, asked.length - missing))
      : asked.filter((chatId) => !missing?.includes(chatId));
  return [owner, ...admitted];
}

function pick(alphabet: string, length: number, random: () => number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');
}
