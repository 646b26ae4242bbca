import { beforeEach, describe, expect, it } from 'vitest';
import { CREATED } from '../harness.ts';
import { NumberChecks, OTHER, QUOTA } from '../number-checks.ts';
import { ASYNC, BODY, Door, KEY } from './door.ts';

const [FIRST, SECOND] = ['79001234568@c.us', '79001234569@c.us'] as const;

let door: Door;
let checks: NumberChecks;
beforeEach(() => {
  door = new Door();
  checks = new NumberChecks(door.bench);
});

const post = (headers = {}, body: object = BODY) => door.post(body, headers, checks.service());

describe('POST /groups where numbers are checked', () => {
  it('a number that is not on WhatsApp: 422 that names it, and nothing is created', async () => {
    checks.absent.add(SECOND);
    for (const headers of [{}, ASYNC]) {
      const { status, json, headers: answered } = await post(headers);
      expect(status).toBe(422);
      expect(json).toMatchObject({ code: 'not-on-whatsapp', notOnWhatsApp: [SECOND], until: null });
      expect(json['detail']).toContain('1 of the members');
      expect(json['whatToDo']).toContain('notOnWhatsApp');
      expect(answered).not.toHaveProperty('retry-after');
    }
    expect(door.bench.posts).toEqual([]);
  });

  it('its Idempotency-Key stands for what was asked for: the corrected request needs another', async () => {
    checks.absent.add(SECOND);
    await post({ 'idempotency-key': '"k1"' });
    const corrected = { ...BODY, chatIds: [FIRST] };
    expect((await post({ 'idempotency-key': '"k1"' }, corrected)).json).toMatchObject({
      code: 'idempotency-key-reused',
    });
    expect((await post({ 'idempotency-key': '"k2"' }, corrected)).status).toBe(201);
  });

  it('left out, where that is wanted: 201 with those who are in', async () => {
    checks.mode = 'drop';
    checks.absent.add(SECOND);
    expect(await post()).toMatchObject({ status: 201, json: { chatIds: [FIRST] } });
  });

  it('the quota is used up: 503 until it is new, with the tariff and the setting', async () => {
    checks.untold = () => QUOTA;
    const { status, json, headers } = await post();
    expect(status).toBe(503);
    expect(json).toMatchObject({ code: 'numbers-unverified', secondsLeft: 86_400 });
    expect(json['detail']).toContain(QUOTA.detail);
    expect(json['whatToDo']).toMatch(/tariff.*verifyNumbers.*same request again/s);
    expect(headers['retry-after']).toBe('86400');
  });

  it('no clear answer: 503 for half a minute, with what GREEN-API said; then it goes on', async () => {
    checks.untold = (_idInstance, chatId) => (chatId === SECOND ? OTHER : undefined);
    const { status, json, headers } = await post();
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '30' });
    expect(json).toMatchObject({ code: 'numbers-unverified' });
    expect(json['detail']).toContain(OTHER.detail);
    checks.asked.length = 0;
    checks.untold = () => undefined;
    expect((await post()).status).toBe(201);
    expect(checks.asked.map(({ chatId }) => chatId)).toEqual([SECOND]);
  });

  it('more than can be checked while a caller waits: 503 for a second, and then it goes on', async () => {
    checks.checkMs = 13_000;
    const many = { ...BODY, chatIds: Array.from({ length: 12 }, (_, index) => `790012345${index + 10}`) };
    const { status, json, headers } = await post({}, many);
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '1' });
    expect(json).toMatchObject({ code: 'numbers-unverified' });
    expect((await post({}, many)).status).toBe(201);
  });
});

describe('GREEN-API’s own path where numbers are checked', () => {
  const ownPath = () =>
    door.callKeyless(
      {
        method: 'POST',
        path: `/waInstance1101000001/createGroup/${KEY}`,
        body: JSON.stringify({ groupName: 'Class 5b', chatIds: [FIRST, SECOND] }),
      },
      checks.service(),
    );

  it('a number that is not on WhatsApp: 400 in the words of its validation', async () => {
    checks.absent.add(SECOND);
    expect(await ownPath()).toMatchObject({
      status: 400,
      json: {
        statusCode: 400,
        message: `Validation failed. Details: 'chatIds': ${SECOND} is not on WhatsApp`,
      },
    });
    checks.absent.add(FIRST);
    for (const key of door.bench.memory.items.keys())
      if (key.startsWith('number#')) door.bench.memory.items.delete(key);
    expect((await ownPath()).json['message']).toBe(
      `Validation failed. Details: 'chatIds': ${FIRST} is not on WhatsApp (and 1 more)`,
    );
  });

  it.each([
    [QUOTA, '86400'],
    [OTHER, '30'],
  ])('$cause: 502, which its clients do not send again by themselves', async (untold, retryAfter) => {
    checks.untold = () => untold;
    const { status, headers, json } = await ownPath();
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 502, retryAfter });
    expect(json).toMatchObject({ message: 'Bad Gateway' });
  });

  it('out of time: 429 for a second, which its Python client sends again by itself', async () => {
    checks.checkMs = 12_000;
    checks.untold = () => undefined;
    const service = checks.service();
    const spent = { ...service.execution, answerByMs: door.bench.clock.nowMs() + 17_000 };
    const path = `/waInstance1101000001/createGroup/${KEY}`;
    const body = JSON.stringify({ groupName: 'Class 5b', chatIds: [FIRST, SECOND] });
    const busy = await door.callKeyless({ method: 'POST', path, body }, { ...service, execution: spent });
    expect({ status: busy.status, retryAfter: busy.headers['retry-after'] }).toEqual({
      status: 429,
      retryAfter: '1',
    });
    expect(await ownPath()).toMatchObject({
      status: 200,
      json: { created: true, chatId: CREATED.kind === 'created' ? CREATED.chatId : '' },
    });
  });
});
