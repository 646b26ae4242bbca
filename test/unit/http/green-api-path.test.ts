import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { createHttpApp } from '../../../lambda/http/app.ts';
import { requestOf, resultOf } from '../../../lambda/http/payload.ts';
import { type Call, httpEvent } from '../../http-event.ts';
import { CANARIES } from '../../leaks.ts';
import { Bench, instances } from '../harness.ts';

const PATH = `/waInstance1101000001/createGroup/${CANARIES.key}`;
const BODY = '{"groupName":"Class 5b","chatIds":["79001234568@c.us","79001234569@c.us"]}';
const DETAIL = 'text of GREEN-API';

let bench: Bench;
let reported: unknown[];

beforeEach(() => {
  bench = new Bench();
  reported = [];
});

async function call(options: Call, service = bench.service()) {
  const app = createHttpApp({
    callerName: async (key) => (key === CANARIES.key ? 'default' : undefined),
    version: '1.2.3',
    reportError: (error) => reported.push(error),
  });
  const event = httpEvent({ method: 'POST', path: PATH, ...options });
  const { statusCode, headers, body } = await resultOf(await app.fetch(requestOf(event), { service }));
  return {
    status: statusCode,
    retryAfter: headers?.['retry-after'],
    text: body ?? '',
    json: JSON.parse(body ?? '{}'),
  };
}

