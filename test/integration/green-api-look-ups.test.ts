import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Instance, LookedUp, LookUps } from '../../lambda/creation/ports.ts';
import {
  CHECK_SPACING_MS,
  LOOK_UP_SPACING_MS,
  LOOK_UP_TIMEOUT_SECONDS,
  MAX_LOOK_UP_BYTES,
} from '../../lambda/green-api/look-up-facts.ts';
import { createLookUps } from '../../lambda/green-api/look-ups.ts';
import { startSimulator } from '../../local/green-api-simulator/simulator.ts';
import { ManualClock, START_MS } from '../unit/harness.ts';
import {
  CHAT_ID,
  CONTENT,
  deadPort,
  httpAnswer,
  instanceAt,
  LINK,
  loopback,
  TOKEN,
} from './green-api-client.support.ts';

const OWN = '79000000001@c.us';
const PHONE = '79001234568@c.us';
const FACTS = { groupId: CHAT_ID, subject: 'Deal 7', creation: START_MS / 1_000, groupInviteLink: LINK };
const forever = new AbortController().signal;
const untold = (detail: string) => ({ kind: 'untold', cause: 'other', detail });

/** Look-ups on a clock that moves as they sleep. */
function bench(timeoutSeconds?: number) {
  const clock = new ManualClock();
  const options = timeoutSeconds === undefined ? { clock } : { clock, timeoutSeconds };
  return { clock, lookUps: createLookUps(options) };
}

type Ask = (lookUps: LookUps, instance: Instance, signal: AbortSignal) => Promise<LookedUp<unknown>>;
const askGroup: Ask = (lookUps, instance, signal) => lookUps.group(instance, CHAT_ID, signal);

const json = (value: unknown) => (socket: Socket) => socket.end(httpAnswer('200 OK', JSON.stringify(value)));

describe('a look-up', () => {
  const get = (path: string) => `GET /waInstance1101000001/${path} HTTP/1.1`;
  const post = (method: string) => `POST /waInstance1101000001/${method}/${TOKEN} HTTP/1.1`;

  const methods: readonly [
    name: string,
    ask: Ask,
    line: string,
    body: string,
    says: unknown,
    told: unknown,
  ][] = [
    [
      'state',
      (lookUps, instance, signal) => lookUps.state(instance, signal),
      get(`getStateInstance/${TOKEN}`),
      '',
      { stateInstance: 'authorized' },
      'authorized',
    ],
    [
      'suspendedUntilMs',
      (lookUps, instance, signal) => lookUps.suspendedUntilMs(instance, signal),
      get(`getWaSettings/${TOKEN}`),
      '',
      { suspendedUntil: START_MS / 1_000 },
      START_MS,
    ],
    [
      'ownChatId',
      (lookUps, instance, signal) => lookUps.ownChatId(instance, signal),
      get(`getSettings/${TOKEN}`),
      '',
      { wid: OWN },
      OWN,
    ],
    [
      'chats',
      (lookUps, instance, signal) => lookUps.chats(instance, signal),
      get(`getChats/${TOKEN}?count=50`),
      '',
      [{ id: CHAT_ID }],
      [{ chatId: CHAT_ID, name: '' }],
    ],
    [
      'groupContacts',
      (lookUps, instance, signal) => lookUps.groupContacts(instance, signal),
      get(`getContacts/${TOKEN}?group=true`),
      '',
      [{ id: CHAT_ID, name: 'Deal 7' }],
      [{ chatId: CHAT_ID, name: 'Deal 7' }],
    ],
    [
      'group',
      askGroup,
      post('getGroupData'),
      `{"groupId":"${CHAT_ID}"}`,
      { ...FACTS, owner: OWN, participants: [{ id: OWN }] },
      {
        chatId: CHAT_ID,
        subject: 'Deal 7',
        createdAtMs: START_MS,
        creators: [OWN],
        members: [OWN],
        isWhole: true,
        groupInviteLink: LINK,
      },
    ],
    [
      'group, of none',
      askGroup,
      post('getGroupData'),
      `{"groupId":"${CHAT_ID}"}`,
      'Error: item-not-found',
      undefined,
    ],
    [
      'isOnWhatsApp',
      (lookUps, instance, signal) => lookUps.isOnWhatsApp(instance, PHONE, signal),
      post('checkWhatsapp'),
      '{"phoneNumber":79001234568}',
      { existsWhatsapp: true },
      true,
    ],
  ];

  it.each(methods)('is one request, byte for byte: %s', async (_name, ask, line, body, says, value) => {
    const server = await loopback(json(says));
    expect(await ask(bench().lookUps, instanceAt(server.url), forever)).toEqual({ kind: 'told', value });
    const head = [
      line,
      `host: 127.0.0.1:${server.port}`,
      'connection: close',
      ...(body === '' ? [] : ['Content-Type: application/json']),
      'User-Agent: group-pacer',
      ...(body === '' ? [] : [`content-length: ${body.length}`]),
    ];
    expect(server.received).toEqual([`${head.join('\r\n')}\r\n\r\n${body}`]);
  });

  it('takes an apiUrl with a path', async () => {
    const server = await loopback(json({ stateInstance: 'starting' }));
    const { lookUps } = bench();
    expect(await lookUps.state(instanceAt(`${server.url}/v3/`), forever)).toMatchObject({
      value: 'starting',
    });
    expect(server.received[0]).toContain(`GET /v3/waInstance1101000001/getStateInstance/${TOKEN} HTTP`);
  });

  it('sends nothing where there is no number to ask for', async () => {
    const server = await loopback(json({ existsWhatsapp: true }));
    const { lookUps } = bench();
    expect(await lookUps.isOnWhatsApp(instanceAt(server.url), CHAT_ID, forever)).toEqual(
      untold('the chat id holds no phone number'),
    );
    expect(server.received).toEqual([]);
  });
});

