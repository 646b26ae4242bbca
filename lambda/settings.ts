import * as z from 'zod/mini';
import type { VerifyNumbers } from './creation/service.ts';
import { SettingsError } from './errors.ts';
import { MIN_INTERVAL_SECONDS } from './pacing/limits.ts';
import type { PacePolicy, PolicyOf } from './pacing/policy.ts';
import {
  activeHours,
  dailyLimit,
  faultsOf,
  instancePolicies,
  intervalSeconds,
  jitterSeconds,
  resolvePolicies,
  timeZone,
  tooFastInstances,
} from './pacing/policy-settings.ts';

const DEFAULT_TIME_ZONE = 'UTC';

/** The setting, for the function's environment and the stack's context alike. */
export const verifyNumbers = z.enum(
  ['off', 'reject', 'drop'] satisfies VerifyNumbers[],
  'must be off, reject or drop',
);

const environment = z.object({
  TABLE_NAME: z.string('is missing').check(z.minLength(1, 'is empty')),
  INSTANCES_SECRET_ID: z.string('is missing').check(z.minLength(1, 'is empty')),
  CALLER_KEYS_SECRET_ID: z.string('is missing').check(z.minLength(1, 'is empty')),
  INTERVAL_SECONDS: z._default(written(intervalSeconds), MIN_INTERVAL_SECONDS),
  JITTER_SECONDS: z.optional(written(jitterSeconds)),
  TIME_ZONE: z._default(timeZone, DEFAULT_TIME_ZONE),
  ACTIVE_HOURS: z.optional(activeHours),
  DAILY_LIMIT: z.optional(written(dailyLimit)),
  INSTANCE_POLICIES: z._default(written(instancePolicies), {}),
  VERIFY_NUMBERS: z._default(verifyNumbers, 'off'),
  ALLOW_LOOPBACK: z._default(z.enum(['true', 'false'], 'must be true or false'), 'false'),
});

/** What the function is told by its environment. */
export interface Settings {
  readonly tableName: string;
  readonly instancesSecretId: string;
  readonly callerKeysSecretId: string;
  /** The pace of an instance without a policy of its own. */
  readonly policy: PacePolicy;
  readonly policyOf: PolicyOf;
  readonly verifyNumbers: VerifyNumbers;
  /** Tests and local runs: instances on loopback and no others, and an interval below GREEN-API's minimum. */
  readonly allowLoopback: boolean;
}

/** @throws SettingsError that names each variable and what is wrong with it */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success)
    throw new SettingsError(`wrong environment variables: ${faultsOf(parsed.error).join('; ')}`);
  const { data } = parsed;
  const allowLoopback = data.ALLOW_LOOPBACK === 'true';
  if (!allowLoopback) demandMinimum(data.INTERVAL_SECONDS, tooFastInstances(data.INSTANCE_POLICIES));
  return {
    tableName: data.TABLE_NAME,
    instancesSecretId: data.INSTANCES_SECRET_ID,
    callerKeysSecretId: data.CALLER_KEYS_SECRET_ID,
    ...resolvePolicies({
      intervalSeconds: data.INTERVAL_SECONDS,
      jitterSeconds: data.JITTER_SECONDS,
      timeZone: data.TIME_ZONE,
      activeHours: data.ACTIVE_HOURS,
      dailyLimit: data.DAILY_LIMIT,
      instancePolicies: data.INSTANCE_POLICIES,
    }),
    verifyNumbers: data.VERIFY_NUMBERS,
    allowLoopback,
  };
}

function demandMinimum(seconds: number, tooFast: readonly string[]): void {
  const names = [
    ...(seconds < MIN_INTERVAL_SECONDS ? ['INTERVAL_SECONDS'] : []),
    ...tooFast.map((idInstance) => `INSTANCE_POLICIES.${idInstance}.intervalSeconds`),
  ];
  if (names.length > 0)
    throw new SettingsError(
      `wrong environment variables: ${names.join(' and ')} must be at least ${MIN_INTERVAL_SECONDS}, as GREEN-API demands (less only with ALLOW_LOOPBACK=true)`,
    );
}

/** A number or an object that is written in a variable, as JSON. */
function written<T>(schema: z.ZodMiniType<T>) {
  const json = z.pipe(
    z.string(),
    z.transform((text: string): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        // Not JSON: the schema says what it should be.
        return undefined;
      }
    }),
  );
  return z.pipe(json, schema);
}
