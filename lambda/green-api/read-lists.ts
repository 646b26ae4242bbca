import type { ListedChat } from '../creation/ports.ts';
import { isObject } from './body.ts';
import { ID, MAX_LIST_ENTRIES, MAX_NAME_LENGTH } from './look-up-facts.ts';
import type { Read } from './looked-up.ts';

/**
 * `[{"id","name", …}]`: getChats and getContacts (GREEN-API docs). Persons stay in it, to tell a list without groups from an
 * empty one, which says nothing. An entry without an id is left out. Of a list that is too long nothing is said: a part of it would
 * look like the whole.
 */
export function readChats(body: unknown): Read<readonly ListedChat[]> {
  const entries = listIn(body);
  return entries && entries.length <= MAX_LIST_ENTRIES ? { value: entries.flatMap(listedIn) } : undefined;
}

function listedIn(entry: unknown): ListedChat[] {
  if (!isObject(entry)) return [];
  const { id, name } = entry;
  return isId(id)
    ? [{ chatId: id, name: typeof name === 'string' ? name.slice(0, MAX_NAME_LENGTH) : '' }]
    : [];
}

export function listIn(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