describe('an answer that is none', () => {
  const error = (status: number, message: string) =>
    JSON.stringify({ statusCode: status, path: `/waInstance1101000001/getGroupData/${TOKEN}`, message });

  it.each([
    ['429 Too Many Requests', 'Too Many Requests', 'HTTP 429: Too Many Requests'],
    ['502 Bad Gateway', '<html><h1>Bad Gateway</h1></html>', 'HTTP 502: <html><h1>Bad Gateway</h1></html>'],
    ['200 OK', '<html><h1>Hello</h1></html>', 'HTTP 200: nothing that can be read'],
    ['500 Internal Server Error', error(500, 'Timed Out'), 'HTTP 500: Timed Out'],
    ['404 Not Found', error(404, `Cannot POST /${TOKEN}`), 'HTTP 404: Cannot POST /***'],
    ['401 Unauthorized', '', 'HTTP 401: nothing that can be read'],
  ])('is told as it is, and nothing is sent again: %s %s', async (status, body, detail) => {
    const server = await loopback((socket) => socket.end(httpAnswer(status, body)));
    expect(await askGroup(bench().lookUps, instanceAt(server.url), forever)).toEqual(untold(detail));
    expect(server.received).toHaveLength(1);
  });

  it('follows no redirect', async () => {
    const elsewhere = await loopback(json(FACTS));
    const server = await loopback((socket) =>
      socket.end(httpAnswer('302 Found', '', [`Location: ${elsewhere.url}/${TOKEN}`])),
    );
    expect(await askGroup(bench().lookUps, instanceAt(server.url), forever)).toEqual(
      untold('HTTP 302: nothing that can be read'),
    );
    expect(elsewhere.received).toEqual([]);
  });

  it('tells that the quota is used up', async () => {
    const body = JSON.stringify({ invokeStatus: { method: 'checkwhatsapp', status: 'QUOTE_EXCEEDED' } });
    const server = await loopback((socket) => socket.end(httpAnswer('466 Quota', body)));
    const { lookUps } = bench();
    expect(await lookUps.isOnWhatsApp(instanceAt(server.url), PHONE, forever)).toEqual({
      kind: 'untold',
      cause: 'quota',
      detail: 'quota checkwhatsapp QUOTE_EXCEEDED',
    });
  });

  it.each([
    ['bad phone number, valid from 11 to 16 digits', { kind: 'told', value: false }],
    [
      'check phone number timeout limit exceeded',
      untold('HTTP 400: check phone number timeout limit exceeded'),
    ],
  ])('tells a number that is none from one that was not checked: %s', async (message, looked) => {
    const server = await loopback((socket) => socket.end(httpAnswer('400 Bad Request', error(400, message))));
    const { lookUps } = bench();
    expect(await lookUps.isOnWhatsApp(instanceAt(server.url), PHONE, forever)).toEqual(looked);
  });
});

