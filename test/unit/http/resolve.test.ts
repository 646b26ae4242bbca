import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { StorageError } from '../../../lambda/errors.ts';
import type { Bench } from '../harness.ts';
import { type Answer, BODY, Door, JSON_TYPE } from './door.ts';
import { unconfirmedBy } from './unknown.ts';

const CHAT_ID = '120363043968066561@g.us';
const OLD_CHAT_ID = '79001234568-1581234567@g.us';
const UNKNOWN: Outcome = { kind: 'unknown', answered: true, detail: 'x' };
const NOBODYS = '00000000-0000-4000-8000-00000000abcd';

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

const idOf = ({ json }: Answer) => String(json['id']);
const raw = (id: string, body: string, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
  door.call({ method: 'POST', path: `/groups/${id}/resolve`, body, headers });
const resolve = (id: string, body: unknown) => raw(id, JSON.stringify(body));

const unconfirmed = () => unconfirmedBy(door, UNKNOWN);

describe('POST /groups/{id}/resolve', () => {
  it.each([CHAT_ID, OLD_CHAT_ID, ` ${CHAT_ID}\n`])(
    'the group is there: 200, created, with the chat id %j as a person gave it',
    async (chatId) => {
      const id = await unconfirmed();
      door.callerName = async () => 'operator';
      const { status, json } = await resolve(id, { chatId });
      expect(status).toBe(200);
      expect(json).toMatchObject({
        id,
        status: 'created',
        created: true,
        chatId: chatId.trim(),
        resolvedBy: 'operator',
      });
      expect(json).not.toHaveProperty('whatToDo');
      expect((await door.get(`/groups/${id}`)).json).toMatchObject({
        status: 'created',
        resolvedBy: 'operator',
      });
      expect(bench.posts).toHaveLength(1);
    },
  );

  it('the group is not there: 200, failed, and it may be retried without a warning', async () => {
    const id = await unconfirmed();
    const { status, json } = await resolve(id, { notCreated: true });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      id,
      status: 'failed',
      created: false,
      retryable: true,
      resolvedBy: 'default',
      reason: 'not-created',
      detail: 'A person has looked on the phone: the group was not created.',
      whatToDo: expect.stringContaining(`POST /groups/${id}/retry`),
      lastOutcome: 'unknown',
    });
    expect(json).not.toHaveProperty('lookFor');
    const retried = await door.call({ method: 'POST', path: `/groups/${id}/retry` });
    expect(retried).toMatchObject({ status: 202, json: { id, status: 'queued' } });
    expect(retried.json).not.toHaveProperty('warning');
    expect(retried.json).not.toHaveProperty('resolvedBy');
  });

  it('a person’s word counts after an overlimit that nobody could find out, too', async () => {
    const id = await unconfirmed();
    const service = bench.service();
    const request = await service.requests.read(id);
    if (!request) throw new Error('there is no such request');
    service.requests.read = async () => ({
      ...request,
      status: 'failed',
      outcome: 'overlimit',
      resolvedBy: 'default',
    });
    expect((await door.call({ path: `/groups/${id}` }, service)).json).toMatchObject({
      reason: 'not-created',
    });
  });

  const fault = (pointer: string, detail: RegExp) => [{ pointer, detail: expect.stringMatching(detail) }];
  const ONE = /must hold exactly one: .*chatId.* or .*notCreated/;
  const GROUP = /is no chat id of a group; give the whole one, such as 120363043968066561@g\.us/;
  it.each([
    ['nothing', {}, fault('', ONE)],
    ['both', { chatId: CHAT_ID, notCreated: true }, fault('', ONE)],
    ['no object', [], fault('', /must be a JSON object/)],
    ['null', null, fault('', /must be a JSON object/)],
    ['not notCreated', { notCreated: false }, fault('/notCreated', /must be true/)],
    ['notCreated in words', { notCreated: 'true' }, fault('/notCreated', /must be true/)],
    ['a chatId that is none', { chatId: null }, fault('/chatId', /must be a string/)],
    [
      'a chatId and its opposite',
      { chatId: CHAT_ID, notCreated: false },
      fault('/notCreated', /must be true/),
    ],
    ['a person', { chatId: '79001234568@c.us' }, fault('/chatId', GROUP)],
    ['a hidden person', { chatId: '120650379300963@lid' }, fault('/chatId', GROUP)],
    ['an id cut short', { chatId: '120363…@g.us' }, fault('/chatId', GROUP)],
    ['an id without its end', { chatId: '120363043968066561' }, fault('/chatId', GROUP)],
    ['an id without its start', { chatId: '@g.us' }, fault('/chatId', GROUP)],
    ['an id with more after it', { chatId: `${CHAT_ID}.com` }, fault('/chatId', GROUP)],
    ['two ids', { chatId: `${CHAT_ID} ${CHAT_ID}` }, fault('/chatId', GROUP)],
    ['an endless id', { chatId: `${'1'.repeat(31)}@g.us` }, fault('/chatId', GROUP)],
    ['a link', { chatId: 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4' }, fault('/chatId', GROUP)],
    [
      'an unknown field',
      { notCreated: true, 'a/b': 1 },
      fault('/a~1b', /is not a field of this request; the fields are chatId, notCreated/),
    ],
  ])('400 for %s: nothing is changed', async (_name, body, errors) => {
    const id = await unconfirmed();
    const { status, json } = await resolve(id, body);
    expect({ status, code: json['code'], errors: json['errors'] }).toEqual({
      status: 400,
      code: 'invalid-request',
      errors,
    });
    expect((await door.get(`/groups/${id}`)).json).toMatchObject({ status: 'unconfirmed' });
  });

  it('a fault does not repeat what was given: it may be a person’s number', async () => {
    const { text } = await resolve(await unconfirmed(), { chatId: '79155550001@c.us' });
    expect(text).not.toContain('79155550001');
  });

  it.each([
    ['no JSON', '{"chatId":', JSON_TYPE, 400, 'invalid-json'],
    ['no body', '', JSON_TYPE, 400, 'invalid-json'],
    ['another type', '{"notCreated":true}', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['far too much', `{"chatId":"${'1'.repeat(102_400)}"}`, JSON_TYPE, 413, 'body-too-large'],
  ])('%s', async (_name, body, headers, status, code) => {
    const answer = await raw(await unconfirmed(), body, headers);
    expect(answer).toMatchObject({ status, json: { code } });
    if (status !== 415) expect(answer.json['whatToDo']).toMatch(/"chatId":.*"notCreated":true/);
  });

  it('409 for what was resolved already: the first word stands', async () => {
    const id = await unconfirmed();
    await resolve(id, { chatId: CHAT_ID });
    expect(await resolve(id, { notCreated: true })).toMatchObject({
      status: 409,
      json: { code: 'already-created', id, requestStatus: 'created' },
    });
    expect((await door.get(`/groups/${id}`)).json).toMatchObject({ chatId: CHAT_ID });
  });

  it('409 for what is queued: it can be cancelled', async () => {
    await door.post({ ...BODY, groupName: 'in front' });
    const id = idOf(await door.queue('Class 5b'));
    expect(await resolve(id, { chatId: CHAT_ID })).toMatchObject({
      status: 409,
      json: { code: 'waiting', whatToDo: expect.stringContaining(`DELETE /groups/${id}`) },
    });
    await door.call({ method: 'DELETE', path: `/groups/${id}` });
    expect(await resolve(id, { notCreated: true })).toMatchObject({
      status: 409,
      json: { code: 'cancelled' },
    });
  });

  it('409 for what is being created', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void door.post(BODY, {}, stuck);
    await new Promise((tick) => setImmediate(tick));
    const { json } = await door.post(BODY);
    expect(await resolve(String(json['id']), { notCreated: true })).toMatchObject({
      status: 409,
      headers: { 'retry-after': '5' },
      json: { code: 'in-flight' },
    });
  });

  it('409 for what is being looked for: the program still looks, and when next', async () => {
    bench.outcomes.push(UNKNOWN);
    const id = idOf(await door.post(BODY));
    expect(await resolve(id, { notCreated: true })).toMatchObject({
      status: 409,
      headers: { 'retry-after': '60', location: `/groups/${id}` },
      json: {
        code: 'in-flight',
        requestStatus: 'confirming',
        until: '2026-01-05T09:01:02.000Z',
        whatToDo: expect.stringMatching(/still looks for the group.* a day at most/),
      },
    });
  });

  it.each([
    ['for good', { kind: 'refused', detail: 'x' }, /turn again\.$/],
    ['by an overlimit', { kind: 'overlimit', detail: 'x' }, /first looks whether its group exists/],
  ] as const)('409 for what has failed %s: it can be retried', async (_name, outcome, whatToDo) => {
    bench.outcomes.push(outcome);
    const id = idOf(await door.post(BODY));
    const { status, json } = await resolve(id, { notCreated: true });
    expect({ status, code: json['code'] }).toEqual({ status: 409, code: 'not-created' });
    expect(json['whatToDo']).toContain(`POST /groups/${id}/retry`);
    expect(json['whatToDo']).toMatch(whatToDo);
  });

  it('409 if others change it again and again', async () => {
    const id = await unconfirmed();
    const service = bench.service();
    const request = await service.requests.read(id);
    service.requests.resolve = async () => ({ applied: false, request });
    const body = JSON.stringify({ chatId: CHAT_ID });
    const options = { method: 'POST', path: `/groups/${id}/resolve`, body, headers: JSON_TYPE };
    expect(await door.call(options, service)).toMatchObject({
      status: 409,
      json: { code: 'changed-meanwhile', id },
    });
  });

  it('410 for what is erased', async () => {
    const id = await unconfirmed();
    await door.call({ method: 'DELETE', path: `/groups/${id}` });
    expect(await resolve(id, { chatId: CHAT_ID })).toMatchObject({
      status: 410,
      json: { code: 'erased', id },
    });
  });

  it.each([NOBODYS, 'x', 'x'.repeat(3_000)])('404 for %s', async (id) => {
    expect(await resolve(id, { chatId: CHAT_ID })).toMatchObject({
      status: 404,
      json: { code: 'not-found' },
    });
  });

  it('503 if DynamoDB gives no answer', async () => {
    const id = await unconfirmed();
    const service = bench.service();
    service.requests.resolve = () => Promise.reject(new StorageError('no-answer', 'no answer'));
    const body = JSON.stringify({ notCreated: true });
    const options = { method: 'POST', path: `/groups/${id}/resolve`, body, headers: JSON_TYPE };
    expect(await door.call(options, service)).toMatchObject({
      status: 503,
      json: { code: 'storage-unavailable' },
    });
  });
});
