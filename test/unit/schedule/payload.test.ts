import { describe, expect, it } from 'vitest';
import { claimHash } from '../../../lambda/creation/wish.ts';
import { parseScheduleEvent } from '../../../lambda/schedule/payload.ts';

const ARN = 'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/weekly-5b';
/** As EventBridge Scheduler delivers it: its context attributes filled in. */
const SCHEDULED = {
  action: 'create',
  groupName: 'Class 5b {date}',
  chatIds: ['+7 900 123-45-68', '79001234569@c.us'],
  idInstance: '1101000001',
  scheduleArn: ARN,
  scheduledTime: '2026-11-23T06:00:00Z',
  timeZone: 'Europe/Moscow',
};
/** As a rule hands on an event of the sender's own (AWS docs, "Events in Amazon EventBridge": the structure of an event). */
const RULE_EVENT = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'New term',
  source: 'com.example.school',
  account: '123456789012',
  time: '2026-11-23T21:30:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: { action: 'create', groupName: 'Class 5b {date} {time}', chatIds: ['79001234568@c.us'] },
};

const FIELDS = 'action, groupName, chatIds, idInstance, scheduleArn, scheduledTime, timeZone';
const UNFILLED =
  'holds "<aws.": an attribute that was not filled in; EventBridge Scheduler fills <aws.scheduler.schedule-arn> and <aws.scheduler.scheduled-time>, any other sender must give the values themselves';
const NO_INSTANT = 'must be an instant such as 2026-11-23T06:00:00Z';
const NO_ZONE = 'must be a time zone by its IANA name, such as Europe/Moscow';
const NO_ARN =
  'must be the ARN of a schedule, such as arn:aws:scheduler:eu-central-1:123456789012:schedule/default/weekly-5b';

const without = (name: keyof typeof SCHEDULED) =>
  Object.fromEntries(Object.entries(SCHEDULED).filter(([field]) => field !== name));

describe('a tick', () => {
  it('drains, from a schedule and from a rule alike', () => {
    expect(parseScheduleEvent({ action: 'drain' })).toEqual({ kind: 'drain' });
    expect(parseScheduleEvent({ ...RULE_EVENT, detail: { action: 'drain' } })).toEqual({ kind: 'drain' });
  });
});

describe('an event of EventBridge Scheduler', () => {
  it('is a wish with a filled name and normalised members, asked for by the schedule', () => {
    expect(parseScheduleEvent(SCHEDULED)).toEqual({
      kind: 'create',
      wish: {
        groupName: 'Class 5b 2026-11-23',
        chatIds: ['79001234568@c.us', '79001234569@c.us'],
        wanted: '1101000001',
      },
      askedBy: 'schedule:weekly-5b',
      idempotencyKey: `${ARN} 2026-11-23T06:00:00.000Z`,
    });
  });

  it('without an instance is for any', () => {
    expect(parseScheduleEvent(without('idInstance'))).toMatchObject({ wish: { wanted: 'any' } });
  });

  it('fills the name in the zone of the schedule', () => {
    const inAuckland = { ...SCHEDULED, groupName: '{date} {time}', timeZone: 'Pacific/Auckland' };
    expect(parseScheduleEvent(inAuckland)).toMatchObject({ wish: { groupName: '2026-11-23 19:00' } });
  });

  it('has one claim for all its deliveries, another for the next time and for another schedule', () => {
    const later = { ...SCHEDULED, scheduledTime: '2026-11-30T06:00:00Z' };
    const other = { ...SCHEDULED, scheduleArn: ARN.replace('default', 'school') };
    const again = { ...SCHEDULED, scheduledTime: '2026-11-23T09:00:00+03:00' };
    const hashes = [SCHEDULED, SCHEDULED, again, later, other].map(claimOf);
    expect(new Set(hashes.slice(0, 3)).size).toBe(1);
    expect(new Set(hashes).size).toBe(3);
  });

  it.each([
    [
      'an attribute that was not filled',
      { scheduleArn: '<aws.scheduler.schedule-arn>' },
      '/scheduleArn',
      UNFILLED,
    ],
    [
      'a time that was not filled',
      { scheduledTime: '<aws.scheduler.scheduled-time>' },
      '/scheduledTime',
      UNFILLED,
    ],
    ['a zone that was not filled', { timeZone: '<aws.scheduler.zone>' }, '/timeZone', UNFILLED],
    ['a name that was not filled', { groupName: 'at <aws.scheduler.time>' }, '/groupName', UNFILLED],
    [
      'an ARN of something else',
      { scheduleArn: 'arn:aws:sqs:eu-central-1:123456789012:q' },
      '/scheduleArn',
      NO_ARN,
    ],
    ['an ARN without a group', { scheduleArn: ARN.replace('default/', '') }, '/scheduleArn', NO_ARN],
    ['a time without a zone', { scheduledTime: '2026-11-23T06:00:00' }, '/scheduledTime', NO_INSTANT],
    ['a day that is not', { scheduledTime: '2026-02-30T06:00:00Z' }, '/scheduledTime', NO_INSTANT],
    ['a time in milliseconds', { scheduledTime: 1_795_413_600_000 }, '/scheduledTime', NO_INSTANT],
    ['an impossible zone', { timeZone: 'Europe/Moskow' }, '/timeZone', NO_ZONE],
    ['an offset for a zone', { timeZone: '+03:00' }, '/timeZone', NO_ZONE],
    ['no text for a name', { groupName: 5 }, '/groupName', 'must be a string of 1 to 100 characters'],
    [
      'an unknown placeholder',
      { groupName: '{klass}' },
      '/groupName',
      'holds the unknown placeholder {klass}; possible are {date}, {time}, {week}',
    ],
    [
      'a name that is too long once it is filled',
      { groupName: `${'x'.repeat(90)} {date}` },
      '/groupName',
      'has 101 characters (UTF-16 units); at most 100 are possible, with its placeholders filled',
    ],
    [
      'a name that is too long as it is',
      { groupName: 'x'.repeat(101) },
      '/groupName',
      'has 101 characters (UTF-16 units); at most 100 are possible',
    ],
    ['no members', { chatIds: [] }, '/chatIds', 'is empty; a group needs at least one member'],
    [
      'an unknown field',
      { notBefore: '2027-01-01' },
      '/notBefore',
      `is not a field of this event; the fields are ${FIELDS}`,
    ],
    ['a field with a slash', { 'a/b': 1 }, '/a~1b', `is not a field of this event; the fields are ${FIELDS}`],
    ['an unknown action', { action: 'delete' }, '/action', 'must be "drain" or "create"'],
  ])('with %s is malformed, and says where', (_, change, pointer, detail) => {
    expect(parseScheduleEvent({ ...SCHEDULED, ...change })).toEqual({
      kind: 'malformed',
      faults: [{ pointer, detail }],
    });
  });

  it.each([
    ['scheduleArn', NO_ARN],
    ['scheduledTime', NO_INSTANT],
    ['timeZone', NO_ZONE],
    ['groupName', 'must be a string of 1 to 100 characters'],
    ['chatIds', 'must be an array of 1 to 1023 members'],
    ['action', 'must be "drain" or "create"'],
  ] as const)('without %s is malformed, and says where', (field, detail) => {
    expect(parseScheduleEvent(without(field))).toEqual({
      kind: 'malformed',
      faults: [{ pointer: `/${field}`, detail }],
    });
  });
});

