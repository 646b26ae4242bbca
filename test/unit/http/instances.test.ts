import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { hoursText } from '../../../lambda/http/instance-view.ts';
import { parseActiveHours, WEEKDAYS } from '../../../lambda/pacing/active-hours.ts';
import { type Bench, instances, POLICY, START_MS } from '../harness.ts';
import { BODY, Door } from './door.ts';

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

const change = (idInstance: string, what: 'pause' | 'resume', more = {}, service = bench.service()) =>
  door.call({ method: 'POST', path: `/instances/${idInstance}/${what}`, ...more }, service);
const told = <T>(value: T) => ({ kind: 'told', value }) as const;
const PACE = {
  intervalSeconds: 300,
  jitterSeconds: 60,
  timeZone: 'UTC',
  activeHours: null,
  dailyLimit: null,
};

describe('GET /instances', () => {
  it('state, why, until when, what to do; nothing of token or URL', async () => {
    bench.instances = instances(3).map((instance, index) => ({ ...instance, label: `phone ${index + 1}` }));
    await door.post({ ...BODY, idInstance: '1101000001' });
    bench.outcomes.push({ kind: 'blocked', cause: 'not-authorized', detail: 'x' });
    await door.post({ ...BODY, idInstance: '1101000002' });
    bench.lookUps.state = async () => told('notAuthorized');
    const { json, text } = await door.get('/instances');
    expect(json).toEqual({
      instances: [
        {
          idInstance: '1101000001',
          label: 'phone 1',
          state: 'resting',
          reason: 'busy',
          detail: expect.stringMatching(/interval/),
          until: '2026-01-05T09:05:33.000Z',
          whatToDo: 'Nothing: it goes on by itself.',
          greenApi: null,
          attemptsToday: 1,
          lastOutcome: 'created',
          pace: PACE,
          waiting: 0,
        },
        expect.objectContaining({
          idInstance: '1101000002',
          state: 'blocked',
          reason: 'instance-blocked',
          whatToDo: expect.stringMatching(/^Link the phone.* POST \/instances\/1101000002\/resume then/),
          greenApi: { state: 'notAuthorized', suspendedUntil: null },
          attemptsToday: 0,
          lastOutcome: 'blocked',
        }),
        {
          idInstance: '1101000003',
          label: 'phone 3',
          state: 'free',
          greenApi: null,
          attemptsToday: 0,
          lastOutcome: null,
          pace: PACE,
          waiting: 0,
        },
      ],
      waitingForAny: 0,
    });
    expect(text).not.toMatch(/d75b3a66|green-api\.com/);
  });

  it('how many wait, for each and for any', async () => {
    bench.instances = instances(2);
    const notBefore = '2026-02-01T00:00:00Z';
    await door.queue('a', { idInstance: '1101000001', notBefore });
    await door.queue('b', { idInstance: '1101000001', notBefore });
    await door.queue('c', { notBefore });
    expect((await door.get('/instances')).json).toMatchObject({
      instances: [{ waiting: 2 }, { waiting: 0 }],
      waitingForAny: 1,
    });
  });

  it('the pace of each, and the day by its own clock', async () => {
    bench.instances = instances(2);
    bench.ownPolicies.set('1101000002', {
      intervalSeconds: 600,
      jitterSeconds: 0,
      timeZone: 'Asia/Tokyo',
      activeHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sun'], fromMinute: 540, toMinute: 1440 },
      dailyLimit: 40,
    });
    for (const idInstance of ['1101000001', '1101000002']) await door.post({ ...BODY, idInstance });
    // 15:30 UTC is past midnight in Tokyo.
    bench.clock.advance(6.5 * 3_600_000);
    expect((await door.get('/instances')).json['instances']).toMatchObject([
      { attemptsToday: 1, pace: PACE },
      {
        attemptsToday: 0,
        state: 'outside-hours',
        reason: 'outside-hours',
        until: '2026-01-06T00:00:00.000Z',
        pace: {
          intervalSeconds: 600,
          jitterSeconds: 0,
          timeZone: 'Asia/Tokyo',
          activeHours: 'mon-fri,sun 09:00-24:00',
          dailyLimit: 40,
        },
      },
    ]);
  });

  it('a daily limit that is reached', async () => {
    bench.policy = { ...POLICY, dailyLimit: 1 };
    await door.post(BODY);
    expect((await door.get('/instances')).json['instances']).toMatchObject([
      { state: 'daily-limit', reason: 'daily-limit', until: '2026-01-06T00:00:00.000Z', attemptsToday: 1 },
    ]);
  });

  it('no hint to resume a number that WhatsApp restricts', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: 'x' });
    await door.post(BODY);
    expect((await door.get('/instances')).json['instances']).toMatchObject([
      { state: 'cooling-down', reason: 'overlimit', whatToDo: 'Nothing: it goes on by itself.' },
    ]);
  });
});