describe('an answer that is not whole', () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{';

  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.end()],
    ['closed after half a head', (socket) => socket.end('HTTP/1.1 200 O')],
    ['closed after half a body', (socket) => socket.end(half)],
    ['not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  ])('tells nothing, and nothing is sent again: %s', async (_name, onRequest) => {
    const server = await loopback(onRequest);
    const { lookUps } = bench();
    // A GET, which others would send again.
    const looked = await lookUps.chats(instanceAt(server.url), forever);
    expect(looked).toEqual(untold(expect.stringMatching(/./)));
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['nothing at all', () => {}],
    ['a body that trickles in', (socket: Socket) => socket.write(half)],
  ])('is not waited for longer than its time: %s', async (_name, onRequest) => {
    expect(LOOK_UP_TIMEOUT_SECONDS).toBe(10);
    const server = await loopback(onRequest);
    const looked = await askGroup(bench(0.1).lookUps, instanceAt(server.url), forever);
    expect(looked).toEqual(untold(expect.stringMatching(/no whole answer within 0.1 s$/)));
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  it.each([
    ['exactly as long as may be', 0, 'told'],
    ['one byte too long', 1, 'untold'],
  ])('is bounded: %s', async (_name, excess, kind) => {
    const body = '[]'.padEnd(MAX_LOOK_UP_BYTES + excess);
    const server = await loopback((socket) => socket.end(httpAnswer('200 OK', body)));
    const { lookUps } = bench();
    expect(await lookUps.groupContacts(instanceAt(server.url), forever)).toMatchObject({ kind });
  });

  it('is not there where nobody listens', async () => {
    const port = await deadPort();
    const { lookUps } = bench();
    expect(await lookUps.state(instanceAt(`http://127.0.0.1:${port}`), forever)).toEqual(
      untold(`connect ECONNREFUSED 127.0.0.1:${port}`),
    );
    expect(await lookUps.state(instanceAt('nowhere'), forever)).toEqual(untold('apiUrl is not a URL'));
  });
});

describe('the end of the execution', () => {
  const ended = untold('the deadline of the execution has passed');

  it('ends a look-up under way', async () => {
    const execution = new AbortController();
    const server = await loopback(() => execution.abort());
    expect(await askGroup(bench().lookUps, instanceAt(server.url), execution.signal)).toEqual(ended);
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(getEventListeners(execution.signal, 'abort')).toEqual([]);
  });

  it('ends the wait for a turn, and sends nothing', async () => {
    const execution = new AbortController();
    const server = await loopback(json({ stateInstance: 'authorized' }));
    const clock = new ManualClock();
    const asleep = Promise.withResolvers<void>();
    const sleep = (_ms: number, signal: AbortSignal) => {
      asleep.resolve();
      return new Promise<void>((resolve) =>
        signal.addEventListener('abort', () => resolve(), { once: true }),
      );
    };
    const lookUps = createLookUps({ clock: { nowMs: () => clock.nowMs(), sleep } });
    const instance = instanceAt(server.url);
    await lookUps.state(instance, forever);
    const waiting = [
      lookUps.chats(instance, execution.signal),
      askGroup(lookUps, instance, execution.signal),
    ];
    await asleep.promise;
    execution.abort();
    expect(await Promise.all(waiting)).toEqual([ended, ended]);
    expect(server.received).toHaveLength(1);
  });

  it('lets nobody ask any more', async () => {
    const server = await loopback(json(FACTS));
    expect(await askGroup(bench().lookUps, instanceAt(server.url), AbortSignal.abort())).toEqual(ended);
    expect(server.received).toEqual([]);
  });
});

