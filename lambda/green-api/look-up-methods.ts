import type { GroupFacts, ListedChat } from '../creation/ports.ts';
import { PERSONAL_CHAT_ID } from './look-up-facts.ts';
import type { Reader } from './looked-up.ts';
import { readGroup } from './read-group.ts';
import {
  readBadNumber,
  readExists,
  readOwnChatId,
  readState,
  readSuspendedUntilMs,
} from './read-instance.ts';
import { readChats } from './read-lists.ts';

/** One of GREEN-API's methods that change nothing: a GET, or with a body a POST. */
export interface LookUpMethod<T> extends Reader<T> {
  readonly name: string;
  /** With its `?`. */
  readonly query?: string;
  readonly body?: Readonly<Record<string, string | number>>;
}

export const GET_STATE: LookUpMethod<string> = { name: 'getStateInstance', ofBody: readState };

export const GET_SETTINGS: LookUpMethod<string> = { name: 'getSettings', ofBody: readOwnChatId };

export const GET_WA_SETTINGS: LookUpMethod<number | undefined> = {
  name: 'getWaSettings',
  ofBody: readSuspendedUntilMs,
};

export const GET_CHATS: LookUpMethod<readonly ListedChat[]> = {
  name: 'getChats',
  query: '?count=50',
  ofBody: readChats,
};

export const GET_GROUP_CONTACTS: LookUpMethod<readonly ListedChat[]> = {
  name: 'getContacts',
  query: '?group=true',
  ofBody: readChats,
};

export function getGroupData(chatId: string): LookUpMethod<GroupFacts | undefined> {
  return {
    name: 'getGroupData',
    body: { groupId: chatId },
    ofBody: (body) => readGroup(chatId, body),
  };
}

/** undefined where the chat id holds no phone number that GREEN-API could be asked for: it takes it as a JSON number. */
export function checkWhatsapp(chatId: string): LookUpMethod<boolean> | undefined {
  const phoneNumber = Number(PERSONAL_CHAT_ID.exec(chatId)?.[1]);
  if (!Number.isSafeInteger(phoneNumber)) return undefined;
  return { name: 'checkWhatsapp', body: { phoneNumber }, ofBody: readExists, ofRefusal: readBadNumber };
}
