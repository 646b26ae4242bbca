import * as z from 'zod/mini';
import { json } from '../answers.ts';
import type { Faults } from '../faults.ts';
import type { SimulatedGroup } from '../groups.ts';
import { lidOf, ownChatId } from '../people.ts';
import { lookUp } from './look-up.ts';

/** One group, as WhatsApp has it at this moment. One that the number is not in is an error inside a 200 [O]. */
export const getGroupData = lookUp({
  name: 'getGroupData',
  verb: 'POST',
  callsPerSecond: 1,
  asksWhatsApp: true,
  asked: z.strictObject({ groupId: z.string().check(z.regex(/.@g\.us$/, "'group_id@g.us'")) }),
  answer({ account, faults }, { groupId }) {
    const group = account.everyGroup().find(({ chatId }) => chatId === groupId);
    return json(
      group === undefined ? 'Error: item-not-found' : groupData(group, ownChatId(account.instance), faults),
    );
  },
});

/** The fields and their order as they were recorded from the live service [O]; the link is empty unless the number is admin [C]. */
function groupData(group: SimulatedGroup, own: string, faults: Faults) {
  const { owner, creation, renamed } = group;
  const named = (chatId: string): string => (faults.lidMode ? lidOf(chatId) : chatId);
  return {
    groupId: group.chatId,
    owner: named(owner),
    subject: group.groupName,
    creation,
    subjectTime: renamed?.time ?? creation,
    subjectOwner: named(renamed?.by ?? owner),
    groupInviteLink: owner === own && !faults.linklessGroups ? group.groupInviteLink : '',
    ephemeralExpiration: 0,
    allowParticipantsEditGroupSettings: true,
    allowParticipantsSendMessages: true,
    allowParticipantsAddMembers: false,
    isCommunity: false,
    isCommunityAnnounce: false,
    size: group.members.length,
    participants: group.members.slice(0, faults.listedParticipants).map((chatId) => ({
      id: named(chatId),
      lid: lidOf(chatId),
      isAdmin: chatId === owner,
      isSuperAdmin: chatId === owner,
    })),
  };
}
