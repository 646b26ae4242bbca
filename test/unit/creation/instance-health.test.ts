import { beforeEach, describe, expect, it } from 'vitest';
import { createGroup } from '../../../lambda/creation/create-group.ts';
import { readHealth } from '../../../lambda/creation/instance-health.ts';
import { readStates } from '../../../lambda/creation/list-instances.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { LookedUp, LookUps } from '../../../lambda/creation/ports.ts';
import type { Service } from '../../../lambda/creation/service.ts';
import { Bench, instances } from '../harness.ts';

const BLOCKED: Outcome = { kind: 'blocked', cause: 'not-authorized', detail: 'x' };
const OVERLIMIT: Outcome = { kind: 'overlimit', detail: 'x' };
const CREATED_SINCE: Outcome = {
  kind: 'created',
  chatId: '120363043968066561@g.us',
  groupInviteLink: '',
};
const UNTOLD = { kind: 'untold', cause: 'other', detail: 'x' } as const;
const UNTIL_MS = Date.UTC(2026, 0, 6);
const told = <T>(value: T) => ({ kind: 'told', value }) as const;

let bench: Bench;
/** Who was asked for his state, and who for the end of his suspension. */
let asked: string[];
let askedUntil: string[];

beforeEach(() => {
  bench = new Bench();
  asked = [];
  askedUntil = [];
});

/** So many instances whose last attempt came to this. */
async function lastCameTo(outcome: Outcome, count = 1): Promise<void> {
  bench.instances = instances(count);
  for (const { idInstance: wanted } of bench.instances) {
    bench.outcomes.push(outcome);
    const wish = { groupName: `Class ${wanted}`, chatIds: ['79001234568@c.us'], wanted };
    await createGroup(bench.service(), wish, { keyName: 'default' }, 'sync');
  }
}

/** A service whose look-ups answer so, and that tells who was asked. */
function serviceWith(state: LookUps['state'], until: LookedUp<number | undefined> = told(UNTIL_MS)): Service {
  const service = bench.service();
  return {
    ...service,
    lookUps: {
      ...service.lookUps,
      state: (instance, signal) => {
        asked.push(instance.idInstance);
        return state(instance, signal);
      },
      suspendedUntilMs: async ({ idInstance }) => {
        askedUntil.push(idInstance);
        return until;
      },
    },
  };
}

/** As a GREEN-API that never answers: untold once nobody waits any more. */
const silent: LookUps['state'] = (_instance, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(UNTOLD);
    signal.addEventListener('abort', () => resolve(UNTOLD));
  });

const health = async (service: Service) =>
  Object.fromEntries(await readHealth(service, await readStates(service, bench.instances)));

describe('what GREEN-API says of instances in trouble', () => {
  it.each([
    ['blocked', BLOCKED],
    ['limited by WhatsApp', OVERLIMIT],
  ])('is asked of one that is %s', async (_name, outcome) => {
    await lastCameTo(outcome);
    expect(await health(serviceWith(async () => told('authorized')))).toEqual({
      '1101000001': { state: 'authorized' },
    });
    expect(askedUntil).toEqual([]);
  });

  it.each([
    ['created a group', CREATED_SINCE],
    ['could not be reached', { kind: 'not-sent', cause: 'unreachable', detail: 'x' }],
    ['met GREEN-API’s own limit', { kind: 'throttled', limit: 'quota', detail: 'x' }],
  ] as const)('is not asked of one that %s', async (_name, outcome) => {
    await lastCameTo(outcome);
    expect(await health(serviceWith(async () => told('authorized')))).toEqual({});
    expect(asked).toEqual([]);
  });

  it('is not asked of one that may go on', async () => {
    await lastCameTo(BLOCKED);
    bench.clock.advance(3_600_000);
    expect(await health(serviceWith(async () => told('authorized')))).toEqual({});
    expect(asked).toEqual([]);
  });

  it('is asked of one that a person has paused in its trouble', async () => {
    await lastCameTo(OVERLIMIT);
    await bench.service().locks.pause('1101000001', 'default', bench.clock.nowMs());
    expect(await health(serviceWith(async () => told('authorized')))).toHaveProperty('1101000001');
  });

  it.each(['suspended', 'yellowCard'])('%s: until when', async (state) => {
    await lastCameTo(OVERLIMIT);
    expect(await health(serviceWith(async () => told(state)))).toEqual({
      '1101000001': { state, suspendedUntilMs: UNTIL_MS },
    });
  });

  it.each([
    ['GREEN-API does not know', told(undefined)],
    ['nobody tells', UNTOLD],
  ])('suspended, until when %s', async (_name, until) => {
    await lastCameTo(OVERLIMIT);
    expect(await health(serviceWith(async () => told('suspended'), until))).toEqual({
      '1101000001': { state: 'suspended' },
    });
  });

  it('one that does not tell does not hide the others', async () => {
    await lastCameTo(BLOCKED, 3);
    const service = serviceWith(async ({ idInstance }) =>
      idInstance === '1101000002' ? UNTOLD : told('notAuthorized'),
    );
    expect(Object.keys(await health(service))).toEqual(['1101000001', '1101000003']);
  });

  it('at most ten are asked at once, and all in the end', async () => {
    await lastCameTo(BLOCKED, 25);
    let underWay = 0;
    let most = 0;
    const service = serviceWith(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
      return told('notAuthorized');
    });
    expect(Object.keys(await health(service))).toHaveLength(25);
    expect(most).toBe(10);
  });
});

describe('who asks for the list waits no longer than', () => {
  it('eight seconds for all of them together', async () => {
    await lastCameTo(BLOCKED, 25);
    const startMs = bench.clock.nowMs();
    expect(await health(serviceWith(silent))).toEqual({});
    expect(bench.clock.nowMs() - startMs).toBe(8_000);
    // Whose turn had not come by then is not asked at all.
    expect(asked).toHaveLength(10);
  });

  it('until a second before his time is up', async () => {
    await lastCameTo(BLOCKED);
    const service = serviceWith(silent);
    const startMs = bench.clock.nowMs();
    const execution = { ...service.execution, answerByMs: startMs + 3_000 };
    expect(await health({ ...service, execution })).toEqual({});
    expect(bench.clock.nowMs() - startMs).toBe(2_000);
  });

  it('nothing, if his time is up', async () => {
    await lastCameTo(BLOCKED);
    const service = serviceWith(async () => told('authorized'));
    const execution = { ...service.execution, answerByMs: bench.clock.nowMs() + 1_000 };
    expect(await health({ ...service, execution })).toEqual({});
    expect(asked).toEqual([]);
  });

  it('the execution lives', async () => {
    await lastCameTo(BLOCKED);
    const service = serviceWith(silent);
    const execution = { ...service.execution, signal: AbortSignal.abort() };
    expect(await health({ ...service, execution })).toEqual({});
    expect(asked).toEqual([]);
  });
});