describe('the turns', () => {
  it('are one a second for all methods of an instance, and another line for checkWhatsapp', async () => {
    const { clock, lookUps } = bench();
    const askedAfterMs: number[] = [];
    const server = await loopback((socket) => {
      askedAfterMs.push(clock.nowMs() - START_MS);
      socket.end(httpAnswer('200 OK', 'null'));
    });
    const instance = instanceAt(server.url);
    const check = () => lookUps.isOnWhatsApp(instance, PHONE, forever);
    await lookUps.state(instance, forever);
    await lookUps.state({ ...instance, idInstance: '1101000002' }, forever);
    await lookUps.suspendedUntilMs(instance, forever);
    await check();
    await lookUps.ownChatId(instance, forever);
    await lookUps.chats(instance, forever);
    await check();
    await check();
    await lookUps.groupContacts(instance, forever);
    await askGroup(lookUps, instance, forever);
    expect(LOOK_UP_SPACING_MS).toBeGreaterThanOrEqual(1_000);
    expect(CHECK_SPACING_MS).toBeGreaterThanOrEqual(100);
    const turn = (count: number) => count * LOOK_UP_SPACING_MS;
    const checkAgain = turn(3) + CHECK_SPACING_MS;
    expect(askedAfterMs).toEqual([
      ...[0, 0, turn(1), turn(1), turn(2), turn(3)],
      ...[turn(3), checkAgain, turn(4), turn(5)],
    ]);
  });
});

describe('the simulator', () => {
  it('answers all look-ups, as often as their turns come', async () => {
    const { clock, lookUps } = bench();
    const simulator = await startSimulator({
      instances: [{ idInstance: '1101000001', apiTokenInstance: TOKEN, ownPhone: '79000000001' }],
      nowMs: () => clock.nowMs(),
    });
    onTestFinished(() => simulator.close());
    const instance = instanceAt(simulator.url);
    await fetch(`${simulator.url}/waInstance1101000001/createGroup/${TOKEN}`, {
      method: 'POST',
      body: JSON.stringify(CONTENT),
    });
    const [made] = simulator.groups();
    simulator.setFaults('1101000001', { state: 'suspended', suspendedUntil: START_MS / 1_000 });
    const chatId = made?.chatId ?? '';
    const told = (value: unknown) => ({ kind: 'told', value });
    expect(await lookUps.state(instance, forever)).toEqual(told('suspended'));
    expect(await lookUps.suspendedUntilMs(instance, forever)).toEqual(told(START_MS));
    expect(await lookUps.ownChatId(instance, forever)).toEqual(told(OWN));
    const listed = told(expect.arrayContaining([{ chatId, name: 'Deal 7' }]));
    expect(await lookUps.chats(instance, forever)).toEqual(listed);
    expect(await lookUps.groupContacts(instance, forever)).toEqual(listed);
    expect(await lookUps.group(instance, chatId, forever)).toEqual(
      told({
        chatId,
        subject: 'Deal 7',
        createdAtMs: START_MS,
        creators: [OWN],
        members: expect.arrayContaining([OWN, ...CONTENT.chatIds]),
        isWhole: true,
        groupInviteLink: made?.groupInviteLink,
      }),
    );
    // Right after the other: the simulator would answer 429 within the same second.
    expect(await lookUps.group(instance, CHAT_ID, forever)).toEqual(told(undefined));
    expect(await lookUps.isOnWhatsApp(instance, PHONE, forever)).toEqual(told(true));
    expect(await lookUps.isOnWhatsApp(instance, '1234567@c.us', forever)).toEqual(told(false));
  });
});
