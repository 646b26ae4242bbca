import { describe, expect, it } from 'vitest';
import { expressionFault } from '../../infra/schedule-expression.ts';
import { MAX_REQUESTS_BYTES, MAX_SCHEDULES } from '../../infra/schedule-settings.ts';
import { readSettings } from '../../infra/settings.ts';
import { SettingsError } from '../../lambda/errors.ts';

const REQUEST = { groupName: 'Class 5b {date}', chatIds: ['79001234568@c.us'] };
const WEEKLY = {
  name: 'weekly-5b',
  expression: 'cron(0 9 ? * MON *)',
  timeZone: 'Europe/Moscow',
  request: REQUEST,
};
const CRON_FIELDS = 'minutes hours day-of-month month day-of-week year';
const LISTS = 'lists 1,2, spans 1-2 that go up, steps 1/2, and *';
const RATE_RULE =
  'a rate is a whole number from 1 and minutes, hours or days, such as rate(30 minutes) or rate(1 day)';
const AT_RULE = 'a time is a day and a time of day that exist, such as at(2026-12-01T09:00:00)';
const ONE_DAY_RULE =
  'exactly one of day-of-month and day-of-week must be "?", such as cron(0 9 ? * MON *) or cron(0 9 1 * ? *)';
const EXPRESSION_RULE =
  'write rate(…), cron(…) or at(…), such as rate(2 hours), cron(0 9 ? * MON *) or at(2026-12-01T09:00:00)';

describe('an expression that EventBridge Scheduler takes', () => {
  it.each([
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(1 hour)',
    'rate(24 hours)',
    'rate(1 day)',
    'rate(7 days)',
    'at(2026-12-01T09:00:00)',
    'at(2028-02-29T23:59:59)',
    'at(2020-01-01T00:00:00)',
    'cron(0 9 ? * MON *)',
    'cron(0 9 1 * ? *)',
    'cron(*/15 8-17 ? * MON-FRI *)',
    'cron(0/10 * * * ? *)',
    'cron(15 10 ? * 6L 2026-2030)',
    'cron(0 9 L * ? *)',
    'cron(0 9 15W * ? *)',
    'cron(0 9 ? JAN,MAR-MAY,12 MON#1 2026)',
    'cron(0 9 ? * FRIL *)',
    'cron(0 9 1,15 1/3 ? *)',
    'cron(59 23 31 12 ? 2199)',
  ])('%s is right', (expression) => {
    expect(expressionFault(expression)).toBeUndefined();
  });
});

