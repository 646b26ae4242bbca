import { describe, expect, it } from 'vitest';
import { SettingsError } from '../../lambda/errors.ts';
import { readSettings } from '../../lambda/settings.ts';

const NEEDED = { TABLE_NAME: 'table', INSTANCES_SECRET_ID: 'instances', CALLER_KEYS_SECRET_ID: 'keys' };
const WORKDAYS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 540, toMinute: 1_200 };

const read = (variables: Record<string, string>) => readSettings({ ...NEEDED, ...variables });

/** The pace of one instance, with policies for instances as given. */
const paceOf = (policies: unknown, variables: Record<string, string> = {}, idInstance = '1101') =>
  read({ ...variables, INSTANCE_POLICIES: JSON.stringify(policies) }).policyOf(idInstance);

describe('the function’s settings', () => {
  it('need the names of the table and the secrets; the pace is GREEN-API’s own', () => {
    const { policyOf, ...settings } = readSettings(NEEDED);
    const policy = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' };
    expect(settings).toEqual({
      tableName: 'table',
      instancesSecretId: 'instances',
      callerKeysSecretId: 'keys',
      policy,
      verifyNumbers: 'off',
      allowLoopback: false,
    });
    expect(policyOf('1101')).toEqual(policy);
  });

  it('take a pace for all instances', () => {
    const variables = {
      INTERVAL_SECONDS: '600',
      JITTER_SECONDS: '0',
      TIME_ZONE: 'Europe/Moscow',
      ACTIVE_HOURS: 'mon-fri 09:00-20:00',
      DAILY_LIMIT: '45',
    };
    const policy = {
      intervalSeconds: 600,
      jitterSeconds: 0,
      timeZone: 'Europe/Moscow',
      activeHours: WORKDAYS,
      dailyLimit: 45,
    };
    expect(read(variables).policy).toEqual(policy);
    expect(read(variables).policyOf('1101')).toEqual(policy);
  });

  it.each(['off', 'reject', 'drop'])('take %s for numbers that are not on WhatsApp', (verifyNumbers) => {
    expect(read({ VERIFY_NUMBERS: verifyNumbers })).toMatchObject({ verifyNumbers });
  });

  it('take another pace for an instance, field by field', () => {
    const own = {
      intervalSeconds: 900,
      jitterSeconds: 7,
      timeZone: 'Asia/Kolkata',
      activeHours: 'mon-fri 09:00-20:00',
      dailyLimit: 20,
    };
    expect(paceOf({ 1101: own })).toEqual({ ...own, activeHours: WORKDAYS });
    const rest = { ACTIVE_HOURS: 'daily 10:00-12:00', DAILY_LIMIT: '45', TIME_ZONE: 'Europe/Moscow' };
    expect(paceOf({ 1101: { dailyLimit: 20 } }, rest)).toEqual({ ...paceOf({}, rest), dailyLimit: 20 });
    expect(paceOf({ 1101: own }, rest, '1102')).toEqual(paceOf({}, rest));
  });

  it('free an instance from hours and limits of the rest by null', () => {
    const rest = { ACTIVE_HOURS: 'daily 10:00-12:00', DAILY_LIMIT: '45' };
    const freed = { 1101: { activeHours: null, dailyLimit: null } };
    expect(paceOf(freed, rest)).toEqual({ intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' });
    expect(paceOf(freed, rest, '1102').dailyLimit).toBe(45);
  });

  it('the jitter is the instance’s own, else the one for all, else a fifth of its interval', () => {
    const slow = { 1101: { intervalSeconds: 1_000 } };
    expect(paceOf(slow).jitterSeconds).toBe(200);
    expect(paceOf(slow, { JITTER_SECONDS: '30' }).jitterSeconds).toBe(30);
    expect(paceOf({ 1101: { jitterSeconds: 5 } }, { JITTER_SECONDS: '30' }).jitterSeconds).toBe(5);
    expect(paceOf({ 1101: { jitterSeconds: 0 } }).jitterSeconds).toBe(0);
  });

  it('an interval below GREEN-API’s minimum only on loopback', () => {
    const quick = { 1102: { intervalSeconds: 299 }, 1101: { intervalSeconds: 300 } };
    expect(() => read({ INTERVAL_SECONDS: '299' })).toThrow(
      'wrong environment variables: INTERVAL_SECONDS must be at least 300, as GREEN-API demands',
    );
    expect(() => paceOf(quick)).toThrow('INSTANCE_POLICIES.1102.intervalSeconds must be at least 300');
    expect(() => paceOf(quick, { INTERVAL_SECONDS: '1' })).toThrow(
      'INTERVAL_SECONDS and INSTANCE_POLICIES.1102.intervalSeconds must be',
    );
    const loopback = { ALLOW_LOOPBACK: 'true', INTERVAL_SECONDS: '5' };
    expect(paceOf(quick, loopback, '1102').intervalSeconds).toBe(299);
    expect(read(loopback)).toMatchObject({
      allowLoopback: true,
      policy: { intervalSeconds: 5, jitterSeconds: 1 },
    });
  });

  it.each([
    [{ TABLE_NAME: '' }, 'TABLE_NAME is empty'],
    [{ INTERVAL_SECONDS: '' }, 'INTERVAL_SECONDS must be a whole number from 1 to 86400'],
    [{ INTERVAL_SECONDS: '0', ALLOW_LOOPBACK: 'true' }, 'INTERVAL_SECONDS must be a whole number from 1'],
    [{ INTERVAL_SECONDS: '300s' }, 'INTERVAL_SECONDS must be a whole number'],
    [{ INTERVAL_SECONDS: '300.5' }, 'INTERVAL_SECONDS must be a whole number'],
    [{ INTERVAL_SECONDS: '86401' }, 'INTERVAL_SECONDS must be a whole number'],
    [{ JITTER_SECONDS: '-1' }, 'JITTER_SECONDS must be a whole number from 0 to 86400'],
    [{ TIME_ZONE: 'Moscow' }, 'TIME_ZONE must be a time zone by its IANA name, such as "Europe/Moscow"'],
    [
      { ACTIVE_HOURS: 'mon-fri 20:00-09:00' },
      'ACTIVE_HOURS has hours "20:00-09:00"; the first must be before',
    ],
    [{ DAILY_LIMIT: '0' }, 'DAILY_LIMIT must be a whole number from 1 to 10000'],
    [{ DAILY_LIMIT: '10001' }, 'DAILY_LIMIT must be a whole number'],
    [{ DAILY_LIMIT: 'null' }, 'DAILY_LIMIT must be a whole number'],
    [{ VERIFY_NUMBERS: 'true' }, 'VERIFY_NUMBERS must be off, reject or drop'],
    [{ VERIFY_NUMBERS: '' }, 'VERIFY_NUMBERS must be off, reject or drop'],
    [{ ALLOW_LOOPBACK: 'yes' }, 'ALLOW_LOOPBACK must be true or false'],
    [{ INSTANCE_POLICIES: '{"1101":' }, 'INSTANCE_POLICIES must be an object such as {"1101000001":'],
    [{ INSTANCE_POLICIES: '[]' }, 'INSTANCE_POLICIES must be an object such as'],
    [
      { INSTANCE_POLICIES: '{"abc":{}}' },
      'INSTANCE_POLICIES.abc is not the number of an instance, 1 to 20 digits',
    ],
    [
      { INSTANCE_POLICIES: '{"1101":5}' },
      'INSTANCE_POLICIES.1101 must be an object with any of intervalSeconds,',
    ],
    [{ INSTANCE_POLICIES: '{"1101":{"interval":5}}' }, 'INSTANCE_POLICIES.1101.interval is no such setting'],
    [{ INSTANCE_POLICIES: '{"1101":{"dailyLimit":0}}' }, 'INSTANCE_POLICIES.1101.dailyLimit must be a whole'],
    [
      { INSTANCE_POLICIES: '{"1101":{"timeZone":null}}' },
      'INSTANCE_POLICIES.1101.timeZone must be a time zone',
    ],
    [
      { INSTANCE_POLICIES: '{"1101":{"activeHours":"always"}}' },
      'INSTANCE_POLICIES.1101.activeHours must be days',
    ],
    [
      { INSTANCE_POLICIES: '{"1101":{"activeHours":5}}' },
      'INSTANCE_POLICIES.1101.activeHours must be a text',
    ],
  ])('%j: %s', (variables, fault) => {
    expect(() => read(variables)).toThrow(SettingsError);
    expect(() => read(variables)).toThrow(`wrong environment variables: ${fault}`);
  });

  it('name everything that is wrong at once', () => {
    expect(() => readSettings({ TABLE_NAME: 't', CALLER_KEYS_SECRET_ID: 'k', DAILY_LIMIT: 'x' })).toThrow(
      'wrong environment variables: INSTANCES_SECRET_ID is missing; DAILY_LIMIT must be a whole number',
    );
  });
});
