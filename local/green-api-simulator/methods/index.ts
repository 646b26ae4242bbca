import { checkWhatsapp } from './check-whatsapp.ts';
import { createGroup } from './create-group.ts';
import { getChats } from './get-chats.ts';
import { getContacts } from './get-contacts.ts';
import { getGroupData } from './get-group-data.ts';
import { getSettings } from './get-settings.ts';
import { getStateInstance } from './get-state-instance.ts';
import { getWaSettings } from './get-wa-settings.ts';
import type { Method } from './method.ts';

const METHODS: readonly Method[] = [
  createGroup,
  getStateInstance,
  getSettings,
  getWaSettings,
  getContacts,
  getChats,
  getGroupData,
  checkWhatsapp,
];

const BY_NAME: ReadonlyMap<string, Method> = new Map(METHODS.map((method) => [method.name, method]));

/** GREEN-API takes `CreateGroup` as well as `createGroup` [I]: the case of the first letter does not matter. */
export function findMethod(name: string): Method | undefined {
  return BY_NAME.get(name.charAt(0).toLowerCase() + name.slice(1));
}
