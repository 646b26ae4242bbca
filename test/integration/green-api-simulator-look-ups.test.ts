import { describe, expect, it } from 'vitest';
import { CallLog } from '../../local/green-api-simulator/call-log.ts';
import type { LookUpAnswer } from '../../local/green-api-simulator/simulator.ts';
import {
  ANNA,
  BORIS,
  idsOf,
  LINK,
  MEMBERS,
  NOBODY,
  OLD_OWN,
  OWN,
  SECOND_MS,
  START_MS,
  said,
  soon,
  start,
  startWithGroup,
} from './green-api-simulator.support.ts';

const PLAIN_CHAT = { archive: false, ephemeralExpiration: 0, ephemeralSettingTimestamp: 0 };
const LID = expect.stringMatching(/^\d{14}@lid$/);

/** Every look-up, with fields that it takes. */
const LOOK_UPS: readonly { readonly method: string; readonly body?: unknown }[] = [
  { method: 'getStateInstance' },
  { method: 'getSettings' },
  { method: 'getWaSettings' },
  { method: 'getContacts' },
  { method: 'getChats' },
  { method: 'getGroupData', body: { groupId: OLD_OWN } },
  { method: 'checkWhatsapp', body: { phoneNumber: 79001234568 } },
];

describe('the settings', () => {
  it('name the instance’s own number', async () => {
    const { look } = await start();
    expect(await look('getSettings')).toMatchObject({ status: 200, body: { wid: OWN, webhookUrl: '' } });
    expect((await look('getSettings', undefined, BORIS)).body.wid).toBe(`${BORIS.ownPhone}@c.us`);
  });

  it('tell of the WhatsApp account', async () => {
    const { look } = await start();
    expect(await look('getWaSettings')).toEqual({
      status: 200,
      body: {
        avatar: expect.stringMatching(/^https:/),
        base64Avatar: '',
        chatId: LID,
        phone: ANNA.ownPhone,
        historySyncProgress: 100,
        stateInstance: 'authorized',
        deviceId: `${ANNA.ownPhone}:8@s.whatsapp.net`,
        logoutProcess: false,
      },
    });
  });

  it.each([1_795_500_000, '2026-11-24T06:40:00Z'])(
    'tell until when WhatsApp suspends the number, as %s, while it does',
    async (suspendedUntil) => {
      const { look, setFaults } = await start();
      setFaults({ state: 'suspended', suspendedUntil });
      expect((await look('getWaSettings')).body).toMatchObject({
        stateInstance: 'suspended',
        suspendedUntil,
      });
      setFaults({ state: 'suspended' });
      expect((await look('getWaSettings')).body).not.toHaveProperty('suspendedUntil');
      setFaults({ suspendedUntil });
      expect((await look('getWaSettings')).body).not.toHaveProperty('suspendedUntil');
    },
  );

  it.each(['notAuthorized', 'starting', 'blocked'] as const)('tell no number while %s', async (state) => {
    const { look, setFaults } = await start();
    setFaults({ state });
    expect((await look('getWaSettings')).body).toMatchObject({
      stateInstance: state,
      avatar: '',
      chatId: '',
      phone: '',
      deviceId: '',
    });
  });
});

describe('the chats', () => {
  it('are of people and groups, the newest activity first', async () => {
    const { look, group } = await startWithGroup();
    const { status, body } = await look('getChats');
    expect(status).toBe(200);
    expect(body.slice(0, 3)).toEqual([
      { ...PLAIN_CHAT, id: '79005550101@c.us', name: 'Vera', type: 'user' },
      { ...PLAIN_CHAT, id: group.chatId, name: 'Class 5B', type: 'group' },
      { ...PLAIN_CHAT, id: '79005550102@c.us', name: '', type: 'user' },
    ]);
    expect(idsOf(body).slice(3)).toEqual([
      '79005550103@c.us',
      expect.stringMatching(/^120363\d{12}@g\.us$/),
      OLD_OWN,
    ]);
  });

  it('are as many as are asked for', async () => {
    const { chatIds, group } = await startWithGroup();
    expect(await chatIds('?count=2')).toEqual(['79005550101@c.us', group.chatId]);
    expect(await chatIds('?count=1000')).toHaveLength(6);
  });

  it('show a new group once they have caught up', async () => {
    const { clock, chatIds, contactIds, data, group } = await startWithGroup({ chatsLagSeconds: 60 });
    clock.nowMs += 58 * SECOND_MS;
    expect(await chatIds()).not.toContain(group.chatId);
    expect(await chatIds()).toContain(group.chatId);
    expect(await contactIds()).toContain(group.chatId);
    expect(await data()).toMatchObject({ groupId: group.chatId });
  });
});

