import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { Account } from '../../local/green-api-simulator/account.ts';
import { Journal } from '../../local/green-api-simulator/journal.ts';
import {
  type AnswerName,
  type FaultsInput,
  startSimulator,
} from '../../local/green-api-simulator/simulator.ts';
import { Timers } from '../../local/green-api-simulator/timers.ts';
import {
  ANNA,
  BORIS,
  GROUP,
  MEMBERS,
  SECOND_MS,
  START_MS,
  said,
  soon,
  start,
} from './green-api-simulator.support.ts';

describe('a group', () => {
  it('is created and answered in the fields and order of the docs', async () => {
    const { simulator, create } = await start();
    const response = await create();
    const text = await response.text();
    const [group] = simulator.groups();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(text).toBe(
      JSON.stringify({ created: true, chatId: group?.chatId, groupInviteLink: group?.groupInviteLink }),
    );
    expect(group).toEqual({
      idInstance: ANNA.idInstance,
      chatId: expect.stringMatching(/^120363\d{12}@g\.us$/),
      groupName: 'Class 5B',
      groupInviteLink: expect.stringMatching(/^https:\/\/chat\.whatsapp\.com\/[0-9A-Za-z]{22}$/),
      creation: START_MS / SECOND_MS + 1,
      owner: '79000000001@c.us',
      members: ['79000000001@c.us', ...MEMBERS],
    });
  });

  it('is created twice by two equal POSTs', async () => {
    const { simulator, create } = await start();
    await create();
    await create();
    const chatIds = simulator.groups(ANNA.idInstance).map(({ chatId }) => chatId);
    expect(new Set(chatIds).size).toBe(2);
    expect(simulator.groups(BORIS.idInstance)).toEqual([]);
  });

  it('has each member once, and its owner even when asked for', async () => {
    const { simulator, create } = await start();
    await create({ ...GROUP, chatIds: [...MEMBERS, ...MEMBERS, '79000000001@c.us'] });
    expect(simulator.groups()[0]?.members).toEqual(['79000000001@c.us', ...MEMBERS]);
  });

  it('is created for what the official clients send', async () => {
    const { simulator, urlOf, send } = await start();
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    const body =
      '{"chatIds": ["79001234568@c.us"], "groupName": "\\u0413\\u0440\\u0443\\u043f\\u043f\\u0430"}';
    expect((await send(`${urlOf('CreateGroup')}?x=1`, body, { headers })).status).toBe(200);
    expect(simulator.groups()[0]?.groupName).toBe('Группа');
  });
});