describe('an expression that it does not take', () => {
  it.each([
    ['every minute', EXPRESSION_RULE],
    ['', EXPRESSION_RULE],
    ['0 9 * * 1', EXPRESSION_RULE],
    ['rate(5 minutes) ', EXPRESSION_RULE],
    ['Rate(5 minutes)', EXPRESSION_RULE],
    ['rate(1 minutes)', 'write rate(1 minute)'],
    ['rate(5 minute)', 'write rate(5 minutes)'],
    ['rate(1 days)', 'write rate(1 day)'],
    ['rate(0 minutes)', RATE_RULE],
    ['rate(-1 hours)', RATE_RULE],
    ['rate(1.5 hours)', RATE_RULE],
    ['rate(30 seconds)', RATE_RULE],
    ['rate(5minutes)', RATE_RULE],
    ['at(2026-12-01)', AT_RULE],
    ['at(2026-12-01T09:00:00Z)', AT_RULE],
    ['at(2026-02-30T09:00:00)', AT_RULE],
    ['at(2026-12-01T24:00:00)', AT_RULE],
    ['cron(0 9 * * MON)', `cron has 6 fields: ${CRON_FIELDS}, such as cron(0 9 ? * MON *)`],
    ['cron(0 0 9 ? * MON *)', `cron has 6 fields: ${CRON_FIELDS}, such as cron(0 9 ? * MON *)`],
    ['cron(0 9 * * MON *)', ONE_DAY_RULE],
    ['cron(0 9 1 * MON *)', ONE_DAY_RULE],
    ['cron(0 9 ? * ? *)', ONE_DAY_RULE],
    ['cron(60 9 ? * MON *)', `its field minutes is "60"; possible are 0-59, ${LISTS}`],
    ['cron(0 24 ? * MON *)', `its field hours is "24"; possible are 0-23, ${LISTS}`],
    ['cron(0 22-2 ? * MON *)', `its field hours is "22-2"; possible are 0-23, ${LISTS}`],
    ['cron(0 9-99 ? * MON *)', `its field hours is "9-99"; possible are 0-23, ${LISTS}`],
    ['cron(0 9-10-11 ? * MON *)', `its field hours is "9-10-11"; possible are 0-23, ${LISTS}`],
    ['cron(0 ? 1 * ? *)', `its field hours is "?"; possible are 0-23, ${LISTS}`],
    ['cron(0 9, ? * MON *)', `its field hours is "9,"; possible are 0-23, ${LISTS}`],
    ['cron(*/0 9 ? * MON *)', `its field minutes is "*/0"; possible are 0-59, ${LISTS}`],
    ['cron(*/90 9 ? * MON *)', `its field minutes is "*/90"; possible are 0-59, ${LISTS}`],
    ['cron(0/5/5 9 ? * MON *)', `its field minutes is "0/5/5"; possible are 0-59, ${LISTS}`],
    ['cron(0 9 0 * ? *)', `its field day-of-month is "0"; possible are 1-31, ${LISTS}, and alone ?, L, 15W`],
    [
      'cron(0 9 32W * ? *)',
      `its field day-of-month is "32W"; possible are 1-31, ${LISTS}, and alone ?, L, 15W`,
    ],
    ['cron(0 9 1 13 ? *)', `its field month is "13"; possible are 1-12, JAN-DEC, ${LISTS}`],
    ['cron(0 9 1 FRI ? *)', `its field month is "FRI"; possible are 1-12, JAN-DEC, ${LISTS}`],
    [
      'cron(0 9 ? * 0 *)',
      `its field day-of-week is "0"; possible are 1-7 (1 is Sunday), SUN-SAT, ${LISTS}, and alone ?, L, FRIL, MON#1`,
    ],
    [
      'cron(0 9 ? * MON#1,FRI#3 *)',
      `its field day-of-week is "MON#1,FRI#3"; possible are 1-7 (1 is Sunday), SUN-SAT, ${LISTS}, and alone ?, L, FRIL, MON#1`,
    ],
    [
      'cron(0 9 ? * mon *)',
      `its field day-of-week is "mon"; possible are 1-7 (1 is Sunday), SUN-SAT, ${LISTS}, and alone ?, L, FRIL, MON#1`,
    ],
    ['cron(0 9 1 * ? 1969)', `its field year is "1969"; possible are 1970-2199, ${LISTS}`],
  ])('%s: %s', (expression, what) => {
    expect(expressionFault(expression)).toBe(`is "${expression}"; ${what}`);
  });
});