describe('GET /instances tells what GREEN-API says of an instance in trouble', () => {
  const BLOCKED: Outcome = { kind: 'blocked', cause: 'not-authorized', detail: 'x' };
  const OVERLIMIT: Outcome = { kind: 'overlimit', detail: 'x' };
  const STARTING: Outcome = { kind: 'blocked', cause: 'starting', detail: 'x' };
  const RESUME = 'POST /instances/1101000001/resume';

  /** The one instance after this outcome, with GREEN-API in this state. */
  async function seen(outcome: Outcome, state: string, untilMs?: number, isPaused = false) {
    bench.outcomes.push(outcome);
    await door.post(BODY);
    if (isPaused) await change('1101000001', 'pause');
    bench.lookUps.state = async () => told(state);
    bench.lookUps.suspendedUntilMs = async () => told(untilMs);
    const { json } = await door.get('/instances');
    return Array.isArray(json['instances']) ? json['instances'][0] : undefined;
  }

  const IN_A_DAY_MS = Date.UTC(2026, 0, 6, 8, 30, 20);
  it.each([
    ['suspended', BLOCKED, IN_A_DAY_MS, '2026-01-06T08:30:20.000Z'],
    ['yellowCard', OVERLIMIT, IN_A_DAY_MS, '2026-01-06T08:30:20.000Z'],
  ] as const)('%s: pause it, until when is known', async (state, outcome, untilMs, suspendedUntil) => {
    expect(await seen(outcome, state, untilMs)).toMatchObject({
      greenApi: { state, suspendedUntil },
      whatToDo:
        'WhatsApp restricts the number. POST /instances/1101000001/pause pauses the instance; do not resume it before 2026-01-06 08:31 UTC.',
    });
  });

  it.each([
    ['nobody knows until when', undefined, null],
    ['GREEN-API knows no more than that it should be over', START_MS, '2026-01-05T09:00:00.000Z'],
  ])('suspended, and %s: for a day at least', async (_name, untilMs, suspendedUntil) => {
    expect(await seen(BLOCKED, 'suspended', untilMs)).toMatchObject({
      greenApi: { state: 'suspended', suspendedUntil },
      whatToDo: expect.stringMatching(/do not resume it before a day has passed at least\.$/),
    });
  });

  it('suspended and paused already: not to be resumed before its end', async () => {
    expect(await seen(OVERLIMIT, 'suspended', IN_A_DAY_MS, true)).toMatchObject({
      state: 'paused',
      whatToDo: 'WhatsApp restricts the number. Do not resume the instance before 2026-01-06 08:31 UTC.',
    });
  });

  it.each([
    ['notAuthorized', BLOCKED, `Link the phone in the GREEN-API console (QR code). ${RESUME} then lets`],
    ['notAuthorized', OVERLIMIT, 'Link the phone in the GREEN-API console (QR code).'],
    ['blocked', BLOCKED, 'WhatsApp has banned the number'],
    ['starting', STARTING, 'The instance is starting: wait some minutes'],
    ['sleepMode', BLOCKED, `Switch the phone on, and see that it is online. ${RESUME} then lets`],
    ['constructor', BLOCKED, 'GREEN-API calls the instance “constructor”'],
    ['authorized', STARTING, `GREEN-API calls the instance authorized now: ${RESUME} lets it go on at once.`],
    ['authorized', BLOCKED, 'GREEN-API calls the instance authorized now'],
    ['authorized', OVERLIMIT, 'Nothing: it goes on by itself.'],
  ] as const)('%s', async (state, outcome, start) => {
    const instance = await seen(outcome, state, IN_A_DAY_MS);
    expect(instance).toMatchObject({ greenApi: { state, suspendedUntil: null } });
    expect(instance.whatToDo.slice(0, start.length)).toBe(start);
    if (outcome === OVERLIMIT) expect(instance.whatToDo).not.toContain('resume');
  });

  it.each([
    ['with the cause’s own advice after it', BLOCKED, /at once\. If it is blocked again: Link the phone/],
    ['without any where the cause has none', STARTING, /at once\.$/],
  ] as const)('authorized after a block, %s', async (_name, outcome, whatToDo) => {
    expect((await seen(outcome, 'authorized')).whatToDo).toMatch(whatToDo);
  });

  it('authorized and paused: a resume lets it go on', async () => {
    expect((await seen(BLOCKED, 'authorized', undefined, true)).whatToDo).toBe(`${RESUME} lets it go on.`);
  });

  it('not told: the instance stands as it would without', async () => {
    bench.outcomes.push(BLOCKED);
    await door.post(BODY);
    bench.lookUps.state = async () => ({ kind: 'untold', cause: 'other', detail: 'x' });
    expect((await door.get('/instances')).json['instances']).toMatchObject([
      { state: 'blocked', greenApi: null, whatToDo: expect.stringMatching(/^Link the phone/) },
    ]);
  });
});

