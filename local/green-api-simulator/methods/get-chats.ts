import * as z from 'zod/mini';
import { json } from '../answers.ts';
import type { SimulatedGroup } from '../groups.ts';
import { PEOPLE } from '../residents.ts';
import { firstOf, groupsShown, wantedCount } from './lists.ts';
import { lookUp } from './look-up.ts';

/** The chats, the one with the newest activity first (GREEN-API docs, getChats [C]). Its rate is not documented [G]. */
export const getChats = lookUp({
  name: 'getChats',
  verb: 'GET',
  callsPerSecond: 1,
  asksWhatsApp: true,
  asked: z.object({ count: wantedCount }),
  answer(call, { count }) {
    const { faults, world } = call;
    if (faults.emptyLists === 'chats' || faults.emptyLists === 'both') return json([]);
    const people = PEOPLE.map(({ chatId, name, lastActive }) => ({
      activeAt: lastActive ?? world.nowMs() / 1000,
      chat: chat(chatId, name, 'user'),
    }));
    const groups = groupsShown(call, faults.chatsLagSeconds).map((group) => ({
      activeAt: activeAt(group),
      chat: chat(group.chatId, faults.namelessGroups ? undefined : group.groupName, 'group'),
    }));
    const newestFirst = [...people, ...groups].toSorted((one, other) => other.activeAt - one.activeAt);
    return json(firstOf(newestFirst, count, call).map((entry) => entry.chat));
  },
});

/** Nobody writes in the groups here: what happens in them is that they come into being, and get another name. */
function activeAt({ creation, renamed }: SimulatedGroup): number {
  return renamed?.time ?? creation;
}

/** A name that is missing leaves no field [O]. */
function chat(id: string, name: string | undefined, type: 'user' | 'group') {
  return { archive: false, id, ephemeralExpiration: 0, ephemeralSettingTimestamp: 0, name, type };
}
