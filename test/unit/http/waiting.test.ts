import { beforeEach, describe, expect, it } from 'vitest';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { type Bench, instances, POLICY } from '../harness.ts';
import { type Answer, BODY, Door } from './door.ts';

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

const pause = () => door.call({ method: 'POST', path: '/instances/1101000001/pause' });

/** What `GET /groups/{id}` says of the request that was just queued. */
async function seen(queued: Answer): Promise<Answer['json']> {
  const { status, json } = await door.get(`/groups/${queued.json['id']}`);
  expect(status).toBe(200);
  expect(json['status']).toBe('queued');
  expect(json['whatToDo']).toMatch(/\w/);
  return json;
}

describe('GET /groups/{id} says of a request that waits', () => {
  it('the same as the 202 did', async () => {
    await door.post(BODY);
    const queued = await door.queue('Class 5c', { notBefore: '2026-01-05T10:00:00Z' });
    expect(await seen(queued)).toEqual(queued.json);
  });

  it('its place and time, which come nearer', async () => {
    await door.post(BODY);
    const [first, second] = [await door.queue('Class 5c'), await door.queue('Class 5d')];
    expect(await seen(second)).toMatchObject({
      position: 2,
      expectedAt: '2026-01-05T09:11:06.000Z',
      until: '2026-01-05T09:11:06.000Z',
      reason: 'turn',
    });
    await door.call({ method: 'DELETE', path: `/groups/${first.json['id']}` });
    expect(await seen(second)).toMatchObject({ position: 1, expectedAt: '2026-01-05T09:05:33.000Z' });
  });

  it('that its instance is paused: nobody knows until when', async () => {
    await pause();
    expect(await seen(await door.queue('Class 5b'))).toMatchObject({
      position: 1,
      expectedAt: null,
      reason: 'instance-paused',
      until: null,
      whatToDo: expect.stringMatching(/^Resume it.*DELETE \/groups\/\S+ cancels it\.$/),
    });
  });

  it.each([
    ['blocked', { kind: 'blocked', cause: 'expired', detail: 'x' }, 'instance-blocked', /^Renew it/],
    ['limited by GREEN-API', { kind: 'throttled', limit: 'quota', detail: 'x' }, 'throttled', /tariff/],
    [
      'not to be reached',
      { kind: 'not-sent', cause: 'unreachable', detail: 'x' },
      'green-api-unreachable',
      /apiUrl/,
    ],
  ] as const)('that its instance is %s', async (_name, outcome, reason, whatToDo) => {
    bench.outcomes.push(outcome);
    const json = await seen(await door.queue('Class 5b'));
    expect(json).toMatchObject({
      reason,
      whatToDo: expect.stringMatching(whatToDo),
      lastOutcome: outcome.kind,
      expectedAt: expect.stringMatching(/^2026/),
    });
    expect(json['until']).toBe(json['expectedAt']);
  });

  it('that WhatsApp restricts the number', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: 'x' });
    await door.post(BODY);
    expect(await seen(await door.queue('Class 5c'))).toMatchObject({
      reason: 'overlimit',
      until: '2026-01-05T10:00:03.000Z',
    });
  });

  it('that it is outside the active hours', async () => {
    bench.policy = { ...POLICY, activeHours: { days: ['tue'], fromMinute: 600, toMinute: 660 } };
    expect(await seen(await door.queue('Class 5b'))).toMatchObject({
      reason: 'outside-hours',
      until: '2026-01-06T10:00:00.000Z',
      expectedAt: '2026-01-06T10:00:00.000Z',
    });
  });

  it('that the daily limit is reached', async () => {
    bench.policy = { ...POLICY, dailyLimit: 1 };
    await door.post(BODY);
    expect(await seen(await door.queue('Class 5c'))).toMatchObject({
      reason: 'daily-limit',
      until: '2026-01-06T00:00:00.000Z',
    });
  });

  it('that its instance is no more in the secret; any goes on without it', async () => {
    bench.instances = instances(2);
    await pause();
    const queued = await door.queue('Class 5b', { idInstance: '1101000001' });
    bench.instances = bench.instances.slice(1);
    expect(await seen(queued)).toMatchObject({
      position: 1,
      expectedAt: null,
      until: null,
      reason: 'instance-gone',
      whatToDo: expect.stringMatching(/Put the instance back.*cancels it/),
    });
    expect((await door.post({ ...BODY, groupName: 'Class 5c' })).status).toBe(201);
    // The same request is still told of, and can still be cancelled.
    expect(await door.queue('Class 5b', { idInstance: '1101000001' })).toMatchObject({
      status: 202,
      headers: { 'idempotent-replayed': 'true' },
      json: { reason: 'instance-gone' },
    });
    const cancelled = await door.call({ method: 'DELETE', path: `/groups/${queued.json['id']}` });
    expect(cancelled).toMatchObject({ status: 200, json: { status: 'cancelled' } });
  });

  it.each([
    [new SecretError('unavailable', 'the secret s cannot be read'), 'secret-unavailable', /log/],
    [
      new SecretError('malformed', 'the secret s: /instances/0/apiUrl must be https'),
      'malformed-secret',
      /Correct/,
    ],
    [new SecretError('unfilled', 'the secret s holds no instance; run aws …'), 'no-instances', /Fill/],
  ])('what it can while a secret is in trouble: %s', async (error, reason, whatToDo) => {
    await door.post(BODY);
    const queued = await door.queue('Class 5c');
    const service = bench.service();
    service.instances.list = () => Promise.reject(error);
    const path = `/groups/${queued.json['id']}`;
    expect(await door.call({ path }, service)).toMatchObject({
      status: 200,
      json: {
        status: 'queued',
        groupName: 'Class 5c',
        position: null,
        expectedAt: null,
        until: null,
        reason,
        detail: `${error.message}.`,
        whatToDo: expect.stringMatching(whatToDo),
      },
    });
    expect(door.reported).toEqual([error]);
    expect(await door.call({ method: 'DELETE', path }, service)).toMatchObject({
      status: 200,
      json: { status: 'cancelled' },
    });
  });
});

describe('GET /groups/{id} in trouble', () => {
  it('503 if the record itself cannot be read', async () => {
    const { json } = await door.post(BODY);
    const service = bench.service();
    service.requests.read = () => Promise.reject(new StorageError('no-answer', 'no answer'));
    expect(await door.call({ path: `/groups/${json['id']}` }, service)).toMatchObject({
      status: 503,
      json: { code: 'storage-unavailable' },
    });
  });
});