describe('POST /instances/{idInstance}/pause', () => {
  it('200: no group is created on it, and who paused it is named', async () => {
    const { status, json } = await change('1101000001', 'pause');
    expect(status).toBe(200);
    expect(json).toEqual({
      idInstance: '1101000001',
      state: 'paused',
      reason: 'instance-paused',
      detail: expect.stringMatching(/paused/),
      until: null,
      whatToDo: 'POST /instances/1101000001/resume lets it go on.',
      greenApi: null,
      pausedBy: 'default',
      pausedAt: '2026-01-05T09:00:00.000Z',
      attemptsToday: 0,
      lastOutcome: null,
      pace: PACE,
    });
    expect((await door.get('/instances')).json['instances']).toEqual([{ ...json, waiting: 0 }]);
    expect((await door.post(BODY)).status).toBe(503);
    expect(bench.posts).toEqual([]);
  });

  it('again: the first who paused it stays named', async () => {
    await change('1101000001', 'pause');
    bench.clock.advance(60_000);
    door.callerName = async () => 'crm';
    expect(await change('1101000001', 'pause')).toMatchObject({
      status: 200,
      json: { pausedBy: 'default', pausedAt: '2026-01-05T09:00:00.000Z' },
    });
  });

  it('the others go on', async () => {
    bench.instances = instances(2);
    await change('1101000001', 'pause');
    expect((await door.post(BODY)).json).toMatchObject({ idInstance: '1101000002' });
  });
});