describe('the contacts', () => {
  it('are people, then groups, the newest last', async () => {
    const { look, group } = await startWithGroup();
    const { status, body } = await look('getContacts');
    expect(status).toBe(200);
    expect(body).toHaveLength(6);
    expect(body.slice(0, 2)).toEqual([
      { id: '79005550101@c.us', name: 'Vera', contactName: 'Vera from the office', type: 'user' },
      { id: '79005550102@c.us', name: '', contactName: '', type: 'user' },
    ]);
    expect(body.at(-1)).toEqual({ id: group.chatId, name: 'Class 5B', contactName: '', type: 'group' });
  });

  it('are groups only, people only, and as many as are asked for', async () => {
    const { contactIds, group } = await startWithGroup();
    const groups = await contactIds('?group=true');
    expect(groups).toEqual([OLD_OWN, expect.stringMatching(/^120363\d{12}@g\.us$/), group.chatId]);
    expect(await contactIds('?group=true&count=2')).toEqual(groups.slice(0, 2));
    expect(await contactIds('?count=1&group=false')).toEqual(['79005550101@c.us']);
    expect(await contactIds('?group=false')).toHaveLength(3);
  });

  it('show a new group once they have caught up', async () => {
    const { clock, chatIds, contactIds, group } = await startWithGroup({ contactsLagSeconds: 300 });
    expect(await chatIds()).toContain(group.chatId);
    clock.nowMs += 297 * SECOND_MS;
    expect(await contactIds('?group=true')).not.toContain(group.chatId);
    expect(await contactIds('?group=true')).toContain(group.chatId);
  });
});

describe('the lists', () => {
  it.each([
    ['chats', 0, 6],
    ['contacts', 6, 0],
    ['both', 0, 0],
    ['none', 6, 6],
  ] as const)('may be empty: %s', async (emptyLists, chats, contacts) => {
    const { chatIds, contactIds } = await startWithGroup({ emptyLists });
    expect([await chatIds(), await contactIds()].map((ids) => ids.length)).toEqual([chats, contacts]);
  });

  it('may be cut short, the new group lost', async () => {
    const { chatIds, contactIds } = await startWithGroup({ cutListsTo: 1 });
    expect(await chatIds('?count=50')).toEqual(['79005550101@c.us']);
    expect(await contactIds('?group=true')).toEqual([OLD_OWN]);
  });

  it('may hold groups without their names', async () => {
    const { look, group, data } = await startWithGroup({ namelessGroups: true });
    const chat = (await look('getChats')).body[1];
    expect(chat.id).toBe(group.chatId);
    expect(chat).not.toHaveProperty('name');
    expect((await look('getContacts')).body.at(-1)).toMatchObject({ id: group.chatId, name: '' });
    expect((await look('getChats?count=1')).body[0].name).toBe('Vera');
    expect((await data()).subject).toBe('Class 5B');
  });

  it('are each instance’s own', async () => {
    const { look, chatIds, group } = await startWithGroup();
    const others = idsOf((await look('getChats', undefined, BORIS)).body);
    expect(others).not.toContain(group.chatId);
    expect(others.filter((id) => id.endsWith('@g.us'))).toHaveLength(2);
    expect((await chatIds()).filter((id) => id.endsWith('@g.us') && others.includes(id))).toEqual([]);
  });

  it('may also hold what no createGroup made, which counts nowhere else', async () => {
    const { simulator, admin, create, chatIds, setFaults } = await startWithGroup();
    setFaults({ overlimit: { creations: 2, windowSeconds: 1_000_000 } });
    expect(await chatIds()).toContain(OLD_OWN);
    expect((await create()).status).toBe(200);
    expect(simulator.groups()).toHaveLength(2);
    expect(simulator.posts()).toHaveLength(2);
    expect((await admin('GET', 'groups')).body).toEqual({ groups: simulator.groups() });
  });
});

