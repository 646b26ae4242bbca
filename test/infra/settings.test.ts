import { describe, expect, it } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { SettingsError } from '../../lambda/errors.ts';

const DEFAULTS = {
  intervalSeconds: 300,
  jitterSeconds: 60,
  allowLoopback: false,
  throttlingRatePerSecond: 10,
  throttlingBurst: 20,
  keepData: true,
  logRetentionDays: 30,
};

describe('the settings of a deployment', () => {
  it('have a default each', () => {
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
      throttlingRatePerSecond: 1,
      throttlingBurst: 5_000,
      keepData: false,
      logRetentionDays: 365,
    };
    const strings = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    expect(readSettings(values)).toEqual(values);
    expect(readSettings(strings)).toEqual(values);
  });

  it('draw the jitter from a fifth of the interval, in whole seconds', () => {
    expect(readSettings({ intervalSeconds: 604 }).jitterSeconds).toBe(120);
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
    [{ intervalSecond: 600 }, 'intervalSecond: no such setting'],
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