describe('the checks before WhatsApp', () => {
  it('come in the order of the docs', async () => {
    const { clock, simulator, urlOf, send, setFaults } = await start();
    const big = 'x'.repeat(101 * 1024);
    const [right, wrongToken] = [
      urlOf('createGroup'),
      urlOf('createGroup', { ...ANNA, apiTokenInstance: 'no' }),
    ];
    const unknown = urlOf('createGroup', { ...ANNA, idInstance: '9999999999' });
    const stages = async (url: string, body: unknown, faults: FaultsInput = {}) => {
      setFaults(faults);
      const { status } = await send(url, body);
      return [status, simulator.posts().at(-1)?.stage];
    };
    const all = { state: 'expired', quota: 0 } as const;
    expect(await stages(unknown.replace('createGroup', 'noMethod'), big, all)).toEqual([404, undefined]);
    expect(await stages(unknown, big, all)).toEqual([403, 'instance']);
    expect(await stages(wrongToken, big, all)).toEqual([401, 'token']);
    expect(await stages(right, big, all)).toEqual([400, 'lapsed']);
    expect(await stages(right, big, all)).toEqual([429, 'rate']);
    const next = (body: unknown, faults: FaultsInput) => {
      clock.nowMs += SECOND_MS;
      return stages(right, body, faults);
    };
    expect(await next(big, { state: 'starting', quota: 0 })).toEqual([466, 'quota']);
    expect(await next(big, { state: 'starting' })).toEqual([400, 'json']);
    expect(await next({ big }, { state: 'starting' })).toEqual([500, 'size']);
    expect(await next({}, { state: 'starting' })).toEqual([400, 'validation']);
    expect(await next(GROUP, { state: 'starting' })).toEqual([400, 'state']);
    expect(await next(GROUP, {})).toEqual([200, 'whatsapp']);
    expect(simulator.groups()).toHaveLength(1);
  });

  it('answer in the shape of GREEN-API, the token repeated', async () => {
    const { clock, create } = await start();
    expect(await said(await create({ ...GROUP, groupName: '' }))).toEqual({
      status: 400,
      body: {
        statusCode: 400,
        timestamp: new Date(clock.nowMs).toISOString(),
        path: `/waInstance${ANNA.idInstance}/createGroup/${ANNA.apiTokenInstance}`,
        message: "Validation failed. Details: 'groupName' is not allowed to be empty",
      },
    });
  });

  it.each([
    ['no name', { chatIds: MEMBERS }, "'groupName' is required"],
    ['a name that is no string', { ...GROUP, groupName: 5 }, "'groupName' must be a string"],
    ['a name of spaces', { ...GROUP, groupName: '  ' }, "'groupName' is not allowed to be empty"],
    [
      'a name of 101 UTF-16 units',
      { ...GROUP, groupName: `${'😀'.repeat(50)}x` },
      "'groupName' length must be less than or equal to 100 characters long",
    ],
    ['no members field', { groupName: 'x' }, "'chatIds' is required"],
    ['members that are no list', { ...GROUP, chatIds: 'x' }, "'chatIds' must be an array"],
    ['a member that is no string', { ...GROUP, chatIds: [MEMBERS[0], 7] }, "'chatIds[1]' must be a string"],
    [
      'a member of another form',
      { ...GROUP, chatIds: ['79001234568'] },
      "'chatIds[0]' must be one of the next formats: 'phone_number@c.us' or 'group_id@g.us'",
    ],
    ['a field too many', { ...GROUP, phones: [] }, "'phones' is not allowed"],
    ['a body that is no object', [], "'value' must be of type object"],
    ['an empty body', '', "'groupName' is required"],
  ])('refuse %s', async (_what, body, detail) => {
    const { simulator, create } = await start();
    const { status, body: answer } = await said(await create(body));
    expect([status, answer.message]).toEqual([400, `Validation failed. Details: ${detail}`]);
    expect(simulator.groups()).toEqual([]);
  });

  it('let a name of 100 UTF-16 units pass', async () => {
    const { create } = await start();
    expect((await create({ ...GROUP, groupName: '😀'.repeat(50) })).status).toBe(200);
  });

  it.each([
    ['hello', 'Unexpected token h in JSON at position 0'],
    ['{"groupName":1,}', 'Unexpected token } in JSON at position 15'],
    ['{"groupName":"x"', 'Unexpected end of JSON input'],
    ['[', 'Unexpected end of JSON input'],
  ])('refuse %s as no JSON', async (body, message) => {
    const { create } = await start();
    expect((await said(await create(body))).body).toMatchObject({ statusCode: 400, message });
  });

  it.each([
    ['100 KB', 100 * 1024, 200],
    ['a byte more', 100 * 1024 + 1, 500],
    ['2 MB', 2 * 1024 * 1024, 500],
  ])('let through or refuse a body of %s', async (_what, bytes, status) => {
    const { create } = await start();
    const body = JSON.stringify(GROUP).padEnd(bytes);
    const answer = await said(await create(body));
    expect(answer.status).toBe(status);
    if (status === 500) expect(answer.body.message).toBe('request entity too large');
  });

  it('refuse a body far too large for its size, without looking into it', async () => {
    const { create } = await start();
    expect((await create('x'.repeat(2 * 1024 * 1024))).status).toBe(500);
  });

  it('let one call a second through, for each instance and method', async () => {
    const { clock, urlOf, send } = await start();
    const statusOf = async (url: string) => (await send(url, GROUP)).status;
    expect(await statusOf(urlOf('createGroup'))).toBe(200);
    clock.nowMs += 999;
    expect(await said(await send(urlOf('createGroup'), GROUP))).toEqual({
      status: 429,
      body: 'Too Many Requests',
    });
    expect(await statusOf(urlOf('createGroup', BORIS))).toBe(200);
    expect((await fetch(urlOf('getStateInstance'))).status).toBe(200);
    expect((await fetch(urlOf('getStateInstance'))).status).toBe(429);
    clock.nowMs += 1;
    expect(await statusOf(urlOf('createGroup'))).toBe(200);
  });

  it.each([
    ['empty', '', '', ''],
    ['text', 'Unauthorized', 'Forbidden', 'Too Many Requests'],
  ] as const)('answer 401, 403 and 429 with %s bodies when told so', async (errorBody, ...bodies) => {
    const { urlOf, send, setFaults, create } = await start({ errorBody });
    setFaults({ errorBody });
    await create();
    const bad = await send(urlOf('createGroup', { ...ANNA, apiTokenInstance: 'no' }), GROUP);
    const unknown = await send(urlOf('createGroup', { ...ANNA, idInstance: '12' }), GROUP);
    const tooMany = await send(urlOf('createGroup'), GROUP);
    const answers = await Promise.all([bad, unknown, tooMany].map(said));
    expect(answers).toEqual([401, 403, 429].map((status, index) => ({ status, body: bodies[index] })));
  });

  it('answer a wrong verb or path with 404, and OPTIONS with 204', async () => {
    const { simulator, urlOf } = await start();
    const path = `/waInstance${ANNA.idInstance}/createGroup/${ANNA.apiTokenInstance}`;
    expect(await said(await fetch(urlOf('createGroup')))).toMatchObject({
      status: 404,
      body: { statusCode: 404, path, message: `Cannot GET ${path}` },
    });
    expect((await fetch(`${urlOf('createGroup')}/1`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(urlOf('creategroup'), { method: 'POST' })).status).toBe(404);
    expect((await fetch(urlOf('getStateInstance'), { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${simulator.url}/`)).status).toBe(404);
    expect(await said(await fetch(urlOf('createGroup'), { method: 'OPTIONS' }))).toEqual({
      status: 204,
      body: '',
    });
    expect(simulator.posts()).toEqual([]);
  });
});

describe('the state of an instance', () => {
  it('is authorized unless a fault says otherwise', async () => {
    const { urlOf } = await start();
    expect(await said(await fetch(urlOf('getStateInstance')))).toEqual({
      status: 200,
      body: { stateInstance: 'authorized' },
    });
  });

  it.each([
    ['starting', 400, 'instance in starting process try later'],
    ['notAuthorized', 400, 'instance is starting or not authorized'],
    ['blocked', 400, 'instance is starting or not authorized'],
    ['yellowCard', 500, 'rate-overlimit'],
    ['suspended', 500, 'rate-overlimit'],
    ['expired', 400, 'Instance account is expired. Renew your instance from personal area'],
    ['deleted', 400, 'Instance is deleted'],
  ] as const)('%s refuses a creation', async (state, status, message) => {
    const { simulator, urlOf, create, setFaults } = await start();
    setFaults({ state });
    expect(await said(await create())).toMatchObject({ status, body: { statusCode: status, message } });
    expect(simulator.groups()).toEqual([]);
    const told = await said(await fetch(urlOf('getStateInstance')));
    const lapsed = state === 'expired' || state === 'deleted';
    expect(told).toMatchObject(
      lapsed ? { status: 400, body: { message } } : { body: { stateInstance: state } },
    );
  });
});

const LINK = expect.stringMatching(/^https:\/\/chat\.whatsapp\.com\/[0-9A-Za-z]{22}$/);
const CREATED = { created: true, chatId: expect.stringMatching(/@g\.us$/) };
const BAD_GATEWAY = expect.stringContaining('<title>502 Bad Gateway</title>');
const GATEWAY_TIMEOUT = expect.stringContaining('<title>504 Gateway Time-out</title>');
const failure = (message: string) => expect.objectContaining({ statusCode: 500, message });

describe('a faulty answer', () => {
  it.each<[AnswerName, number, unknown, number]>([
    ['ok', 200, { ...CREATED, groupInviteLink: LINK }, 1],
    ['empty-link', 200, { ...CREATED, groupInviteLink: '' }, 1],
    ['null-body-after-creating', 200, null, 1],
    ['created-false', 200, { created: false, chatId: '', groupInviteLink: '' }, 0],
    ['rate-overlimit', 500, failure('rate-overlimit'), 0],
    ['rate-overlimit-after-creating', 500, failure('rate-overlimit'), 1],
    ['bad-request', 500, failure('bad-request'), 0],
    ['error-500-after-creating', 500, failure('Internal Server Error'), 1],
    ['error-500-without-creating', 500, failure('Internal Server Error'), 0],
    ['timed-out-after-creating', 500, failure('Timed Out'), 1],
    ['timed-out-without-creating', 500, failure('Timed Out'), 0],
    ['error-502-after-creating', 502, BAD_GATEWAY, 1],
    ['error-504-after-creating', 504, GATEWAY_TIMEOUT, 1],
  ])('%s', async (answer, status, body, groups) => {
    const { simulator, create, setFaults } = await start();
    setFaults({ answer });
    expect(await said(await create())).toEqual({ status, body });
    expect(simulator.groups()).toHaveLength(groups);
    expect(simulator.posts()).toMatchObject([{ ending: 'answered', stage: 'whatsapp', status, answer }]);
    expect(simulator.posts()[0]?.chatId).toBe(simulator.groups()[0]?.chatId);
  });

  it('may hold the link of another group', async () => {
    const { simulator, create, setFaults } = await start();
    setFaults({ answer: 'wrong-link' });
    const { body } = await said(await create());
    expect(body).toEqual({ ...CREATED, groupInviteLink: LINK });
    expect(body.groupInviteLink).not.toBe(simulator.groups()[0]?.groupInviteLink);
  });

  it.each<[AnswerName, number]>([
    ['timed-out-before-creating', 500],
    ['error-504-before-creating', 504],
  ])('%s comes before its group', async (answer, status) => {
    const { simulator, create, setFaults } = await start();
    setFaults({ answer, createAfterMs: 100 });
    expect((await create()).status).toBe(status);
    expect(simulator.groups()).toEqual([]);
    await soon(() => expect(simulator.groups()).toHaveLength(1));
    expect(simulator.posts()[0]?.chatId).toBe(simulator.groups()[0]?.chatId);
  });

  it.each<[AnswerName, number]>([
    ['close-after-creating', 1],
    ['close-without-creating', 0],
  ])('%s cuts the connection', async (answer, groups) => {
    const { simulator, create, setFaults } = await start();
    setFaults({ answer, latencyMs: 20 });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(simulator.groups()).toHaveLength(groups);
    expect(simulator.posts()).toMatchObject([{ ending: 'cut-off', stage: 'whatsapp' }]);
    expect(simulator.posts()[0]?.status).toBeUndefined();
  });

  it('close-before-creating cuts the connection before the group exists', async () => {
    const { simulator, create, setFaults } = await start();
    setFaults({ answer: 'close-before-creating', createAfterMs: 100 });
    await expect(create()).rejects.toThrow('fetch failed');
    expect(simulator.groups()).toEqual([]);
    await soon(() => expect(simulator.groups()).toHaveLength(1));
  });

  it.each<[AnswerName, number]>([
    ['hang-after-creating', 1],
    ['hang-without-creating', 0],
  ])('%s lasts until the client goes away', async (answer, groups) => {
    const { simulator, setFaults, abandon } = await start();
    setFaults({ answer });
    await abandon();
    expect(simulator.groups()).toHaveLength(groups);
  });

  it('comes after its latency, and a success never before its group', async () => {
    const { simulator, create, setFaults } = await start();
    const tookMs = async (faults: FaultsInput) => {
      setFaults(faults);
      const startMs = performance.now();
      await create();
      return performance.now() - startMs;
    };
    expect(await tookMs({ latencyMs: 30 })).toBeGreaterThan(28);
    expect(await tookMs({ createAfterMs: 30 })).toBeGreaterThan(28);
    expect(simulator.groups()).toHaveLength(2);
    expect(await tookMs({ latencyMs: 30, answer: 'created-false' })).toBeGreaterThan(28);
    expect(await tookMs({ latencyMs: 30, answer: 'error-504-before-creating' })).toBeGreaterThan(28);
  });
});

describe('a client that goes away', () => {
  it('is told in the record, and its group may be created nevertheless', async () => {
    const { simulator, setFaults, abandon } = await start();
    setFaults({ createAfterMs: 100 });
    await abandon();
    expect(simulator.groups()).toEqual([]);
    await soon(() => expect(simulator.groups()).toHaveLength(1));
    expect(simulator.posts()).toMatchObject([
      { ending: 'client-gone', chatId: simulator.groups()[0]?.chatId },
    ]);
  });

  it('creates nothing in the middle of its body', async () => {
    const { simulator } = await start();
    const socket = connect({ port: Number(new URL(simulator.url).port), host: '127.0.0.1' });
    await once(socket, 'connect');
    const path = `/waInstance${ANNA.idInstance}/createGroup/${ANNA.apiTokenInstance}`;
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"groupName":`);
    await soon(() => expect(simulator.posts()).toHaveLength(1));
    socket.destroy();
    await soon(() => expect(simulator.posts()[0]?.ending).toBe('client-gone'));
    expect(simulator.posts()[0]?.stage).toBe('receiving');
    expect(simulator.groups()).toEqual([]);
  });
});

describe('the members', () => {
  it.each([
    ['by their chatIds', [MEMBERS[0] ?? ''], [MEMBERS[1]]],
    ['by number, from the end', 1, [MEMBERS[0]]],
    ['all of them', 5, []],
  ])('may be missing silently, %s', async (_what, missingMembers, present) => {
    const { simulator, create, setFaults } = await start();
    setFaults({ missingMembers });
    expect((await create()).status).toBe(200);
    expect(simulator.groups()[0]?.members).toEqual(['79000000001@c.us', ...present]);
  });

  it.each([
    ['a group among them', ['120363043968066561@g.us'], 'Timed Out'],
    ['a number that is not on WhatsApp', [MEMBERS[1]], 'Internal Server Error'],
    ['a wrongly formatted number', ['+7900@c.us'], 'bad-request'],
    ['nobody', [], 'Internal Server Error'],
  ])('end the call in a 500: %s', async (_what, chatIds, message) => {
    const { simulator, create, setFaults } = await start();
    setFaults({ unknownNumbers: [MEMBERS[1] ?? ''], timedOutAfterMs: 30 });
    const startMs = performance.now();
    expect(await said(await create({ ...GROUP, chatIds }))).toMatchObject({ status: 500, body: { message } });
    if (message === 'Timed Out') expect(performance.now() - startMs).toBeGreaterThan(28);
    expect(simulator.groups()).toEqual([]);
  });
});

describe('limits', () => {
  it('WhatsApp refuses after so many groups in a window, and no longer once it has passed', async () => {
    const { clock, create, setFaults } = await start();
    setFaults({ overlimit: { creations: 2, windowSeconds: 60 } });
    const statuses = [(await create()).status, (await create()).status];
    expect(await said(await create())).toMatchObject({ status: 500, body: { message: 'rate-overlimit' } });
    clock.nowMs += 58 * SECOND_MS;
    statuses.push((await create()).status, (await create()).status, (await create()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 500]);
  });

  it('GREEN-API refuses after the quota, counted from when it is set', async () => {
    const { urlOf, create, setFaults } = await start();
    await create();
    setFaults({ quota: 1 });
    expect((await fetch(urlOf('getStateInstance'))).status).toBe(200);
    expect((await create()).status).toBe(200);
    expect(await said(await create())).toEqual({
      status: 466,
      body: {
        invokeStatus: {
          method: 'creategroup',
          used: 1,
          total: 1,
          status: 'QUOTE_EXCEEDED',
          description: expect.stringContaining('Monthly quota has been exceeded'),
        },
      },
    });
    setFaults({ quota: 1 });
    expect((await create()).status).toBe(200);
  });

  it('a fault holds for as many calls as it says', async () => {
    const { urlOf, create, setFaults } = await start();
    setFaults({ state: 'starting', times: 2 });
    await fetch(urlOf('getStateInstance'));
    expect([(await create()).status, (await create()).status, (await create()).status]).toEqual([
      400, 400, 200,
    ]);
  });
});

describe('the admin routes', () => {
  const path = `instances/${ANNA.idInstance}/faults`;

  it('set, tell and remove the faults of one instance', async () => {
    const { urlOf, send, create, admin } = await start();
    const set = await admin('PUT', path, { answer: 'error-500-without-creating', latencyMs: 5 });
    expect(set).toMatchObject({
      status: 200,
      body: { answer: 'error-500-without-creating', state: 'authorized' },
    });
    expect(await admin('GET', path)).toEqual(set);
    expect((await create()).status).toBe(500);
    expect((await send(urlOf('createGroup', BORIS), GROUP)).status).toBe(200);
    expect((await admin('DELETE', path)).body).toMatchObject({ answer: 'ok', latencyMs: 0 });
    expect((await create()).status).toBe(200);
  });

  it.each([
    [{ latency: 5 }, /^Unrecognized key: "latency"$/],
    [{ answer: 'nonsense' }, /^answer: Invalid option: expected one of "ok"\|"empty-link"\|/],
    [{ latencyMs: 90_001 }, /^latencyMs: Too big: expected number to be <=90000$/],
    [{ times: 0 }, /^times: Too small: expected number to be >=1$/],
    [{ missingMembers: {} }, /^missingMembers: a list of chatIds, or a number of members$/],
    [{ overlimit: { creations: 1 } }, /^overlimit\.windowSeconds: /],
  ])('refuse %j and say why', async (faults, problem) => {
    const { admin } = await start();
    const { status, body } = await admin('PUT', path, faults);
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.stringMatching(problem) });
    expect((await admin('GET', path)).body).toMatchObject({ answer: 'ok', latencyMs: 0 });
  });

  it('refuse what is no JSON, an unknown instance and an unknown path', async () => {
    const { simulator, admin } = await start();
    const put = await fetch(`${simulator.url}/simulator/${path}`, { method: 'PUT', body: '{' });
    expect(put.status).toBe(400);
    expect(await admin('PUT', 'instances/12/faults', {})).toEqual({
      status: 404,
      body: { error: 'There is no instance 12 here' },
    });
    expect((await admin('POST', 'log')).status).toBe(404);
    expect(() => simulator.setFaults('12', {})).toThrow('There is no instance 12 here');
  });

  it('tell and clear the log, and tell the groups', async () => {
    const { simulator, create, admin } = await start();
    await create();
    await create();
    const log = await admin('GET', 'log');
    expect(log.body).toEqual({ posts: simulator.posts(), spacingViolations: simulator.violations() });
    expect(simulator.posts()).toHaveLength(2);
    expect(simulator.violations()).toHaveLength(1);
    expect(await admin('GET', 'groups')).toEqual({ status: 200, body: { groups: simulator.groups() } });
    expect((await admin('DELETE', 'log')).status).toBe(204);
    expect((await admin('GET', 'log')).body).toEqual({ posts: [], spacingViolations: [] });
    await create();
    expect(simulator.posts()).toMatchObject([{ number: 3 }]);
    expect(simulator.violations()).toEqual([]);
    expect(simulator.groups()).toHaveLength(3);
  });
});

describe('the log', () => {
  it('tells the times of a POST, its course and its group', async () => {
    const { clock, simulator, create, setFaults, underWay } = await start();
    setFaults({ latencyMs: 30 });
    const response = create();
    await underWay(0);
    expect(simulator.posts()[0]).toMatchObject({ ending: 'under-way' });
    clock.nowMs += 7;
    await response;
    expect(simulator.posts(ANNA.idInstance)).toEqual([
      {
        number: 1,
        idInstance: ANNA.idInstance,
        startMs: START_MS + SECOND_MS,
        endMs: START_MS + SECOND_MS + 7,
        ending: 'answered',
        stage: 'whatsapp',
        status: 200,
        answer: 'ok',
        memberCount: 2,
        chatId: simulator.groups()[0]?.chatId,
        createdAtMs: START_MS + SECOND_MS,
      },
    ]);
    expect(simulator.posts(BORIS.idInstance)).toEqual([]);
  });

  it('counts the spacing from the end of what reached WhatsApp to the next start', async () => {
    const { clock, simulator, urlOf, send, create } = await start();
    await create();
    await send(urlOf('createGroup', BORIS), GROUP);
    clock.nowMs += 299 * SECOND_MS;
    await create();
    expect(simulator.violations()).toEqual([]);
    clock.nowMs += 299 * SECOND_MS - 1;
    await create();
    expect(simulator.violations()).toEqual([
      { idInstance: ANNA.idInstance, post: 4, previousPost: 3, gapMs: 299_999, requiredMs: 300_000 },
    ]);
  });

  it('counts no spacing from what was refused before WhatsApp', async () => {
    const { simulator, create } = await start();
    await create({});
    await create();
    expect(simulator.violations()).toEqual([]);
    await create({});
    expect(simulator.violations()).toMatchObject([{ post: 3, previousPost: 2, gapMs: SECOND_MS }]);
  });

  it('counts a call without an answer as 60 s longer', async () => {
    const { clock, simulator, create, setFaults, abandon } = await start({ spacingSeconds: 10 });
    setFaults({ answer: 'close-without-creating', times: 1 });
    await expect(create()).rejects.toThrow('fetch failed');
    clock.nowMs += 69 * SECOND_MS - 1;
    await create();
    expect(simulator.violations()).toMatchObject([{ post: 2, previousPost: 1, gapMs: 9_999 }]);
    setFaults({ answer: 'hang-without-creating', times: 1 });
    clock.nowMs += 20 * SECOND_MS;
    await abandon();
    clock.nowMs += 69 * SECOND_MS;
    await create();
    expect(simulator.violations()).toHaveLength(1);
  });

  it('tells of a POST that starts while another is under way', async () => {
    const { simulator, create, setFaults, underWay } = await start();
    setFaults({ latencyMs: 100 });
    const first = create();
    await underWay(0);
    const second = create();
    await soon(() => expect(simulator.violations()).toMatchObject([{ post: 2, gapMs: 0 }]));
    await Promise.all([first, second]);
    expect(simulator.violations()).toHaveLength(1);
  });

  it('counts no call as over before its group came into being', async () => {
    const { clock, simulator, create, setFaults } = await start({ spacingSeconds: 10 });
    setFaults({ answer: 'error-504-before-creating', createAfterMs: 100, times: 1 });
    await create();
    clock.nowMs += 5 * SECOND_MS;
    await soon(() => expect(simulator.groups()).toHaveLength(1));
    clock.nowMs += 5 * SECOND_MS;
    await create();
    expect(simulator.violations()).toMatchObject([{ gapMs: 6 * SECOND_MS }]);
  });

  it('forgets a POST that is under way when it is cleared', async () => {
    const { simulator, create, setFaults, admin, underWay } = await start();
    setFaults({ latencyMs: 100 });
    const response = create();
    await underWay(0);
    await admin('DELETE', 'log');
    expect((await response).status).toBe(200);
    expect(simulator.posts()).toEqual([]);
  });

  it('is bounded, and so are the groups: the oldest are forgotten', () => {
    const bound = 50_000;
    const journal = new Journal(() => 0, 0);
    const account = new Account(ANNA);
    for (let number = 1; number <= bound + 1; number += 1) {
      journal.open(ANNA.idInstance);
      account.addGroup({
        ...GROUP,
        ...ANNA,
        chatId: `${number}`,
        groupInviteLink: '',
        creation: 0,
        owner: '',
        members: [],
      });
    }
    expect([journal.posts().length, journal.posts()[0]?.number]).toEqual([bound, 2]);
    expect([account.groups.length, account.groups[0]?.chatId]).toEqual([bound, '2']);
  });

  it('prints one line for each POST, without tokens and numbers', async () => {
    const lines: string[] = [];
    const { clock, simulator, urlOf, create, setFaults, abandon } = await start({
      onEvent: (line) => lines.push(line),
    });
    await create();
    await create({});
    await fetch(urlOf('getStateInstance'));
    setFaults({ answer: 'close-without-creating' });
    clock.nowMs += 300 * SECOND_MS;
    await expect(create()).rejects.toThrow('fetch failed');
    setFaults({ answer: 'hang-without-creating' });
    await abandon();
    await soon(() => expect(lines).toHaveLength(4));
    const on = `createGroup on ${ANNA.idInstance}`;
    expect(lines).toEqual([
      `#1 ${on}, 2 members, 200, group ${simulator.groups()[0]?.chatId}, 0 ms`,
      `#2 ${on}, 400 (validation), no group, 0 ms, TOO SOON: 1 s after #1, not 300 s`,
      `#3 ${on}, 2 members, cut off, no group, 0 ms`,
      `#4 ${on}, 2 members, the client went away, no group, 0 ms, TOO SOON: -59 s after #3, not 300 s`,
    ]);
  });
});

describe('closing', () => {
  it('ends what hangs and what waits at once', async () => {
    const { simulator, create, setFaults, underWay } = await start();
    setFaults({ answer: 'hang-without-creating', times: 1 });
    const hanging = expect(create()).rejects.toThrow('fetch failed');
    await underWay(0);
    setFaults({ latencyMs: 90_000, createAfterMs: 100 });
    const waiting = expect(create()).rejects.toThrow('fetch failed');
    await underWay(1);
    const startMs = performance.now();
    await simulator.close();
    expect(performance.now() - startMs).toBeLessThan(500);
    await Promise.all([hanging, waiting]);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(simulator.groups()).toEqual([]);
    expect(simulator.posts().map(({ ending }) => ending)).toEqual(['cut-off', 'cut-off']);
  });

  it('lets no wait begin that would outlive it', async () => {
    const timers = new Timers();
    const ended = vi.fn();
    timers.stop();
    for (const ms of [0, 5]) void timers.after(ms).then(ended);
    await new Promise((resolve) => setTimeout(resolve, 15));
    expect(ended).not.toHaveBeenCalled();
  });

  it('may be asked for twice', async () => {
    const { simulator } = await start();
    await simulator.close();
    await expect(simulator.close()).resolves.toBeUndefined();
  });
});

it('listens on the port that it is given, and says so when it is taken', async () => {
  const { simulator } = await start();
  const port = Number(new URL(simulator.url).port);
  await expect(startSimulator({ instances: [ANNA], port })).rejects.toThrow('EADDRINUSE');
  await simulator.close();
  const { simulator: next } = await start({ port });
  expect(next.url).toBe(`http://127.0.0.1:${port}`);
});