describe('the data of a group', () => {
  it('come in the fields and order that were recorded', async () => {
    const { look, group } = await startWithGroup();
    const { status, body } = await look('getGroupData', { groupId: group.chatId });
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(
      JSON.stringify({
        groupId: group.chatId,
        owner: OWN,
        subject: 'Class 5B',
        creation: START_MS / SECOND_MS + 1,
        subjectTime: START_MS / SECOND_MS + 1,
        subjectOwner: OWN,
        groupInviteLink: group.groupInviteLink,
        ephemeralExpiration: 0,
        allowParticipantsEditGroupSettings: true,
        allowParticipantsSendMessages: true,
        allowParticipantsAddMembers: false,
        isCommunity: false,
        isCommunityAnnounce: false,
        size: 3,
        participants: [OWN, ...MEMBERS].map((id, index) => ({
          id,
          lid: body.participants[index].lid,
          isAdmin: index === 0,
          isSuperAdmin: index === 0,
        })),
      }),
    );
    expect(body.participants.map(({ lid }: { lid: string }) => lid)).toEqual([LID, LID, LID]);
  });

  it('hold the true link of a group whose creation told a wrong one', async () => {
    const { create, simulator, setFaults, look } = await start();
    setFaults({ answer: 'wrong-link' });
    const told = (await said(await create())).body;
    const { body } = await look('getGroupData', { groupId: told.chatId });
    expect(body.groupInviteLink).toBe(simulator.groups()[0]?.groupInviteLink);
    expect(body.groupInviteLink).not.toBe(told.groupInviteLink);
  });

  it('tell who is really in', async () => {
    const { data } = await startWithGroup({ missingMembers: [MEMBERS[0] ?? ''] });
    const { size, participants } = await data();
    expect([size, idsOf(participants)]).toEqual([2, [OWN, MEMBERS[1]]]);
  });

  it('may have no link, and list only some of the participants', async () => {
    const { data, group } = await startWithGroup({ linklessGroups: true, listedParticipants: 2 });
    const { size, participants, groupInviteLink } = await data();
    expect([size, idsOf(participants), groupInviteLink]).toEqual([3, [OWN, MEMBERS[0]], '']);
    expect(group.groupInviteLink).toEqual(LINK);
  });

  it('may name people by their lids only, each always the same', async () => {
    const { data, look } = await startWithGroup({ lidMode: true });
    const { owner, subjectOwner, participants } = await data();
    expect(owner).toEqual(LID);
    expect([subjectOwner, participants[0].id, participants[0].lid]).toEqual([owner, owner, owner]);
    expect((await look('getWaSettings')).body.chatId).toBe(owner);
    expect(idsOf(participants)).toEqual([LID, LID, LID]);
    expect(new Set(idsOf(participants)).size).toBe(3);
    expect(await data()).toMatchObject({ owner, participants });
  });

  it('of a group of somebody else have no link', async () => {
    const { data, contactIds } = await startWithGroup();
    const [own, other] = await contactIds('?group=true');
    expect(await data(own)).toMatchObject({ subject: 'Our office', owner: OWN, groupInviteLink: LINK });
    const { owner, groupInviteLink, participants } = await data(other);
    expect([owner, groupInviteLink]).toEqual(['79005550103@c.us', '']);
    expect(participants).toContainEqual({ id: OWN, lid: LID, isAdmin: false, isSuperAdmin: false });
  });

  it('of a group that the number is not in are an error within a 200', async () => {
    const { look, group } = await startWithGroup();
    const unknown = { status: 200, body: 'Error: item-not-found' };
    expect(await look('getGroupData', { groupId: NOBODY })).toEqual(unknown);
    expect(await look('getGroupData', { groupId: group.chatId }, BORIS)).toEqual(unknown);
  });
});

describe('the check of a number', () => {
  it('says that all are on WhatsApp but the unknown ones, asked in either form', async () => {
    const { look, setFaults } = await start();
    setFaults({ unknownNumbers: [MEMBERS[1] ?? ''] });
    const answers = [
      await look('checkWhatsapp', { phoneNumber: 79001234568 }),
      await look('checkWhatsapp', { phoneNumber: 79001234569 }),
      await look('checkWhatsapp', { chatId: MEMBERS[0] }),
      await look('checkWhatsapp', { chatId: MEMBERS[1] }),
    ];
    expect(answers).toEqual(
      [true, false, true, false].map((existsWhatsapp) => ({ status: 200, body: { existsWhatsapp } })),
    );
  });

  it.each([
    [{ phoneNumber: 1_234_567_890 }, 400],
    [{ phoneNumber: 12_345_678_901 }, 200],
    [{ chatId: '1234567890123456@c.us' }, 200],
    [{ chatId: '12345678901234567@c.us' }, 400],
    [{ phoneNumber: 7900123456.5 }, 400],
  ])('takes 11 to 16 digits: %j', async (body, status) => {
    const { look } = await start();
    const told = await look('checkWhatsapp', body);
    expect(told.status).toBe(status);
    if (status === 400) expect(told.body.message).toBe('bad phone number, valid from 11 to 16 digits');
  });

  it('has a quota of its own', async () => {
    const { look, setFaults, create } = await start();
    const check = () => look('checkWhatsapp', { phoneNumber: 79001234568 });
    setFaults({ checkWhatsappQuota: 1, quota: 1 });
    expect([(await create()).status, (await check()).status]).toEqual([200, 200]);
    expect(await check()).toMatchObject({
      status: 466,
      body: { invokeStatus: { method: 'checkwhatsapp', used: 1, total: 1, status: 'QUOTE_EXCEEDED' } },
    });
    expect((await look('getChats')).status).toBe(200);
    setFaults({ checkWhatsappQuota: 1 });
    expect((await check()).status).toBe(200);
  });

  it('lets ten calls a second through', async () => {
    const { urlOf, send, simulator } = await start();
    const statuses: number[] = [];
    for (let call = 1; call <= 11; call += 1) {
      statuses.push((await send(urlOf('checkWhatsapp'), { phoneNumber: 79001234568 })).status);
    }
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
    expect(simulator.rateViolations()).toBe(1);
  });
});

