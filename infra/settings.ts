import * as z from 'zod/mini';
import type { VerifyNumbers } from '../lambda/creation/service.ts';
import { SettingsError } from '../lambda/errors.ts';
import { MIN_INTERVAL_SECONDS } from '../lambda/pacing/limits.ts';
import {
  activeHours,
  dailyLimit,
  faultsOf,
  type InstancePolicies,
  instancePolicies,
  intervalSeconds,
  jitterSeconds,
  timeZone,
  tooFastInstances,
} from '../lambda/pacing/policy-settings.ts';
import { verifyNumbers } from '../lambda/settings.ts';
import { callByName, type ScheduleSettings, schedules } from './schedule-settings.ts';

/** What can be set for a deployment: in cdk.json's `context`, or by `cdk deploy -c name=value`. */
export interface Settings {
  /** Seconds between two creations on one instance. 300 unless set; less only with `allowLoopback`. */
  readonly intervalSeconds: number;
  /** Up to so many seconds are added to the interval at random. A fifth of the interval unless set. */
  readonly jitterSeconds?: number | undefined;
  /** Whose clock active hours and days are told by. UTC unless set. */
  readonly timeZone?: string | undefined;
  /** When groups may be created, such as `mon-fri 09:00-20:00`. Always unless set. */
  readonly activeHours?: string | undefined;
  /** How many attempts an instance has a day. No limit unless set. */
  readonly dailyLimit?: number | undefined;
  /** What instances have otherwise than the rest, by idInstance: `{"1101000001":{"dailyLimit":10}}`. */
  readonly instancePolicies?: InstancePolicies | undefined;
  /**
   * What becomes of members whose numbers are not on WhatsApp: `reject` refuses the request, `drop` leaves them out. GREEN-API is asked
   * about each new number first, within its quota. Nobody asks (`off`) unless set.
   */
  readonly verifyNumbers?: VerifyNumbers | undefined;
  /** Groups that are created again and again. */
  readonly schedules: readonly ScheduleSettings[];
  /** The SNS topic that hears of events that could not be delivered. Nobody does unless set. */
  readonly alarmTopicArn?: string | undefined;
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

/**
 * The policies of instances are one of the function's environment variables, all of which have room in 4 KB (AWS docs,
 * "Lambda quotas"); the others may become 1.8 KB long.
 */
export const MAX_INSTANCE_POLICIES_BYTES = 2_000;
/** The days can be written at any length. */
const MAX_ACTIVE_HOURS_LENGTH = 100;
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

/** CloudWatch takes no FIFO topics (AWS docs, "Using Amazon CloudWatch alarms"). */
const TOPIC_ARN = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const TOPIC_RULE =
  'must be the ARN of a standard SNS topic, such as arn:aws:sns:eu-central-1:123456789012:alarms';

const schema = z.strictObject({
  intervalSeconds: z._default(intervalSeconds, MIN_INTERVAL_SECONDS),
  jitterSeconds: z.optional(jitterSeconds),
  timeZone: z.optional(timeZone),
  activeHours: z.optional(
    activeHours.check(
      z.maxLength(MAX_ACTIVE_HOURS_LENGTH, `must have at most ${MAX_ACTIVE_HOURS_LENGTH} characters`),
    ),
  ),
  dailyLimit: z.optional(dailyLimit),
  instancePolicies: z.optional(
    instancePolicies.check(({ value, issues }) => {
      const bytes = Buffer.byteLength(JSON.stringify(value));
      if (bytes > MAX_INSTANCE_POLICIES_BYTES)
        issues.push({ code: 'custom', input: value, message: tooManyPolicies(bytes) });
    }),
  ),
  verifyNumbers: z.optional(verifyNumbers),
  schedules: z._default(schedules, []),
  alarmTopicArn: z.optional(z.string(TOPIC_RULE).check(z.regex(TOPIC_ARN, TOPIC_RULE))),
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
  const own = ownContext(context);
  const parsed = schema.safeParse(own);
  if (!parsed.success) {
    const issues = callByName(parsed.error.issues, own['schedules']);
    throw wrong(faultsOf(new z.core.$ZodError(issues)));
  }
  const settings = parsed.data;
  const tooFast = settings.allowLoopback ? [] : belowMinimum(settings);
  if (tooFast.length > 0) {
    throw wrong([
      `${tooFast.join(' and ')} must be at least ${MIN_INTERVAL_SECONDS}, as GREEN-API demands; only with allowLoopback may it be less`,
    ]);
  }
  return settings;
}

function belowMinimum(settings: z.infer<typeof schema>): readonly string[] {
  const instances = tooFastInstances(settings.instancePolicies ?? {});
  return [
    ...(settings.intervalSeconds < MIN_INTERVAL_SECONDS ? ['intervalSeconds'] : []),
    ...instances.map((idInstance) => `instancePolicies.${idInstance}.intervalSeconds`),
  ];
}

function wrong(faults: readonly string[]): SettingsError {
  return new SettingsError(`Wrong settings in the CDK context: ${faults.join('; ')}.`);
}

function tooManyPolicies(bytes: number): string {
  return `has ${bytes} bytes as JSON; the function's environment has room for ${MAX_INSTANCE_POLICIES_BYTES}: set for all what most have in common, and here only the exceptions`;
}

/** The CDK's keys hold a colon, a slash or a hyphen; ours are plain words, so a misspelt one is found. */
const PLAIN_WORD = /^[A-Za-z]+$/;

function ownContext(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = Object.entries(context).filter(([name]) => PLAIN_WORD.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, fromCommandLine(value)]));
}

/** `-c name=value` gives strings only: numbers, flags, lists and objects come as JSON. */
const JSON_VALUE = /^(true|false|0|[1-9][0-9]*|\[.*\]|\{.*\})$/s;

function fromCommandLine(value: unknown): unknown {
  if (typeof value !== 'string' || !JSON_VALUE.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON after all: its check says what it should be.
    return value;
  }
}

function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int(error).check(z.minimum(from, error), z.maximum(to, error));
}

function flag() {
  return z.boolean('must be true or false');
}