const post = (body = BODY, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  call({ body, headers });

describe('GREEN-API’s own path', () => {
  it('answers as GREEN-API does, fields in its order', async () => {
    const { status, text } = await post();
    expect(status).toBe(200);
    expect(text).toBe(
      '{"created":true,"chatId":"120363043968066561@g.us","groupInviteLink":"https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4"}',
    );
    expect(bench.posts).toMatchObject([{ idInstance: '1101000001', groupName: 'Class 5b' }]);
  });

  it.each([
    ['the old spelling of the method', { path: PATH.replace('createGroup', 'CreateGroup'), body: BODY }],
    ['a charset', { body: BODY, headers: { 'content-type': 'application/json; charset=utf-8' } }],
    ['no content type', { body: BODY }],
    ['sorted keys', { body: '{"chatIds":["79001234568@c.us"],"groupName":"Class 5b"}' }],
    [
      'escaped characters',
      { body: '{"groupName": "\\u041a\\u043b\\u0430\\u0441\\u0441", "chatIds": ["79001234568@c.us"]}' },
    ],
    ['raw UTF-8', { body: '{"groupName":"Класс","chatIds":["79001234568@c.us"]}' }],
    ['a body in base64', { body: Buffer.from(BODY).toString('base64'), isBase64Encoded: true }],
  ])('takes %s', async (_name, options: Call) => {
    expect(await call(options)).toMatchObject({ status: 200, json: { created: true } });
  });

  it('escaped and raw are the same request: one group', async () => {
    const escaped = '{"groupName": "\\u041a", "chatIds": ["79001234568@c.us"]}';
    const first = await post(escaped);
    const again = await post('{"chatIds":["79001234568@c.us"],"groupName":"К"}');
    expect(again.text).toBe(first.text);
    expect(bench.posts).toHaveLength(1);
  });

  it('busy: 429 with the true time left', async () => {
    await post();
    const { status, retryAfter, json } = await post(BODY.replace('5b', '5c'));
    expect({ status, retryAfter }).toEqual({ status: 429, retryAfter: '331' });
    expect(json).toEqual({
      statusCode: 429,
      timestamp: '2026-01-05T09:00:02.000Z',
      path: '/waInstance1101000001/createGroup/***',
      message: 'Too Many Requests',
    });
    bench.clock.advance(331_000);
    expect((await post(BODY.replace('5b', '5c'))).status).toBe(200);
  });

  it('in flight: waits for it, then 429 with 5 s', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void call({ body: BODY }, stuck);
    await new Promise((resolve) => setImmediate(resolve));
    const before = bench.clock.nowMs();
    expect(await post()).toMatchObject({ status: 429, retryAfter: '5' });
    expect(bench.clock.nowMs() - before).toBe(20_000);
  });

  const outcomes: readonly [Outcome, number, string, string | undefined][] = [
    [{ kind: 'refused', detail: DETAIL }, 400, DETAIL, undefined],
    [{ kind: 'rejected', detail: DETAIL }, 500, 'bad-request', undefined],
    [{ kind: 'throttled', limit: 'rate', detail: DETAIL }, 429, 'Too Many Requests', '6'],
    [{ kind: 'overlimit', detail: DETAIL }, 500, 'rate-overlimit', '3601'],
    [
      { kind: 'blocked', cause: 'starting', detail: DETAIL },
      400,
      'instance in starting process try later',
      '61',
    ],
    [
      { kind: 'blocked', cause: 'not-authorized', detail: DETAIL },
      400,
      'instance is starting or not authorized',
      '61',
    ],
    [{ kind: 'blocked', cause: 'deleted', detail: DETAIL }, 400, 'Instance is deleted', '61'],
    [{ kind: 'blocked', cause: 'token-rejected', detail: DETAIL }, 502, 'Bad Gateway', '61'],
    [{ kind: 'not-sent', cause: 'unreachable', detail: DETAIL }, 502, 'Bad Gateway', '6'],
    [{ kind: 'unknown', answered: false, detail: DETAIL }, 500, 'Timed Out', undefined],
  ];
  it.each(outcomes)('$0.kind → $1 $2', async (outcome, status, message, retryAfter) => {
    bench.outcomes.push(outcome);
    const answer = await post();
    expect(answer).toMatchObject({ status, retryAfter, json: { statusCode: status, message } });
    expect(answer.text).not.toContain(CANARIES.key);
  });

  it('what is unknown is not sent again, however often it is asked for', async () => {
    bench.outcomes.push({ kind: 'unknown', answered: false, detail: DETAIL });
    for (let tries = 0; tries < 4; tries += 1) {
      expect((await post()).json).toMatchObject({ statusCode: 500, message: 'Timed Out' });
      bench.clock.advance(3_600_000);
    }
    expect(bench.posts).toHaveLength(1);
  });

  it.each([
    [
      'a wrong key',
      { path: PATH.replace(CANARIES.key, 'another-key-of-none'), body: BODY },
      401,
      'Unauthorized',
    ],
    ['a wrong verb', { method: 'GET' }, 404, 'Cannot GET /waInstance1101000001/createGroup/***'],
    [
      'another method',
      { path: PATH.replace('createGroup', 'sendMessage'), body: BODY },
      404,
      'Cannot POST /waInstance1101000001/***/***',
    ],
    [
      'a key in the wrong place',
      { path: `/waInstance1/${CANARIES.key}/createGroup`, body: BODY },
      404,
      'Cannot POST /waInstance1/***/***',
    ],
    ['an unknown instance', { path: PATH.replace('1101000001', '999'), body: BODY }, 403, 'Forbidden'],
    ['no JSON', { body: '{' }, 400, 'Unexpected token in JSON: the body must be JSON in UTF-8'],
    ['a huge body', { body: `"${'x'.repeat(102_400)}"` }, 500, 'request entity too large'],
    [
      'no members',
      { body: '{"groupName":"a","chatIds":[]}' },
      400,
      "Validation failed. Details: 'chatIds' is empty; a group needs at least one member",
    ],
    [
      'a field of ours',
      { body: BODY.replace('{', '{"idInstance":"1",') },
      400,
      "Validation failed. Details: 'idInstance' is not a field of this request; the fields are groupName, chatIds",
    ],
    [
      'no object',
      { body: '[]' },
      400,
      'Validation failed. Details: the body must be a JSON object with groupName and chatIds',
    ],
  ])('%s', async (_name, options: Call, status, message) => {
    const answer = await call(options);
    expect(answer).toMatchObject({ status, json: { statusCode: status, message } });
    expect(answer.text).not.toMatch(/canary|another-key/);
    expect(bench.posts).toEqual([]);
  });

  it.each([
    new StorageError('no-answer', 'no answer'),
    new SecretError('malformed', 'wrong'),
    new TypeError('bug'),
  ])('%s: a gateway in trouble, and the log knows why', async (error) => {
    const service = bench.service();
    service.locks.acquire = () => Promise.reject(error);
    expect(await call({ body: BODY }, service)).toMatchObject({ status: 502, retryAfter: '60' });
    expect(reported).toEqual([error]);
    expect((await post()).status).toBe(200);
  });

  it.each([
    [
      'outside the active hours',
      { activeHours: { days: ['mon'], fromMinute: 600, toMinute: 660 } } as const,
      '3600',
    ],
    ['with the daily limit reached', { dailyLimit: 1 }, '53998'],
  ])('%s: 429 with the true time left', async (_name, policy, retryAfter) => {
    bench.policy = { ...bench.policy, ...policy };
    await post();
    expect(await post(BODY.replace('5b', '5c'))).toMatchObject({
      status: 429,
      retryAfter,
      json: { statusCode: 429, message: 'Too Many Requests' },
    });
  });

  describe('beside the queue', () => {
    const headers = { 'content-type': 'application/json', 'x-api-key': CANARIES.key };
    const OURS = BODY.replace('{', '{"idInstance":"1101000001",');
    const queue = (body: string) =>
      call({ path: '/groups', body, headers: { ...headers, prefer: 'respond-async' } });
    const remove = (id: string) => call({ method: 'DELETE', path: `/groups/${id}`, headers });

    it('what is due comes first: 429 until it has been served', async () => {
      await post();
      await queue(OURS.replace('5b', '5c'));
      bench.clock.advance(331_000);
      expect(await post(BODY.replace('5b', '5d'))).toMatchObject({ status: 429, retryAfter: '333' });
      expect(bench.posts).toHaveLength(1);
    });

    it('what waits already is 429 until its turn, and an hour at most', async () => {
      await post();
      await queue(OURS.replace('5b', '5c'));
      expect(await post(BODY.replace('5b', '5c'))).toMatchObject({ status: 429, retryAfter: '331' });
      await queue(OURS.replace('5b', '5d').replace('{', '{"notBefore":"2026-02-01T09:00:00Z",'));
      expect(await post(BODY.replace('5b', '5d'))).toMatchObject({ status: 429, retryAfter: '3600' });
    });

    it('what was erased is 400, which no client sends again', async () => {
      await post();
      const { json } = await call({ method: 'GET', path: '/groups', headers });
      expect((await remove(json.groups[0].id)).status).toBe(200);
      expect(await post()).toMatchObject({
        status: 400,
        retryAfter: undefined,
        json: { statusCode: 400, message: 'the request was erased' },
      });
      expect(bench.posts).toHaveLength(1);
    });

    it('its own callers never wait in the queue, whatever they prefer', async () => {
      await post();
      const preferring = { prefer: 'respond-async', 'content-type': 'application/json' };
      expect(await post(BODY.replace('5b', '5c'), preferring)).toMatchObject({ status: 429 });
      const { json } = await call({ method: 'GET', path: '/groups', headers });
      expect(json.groups).toHaveLength(1);
    });

    it('a cancelled wish binds nothing: the same sent again is created', async () => {
      await post();
      const { json } = await queue(OURS.replace('5b', '5c'));
      await remove(json.id);
      bench.clock.advance(331_000);
      expect(await post(BODY.replace('5b', '5c'))).toMatchObject({ status: 200, json: { created: true } });
    });
  });

  it('the same wish is one request, whichever path it comes by', async () => {
    bench.instances = instances(2);
    await post();
    const other = await call({
      path: '/groups',
      body: BODY.replace('{', '{"idInstance":"1101000001",'),
      headers: { 'content-type': 'application/json', 'x-api-key': CANARIES.key },
    });
    expect(other.json).toMatchObject({ created: true, chatId: '120363043968066561@g.us' });
    expect(bench.posts).toHaveLength(1);
  });
});