describe('a look-up', () => {
  it.each(LOOK_UPS)('$method is refused with a wrong verb or token', async ({ method, body }) => {
    const { urlOf, send, look } = await start();
    const url = urlOf(method);
    const asGet = await fetch(url);
    const asPost = await send(url, {});
    expect([asGet.status, asPost.status]).toContain(404);
    const wrongToken = { ...ANNA, apiTokenInstance: 'no' };
    expect((await look(method, body, wrongToken)).status).toBe(401);
    expect((await look(method, body)).status).toBe(200);
  });

  it.each([
    ['getChats?count=0', undefined, "'count' must be a positive number"],
    ['getContacts?count=x', undefined, "'count' must be a positive number"],
    ['getContacts?group=yes', undefined, "'group' must be a boolean"],
    ['getGroupData', {}, "'groupId' is required"],
    ['getGroupData', { groupId: MEMBERS[0] }, "'groupId' must be one of the next formats: 'group_id@g.us'"],
    ['getGroupData', { groupId: OLD_OWN, x: 1 }, "'x' is not allowed"],
    ['checkWhatsapp', {}, "'value' must have at least 1 key"],
    ['checkWhatsapp', { phoneNumber: '79001234568' }, "'phoneNumber' must be a number"],
    ['checkWhatsapp', { chatId: 'x@g.us' }, "'chatId' must be one of the next formats: 'phone_number@c.us'"],
  ])('%s refuses %j', async (method, body, fault) => {
    const { look } = await start();
    const { status, body: told } = await look(method, body);
    expect([status, told.message]).toEqual([400, `Validation failed. Details: ${fault}`]);
  });

  it.each(LOOK_UPS.filter(({ method }) => method !== 'checkWhatsapp'))(
    '$method is let through once a second',
    async ({ method, body }) => {
      const { urlOf, send, clock } = await start();
      const statusOf = async () =>
        (await (body === undefined ? fetch(urlOf(method)) : send(urlOf(method), body))).status;
      const statuses = [await statusOf(), await statusOf()];
      clock.nowMs += SECOND_MS;
      expect([...statuses, await statusOf()]).toEqual([200, 429, 200]);
    },
  );

  it.each(['notAuthorized', 'starting', 'blocked'] as const)(
    'that asks WhatsApp is refused while %s',
    async (state) => {
      const { look, setFaults } = await start();
      setFaults({ state });
      const refused: string[] = [];
      for (const { method, body } of LOOK_UPS) {
        const told = await look(method, body);
        if (told.status === 200) continue;
        expect(told).toMatchObject({
          status: 400,
          body: { message: 'instance is starting or not authorized' },
        });
        refused.push(method);
      }
      expect(refused).toEqual(['getContacts', 'getChats', 'getGroupData', 'checkWhatsapp']);
    },
  );

  it.each([
    ['expired', 'Instance account is expired. Renew your instance from personal area'],
    ['deleted', 'Instance is deleted'],
  ] as const)('is refused whatever it asks once the instance is %s', async (state, message) => {
    const { look, setFaults } = await start();
    setFaults({ state });
    for (const { method, body } of LOOK_UPS) {
      expect(await look(method, body), method).toMatchObject({ status: 400, body: { message } });
    }
  });

  it.each<[LookUpAnswer, number, unknown]>([
    ['error-500', 500, expect.objectContaining({ statusCode: 500, message: 'Internal Server Error' })],
    ['timed-out', 500, expect.objectContaining({ statusCode: 500, message: 'Timed Out' })],
    ['html-502', 502, expect.stringContaining('<title>502 Bad Gateway</title>')],
    ['null-body', 200, null],
  ])('may fail: %s', async (lookUps, status, body) => {
    const { look, setFaults, create } = await start();
    setFaults({ lookUps });
    for (const { method, body: asked } of LOOK_UPS) {
      expect(await look(method, asked), method).toEqual({ status, body });
    }
    expect((await create()).status).toBe(200);
  });

  it('may hang until its client goes away', async () => {
    const { urlOf, setFaults, simulator } = await start();
    setFaults({ lookUps: 'hang' });
    const client = new AbortController();
    const call = expect(fetch(urlOf('getChats'), { signal: client.signal })).rejects.toThrow('aborted');
    await soon(() => expect(simulator.calls()).toHaveLength(1));
    client.abort();
    await call;
    expect(simulator.calls()[0]).not.toHaveProperty('status');
  });

  it('keeps its faults when those of the creation are used up', async () => {
    const { create, look, admin, setFaults } = await start();
    const answer = 'error-500-after-creating';
    setFaults({ answer, times: 1, state: 'suspended', emptyLists: 'chats', contactsLagSeconds: 300 });
    await look('getChats');
    expect([(await create()).status, (await create()).status]).toEqual([500, 200]);
    expect((await look('getChats')).body).toEqual([]);
    expect((await admin('GET', `instances/${ANNA.idInstance}/faults`)).body).toMatchObject({
      answer: 'ok',
      state: 'authorized',
      emptyLists: 'chats',
      contactsLagSeconds: 300,
    });
  });
});

