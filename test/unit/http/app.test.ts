import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { Service } from '../../../lambda/creation/service.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import type { Call } from '../../http-event.ts';
import { type Bench, instances } from '../harness.ts';
import { BODY, Door, JSON_TYPE, KEY } from './door.ts';

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

const call = (options: Call, service?: Service) => door.call(options, service);
const post = (body: unknown, headers: Record<string, string> = {}) => door.post(body, headers);

describe('POST /groups', () => {
  it('201: the group, and where it is', async () => {
    const { status, headers, json } = await post(BODY);
    expect(status).toBe(201);
    expect(json).toEqual({
      id: '00000000-0000-4000-8000-000000000001',
      status: 'created',
      created: true,
      chatId: '120363043968066561@g.us',
      groupInviteLink: 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4',
      missingChatIds: null,
      idInstance: '1101000001',
      groupName: 'Class 5b',
      chatIds: ['79001234568@c.us', '79001234569@c.us'],
      wanted: 'any',
      askedBy: 'default',
      createdAt: '2026-01-05T09:00:00.000Z',
      updatedAt: '2026-01-05T09:00:02.000Z',
    });
    expect(headers).toMatchObject({ location: '/groups/00000000-0000-4000-8000-000000000001' });
    expect(headers).not.toHaveProperty('idempotent-replayed');
  });

  it('the same again: the same, replayed', async () => {
    const first = await post(BODY, { 'idempotency-key': '"k1"' });
    const again = await post(BODY, { 'idempotency-key': 'k1' });
    expect(again.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  });

  it('429: the time left, rounded up to whole seconds', async () => {
    await post(BODY);
    bench.clock.advance(100);
    const { status, headers, json } = await post({ ...BODY, groupName: 'Class 5c' });
    expect(status).toBe(429);
    expect(json).toMatchObject({
      code: 'busy',
      reason: 'busy',
      idInstance: '1101000001',
      until: '2026-01-05T09:05:33.000Z',
    });
    expect(json['whatToDo']).toMatch(/again after Retry-After/);
    // 330 s and the margin from the end of the call, 100 ms of which have passed.
    expect(headers).toMatchObject({ 'retry-after': '331', 'content-type': 'application/problem+json' });
    bench.clock.advance(331_000);
    expect((await post({ ...BODY, groupName: 'Class 5c' })).status).toBe(201);
  });

  it('422: the key stands for another body', async () => {
    await post(BODY, { 'idempotency-key': '"k1"' });
    const { status, json } = await post({ ...BODY, groupName: 'other' }, { 'idempotency-key': '"k1"' });
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('422 even if the first was told to wait', async () => {
    await post(BODY);
    expect((await post({ ...BODY, groupName: 'b' }, { 'idempotency-key': 'k2' })).status).toBe(429);
    expect((await post({ ...BODY, groupName: 'c' }, { 'idempotency-key': 'k2' })).status).toBe(422);
  });

  const DETAIL = 'text of GREEN-API';
  const outcomes: readonly [Outcome, number, string, string | undefined][] = [
    [{ kind: 'refused', detail: DETAIL }, 422, 'refused', undefined],
    [{ kind: 'rejected', detail: DETAIL }, 422, 'rejected', undefined],
    [{ kind: 'throttled', limit: 'rate', detail: DETAIL }, 429, 'throttled', '6'],
    [{ kind: 'overlimit', detail: DETAIL }, 429, 'overlimit', '3601'],
    [{ kind: 'blocked', cause: 'not-authorized', detail: DETAIL }, 503, 'instance-blocked', '61'],
    [{ kind: 'blocked', cause: 'deleted', detail: DETAIL }, 503, 'instance-blocked', '61'],
    [{ kind: 'not-sent', cause: 'unreachable', detail: DETAIL }, 503, 'green-api-unreachable', '6'],
    [{ kind: 'unknown', answered: true, detail: DETAIL }, 504, 'outcome-unknown', '60'],
  ];
  it.each(outcomes)('$0.kind → $1 $2', async (outcome, expected, code, retryAfter) => {
    bench.outcomes.push(outcome);
    const { status, headers, json } = await post(BODY);
    expect({ status, code: json['code'] }).toEqual({ status: expected, code });
    expect(headers['retry-after']).toBe(retryAfter);
    expect(headers['location']).toBe(`/groups/${json['id']}`);
    expect(json['whatToDo']).toMatch(/\w/);
    expect(json).toHaveProperty('until', retryAfter === undefined ? null : expect.stringMatching(/^2026/));
    // Another request meets the same state of the instance, and is told so before it costs anything.
    if (status === 503 || status === 429) {
      const next = await post({ ...BODY, groupName: 'next' });
      expect(next.json).toMatchObject({ code, idInstance: '1101000001' });
      expect(bench.posts).toHaveLength(1);
    }
  });

  it('after an overlimit: it rests, and may be sent again, for the program looks first', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: DETAIL });
    const { status, json } = await post(BODY);
    expect(status).toBe(429);
    const advice = {
      detail: 'WhatsApp restricts the number for creating too many groups too quickly.',
      whatToDo: expect.stringMatching(
        /^Let the number rest\. .* POST \/groups\/[\w-]+\/retry\. Either way the program first looks whether/,
      ),
    };
    expect(json).toMatchObject(advice);
    const { json: seen } = await call({ path: `/groups/${json['id']}` });
    expect(seen).toMatchObject({ ...advice, status: 'failed', retryable: true, reason: 'overlimit' });
  });

  it('a failed request for any, with another instance free: at once', async () => {
    bench.instances = instances(2);
    bench.outcomes.push({ kind: 'blocked', cause: 'expired', detail: DETAIL });
    const first = await post(BODY);
    expect(first.headers['retry-after']).toBe('1');
    expect((await post(BODY)).json).toMatchObject({ created: true, idInstance: '1101000002' });
  });

  it('409 with Location while the same request is being created', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void door.post(BODY, {}, stuck);
    await new Promise((resolve) => setImmediate(resolve));
    const { status, headers, json } = await post(BODY);
    expect(status).toBe(409);
    expect(json).toMatchObject({ code: 'in-flight' });
    expect(headers).toMatchObject({ 'retry-after': '5', location: `/groups/${json['id']}` });
  });
});

