import { beforeEach, describe, expect, it } from 'vitest';
import {
  NotTakenError,
  ScheduleEventError,
  SecretError,
  UnknownInstanceError,
} from '../../../lambda/errors.ts';
import { serveScheduleEvent } from '../../../lambda/schedule/door.ts';
import { CANARIES, findLeaks } from '../../leaks.ts';
import { Bench } from '../harness.ts';
import { NumberChecks, QUOTA } from '../number-checks.ts';

const SCHEDULED = {
  action: 'create',
  groupName: 'Class 5b {date}',
  chatIds: ['+7 900 123-45-68'],
  idInstance: '1101000001',
  scheduleArn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/weekly-5b',
  scheduledTime: '2026-01-05T06:00:00Z',
  timeZone: 'Europe/Moscow',
};
const RULE_EVENT = {
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': 'Group wanted',
  source: 'school.crm',
  account: '123456789012',
  time: '2026-01-05T06:00:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: { action: 'create', groupName: 'Class 5b', chatIds: ['79001234568@c.us'] },
};

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
const deliver = (event: unknown, service = bench.service()) => serveScheduleEvent(service, event);

describe('a scheduled creation', () => {
  it('becomes a group with the name of its day', async () => {
    await deliver(SCHEDULED);
    expect(bench.posts).toEqual([expect.objectContaining({ groupName: 'Class 5b 2026-01-05' })]);
    expect(bench.events).toContainEqual(
      expect.objectContaining({ event: 'schedule-taken', askedBy: 'schedule:weekly-5b', status: 'created' }),
    );
  });

  it('delivered twice, also side by side and after it was made, is one group', async () => {
    await Promise.all([deliver(SCHEDULED), deliver(SCHEDULED)]);
    bench.clock.advance(24 * 3_600_000);
    await deliver(SCHEDULED);
    expect(bench.posts).toHaveLength(1);
  });

  it('a week later is another group', async () => {
    await deliver(SCHEDULED);
    bench.clock.advance(7 * 24 * 3_600_000);
    await deliver({ ...SCHEDULED, scheduledTime: '2026-01-12T06:00:00Z' });
    expect(bench.posts.map(({ groupName }) => groupName)).toEqual([
      'Class 5b 2026-01-05',
      'Class 5b 2026-01-12',
    ]);
  });

  it('waits like any other when its instance is busy', async () => {
    await deliver(SCHEDULED);
    await deliver({ ...SCHEDULED, scheduledTime: '2026-01-12T06:00:00Z' });
    expect(bench.events.at(-1)).toMatchObject({ event: 'schedule-taken', status: 'queued' });
  });

  it('goes on where an execution died between its claim and its request', async () => {
    const dying = bench.service();
    const { promise: claimed, resolve } = Promise.withResolvers<void>();
    dying.locks.acquire = () => {
      resolve();
      return new Promise(() => undefined);
    };
    void deliver(SCHEDULED, dying);
    await claimed;
    await deliver(SCHEDULED);
    expect(bench.posts).toHaveLength(1);
  });

  it('by a plain rule has the event for its key', async () => {
    await deliver(RULE_EVENT);
    await deliver(RULE_EVENT);
    await deliver({ ...RULE_EVENT, id: '27793124-05d4-b198-2fde-7ededc63b103' });
    expect(bench.posts).toHaveLength(1);
    expect(bench.events.at(-1)).toMatchObject({ askedBy: 'event:school.crm', status: 'queued' });
  });
});

describe('what cannot be taken is thrown, so that it is delivered again and in the end kept', () => {
  it('an event that is wrong, with every field that is, and no member', async () => {
    const wrong = { ...SCHEDULED, chatIds: [`${CANARIES.phonePrefix}`], idInstance: 'x', more: 1 };
    const error = await deliver(wrong).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScheduleEventError);
    expect(String(error)).toMatch(/more/);
    expect(findLeaks(String(error))).toEqual([]);
  });

  it('a member in a wrong place is masked, for Lambda itself logs what is thrown', async () => {
    const phone = `${CANARIES.phonePrefix}001`;
    for (const wrong of [{ groupName: `For {${phone}}` }, { [`${phone}@c.us`]: 1 }]) {
      const error = await deliver({ ...SCHEDULED, ...wrong }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ScheduleEventError);
      expect(findLeaks(String(error))).toEqual([]);
    }
  });

  it('attributes that nobody filled', async () => {
    const unfilled = { ...SCHEDULED, scheduledTime: '<aws.scheduler.scheduled-time>' };
    await expect(deliver(unfilled)).rejects.toThrow(/<aws\./);
  });

  it('a creation for an instance that is not there', async () => {
    await expect(deliver({ ...SCHEDULED, idInstance: '999' })).rejects.toBeInstanceOf(UnknownInstanceError);
  });

  it('a creation behind too many', async () => {
    await deliver(SCHEDULED);
    const service = bench.service();
    service.queue.count = async (_wanted, { limit }) => limit;
    const next = { ...SCHEDULED, scheduledTime: '2026-01-12T06:00:00Z' };
    await expect(deliver(next, service)).rejects.toBeInstanceOf(NotTakenError);
  });
});

describe('a scheduled creation whose numbers are checked first', () => {
  const MEMBERS = ['+7 900 123-45-68', `${CANARIES.phonePrefix}001`];
  const checked = { ...SCHEDULED, chatIds: MEMBERS };
  let checks: NumberChecks;
  beforeEach(() => {
    checks = new NumberChecks(bench);
  });
  const fails = () => deliver(checked, checks.eventService()).catch((thrown: unknown) => thrown);

  it('is taken if all are on WhatsApp', async () => {
    await deliver(checked, checks.eventService());
    expect(checks.asked).toHaveLength(2);
    expect(bench.events.at(-1)).toMatchObject({ event: 'schedule-taken', status: 'created' });
  });

  it('is not taken if one is not, and no number is told', async () => {
    checks.absent.add(`${CANARIES.phonePrefix}001@c.us`);
    const error = await fails();
    expect(error).toBeInstanceOf(NotTakenError);
    expect(error).toHaveProperty(
      'message',
      'the creation of schedule:weekly-5b was not taken: 1 of 2 members are not on WhatsApp',
    );
    expect(bench.posts).toEqual([]);
  });

  it('is not taken while they cannot be checked, and delivered again it goes on', async () => {
    checks.untold = () => (checks.asked.length > 1 ? QUOTA : undefined);
    const error = await fails();
    expect(error).toBeInstanceOf(NotTakenError);
    expect(error).toHaveProperty(
      'message',
      'the creation of schedule:weekly-5b was not taken: it is not known whether its members are on WhatsApp (quota: Monthly quota has been exceeded)',
    );
    checks.untold = () => undefined;
    await deliver(checked, checks.eventService());
    expect(bench.posts).toHaveLength(1);
  });
});

describe('a tick', () => {
  const failing = (kind: SecretError['kind']) => {
    const service = bench.service();
    service.instances.list = () => Promise.reject(new SecretError(kind, 'the secret'));
    return deliver({ action: 'drain' }, service);
  };

  it('that meets an unreadable secret is an error of the function: the next comes in a minute', async () => {
    await expect(failing('unavailable')).rejects.toBeInstanceOf(SecretError);
    await expect(failing('malformed')).rejects.toBeInstanceOf(SecretError);
  });

  it('that meets a secret nobody has filled yet is none', async () => {
    expect(await failing('unfilled')).toBeUndefined();
  });
});