describe('the journal of look-ups', () => {
  it('tells who asked what and when, and nothing about people', async () => {
    const { simulator, clock, look, create, urlOf } = await start();
    await look('checkWhatsapp', { phoneNumber: 79001234568 });
    await create();
    await look('getContacts?group=true', undefined, BORIS);
    await fetch(urlOf('getContacts', BORIS));
    expect(simulator.calls()).toEqual([
      {
        idInstance: ANNA.idInstance,
        method: 'checkWhatsapp',
        atMs: START_MS + SECOND_MS,
        stage: 'whatsapp',
        status: 200,
      },
      {
        idInstance: BORIS.idInstance,
        method: 'getContacts',
        atMs: clock.nowMs,
        stage: 'whatsapp',
        status: 200,
      },
      { idInstance: BORIS.idInstance, method: 'getContacts', atMs: clock.nowMs, stage: 'rate', status: 429 },
    ]);
    expect(simulator.calls(ANNA.idInstance)).toHaveLength(1);
    const violations = [undefined, ANNA.idInstance, BORIS.idInstance].map(simulator.rateViolations);
    expect(violations).toEqual([1, 0, 1]);
  });

  it('is told and cleared by the admin routes, apart from the log', async () => {
    const { simulator, look, create, admin } = await start();
    await look('getChats');
    await create();
    expect(await admin('GET', 'calls')).toEqual({
      status: 200,
      body: { calls: simulator.calls(), rateViolations: 0 },
    });
    expect((await admin('DELETE', 'calls')).status).toBe(204);
    expect(simulator.calls()).toEqual([]);
    expect(simulator.posts()).toHaveLength(1);
  });

  it('is bounded: the oldest are forgotten', () => {
    const bound = 50_000;
    const log = new CallLog();
    for (let atMs = 1; atMs <= bound + 1; atMs += 1) {
      log.add({ idInstance: '1', method: 'getChats', atMs, stage: 'whatsapp' });
    }
    expect([log.calls().length, log.calls()[0]?.atMs]).toEqual([bound, 2]);
  });
});

it.each([
  [{ chatsLagSeconds: 61 }, /^chatsLagSeconds: Too big: expected number to be <=60$/],
  [{ contactsLagSeconds: 301 }, /^contactsLagSeconds: Too big: expected number to be <=300$/],
  [
    { emptyLists: 'all' },
    /^emptyLists: Invalid option: expected one of "none"\|"chats"\|"contacts"\|"both"$/,
  ],
  [{ lookUps: 'slow' }, /^lookUps: Invalid option: expected one of "ok"\|/],
  [{ suspendedUntil: 'soon' }, /^suspendedUntil: Unix seconds, or an instant such as 2026-11-23T12:00:00Z$/],
])('the faults refuse %j and say why', async (faults, problem) => {
  const { admin } = await start();
  const { status, body } = await admin('PUT', `instances/${ANNA.idInstance}/faults`, faults);
  expect([status, body]).toEqual([400, { error: expect.stringMatching(problem) }]);
});
