import { describe, expect, it } from 'vitest';
import {
  ANNA,
  GROUP,
  LINK,
  MEMBERS,
  NOBODY,
  OLD_OWN,
  OWN,
  SECOND_MS,
  START_MS,
  said,
  start,
  startWithGroup,
} from './green-api-simulator.support.ts';

describe('a group made by hand', () => {
  const PATH = `instances/${ANNA.idInstance}/groups`;

  it('is a group as any other, but no POST', async () => {
    const { simulator, admin, chatIds, contactIds, data, group } = await startWithGroup();
    const made = await admin('POST', PATH, { ...GROUP, createdSecondsAgo: 30 });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      idInstance: ANNA.idInstance,
      chatId: expect.stringMatching(/^120363\d{12}@g\.us$/),
      groupName: 'Class 5B',
      groupInviteLink: LINK,
      creation: START_MS / SECOND_MS - 29,
      owner: OWN,
      members: [OWN, ...MEMBERS],
      byHand: true,
    });
    expect(simulator.groups().map(({ byHand }) => byHand)).toEqual([undefined, true]);
    expect(simulator.posts()).toHaveLength(1);
    const chatId = simulator.groups()[1]?.chatId ?? '';
    expect(await chatIds()).toContain(chatId);
    expect((await contactIds('?group=true')).slice(-2)).toEqual([chatId, group.chatId]);
    expect(await data(chatId)).toMatchObject({ subject: 'Class 5B', owner: OWN, size: 3 });
  });

  it('may be somebody else’s, and then counts not for WhatsApp’s limit', async () => {
    const { simulator, create, look, setFaults } = await start();
    setFaults({ overlimit: { creations: 1, windowSeconds: 60 } });
    const [owner = '', member = ''] = MEMBERS;
    const wish = { groupName: 'x', chatIds: [member], owner };
    const { chatId, members } = simulator.createByHand(ANNA.idInstance, wish);
    expect(members).toEqual([owner, OWN, member]);
    expect((await look('getGroupData', { groupId: chatId })).body).toMatchObject({
      owner,
      groupInviteLink: '',
    });
    expect((await create()).status).toBe(200);
    setFaults({ overlimit: { creations: 2, windowSeconds: 60 } });
    simulator.createByHand(ANNA.idInstance, GROUP);
    expect((await create()).status).toBe(500);
  });

  it('may get another name, as may any group', async () => {
    const { simulator, clock, admin, data, chatIds, look, group } = await startWithGroup();
    clock.nowMs += 60 * SECOND_MS;
    const renamedAt = clock.nowMs / SECOND_MS;
    const renamed = await admin('PUT', `${PATH}/${group.chatId}`, { groupName: 'Class 6B' });
    expect(renamed).toMatchObject({ status: 200, body: { chatId: group.chatId, groupName: 'Class 6B' } });
    expect(simulator.groups()).toEqual([renamed.body]);
    expect(await data()).toMatchObject({
      subject: 'Class 6B',
      creation: group.creation,
      subjectTime: renamedAt,
      subjectOwner: OWN,
    });
    const old = (await chatIds()).find((id) => id.endsWith('@g.us') && ![group.chatId, OLD_OWN].includes(id));
    clock.nowMs += 60 * SECOND_MS;
    simulator.renameByHand(ANNA.idInstance, old ?? '', 'Friends');
    expect((await look('getChats')).body[1]).toMatchObject({ id: old, name: 'Friends' });
    expect(await data(old)).toMatchObject({ owner: '79005550103@c.us', subjectOwner: OWN });
    const encoded = encodeURIComponent(group.chatId);
    expect((await admin('PUT', `${PATH}/${encoded}`, { groupName: 'x' })).status).toBe(200);
  });

  it.each([
    ['POST', PATH, { groupName: 'x' }, /^chatIds: /],
    ['POST', PATH, { groupName: '', chatIds: [] }, /^groupName: Too small/],
    ['POST', PATH, { ...GROUP, chatIds: ['+7900'] }, /^chatIds\.0: a chatId such as 79001234568@c\.us$/],
    ['POST', PATH, { ...GROUP, owner: NOBODY }, /^owner: a chatId such as /],
    ['POST', PATH, { ...GROUP, createdSecondsAgo: -1 }, /^createdSecondsAgo: Too small/],
    ['POST', PATH, { ...GROUP, size: 1 }, /^Unrecognized key: "size"$/],
    ['PUT', `${PATH}/${OLD_OWN}`, { groupName: 'x'.repeat(101) }, /^groupName: Too big/],
    ['PUT', `${PATH}/${OLD_OWN}`, [], /^Invalid input: expected object/],
  ])('is refused: %s %s %j', async (verb, path, body, problem) => {
    const { simulator, admin } = await start();
    expect(await admin(verb, path, body)).toEqual({
      status: 400,
      body: { error: expect.stringMatching(problem) },
    });
    expect(simulator.groups()).toEqual([]);
  });

  it('needs an instance, a group and JSON', async () => {
    const { simulator, admin } = await start();
    const unknown = (thing: string) => ({ status: 404, body: { error: `There is no ${thing} here` } });
    expect(await admin('POST', 'instances/12/groups', GROUP)).toEqual(unknown('instance 12'));
    const renaming = { groupName: 'x' };
    expect(await admin('PUT', `${PATH}/${NOBODY}`, renaming)).toEqual(unknown(`group ${NOBODY}`));
    const url = `${simulator.url}/simulator/${PATH}`;
    const noJson = await said(await fetch(url, { method: 'POST', body: '{' }));
    expect(noJson).toEqual({ status: 400, body: { error: 'Unexpected end of JSON input' } });
    expect(() => simulator.createByHand('12', GROUP)).toThrow('There is no instance 12 here');
    const rename = () => simulator.renameByHand(ANNA.idInstance, NOBODY, 'x');
    expect(rename).toThrow(`There is no group ${NOBODY} here`);
  });
});