describe('a wrong schedule fails at synth', () => {
  const schedule = (change: object) => ({ schedules: [WEEKLY, { ...WEEKLY, name: 'second', ...change }] });

  it.each([
    [{ name: 'weekly-5b' }, 'schedules.weekly-5b.name is the name of another schedule as well'],
    [{ name: 'a b' }, 'schedules.a b.name must be 1 to 64 letters, digits, "-", "_" or "."'],
    [{ name: undefined }, 'schedules.1.name must be 1 to 64 letters, digits, "-", "_" or "."'],
    [
      { name: 'drain' },
      'schedules.drain.name is taken by the schedule that serves the queues; give another name',
    ],
    [{ expression: 'every minute' }, `schedules.second.expression is "every minute"; ${EXPRESSION_RULE}`],
    [
      { expression: 'rate(1 minutes)' },
      'schedules.second.expression is "rate(1 minutes)"; write rate(1 minute)',
    ],
    [{ expression: 5 }, 'schedules.second.expression must be a text such as "cron(0 9 ? * MON *)"'],
    [
      { timeZone: 'Europe/Moskow' },
      'schedules.second.timeZone must be a time zone by its IANA name, such as "Europe/Moscow" or "UTC"',
    ],
    [
      { timeZone: undefined },
      'schedules.second.timeZone must be a time zone by its IANA name, such as "Europe/Moscow" or "UTC"',
    ],
    [{ timeZone: 'europe/moscow' }, 'schedules.second.timeZone is "europe/moscow"; write "Europe/Moscow"'],
    [{ timezone: 'UTC' }, 'schedules.second.timezone is no such setting'],
    [
      { request: undefined },
      'schedules.second.request must be an object with groupName, chatIds and perhaps idInstance',
    ],
    [
      { request: { ...REQUEST, scheduledTime: '2026-11-23T06:00:00Z', chatids: [] } },
      'schedules.second.request.scheduledTime is no such setting; schedules.second.request.chatids is no such setting',
    ],
    [
      { request: { chatIds: ['79001234568@c.us'] } },
      'schedules.second.request.groupName must be a string of 1 to 100 characters',
    ],
    [
      { request: { ...REQUEST, groupName: 'Class {klass}' } },
      'schedules.second.request.groupName holds the unknown placeholder {klass}; possible are {date}, {time}, {week}',
    ],
    [
      { request: { ...REQUEST, groupName: `${'x'.repeat(97)}{week} {week}` } },
      'schedules.second.request.groupName has 102 characters (UTF-16 units); at most 100 are possible, with its placeholders filled',
    ],
    [
      { request: { ...REQUEST, chatIds: ['79001234568@c.us', '5'] } },
      'schedules.second.request.chatIds.1 has 1 digits; an international number has 7 to 16: give a chat id such as 79001234568@c.us or an international phone number such as +7 900 123-45-68',
    ],
    [
      { request: { groupName: 'x' } },
      'schedules.second.request.chatIds must be an array of 1 to 1023 members',
    ],
    [
      { request: { ...REQUEST, idInstance: 'first' } },
      'schedules.second.request.idInstance must be a string of 1 to 20 digits',
    ],
  ])('%j: %s', (change, fault) => {
    expect(() => readSettings(schedule(change))).toThrow(
      new SettingsError(`Wrong settings in the CDK context: ${fault}.`),
    );
  });

  it.each([
    [
      { name: 'weekly-5b' },
      'schedules must be a list of schedules: objects with name, expression, timeZone and request',
    ],
    [
      '[{"name":"weekly-5b"',
      'schedules must be a list of schedules: objects with name, expression, timeZone and request',
    ],
    [['weekly-5b'], 'schedules.0 must be an object with name, expression, timeZone and request'],
  ])('%j: %s', (schedules, fault) => {
    expect(() => readSettings({ schedules })).toThrow(
      new SettingsError(`Wrong settings in the CDK context: ${fault}.`),
    );
  });

  it('when all of them are too many or too large for a stack', () => {
    const many = (count: number, chatIds: readonly string[] = REQUEST.chatIds) =>
      Array.from({ length: count }, (_, index) => ({
        ...WEEKLY,
        name: `s${index}`,
        request: { ...REQUEST, chatIds },
      }));
    const members = Array.from({ length: 1_023 }, (_, index) => `${79001230000 + index}@c.us`);
    expect(readSettings({ schedules: many(MAX_SCHEDULES) }).schedules).toHaveLength(MAX_SCHEDULES);
    expect(() => readSettings({ schedules: many(MAX_SCHEDULES + 1) })).toThrow(
      `schedules are ${MAX_SCHEDULES + 1}; at most ${MAX_SCHEDULES} are possible`,
    );
    expect(readSettings({ schedules: many(25, members) }).schedules).toHaveLength(25);
    expect(() => readSettings({ schedules: many(26, members) })).toThrow(
      `bytes together; a template has room for ${MAX_REQUESTS_BYTES}`,
    );
  });
});
