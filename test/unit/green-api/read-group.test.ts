import { describe, expect, it } from 'vitest';
import { MAX_INVITE_LINK_LENGTH } from '../../../lambda/green-api/facts.ts';
import { MAX_LIST_ENTRIES } from '../../../lambda/green-api/look-up-facts.ts';
import { readGroup } from '../../../lambda/green-api/read-group.ts';

const CHAT_ID = '120363421084000163@g.us';
const LINK = 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4';
const CREATOR = '375440000891@c.us';

/** As recorded on the live service right after createGroup; who published it has masked two ids [O]. */
const RECORDED = {
  groupId: CHAT_ID,
  owner: '***',
  subject: 'New group',
  creation: 1761913279,
  subjectTime: 1761913279,
  subjectOwner: CREATOR,
  groupInviteLink: LINK,
  ephemeralExpiration: 0,
  allowParticipantsEditGroupSettings: true,
  allowParticipantsSendMessages: true,
  allowParticipantsAddMembers: false,
  isCommunity: false,
  isCommunityAnnounce: false,
  size: 1,
  participants: [{ id: '***', lid: '78714469634134@lid', isAdmin: true, isSuperAdmin: true }],
};

const member = (id: unknown, isSuperAdmin = false) => ({ id, isAdmin: isSuperAdmin, isSuperAdmin });

function factsOf(fields: object) {
  return readGroup(CHAT_ID, { ...RECORDED, ...fields })?.value;
}

describe('readGroup', () => {
  it('reads the recorded answer', () => {
    expect(readGroup(CHAT_ID, RECORDED)).toEqual({
      value: {
        chatId: CHAT_ID,
        subject: 'New group',
        createdAtMs: 1761913279_000,
        creators: ['***', CREATOR],
        members: ['***'],
        isWhole: true,
        groupInviteLink: LINK,
      },
    });
  });

  it('knows its creators from all that names them, each once', () => {
    const participants = [member('1@c.us'), member('2@lid', true), member(CREATOR, true)];
    expect(factsOf({ owner: CREATOR, participants })?.creators).toEqual([CREATOR, '2@lid']);
    expect(factsOf({ owner: '9@c.us', participants })?.creators).toEqual(['9@c.us', CREATOR, '2@lid']);
    expect(factsOf({ owner: undefined, subjectOwner: '', participants: null })?.creators).toEqual([]);
  });

  it.each([1761913280, 1761913278, undefined, '1761913279'])(
    'does not take who set the name at another time (%s) for the creator',
    (subjectTime) => {
      expect(factsOf({ subjectTime })?.creators).toEqual(['***']);
    },
  );

  it('takes nobody for the creator who is only an administrator', () => {
    const participants = [{ id: '1@c.us', isAdmin: true, isSuperAdmin: false }, member('2@c.us', true)];
    expect(factsOf({ participants })?.creators).toEqual(['***', CREATOR, '2@c.us']);
    expect(factsOf({ participants: [{ id: '1@c.us', isSuperAdmin: 'true' }] })?.creators).not.toContain(
      '1@c.us',
    );
  });

  it.each([
    ['as many as it has', { size: 2 }, true],
    ['without a size', { size: undefined }, true],
    ['more than it has', { size: 1 }, true],
    ['fewer than it has', { size: 3 }, false],
    ['one without an id', { size: 2, participants: [member('1@c.us'), member('2@c.us'), member('')] }, false],
    ['one that is nothing', { size: 2, participants: [member('1@c.us'), member('2@c.us'), null] }, false],
    ['no list', { size: undefined, participants: undefined }, false],
    ['no list, of none', { size: 0, participants: {} }, false],
  ])('tells whether all members are there: %s', (_name, fields, isWhole) => {
    const participants = [member('1@c.us'), member('2@lid')];
    expect(factsOf({ participants, ...fields })?.isWhole).toBe(isWhole);
  });

  it('keeps so many members, and then not all', () => {
    const participants = Array.from({ length: MAX_LIST_ENTRIES + 1 }, (_, index) => member(`${index}@c.us`));
    const { members, isWhole } = factsOf({ participants, size: undefined }) ?? {};
    expect(members).toHaveLength(MAX_LIST_ENTRIES);
    expect(isWhole).toBe(false);
    const fewer = factsOf({ participants: participants.slice(1), size: undefined });
    expect(fewer?.isWhole).toBe(true);
  });

  it('takes a group of 1,024', () => {
    const participants = Array.from({ length: 1_024 }, (_, index) => member(`${index}@c.us`));
    const facts = factsOf({ participants, size: 1_024 });
    expect(facts?.members).toEqual(participants.map(({ id }) => id));
    expect(facts?.isWhole).toBe(true);
  });

  it.each(['', undefined, null, 7, 'Error: forbidden', `https://${'x'.repeat(MAX_INVITE_LINK_LENGTH)}`])(
    'has no link where that is none: %s',
    (groupInviteLink) => {
      expect(factsOf({ groupInviteLink })).toMatchObject({ subject: 'New group', groupInviteLink: '' });
    },
  );

  it.each(['Error: item-not-found', 'Error: forbidden', 'item-not-found', 'error: Forbidden\n'])(
    'knows that there is no such group within reach: %s',
    (text) => {
      expect(readGroup(CHAT_ID, text)).toEqual({ value: undefined });
    },
  );

  it.each([
    ['another error', 'Error: rate-overlimit'],
    ['an error that only mentions it', 'Error: timed out, perhaps forbidden'],
    ['an error with more to it', 'Error: item-not-found: no session'],
    ['an empty text', ''],
    ['null', null],
    ['no JSON', undefined],
    ['a list', [RECORDED]],
    ['an empty object', {}],
    ['a number', 7],
    ['the facts of another group', { ...RECORDED, groupId: '120363421084000164@g.us' }],
    ['an id that is no text', { ...RECORDED, groupId: null }],
    ['no name', { ...RECORDED, subject: undefined }],
    ['a name that is no text', { ...RECORDED, subject: 7 }],
    ['no time of creation', { ...RECORDED, creation: undefined }],
    ['a text for a time', { ...RECORDED, creation: '1761913279' }],
    ['the time 0', { ...RECORDED, creation: 0 }],
    ['a time before all groups', { ...RECORDED, creation: -1 }],
    ['half a second', { ...RECORDED, creation: 1761913279.5 }],
    ['milliseconds', { ...RECORDED, creation: 1761913279000 }],
  ])('cannot judge what does not have the documented shape: %s', (_name, body) => {
    expect(readGroup(CHAT_ID, body)).toBeUndefined();
  });

  it('does without the id of the group, which was asked for', () => {
    expect(factsOf({ groupId: undefined })?.chatId).toBe(CHAT_ID);
  });
});
