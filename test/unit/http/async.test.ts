import { beforeEach, describe, expect, it } from 'vitest';
import { drain } from '../../../lambda/creation/drain.ts';
import type { Service } from '../../../lambda/creation/service.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { sortKey, waitPartition } from '../../../lambda/storage/request-writes.ts';
import { WORK_INDEX } from '../../../lambda/storage/table-layout.ts';
import { type Bench, POLICY, START_MS } from '../harness.ts';
import { ASYNC, BODY, Door } from './door.ts';

const DAY_MS = 86_400_000;

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

/** A service whose outlook fails, and nothing else. */
function withoutOutlook(error: Error): Service {
  const service = bench.service();
  const waiting: Service['queue']['waiting'] = (wanted, select) =>
    select.limit === 1 ? service.queue.waiting(wanted, select) : Promise.reject(error);
  return { ...service, queue: { ...service.queue, waiting } };
}

/** So many index entries of others, without their records: a hint is all that is counted. */
function fillQueue(wanted: string, count: number): void {
  for (let index = 0; index < count; index += 1)
    bench.memory.items.set(`request#other-${index}`, {
      [WORK_INDEX.partitionKey]: waitPartition(wanted),
      [WORK_INDEX.sortKey]: sortKey(START_MS - count + index, `other-${index}`),
    });
}

