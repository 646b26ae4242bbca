import * as z from 'zod/mini';
import { json } from '../answers.ts';
import { PEOPLE } from '../residents.ts';
import { firstOf, groupsShown, wantedCount } from './lists.ts';
import { lookUp } from './look-up.ts';

/** The contacts, people first, then groups, the newest last [G]; `group` picks the one or the other (GREEN-API docs [C]). */
export const getContacts = lookUp({
  name: 'getContacts',
  verb: 'GET',
  callsPerSecond: 1,
  asksWhatsApp: true,
  asked: z.object({
    group: z.optional(z.enum(['true', 'false'], "'group' must be a boolean")),
    count: wantedCount,
  }),
  answer(call, { group, count }) {
    const { faults } = call;
    if (faults.emptyLists === 'contacts' || faults.emptyLists === 'both') return json([]);
    const people = PEOPLE.map(({ chatId, name, contactName }) => ({
      id: chatId,
      name,
      contactName,
      type: 'user' as const,
    }));
    const groups = groupsShown(call, faults.contactsLagSeconds).map(({ chatId, groupName }) => ({
      id: chatId,
      name: faults.namelessGroups ? '' : groupName,
      contactName: '',
      type: 'group' as const,
    }));
    const entries = [...(group === 'true' ? [] : people), ...(group === 'false' ? [] : groups)];
    return json(firstOf(entries, count, call));
  },
});