describe('an event of a plain EventBridge rule', () => {
  it('is a wish by the event’s id and time, in UTC', () => {
    expect(parseScheduleEvent(RULE_EVENT)).toEqual({
      kind: 'create',
      wish: { groupName: 'Class 5b 2026-11-23 21:30', chatIds: ['79001234568@c.us'], wanted: 'any' },
      askedBy: 'event:com.example.school',
      idempotencyKey: RULE_EVENT.id,
    });
  });

  it('may name a zone and an instance, and carry what AWS adds', () => {
    const detail = { ...RULE_EVENT.detail, timeZone: 'Europe/Moscow', idInstance: 1101000001 };
    expect(parseScheduleEvent({ ...RULE_EVENT, 'replay-name': 'again', detail })).toMatchObject({
      wish: { groupName: 'Class 5b 2026-11-24 00:30', wanted: '1101000001' },
    });
  });

  it('tells all that is wrong with its envelope and its detail, each with its place', () => {
    const detail = { action: 'create', groupName: 5, zone: 'UTC' };
    const event = { ...RULE_EVENT, id: '', source: undefined, time: 'today', detail };
    expect(parseScheduleEvent(event)).toEqual({
      kind: 'malformed',
      faults: [
        { pointer: '/id', detail: "must be the event's id, a string of 1 to 128 characters" },
        { pointer: '/source', detail: "must be the event's source, a string of 1 to 256 characters" },
        { pointer: '/time', detail: NO_INSTANT },
        { pointer: '/detail/groupName', detail: 'must be a string of 1 to 100 characters' },
        {
          pointer: '/detail/zone',
          detail:
            'is not a field of this event; the fields are action, groupName, chatIds, idInstance, timeZone',
        },
      ],
    });
  });

  it.each([
    [{ groupName: 'in {year}' }, '/detail/groupName'],
    [{ chatIds: ['79001234568@c.us', '120363043968066561@g.us'] }, '/detail/chatIds/1'],
    [{ idInstance: 'first' }, '/detail/idInstance'],
    [{ action: 'pause' }, '/detail/action'],
  ])('with %j is malformed at %s', (change, pointer) => {
    const detail = { ...RULE_EVENT.detail, ...change };
    const faults = [{ pointer, detail: expect.any(String) }];
    expect(parseScheduleEvent({ ...RULE_EVENT, detail })).toEqual({ kind: 'malformed', faults });
  });
});

describe('what is no event at all', () => {
  it.each([[null], [undefined], ['drain'], [7], [[]]])('%j is malformed', (event) => {
    expect(parseScheduleEvent(event)).toEqual({
      kind: 'malformed',
      faults: [{ pointer: '', detail: 'must be an object with the action "drain" or "create"' }],
    });
  });

  it('a tick with anything besides is malformed', () => {
    expect(parseScheduleEvent({ action: 'drain', idInstance: '1' })).toEqual({
      kind: 'malformed',
      faults: [{ pointer: '/idInstance', detail: 'is not a field of this event; the fields are action' }],
    });
  });
});

/** Under which claim the event's request stands. */
function claimOf(event: unknown): string {
  const parsed = parseScheduleEvent(event);
  if (parsed.kind !== 'create') throw new Error(`not a creation: ${parsed.kind}`);
  return claimHash(parsed.wish, { keyName: parsed.askedBy, idempotencyKey: parsed.idempotencyKey });
}