describe('POST /groups with Prefer: respond-async', () => {
  it('202 if it has to wait: its place, when it will probably be served, and where to look', async () => {
    await door.post(BODY);
    const { status, headers, json } = await door.queue('Class 5c');
    const id = '00000000-0000-4000-8000-000000000003';
    expect(status).toBe(202);
    expect(headers).toEqual({
      'content-type': 'application/json',
      location: `/groups/${id}`,
      'preference-applied': 'respond-async',
      'retry-after': '331',
    });
    expect(json).toEqual({
      id,
      status: 'queued',
      created: false,
      idInstance: null,
      groupName: 'Class 5c',
      chatIds: ['79001234568@c.us', '79001234569@c.us'],
      wanted: 'any',
      askedBy: 'default',
      createdAt: '2026-01-05T09:00:02.000Z',
      updatedAt: '2026-01-05T09:00:02.000Z',
      position: 1,
      expectedAt: '2026-01-05T09:05:33.000Z',
      reason: 'turn',
      detail: expect.stringMatching(/waits for its turn/),
      until: '2026-01-05T09:05:33.000Z',
      whatToDo: `Nothing: it is created by itself. DELETE /groups/${id} cancels it.`,
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('201 if it need not wait; the preference is applied only where something waits', async () => {
    const { status, headers } = await door.queue('Class 5b');
    expect(status).toBe(201);
    expect(headers).not.toHaveProperty('preference-applied');
  });

  it('the same again is the same place, replayed; and once it is created, the group', async () => {
    await door.post(BODY);
    const first = await door.queue('Class 5c');
    await door.queue('Class 5d');
    const again = await door.queue('Class 5c');
    expect(again).toMatchObject({
      status: 202,
      headers: { 'idempotent-replayed': 'true', 'preference-applied': 'respond-async' },
      json: { id: first.json['id'], position: 1 },
    });
    bench.clock.advance(331_000);
    await drain(bench.service());
    expect(await door.queue('Class 5c')).toMatchObject({
      status: 201,
      headers: { 'idempotent-replayed': 'true' },
      json: { id: first.json['id'], created: true },
    });
    expect(bench.posts.filter(({ groupName }) => groupName === 'Class 5c')).toHaveLength(1);
  });

  it('the same without it is 409: it waits already', async () => {
    await door.post(BODY);
    const { json: queued, headers: accepted } = await door.queue('Class 5c', { idInstance: '1101000001' });
    const { status, headers, json } = await door.post({
      ...BODY,
      groupName: 'Class 5c',
      idInstance: '1101000001',
    });
    expect(status).toBe(409);
    expect(headers).toMatchObject({ location: accepted['location'], 'retry-after': '331' });
    expect(json).toMatchObject({
      code: 'waiting',
      id: queued['id'],
      requestStatus: 'queued',
      position: 1,
      expectedAt: queued['expectedAt'],
      until: queued['expectedAt'],
      whatToDo: expect.stringContaining(`/groups/${queued['id']}`),
    });
  });

  it.each([
    ['for long: to be looked at within an hour', '2026-02-05T09:00:00.000Z', '3600'],
    ['until somebody resumes its instance: in a minute', null, '60'],
  ])('409 for what waits %s', async (_name, expectedAt, retryAfter) => {
    if (expectedAt === null) await door.call({ method: 'POST', path: '/instances/1101000001/pause' });
    await door.queue('Class 5b', expectedAt === null ? {} : { notBefore: expectedAt });
    expect(await door.post(BODY)).toMatchObject({
      status: 409,
      headers: { 'retry-after': retryAfter },
      json: { code: 'waiting', expectedAt, until: expectedAt },
    });
  });

  it('what its instance cannot do now waits, and is told why', async () => {
    bench.outcomes.push({ kind: 'blocked', cause: 'not-authorized', detail: 'x' });
    const { status, headers, json } = await door.queue('Class 5b');
    expect(status).toBe(202);
    expect(headers['idempotent-replayed']).toBeUndefined();
    expect(json).toMatchObject({
      status: 'queued',
      reason: 'instance-blocked',
      whatToDo: expect.stringMatching(/^Link the phone/),
    });
  });

  it('what GREEN-API refuses does not wait', async () => {
    bench.outcomes.push({ kind: 'refused', detail: 'x' });
    expect(await door.queue('Class 5b')).toMatchObject({ status: 422, json: { code: 'refused' } });
  });

  it('what waits for long is to be looked at within an hour', async () => {
    const { headers } = await door.queue('Class 5b', { notBefore: '2026-02-05T09:00:00Z' });
    expect(headers['retry-after']).toBe('3600');
  });

  it.each([
    [new StorageError('no-answer', 'DynamoDB gave no answer: ThrottlingException'), 'storage-unavailable'],
    [new SecretError('unavailable', 'the secret s cannot be read'), 'secret-unavailable'],
    [new TypeError('x is not a function'), 'internal-error'],
  ])('202 even if its place cannot be told: %s', async (error, reason) => {
    await door.post(BODY);
    const { status, headers, json, text } = await door.post(BODY_5C, ASYNC, withoutOutlook(error));
    expect(status).toBe(202);
    expect(headers).toMatchObject({ 'retry-after': '60', location: `/groups/${json['id']}` });
    expect(json).toMatchObject({ status: 'queued', position: null, expectedAt: null, until: null, reason });
    expect(text).not.toMatch(/not a function|ThrottlingException/);
    expect(door.reported).toEqual([error]);
    expect((await door.get(`/groups/${json['id']}`)).json).toMatchObject({ position: 1 });
  });

  it('an instance that nobody has is refused, not queued', async () => {
    const { status, json } = await door.queue('Class 5b', { idInstance: '999' });
    expect({ status, code: json['code'] }).toEqual({ status: 400, code: 'unknown-instance' });
  });

  it.each(['any', '1101000001'])('429 queue-full: 10,000 wait already for %s', async (wanted) => {
    await door.post(BODY);
    fillQueue(wanted, 10_000);
    const body = wanted === 'any' ? BODY_5C : { ...BODY_5C, idInstance: wanted };
    const { status, headers, json } = await door.post(body, ASYNC);
    expect(status).toBe(429);
    expect(headers['retry-after']).toBe('300');
    expect(json).toMatchObject({
      code: 'queue-full',
      detail: expect.stringMatching(/^10,000 requests wait already/),
      whatToDo: expect.stringMatching(/again after Retry-After.*cancelled/),
    });
    expect((await door.get('/groups')).json['groups']).toHaveLength(1);
    // One of them goes, and the next one may come.
    bench.memory.items.delete('request#other-0');
    expect(await door.post(body, ASYNC)).toMatchObject({ status: 202, json: { position: 10_000 } });
  });
});

const BODY_5C = { ...BODY, groupName: 'Class 5c' };

describe('429 without the preference names what is in the way, and the preference', () => {
  const MORNING = { days: ['mon'], fromMinute: 600, toMinute: 660 } as const;
  const SUNDAY_SHIFT = { ...POLICY, activeHours: MORNING };
  const handsOver = expect.stringContaining('Prefer: respond-async');

  async function refused() {
    const { status, headers, json } = await door.post(BODY_5C);
    const { code, detail, until, whatToDo } = json;
    return { status, retryAfter: headers['retry-after'], code, detail, until, whatToDo };
  }

  it('the interval', async () => {
    await door.post(BODY);
    expect(await refused()).toMatchObject({ status: 429, code: 'busy', whatToDo: handsOver });
  });

  it('others who wait and come first, even if the instance is free', async () => {
    await door.post(BODY);
    await door.queue('Class 5d');
    await door.queue('Class 5e');
    bench.clock.advance(331_000);
    expect(await refused()).toEqual({
      status: 429,
      code: 'busy',
      detail: expect.stringMatching(/Others wait/),
      // Two calls of 2 s, each with its interval, mean jitter and margin after it.
      retryAfter: '666',
      until: '2026-01-05T09:16:39.000Z',
      whatToDo: handsOver,
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('active hours', async () => {
    bench.policy = SUNDAY_SHIFT;
    expect(await refused()).toEqual({
      status: 429,
      code: 'outside-hours',
      detail: expect.stringMatching(/active hours/),
      retryAfter: '3600',
      until: '2026-01-05T10:00:00.000Z',
      whatToDo: handsOver,
    });
    bench.clock.advance(3_600_000);
    expect((await door.post(BODY_5C)).status).toBe(201);
  });

  it('the daily limit', async () => {
    bench.policy = { ...POLICY, dailyLimit: 1 };
    await door.post(BODY);
    bench.clock.advance(400_000);
    expect(await refused()).toMatchObject({
      status: 429,
      code: 'daily-limit',
      until: '2026-01-06T00:00:00.000Z',
      whatToDo: handsOver,
    });
  });

  it('a pause: 503, to be looked at in a minute', async () => {
    await door.call({ method: 'POST', path: '/instances/1101000001/pause' });
    expect(await refused()).toMatchObject({
      status: 503,
      code: 'instance-paused',
      retryAfter: '60',
      whatToDo: handsOver,
    });
  });

  it('and nothing is stored: the same may come again later', async () => {
    await door.post(BODY);
    await refused();
    expect((await door.get('/groups')).json['groups']).toHaveLength(1);
    bench.clock.advance(331_000);
    expect((await door.post(BODY_5C)).status).toBe(201);
  });
});

describe('notBefore', () => {
  const LATER = '2026-01-06T12:00:00+03:00';

  it('202: it waits until then, whatever is free', async () => {
    const { status, json } = await door.queue('Class 5b', { notBefore: LATER });
    expect(status).toBe(202);
    expect(json).toMatchObject({
      notBefore: '2026-01-06T09:00:00.000Z',
      position: 1,
      expectedAt: '2026-01-06T09:00:00.000Z',
      reason: 'not-before',
      until: '2026-01-06T09:00:00.000Z',
    });
    await drain(bench.service());
    expect(bench.posts).toEqual([]);
    bench.clock.advance(DAY_MS);
    await drain(bench.service());
    expect(bench.posts).toHaveLength(1);
  });

  it('keeps nobody waiting whose turn comes earlier', async () => {
    await door.queue('Class 5b', { notBefore: LATER });
    expect((await door.post(BODY_5C)).status).toBe(201);
  });

  it('in the past it counts as now, also when the same is sent again after its instant', async () => {
    const past = await door.queue('Class 5b', { notBefore: '2020-02-29T00:00:00Z' });
    expect(past).toMatchObject({ status: 201, json: { notBefore: '2020-02-29T00:00:00.000Z' } });
    const key = { 'idempotency-key': 'k1' };
    const first = await door.queue('Class 5c', { notBefore: LATER }, key);
    bench.clock.advance(2 * DAY_MS);
    const again = await door.queue('Class 5c', { notBefore: LATER }, key);
    expect(again).toMatchObject({ status: 202, json: { id: first.json['id'] } });
  });

  it.each([
    '2026-01-06T09:00:00Z',
    '2026-01-06T14:30:00+05:30',
    '2026-01-06T09:00+00:00',
    '2026-01-06T09:00:00.000Z',
  ])('%s is the same instant under a key', async (notBefore) => {
    const key = { 'idempotency-key': 'k1' };
    const first = await door.queue('Class 5b', { notBefore: LATER }, key);
    expect((await door.queue('Class 5b', { notBefore }, key)).json['id']).toBe(first.json['id']);
  });

  it('another instant under the same key: 422', async () => {
    const key = { 'idempotency-key': 'k1' };
    await door.queue('Class 5b', { notBefore: LATER }, key);
    const { status, json } = await door.queue('Class 5b', { notBefore: '2026-01-07T09:00:00Z' }, key);
    expect({ status, code: json['code'] }).toEqual({ status: 422, code: 'idempotency-key-reused' });
    expect(json['detail']).toMatch(/notBefore/);
  });

  it('a year ahead is possible, a leap year too', async () => {
    expect((await door.queue('Class 5b', { notBefore: '2027-01-05T09:00:00Z' })).status).toBe(202);
    bench.clock.advance(Date.UTC(2027, 11, 1) - START_MS);
    expect((await door.queue('Class 5c', { notBefore: '2028-12-01T00:00:00Z' })).status).toBe(202);
  });

  it.each([
    ['without the header', LATER, {}, /Prefer: respond-async/],
    ['with another preference', LATER, { prefer: 'wait=10' }, /Prefer: respond-async/],
    ['beyond a year', '2027-01-07T09:00:00Z', ASYNC, /a year/],
    ['far beyond', '9999-12-31T23:59:59Z', ASYNC, /a year/],
    ['without a zone', '2026-01-06T12:00:00', ASYNC, /time zone/],
    ['a day', '2026-01-06', ASYNC, /time zone/],
    ['a day that there is not', '2026-02-30T12:00:00Z', ASYNC, /time zone/],
    ['a zone by its name', '2026-01-06T12:00:00[Europe/Moscow]', ASYNC, /time zone/],
    ['in words', 'tomorrow', ASYNC, /time zone/],
    ['empty', '', ASYNC, /time zone/],
    ['a number', START_MS + DAY_MS, ASYNC, /time zone/],
    ['null', null, ASYNC, /time zone/],
  ])('400 %s', async (_name, notBefore, headers, detail) => {
    const { status, json } = await door.post({ ...BODY, notBefore }, headers);
    expect(status).toBe(400);
    expect(json['errors']).toEqual([{ pointer: '/notBefore', detail: expect.stringMatching(detail) }]);
    expect([...bench.memory.items.keys()]).toEqual([]);
  });

  it('is told along with whatever else is wrong', async () => {
    const { json } = await door.queue('', { notBefore: 'soon' });
    expect(json['errors']).toMatchObject([{ pointer: '/groupName' }, { pointer: '/notBefore' }]);
  });
});
