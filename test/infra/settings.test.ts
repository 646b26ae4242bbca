import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { SettingsError } from '../../lambda/errors.ts';

const DEFAULTS = {
  intervalSeconds: 300,
  schedules: [],
  allowLoopback: false,
  throttlingRatePerSecond: 10,
  throttlingBurst: 20,
  keepData: true,
  logRetentionDays: 30,
};

describe('the settings of a deployment', () => {
  it('have a default each, or are left to the function', () => {
    expect(readSettings({})).toEqual(DEFAULTS);
  });

  it('leave the keys of the CDK alone', () => {
    const cdk = {
      '@aws-cdk/aws-iam:minimizePolicies': true,
      'aws:cdk:bundling-stacks': [],
      'acknowledged-issue-numbers': [1],
    };
    expect(readSettings(cdk)).toEqual(DEFAULTS);
  });

  it('are read from the command line, which gives strings, as from cdk.json', () => {
    const values = {
      intervalSeconds: 600,
      jitterSeconds: 0,
      allowLoopback: true,
      timeZone: 'Europe/Moscow',
      activeHours: 'mon-fri 09:00-20:00',
      dailyLimit: 40,
      instancePolicies: { '1101000001': { dailyLimit: 10, activeHours: null }, '1101000002': {} },
      verifyNumbers: 'drop',
      schedules: [
        {
          name: 'weekly-5b',
          expression: 'cron(0 9 ? * MON *)',
          timeZone: 'Europe/Moscow',
          request: { groupName: 'Class 5b {date}', chatIds: ['79001234568@c.us'], idInstance: '1101000001' },
        },
      ],
      alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms',
      throttlingRatePerSecond: 1,
      throttlingBurst: 5_000,
      keepData: false,
      logRetentionDays: 365,
    };
    const strings = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    );
    expect(readSettings(values)).toEqual(values);
    expect(readSettings(strings)).toEqual(values);
  });

  it('allow an interval below 300 s only on loopback', () => {
    expect(readSettings({ intervalSeconds: 300 }).intervalSeconds).toBe(300);
    expect(readSettings({ intervalSeconds: 2, allowLoopback: true }).intervalSeconds).toBe(2);
    expect(() => readSettings({ intervalSeconds: 299 })).toThrow(
      new SettingsError(
        'Wrong settings in the CDK context: intervalSeconds must be at least 300, as GREEN-API demands; only with allowLoopback may it be less.',
      ),
    );
  });

  it('allow the same for one instance', () => {
    const instancePolicies = { '1101000001': { intervalSeconds: 600 }, '1101000002': { intervalSeconds: 2 } };
    expect(readSettings({ instancePolicies, allowLoopback: true }).instancePolicies).toEqual(
      instancePolicies,
    );
    expect(() => readSettings({ instancePolicies, intervalSeconds: 20 })).toThrow(
      new SettingsError(
        'Wrong settings in the CDK context: intervalSeconds and instancePolicies.1101000002.intervalSeconds must be at least 300, as GREEN-API demands; only with allowLoopback may it be less.',
      ),
    );
  });

  it('have room for some thirty instances with a policy of their own', () => {
    const policies = (count: number) => {
      const own = { activeHours: 'mon-fri 09:00-20:00', dailyLimit: 40 };
      return Object.fromEntries(Array.from({ length: count }, (_, index) => [`11010000${index + 10}`, own]));
    };
    expect(readSettings({ instancePolicies: policies(29) })).toMatchObject({ intervalSeconds: 300 });
    expect(() => readSettings({ instancePolicies: policies(30) })).toThrow(
      new SettingsError(
        "Wrong settings in the CDK context: instancePolicies has 2011 bytes as JSON; the function's environment has room for 2000: set for all what most have in common, and here only the exceptions.",
      ),
    );
  });
});

describe('a wrong setting', () => {
  it.each([
    [{ intervalSeconds: 0, allowLoopback: true }, 'intervalSeconds must be a whole number from 1 to 86400'],
    [{ intervalSeconds: 86_401 }, 'intervalSeconds must be a whole number from 1 to 86400'],
    [{ intervalSeconds: 300.5 }, 'intervalSeconds must be a whole number from 1 to 86400'],
    [{ intervalSeconds: '5 minutes' }, 'intervalSeconds must be a whole number from 1 to 86400'],
    [{ intervalSeconds: '' }, 'intervalSeconds must be a whole number from 1 to 86400'],
    [{ intervalSeconds: null }, 'intervalSeconds must be a whole number from 1 to 86400'],
    [{ jitterSeconds: -1 }, 'jitterSeconds must be a whole number from 0 to 86400'],
    [{ jitterSeconds: 86_401 }, 'jitterSeconds must be a whole number from 0 to 86400'],
    [{ allowLoopback: 'yes' }, 'allowLoopback must be true or false'],
    [{ throttlingRatePerSecond: 0 }, 'throttlingRatePerSecond must be a whole number from 1 to 10000'],
    [{ throttlingRatePerSecond: 10_001 }, 'throttlingRatePerSecond must be a whole number from 1 to 10000'],
    [{ throttlingBurst: 0 }, 'throttlingBurst must be a whole number from 1 to 5000'],
    [{ throttlingBurst: 5_001 }, 'throttlingBurst must be a whole number from 1 to 5000'],
    [{ keepData: 1 }, 'keepData must be true or false'],
    [{ logRetentionDays: 31 }, 'logRetentionDays must be one of 1, 7, 14, 30, 60, 90, 180, 365'],
    [{ intervalSecond: 600 }, 'intervalSecond is no such setting'],
    [
      { timeZone: 'Europe/Moskow' },
      'timeZone must be a time zone by its IANA name, such as "Europe/Moscow" or "UTC"',
    ],
    [
      { activeHours: '9-5' },
      'activeHours must be days and hours, such as "mon-fri 09:00-20:00" or "daily 10:00-24:00"',
    ],
    [{ activeHours: `${'mon,'.repeat(25)}mon 09:00-20:00` }, 'activeHours must have at most 100 characters'],
    [{ verifyNumbers: true }, 'verifyNumbers must be off, reject or drop'],
    [{ verifyNumbers: 'Reject' }, 'verifyNumbers must be off, reject or drop'],
    [{ dailyLimit: 0 }, 'dailyLimit must be a whole number from 1 to 10000'],
    [
      { instancePolicies: { '1101000001': { dailylimit: 5 } } },
      'instancePolicies.1101000001.dailylimit is no such setting',
    ],
    [
      { instancePolicies: '{"1101000001":{"dailyLimit":5}' },
      'instancePolicies must be an object such as {"1101000001":{"intervalSeconds":600}}',
    ],
    [
      { instancePolicies: '{"1101000001":{dailyLimit:5}}' },
      'instancePolicies must be an object such as {"1101000001":{"intervalSeconds":600}}',
    ],
    [
      { alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms.fifo' },
      'alarmTopicArn must be the ARN of a standard SNS topic, such as arn:aws:sns:eu-central-1:123456789012:alarms',
    ],
    [
      { keepData: 'no', logRetentionDays: 'all' },
      'keepData must be true or false; logRetentionDays must be one of 1, 7, 14, 30, 60, 90, 180, 365',
    ],
  ])('%j is refused by its name', (context, fault) => {
    expect(() => readSettings(context)).toThrow(
      new SettingsError(`Wrong settings in the CDK context: ${fault}.`),
    );
  });
});