describe('bad input costs no slot and says what would be right', () => {
  const fault = (pointer: string, detail: RegExp) => [{ pointer, detail: expect.stringMatching(detail) }];
  const bodies: readonly [string, unknown, unknown[]][] = [
    ['no object', [], fault('', /JSON object/)],
    ['null', null, fault('', /JSON object/)],
    ['nothing in it', {}, [...fault('/groupName', /string of 1 to 100/), ...fault('/chatIds', /array/)]],
    ['a name of the wrong type', { ...BODY, groupName: 5 }, fault('/groupName', /must be a string/)],
    ['an empty name', { ...BODY, groupName: '' }, fault('/groupName', /is empty/)],
    ['a blank name', { ...BODY, groupName: ' \t' }, fault('/groupName', /is empty/)],
    ['a long name', { ...BODY, groupName: 'я'.repeat(101) }, fault('/groupName', /101 characters/)],
    ['a name long in UTF-16', { ...BODY, groupName: '😀'.repeat(51) }, fault('/groupName', /102 characters/)],
    ['a control character', { ...BODY, groupName: 'a\nb' }, fault('/groupName', /control character/)],
    ['a name without shape', { ...BODY, groupName: '\u200b \u200b' }, fault('/groupName', /is empty/)],
    ['half a character', { ...BODY, groupName: 'a\ud83d' }, fault('/groupName', /surrogate/)],
    ['members of the wrong type', { ...BODY, chatIds: 'x' }, fault('/chatIds', /must be an array/)],
    ['no members', { ...BODY, chatIds: [] }, fault('/chatIds', /at least one/)],
    [
      'a member that is a number',
      { ...BODY, chatIds: [79001234568] },
      fault('/chatIds/0', /must be a string/),
    ],
    [
      'a group as member',
      { ...BODY, chatIds: ['79001234568@c.us', '1@g.us'] },
      fault('/chatIds/1', /cannot be a member/),
    ],
    [
      'a hidden id as member',
      { ...BODY, chatIds: ['120650379300963@lid'] },
      fault('/chatIds/0', /personal chat id/),
    ],
    ['no number', { ...BODY, chatIds: ['Bob'] }, fault('/chatIds/0', /no phone number/)],
    ['a short number', { ...BODY, chatIds: ['12345@c.us'] }, fault('/chatIds/0', /5 digits/)],
    ['a long number', { ...BODY, chatIds: ['12345678901234567'] }, fault('/chatIds/0', /17 digits/)],
    ['leading zeros', { ...BODY, chatIds: ['0079001234568'] }, fault('/chatIds/0', /country code/)],
    ['an unknown field', { ...BODY, 'a/b~c': 1 }, fault('/a~1b~0c', /not a field/)],
    [
      'several at once',
      { ...BODY, groupName: '', x: 1 },
      [...fault('/groupName', /empty/), ...fault('/x', /not a field/)],
    ],
    ['an instance that is no number', { ...BODY, idInstance: 'abc' }, fault('/idInstance', /digits/)],
    ['an instance that is a fraction', { ...BODY, idInstance: 1.5 }, fault('/idInstance', /digits/)],
    [
      'an instance that nobody has',
      { ...BODY, idInstance: '999' },
      fault('/idInstance', /not in the instances secret/),
    ],
    [
      'too many members',
      { ...BODY, chatIds: Array.from({ length: 1024 }, (_, n) => `7900${String(n).padStart(7, '0')}@c.us`) },
      fault('/chatIds', /1024 members/),
    ],
  ];
  it.each(bodies)('%s', async (_name, body, errors) => {
    const { status, json } = await post(body);
    expect(status).toBe(400);
    expect(json['errors']).toEqual(expect.arrayContaining(errors));
    expect(json['errors']).toHaveLength(errors.length);
    expect([...bench.memory.items.keys()].filter((key) => !key.startsWith('claim#'))).toEqual([]);
    expect(bench.posts).toEqual([]);
  });

  it('of very many faults the first twenty are told', async () => {
    const { status, json } = await post({ ...BODY, chatIds: Array.from({ length: 25_000 }, () => 'x') });
    expect(status).toBe(400);
    expect(json['errors']).toHaveLength(20);
    expect(json['detail']).toMatch(/; and 24980 more\.$/);
    expect(JSON.stringify(json).length).toBeLessThan(20_000);
  });

  it('duplicate members are merged, however they are written', async () => {
    const chatIds = ['+7 (900) 123-45-68', '79001234568', '79001234568@c.us', ' 7 900 123 45 68 '];
    expect((await post({ ...BODY, chatIds })).json['chatIds']).toEqual(['79001234568@c.us']);
  });

  it('the largest name and group are taken', async () => {
    const chatIds = Array.from({ length: 1023 }, (_, n) => `7900${String(n).padStart(7, '0')}`);
    const { status } = await post({ groupName: '😀'.repeat(50), chatIds, idInstance: 1_101_000_001 });
    expect(status).toBe(201);
  });

  it.each([
    ['a broken body', '{"groupName":', 400, 'invalid-json'],
    ['an empty body', '', 400, 'invalid-json'],
    ['a huge body', `{"groupName":"${'x'.repeat(102_400)}"}`, 413, 'body-too-large'],
  ])('%s', async (_name, body, expected, code) => {
    const { status, json } = await call({ method: 'POST', path: '/groups', body, headers: JSON_TYPE });
    expect({ status, code: json['code'] }).toEqual({ status: expected, code });
  });

  it('a body that is no UTF-8', async () => {
    const body = Buffer.from([0x7b, 0xff, 0x7d]).toString('base64');
    const options = { method: 'POST', path: '/groups', body, isBase64Encoded: true, headers: JSON_TYPE };
    expect((await call(options)).json).toMatchObject({ code: 'invalid-json' });
  });

  it('a body in base64 is read', async () => {
    const body = Buffer.from(JSON.stringify({ ...BODY, groupName: 'Класс 5б' })).toString('base64');
    const options = { method: 'POST', path: '/groups', body, isBase64Encoded: true, headers: JSON_TYPE };
    expect((await call(options)).json).toMatchObject({ groupName: 'Класс 5б', created: true });
  });

  it.each([{}, { 'content-type': 'application/x-www-form-urlencoded' }, { 'content-type': 'text/json' }])(
    '415 for %o',
    async (headers) => {
      const { status, json } = await call({
        method: 'POST',
        path: '/groups',
        body: JSON.stringify(BODY),
        headers: { ...headers },
      });
      expect(status).toBe(415);
      expect(json['whatToDo']).toMatch(/Content-Type: application\/json/);
    },
  );

  it('a charset is no other type', async () => {
    expect((await post(BODY, { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(201);
  });

  it.each(['""', '"a" "b"', 'with space', '"ä"', `"${'k'.repeat(256)}"`, ''])(
    'the Idempotency-Key %s',
    async (key) => {
      const { status, json } = await post(BODY, { 'idempotency-key': key });
      expect(status).toBe(400);
      expect(JSON.stringify(json['errors'])).toMatch(/Idempotency-Key/);
    },
  );
});

describe('keys', () => {
  it.each([
    ['none', { 'x-api-key': '' }, /no header X-Api-Key|not known/],
    ['a wrong one', { 'x-api-key': 'wrong-key-of-somebody' }, /not known/],
    ['an endless one', { 'x-api-key': 'k'.repeat(5_000) }, /not known/],
  ])('401: %s', async (_name, headers, detail) => {
    const { status, json, headers: answered } = await call({ path: '/instances', headers });
    expect(status).toBe(401);
    expect(json['detail']).toMatch(detail);
    expect(JSON.stringify(json)).not.toContain(headers['x-api-key'] || '§');
    expect(answered).toHaveProperty('www-authenticate');
  });

  it('401: no key at all', async () => {
    const { status, json } = await door.callKeyless({ path: '/instances' });
    expect({ status, detail: json['detail'] }).toEqual({
      status: 401,
      detail: 'There is no header X-Api-Key.',
    });
  });

  it('401 names the header in which the key is', async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const { status, text } = await door.callKeyless({ path: '/instances', headers });
    expect(status).toBe(401);
    expect(text).toContain('authorization is not read');
    expect(text).not.toContain(KEY);
  });

  it('a stranger learns nothing of what exists', async () => {
    const headers = { 'x-api-key': 'wrong-key-of-somebody' };
    const known = await call({ path: '/groups/00000000-0000-4000-8000-000000000001', headers });
    const unknown = await call({ path: '/nothing', headers });
    expect([known.status, unknown.status]).toEqual([401, 401]);
    expect(known.json).toEqual(unknown.json);
  });

  it('503 when the keys cannot be read; why is in the log only', async () => {
    const error = new SecretError('malformed', 'the secret arn:aws:…:keys: /default is too short');
    door.callerName = async () => Promise.reject(error);
    const { status, json } = await call({ path: '/instances' });
    expect(status).toBe(503);
    expect(JSON.stringify(json)).not.toContain('arn:');
    expect(door.reported).toEqual([error]);
  });
});

describe('what else can be asked', () => {
  it('GET /health needs no key', async () => {
    expect(await call({ path: '/health', headers: { 'x-api-key': 'x' } })).toMatchObject({
      status: 200,
      json: { status: 'ok', version: '1.2.3' },
    });
  });

  it('GET /groups/{id}: the request as it is', async () => {
    const { json } = await post(BODY);
    expect((await call({ path: `/groups/${json['id']}` })).json).toEqual(json);
  });

  it('GET /groups/{id}: one that is not settled says why, until when and what to do', async () => {
    bench.outcomes.push({ kind: 'unknown', answered: false, detail: 'cut off' });
    const { json } = await post(BODY);
    expect((await call({ path: `/groups/${json['id']}` })).json).toMatchObject({
      status: 'confirming',
      created: false,
      reason: 'outcome-unknown',
      until: '2026-01-05T09:01:02.000Z',
      whatToDo: expect.stringMatching(/watch/),
    });
  });

  it.each(['00000000-0000-4000-8000-00000000abcd', 'x', 'x'.repeat(3_000), '%00'])(
    '404: /groups/%s',
    async (id) => {
      expect(await call({ path: `/groups/${id}` })).toMatchObject({
        status: 404,
        json: { code: 'not-found' },
      });
    },
  );

  it.each([
    ['PUT', '/groups', 'GET, POST'],
    ['POST', '/groups/x', 'GET, DELETE'],
    ['GET', '/groups/x/retry', 'POST'],
    ['PUT', '/groups/x/resolve', 'POST'],
    ['DELETE', '/instances', 'GET'],
    ['GET', '/instances/1101000001/pause', 'POST'],
    ['OPTIONS', '/instances/1101000001/resume', 'POST'],
    ['POST', '/health', 'GET'],
  ])('405 for %s %s, which takes %s', async (method, path, allow) => {
    expect(await call({ method, path })).toMatchObject({
      status: 405,
      headers: { allow },
      json: { code: 'method-not-allowed', whatToDo: `Send the request with ${allow.replace(', ', ' or ')}.` },
    });
  });

  it('404 for what there is not, or only looks like a path of ours', async () => {
    const paths = [
      '/nothing?a#b c',
      '/groups/',
      '/groups/a/b',
      '/groups/a/retry/b',
      '/groups/a/resolved',
      '/Groups',
      '/instances/1',
      '/instances/1/stop',
    ];
    for (const path of paths) expect((await call({ path })).status).toBe(404);
  });

  it('HEAD is GET without a body', async () => {
    for (const path of ['/groups', '/instances'])
      expect(await call({ method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
  });

  it('a header that is no HTTP does not hurt', async () => {
    expect((await call({ path: '/instances', headers: { 'x-user': 'Иван' } })).status).toBe(200);
  });
});

describe('trouble of AWS', () => {
  const failing = (error: Error) => {
    const service = bench.service();
    service.locks.acquire = () => Promise.reject(error);
    return door.post(BODY, {}, service);
  };

  it.each([
    [
      new StorageError('no-answer', 'DynamoDB gave no answer: ThrottlingException'),
      503,
      'storage-unavailable',
      '5',
    ],
    [new StorageError('misconfigured', 'DynamoDB refuses the table x'), 502, 'storage-misconfigured', '30'],
    [new SecretError('unavailable', 'the secret s cannot be read'), 503, 'secret-unavailable', '30'],
    [
      new SecretError('malformed', 'the secret s: /instances/0/apiUrl must be https'),
      502,
      'malformed-secret',
      '30',
    ],
    [new SecretError('unfilled', 'the secret s holds no instance; run aws …'), 503, 'no-instances', '30'],
    [new TypeError('x is not a function'), 500, 'internal-error', '5'],
  ])('%s', async (error, expected, code, retryAfter) => {
    const { status, json, headers } = await failing(error);
    expect({ status, code: json['code'] }).toEqual({ status: expected, code });
    expect(headers['retry-after']).toBe(retryAfter);
    expect(door.reported).toEqual([error]);
    expect(JSON.stringify(json)).not.toMatch(/not a function|\.ts:|ThrottlingException/);
    expect(bench.posts).toEqual([]);
    // Nothing is lost: the same request goes on afterwards.
    expect((await post(BODY)).status).toBe(201);
  });
});
