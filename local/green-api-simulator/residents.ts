import type { SimulatedInstance } from './account.ts';
import type { SimulatedGroup } from './groups.ts';
import { digitsFrom, ownChatId } from './people.ts';

/** Somebody with whom an account writes. */
export interface Person {
  readonly chatId: string;
  /** The name in the WhatsApp profile; empty where there is none. */
  readonly name: string;
  /** The name in the phone book; empty where the number is not in it. */
  readonly contactName: string;
  /** Unix seconds; missing: always just now. */
  readonly lastActive?: number;
}

const IN_2020 = 1_589_000_000;
const IN_2023 = 1_680_000_000;
const IN_2024 = 1_710_000_000;
const CHAT_ID_DIGITS = 12;
const LINK_DIGITS = 22;

const VERA = '79005550101@c.us';
const STRANGER = '79005550102@c.us';
const GLEB = '79005550103@c.us';

/** Every account's people: real lists hold more than groups. The first never stops writing, so her chat is always the newest. */
export const PEOPLE: readonly Person[] = [
  { chatId: VERA, name: 'Vera', contactName: 'Vera from the office' },
  { chatId: STRANGER, name: '', contactName: '', lastActive: IN_2024 },
  { chatId: GLEB, name: 'Gleb', contactName: '', lastActive: IN_2023 },
];

/** The groups that an account had long before: one of its own, with an id of the old form [C], and one of somebody else's. */
export function olderGroupsOf(instance: SimulatedInstance): SimulatedGroup[] {
  const { idInstance, ownPhone } = instance;
  const own = ownChatId(instance);
  const group = (chatId: string, groupName: string, creation: number, owner: string): SimulatedGroup => ({
    idInstance,
    chatId,
    groupName,
    groupInviteLink: `https://chat.whatsapp.com/${digitsFrom(chatId, LINK_DIGITS)}`,
    creation,
    owner,
    members: [...new Set([owner, own, VERA, GLEB])],
  });
  return [
    group(`${ownPhone}-${IN_2020}@g.us`, 'Our office', IN_2020, own),
    group(`120363${digitsFrom(ownPhone, CHAT_ID_DIGITS)}@g.us`, 'Neighbours', IN_2023, GLEB),
  ];
}
