import * as z from 'zod/mini';
import { SettingsError } from './errors.ts';
import { MIN_INTERVAL_SECONDS } from './pacing/limits.ts';
import { JITTER_PART_OF_INTERVAL } from './pacing/policy.ts';

const WHOLE_SECONDS = /^\d{1,5}$/;
const seconds = z.string().check(z.regex(WHOLE_SECONDS, 'must be whole seconds, 0 to 99999'));

const environment = z.object({
  TABLE_NAME: z.string('is missing').check(z.minLength(1, 'is empty')),
  INSTANCES_SECRET_ID: z.string('is missing').check(z.minLength(1, 'is empty')),
  CALLER_KEYS_SECRET_ID: z.string('is missing').check(z.minLength(1, 'is empty')),
  INTERVAL_SECONDS: z._default(seconds, String(MIN_INTERVAL_SECONDS)),
  JITTER_SECONDS: z.optional(seconds),
  ALLOW_LOOPBACK: z._default(z.enum(['true', 'false'], 'must be true or false'), 'false'),
});

/** What the function is told by its environment. */
export interface Settings {
  readonly tableName: string;
  readonly instancesSecretId: string;
  readonly callerKeysSecretId: string;
  readonly intervalSeconds: number;
  readonly jitterSeconds: number;
  /** Tests and local runs: instances on loopback and no others, and an interval below GREEN-API's minimum. */
  readonly allowLoopback: boolean;
}

/** @throws SettingsError that names each variable and what is wrong with it */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new SettingsError(`wrong environment variables: ${faults.join('; ')}`);
  }
  const { data } = parsed;
  const intervalSeconds = Number(data.INTERVAL_SECONDS);
  const allowLoopback = data.ALLOW_LOOPBACK === 'true';
  if (intervalSeconds < MIN_INTERVAL_SECONDS && !allowLoopback) {
    throw new SettingsError(
      `INTERVAL_SECONDS is ${intervalSeconds}; GREEN-API demands at least ${MIN_INTERVAL_SECONDS} (less only with ALLOW_LOOPBACK=true)`,
    );
  }
  return {
    tableName: data.TABLE_NAME,
    instancesSecretId: data.INSTANCES_SECRET_ID,
    callerKeysSecretId: data.CALLER_KEYS_SECRET_ID,
    intervalSeconds,
    jitterSeconds: Number(data.JITTER_SECONDS ?? intervalSeconds * JITTER_PART_OF_INTERVAL),
    allowLoopback,
  };
}
