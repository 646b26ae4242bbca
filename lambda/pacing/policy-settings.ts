import * as z from 'zod/mini';
import { SettingsError } from '../errors.ts';
import { type ActiveHours, isTimeZone, parseActiveHours } from './active-hours.ts';
import { MIN_INTERVAL_SECONDS } from './limits.ts';
import { JITTER_PART_OF_INTERVAL, type PacePolicy, type PolicyOf } from './policy.ts';

export const MAX_INTERVAL_SECONDS = 86_400;
export const MAX_DAILY_LIMIT = 10_000;
/** GREEN-API docs: 10 digits, 12 since July 2026; the length is no part of its contract. */
const ID_INSTANCE = /^\d{1,20}$/;

const ZONE_RULE = 'must be a time zone by its IANA name, such as "Europe/Moscow" or "UTC"';

/** The settings of a pace, one by one, for the function's environment and the stack's context alike. */
export const intervalSeconds = wholeNumber(1, MAX_INTERVAL_SECONDS);
export const jitterSeconds = wholeNumber(0, MAX_INTERVAL_SECONDS);
export const timeZone = z.string(ZONE_RULE).check(z.refine(isTimeZone, ZONE_RULE));
export const dailyLimit = wholeNumber(1, MAX_DAILY_LIMIT);
export const activeHours = z
  .string('must be a text such as "mon-fri 09:00-20:00"')
  .check(({ value, issues }) => {
    const parsed = parseActiveHours(value);
    if ('fault' in parsed) issues.push({ code: 'custom', input: value, message: parsed.fault });
  });

/** What an instance has otherwise than the rest. `null` frees it from active hours or a daily limit that the rest has. */
const instancePolicy = z.strictObject(
  {
    intervalSeconds: z.optional(intervalSeconds),
    jitterSeconds: z.optional(jitterSeconds),
    timeZone: z.optional(timeZone),
    activeHours: z.optional(z.nullable(activeHours)),
    dailyLimit: z.optional(z.nullable(dailyLimit)),
  },
  'must be an object with any of intervalSeconds, jitterSeconds, timeZone, activeHours, dailyLimit',
);

/** Policies by idInstance: `{"1101000001":{"intervalSeconds":600,"activeHours":"mon-fri 09:00-20:00","dailyLimit":null}}`. */
export const instancePolicies = z.record(
  z.string().check(z.regex(ID_INSTANCE, 'is not the number of an instance, 1 to 20 digits')),
  instancePolicy,
  'must be an object such as {"1101000001":{"intervalSeconds":600}}',
);

export type InstancePolicies = z.infer<typeof instancePolicies>;

/** The checked settings of the pace, as they are written. */
export interface PaceSettings {
  readonly intervalSeconds: number;
  readonly jitterSeconds?: number | undefined;
  readonly timeZone: string;
  readonly activeHours?: string | undefined;
  readonly dailyLimit?: number | undefined;
  readonly instancePolicies: InstancePolicies;
}

/**
 * The pace of instances without a policy of their own, and of each. The jitter is the instance's own, else the one set for all,
 * else a part of the instance's interval.
 * @throws SettingsError for active hours that were not checked
 */
export function resolvePolicies(settings: PaceSettings): {
  readonly policy: PacePolicy;
  readonly policyOf: PolicyOf;
} {
  const policy = policyFrom(settings, {});
  const policies = new Map<string, PacePolicy>();
  for (const [idInstance, own] of Object.entries(settings.instancePolicies))
    policies.set(idInstance, policyFrom(settings, own));
  return { policy, policyOf: (idInstance) => policies.get(idInstance) ?? policy };
}

/** The instances whose own interval is below GREEN-API's documented minimum: to be refused, but on loopback. */
export function tooFastInstances(policies: InstancePolicies): readonly string[] {
  return Object.entries(policies)
    .filter(([, differing]) => (differing.intervalSeconds ?? MIN_INTERVAL_SECONDS) < MIN_INTERVAL_SECONDS)
    .map(([idInstance]) => idInstance);
}

/** What is wrong, setting by setting, as `instancePolicies.1101000001.dailyLimit must be …`; unknown settings are named. */
export function faultsOf({ issues }: z.core.$ZodError): readonly string[] {
  return issues.flatMap((issue) => {
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => `${[...issue.path, key].join('.')} is no such setting`);
      case 'invalid_key':
        return issue.issues.map(({ message }) => `${issue.path.join('.')} ${message}`);
      default:
        return [`${issue.path.join('.')} ${issue.message}`];
    }
  });
}

function policyFrom(general: PaceSettings, own: z.infer<typeof instancePolicy>): PacePolicy {
  const seconds = own.intervalSeconds ?? general.intervalSeconds;
  const hours = unlessFreed(own.activeHours, general.activeHours);
  const limit = unlessFreed(own.dailyLimit, general.dailyLimit);
  return {
    intervalSeconds: seconds,
    jitterSeconds: own.jitterSeconds ?? general.jitterSeconds ?? seconds * JITTER_PART_OF_INTERVAL,
    timeZone: own.timeZone ?? general.timeZone,
    ...(hours !== undefined && { activeHours: checkedHours(hours) }),
    ...(limit !== undefined && { dailyLimit: limit }),
  };
}

function unlessFreed<T>(own: T | null | undefined, general: T | undefined): T | undefined {
  return own === null ? undefined : (own ?? general);
}

function checkedHours(text: string): ActiveHours {
  const parsed = parseActiveHours(text);
  if ('fault' in parsed) throw new SettingsError(`activeHours ${parsed.fault}`);
  return parsed.hours;
}

function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int(error).check(z.minimum(from, error), z.maximum(to, error));
}