describe('POST /instances/{idInstance}/resume', () => {
  it('ends a pause', async () => {
    await change('1101000001', 'pause');
    const { status, json } = await change('1101000001', 'resume');
    expect(status).toBe(200);
    expect(json).toEqual({
      idInstance: '1101000001',
      state: 'free',
      greenApi: null,
      attemptsToday: 0,
      lastOutcome: null,
      pace: PACE,
    });
    expect((await door.post(BODY)).status).toBe(201);
  });

  it('ends a block and a cool-down', async () => {
    bench.outcomes.push({ kind: 'blocked', cause: 'expired', detail: 'x' });
    await door.post(BODY);
    expect((await change('1101000001', 'resume')).json).toMatchObject({ state: 'free' });
    expect((await door.post(BODY)).status).toBe(201);
  });

  it('never the interval, and says what is still in the way', async () => {
    await door.post(BODY);
    await change('1101000001', 'pause');
    const { json } = await change('1101000001', 'resume');
    expect(json).toMatchObject({ state: 'resting', reason: 'busy', until: '2026-01-05T09:05:33.000Z' });
    expect((await door.post({ ...BODY, groupName: 'Class 5c' })).status).toBe(429);
  });

  it('of one that goes on already: 200', async () => {
    expect(await change('1101000001', 'resume')).toMatchObject({ status: 200, json: { state: 'free' } });
  });
});

describe.each(['pause', 'resume'] as const)('POST /instances/{idInstance}/%s', (what) => {
  it.each(['999', 'x', '1'.repeat(21), '%00', 'a-key-of-somebody'])('404 for %s', async (idInstance) => {
    const { status, json, text } = await change(idInstance, what);
    expect({ status, code: json['code'] }).toEqual({ status: 404, code: 'not-found' });
    expect(text).not.toContain('a-key-of-somebody');
    expect([...bench.memory.items.keys()]).toEqual([]);
  });

  it('shows the pace of this very instance', async () => {
    bench.ownPolicies.set('1101000001', { ...POLICY, dailyLimit: 7 });
    expect((await change('1101000001', what)).json).toMatchObject({ pace: { ...PACE, dailyLimit: 7 } });
  });

  it('finds one that has just been put into the secret', async () => {
    bench.instancesAfresh = instances(2);
    expect(await change('1101000002', what)).toMatchObject({
      status: 200,
      json: { idInstance: '1101000002' },
    });
  });

  it.each(['', '{}'])('takes the empty body %j', async (body) => {
    expect((await change('1101000001', what, { body })).status).toBe(200);
  });

  it('400 for a body that says something: it would not be heeded', async () => {
    const { status, json } = await change('1101000001', what, { body: '{"until":"2026-02-01"}' });
    expect({ status, code: json['code'] }).toEqual({ status: 400, code: 'invalid-request' });
    expect([...bench.memory.items.keys()]).toEqual([]);
  });

  it.each([
    [new SecretError('unavailable', 'the secret s cannot be read'), 503, 'secret-unavailable'],
    [new StorageError('no-answer', 'no answer'), 503, 'storage-unavailable'],
  ])('%s', async (error, status, code) => {
    const service = bench.service();
    if (error instanceof SecretError) service.instances.list = () => Promise.reject(error);
    service.locks.pause = () => Promise.reject(error);
    service.locks.read = () => Promise.reject(error);
    expect(await change('1101000001', what, {}, service)).toMatchObject({ status, json: { code } });
    expect(door.reported).toEqual([error]);
  });
});

describe('active hours', () => {
  it.each([
    [['mon', 'tue', 'wed', 'thu', 'fri'], 540, 1200, 'mon-fri 09:00-20:00'],
    [['sun', 'mon', 'wed', 'sat'], 600, 1440, 'mon,wed,sat-sun 10:00-24:00'],
    [[...WEEKDAYS], 0, 61, 'daily 00:00-01:01'],
  ] as const)('%j %i %i is shown as %s', (days, fromMinute, toMinute, text) => {
    expect(hoursText({ days, fromMinute, toMinute })).toBe(text);
  });

  it('are shown as the settings take them', () => {
    const days = fc.subarray([...WEEKDAYS], { minLength: 1 });
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(days, minutes, (someDays, some) => {
        const [fromMinute = 0, toMinute = 0] = some.toSorted((one, other) => one - other);
        const hours = { days: someDays, fromMinute, toMinute };
        expect(parseActiveHours(hoursText(hours))).toEqual({ hours });
      }),
    );
  });
});
