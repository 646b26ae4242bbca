import * as z from 'zod/mini';
import { SettingsError } from '../lambda/errors.ts';
import { MIN_INTERVAL_SECONDS } from '../lambda/pacing/limits.ts';
import { JITTER_PART_OF_INTERVAL } from '../lambda/pacing/policy.ts';

/** What can be set for a deployment: in cdk.json's `context`, or by `cdk deploy -c name=value`. */
export interface Settings {
  /** Seconds between two creations on one instance. 300 unless set; less only with `allowLoopback`. */
  readonly intervalSeconds: number;
  /** Up to so many seconds are added to the interval at random. A fifth of the interval unless set. */
  readonly jitterSeconds: number;
  /** For tests: the function calls GREEN-API on loopback, and nowhere else. */
  readonly allowLoopback: boolean;
  /** Requests a second that the gateway lets through, all callers together. */
  readonly throttlingRatePerSecond: number;
  /** How many requests at once the gateway lets through before the rate counts. */
  readonly throttlingBurst: number;
  /** Table, secrets and logs outlive the stack, and the table cannot be deleted. False only for throwaway stacks. */
  readonly keepData: boolean;
  readonly logRetentionDays: number;
}

const MAX_INTERVAL_SECONDS = 86_400;
/** API Gateway's own default quotas for one account and region: more could not be had. */
const MAX_THROTTLING_RATE_PER_SECOND = 10_000;
const MAX_THROTTLING_BURST = 5_000;
/** Some of the terms that CloudWatch Logs knows; it takes no others. */
const LOG_RETENTION_DAYS = [1, 7, 14, 30, 60, 90, 180, 365] as const;

/**
 * A creation or a caller who waits for one in flight holds an execution for 20 s, at worst for about 90 s (a wait of
 * 20 s, then a call of 70 s). Ten new ones a second are then at most 900 at once, which leaves room in the 1,000 that
 * an AWS account has by default (new accounts may have fewer). It is far more than people need: an instance creates 12 groups an hour.
 */
const DEFAULT_THROTTLING_RATE_PER_SECOND = 10;
/** Two seconds' worth: a page that asks for many things at once is served, a flood is not. */
const DEFAULT_THROTTLING_BURST = 20;
/** Long enough to look into a complaint, short enough for data about people. */
const DEFAULT_LOG_RETENTION_DAYS = 30;

const schema = z.strictObject({
  intervalSeconds: z._default(wholeNumber(1, MAX_INTERVAL_SECONDS), MIN_INTERVAL_SECONDS),
  jitterSeconds: z.optional(wholeNumber(0, MAX_INTERVAL_SECONDS)),
  allowLoopback: z._default(flag(), false),
  throttlingRatePerSecond: z._default(
    wholeNumber(1, MAX_THROTTLING_RATE_PER_SECOND),
    DEFAULT_THROTTLING_RATE_PER_SECOND,
  ),
  throttlingBurst: z._default(wholeNumber(1, MAX_THROTTLING_BURST), DEFAULT_THROTTLING_BURST),
  keepData: z._default(flag(), true),
  logRetentionDays: z._default(
    z.literal(LOG_RETENTION_DAYS, `must be one of ${LOG_RETENTION_DAYS.join(', ')}`),
    DEFAULT_LOG_RETENTION_DAYS,
  ),
});

/**
 * Reads the settings from the CDK context. Keys of the CDK's own, which are no plain words, are left alone.
 * @throws SettingsError that names each wrong setting.
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const parsed = schema.safeParse(ownContext(context));
  if (!parsed.success) {
    throw new SettingsError(
      `Wrong settings in the CDK context: ${parsed.error.issues.map(describe).join('; ')}.`,
    );
  }
  const { jitterSeconds, ...settings } = parsed.data;
  if (settings.intervalSeconds < MIN_INTERVAL_SECONDS && !settings.allowLoopback) {
    throw new SettingsError(
      `Wrong settings in the CDK context: intervalSeconds must be at least ${MIN_INTERVAL_SECONDS}, as GREEN-API demands; only with allowLoopback may it be less.`,
    );
  }
  return {
    ...settings,
    jitterSeconds: jitterSeconds ?? Math.floor(settings.intervalSeconds * JITTER_PART_OF_INTERVAL),
  };
}

/** The CDK's keys hold a colon, a slash or a hyphen; ours are plain words, so a misspelt one is found. */
const PLAIN_WORD = /^[A-Za-z]+$/;

function ownContext(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = Object.entries(context).filter(([name]) => PLAIN_WORD.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, fromCommandLine(value)]));
}

/** `-c name=value` gives strings only. */
const LITERAL = /^(true|false|0|[1-9][0-9]*)$/;

function fromCommandLine(value: unknown): unknown {
  return typeof value === 'string' && LITERAL.test(value) ? JSON.parse(value) : value;
}

function describe(issue: z.core.$ZodIssue): string {
  return issue.code === 'unrecognized_keys'
    ? `${issue.keys.join(', ')}: no such setting`
    : `${issue.path.join('.')} ${issue.message}`;
}

function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int(error).check(z.minimum(from, error), z.maximum(to, error));
}

function flag() {
  return z.boolean('must be true or false');
}
