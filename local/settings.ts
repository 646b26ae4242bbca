import * as z from 'zod/mini';
import { parseInstances } from '../lambda/credentials/parse-instances.ts';
import { SecretError, SettingsError } from '../lambda/errors.ts';

const DEFAULT_KEY = 'local-key';
const MAX_PORT = 65_535;

const environment = z.object({
  PORT: z._default(z.string().check(z.regex(/^\d{1,5}$/, 'must be a port, 0 to 65535')), '3000'),
  DATA_DIR: z._default(z.string().check(z.minLength(1, 'is empty')), '.data'),
  API_KEY: z._default(
    z.string().check(z.regex(/^[\x21-\x7e]{8,256}$/, 'must have 8 to 256 characters of ASCII, no spaces')),
    DEFAULT_KEY,
  ),
  GREEN_API_INSTANCES: z.optional(z.string()),
  GREEN_API_ALLOW_LOOPBACK: z.optional(z.enum(['true', 'false'], 'must be true or false')),
});

/** The function's own settings: it says itself what is wrong with them. */
const OF_FUNCTION = [
  'INTERVAL_SECONDS',
  'JITTER_SECONDS',
  'TIME_ZONE',
  'ACTIVE_HOURS',
  'DAILY_LIMIT',
  'INSTANCE_POLICIES',
  'VERIFY_NUMBERS',
] as const;

/** What `npm start` is told by its environment; every setting is optional. */
export interface LocalSettings {
  readonly port: number;
  readonly dataDir: string;
  readonly apiKey: string;
  readonly isDefaultKey: boolean;
  /** The instances secret; without it the simulator stands in for GREEN-API. */
  readonly instancesJson: string | undefined;
  readonly allowLoopback: boolean;
  /** The function's own settings, handed on to it as they are. */
  readonly ofFunction: Readonly<Record<string, string>>;
}

/** @throws SettingsError or SecretError that names what is wrong, and shows no value */
export function readLocalSettings(variables: NodeJS.ProcessEnv): LocalSettings {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    throw new SettingsError(faults.join('; '));
  }
  const { data } = parsed;
  const port = Number(data.PORT);
  if (port > MAX_PORT) throw new SettingsError('PORT must be a port, 0 to 65535');
  const instancesJson = data.GREEN_API_INSTANCES;
  const allowLoopback =
    data.GREEN_API_ALLOW_LOOPBACK === undefined
      ? instancesJson === undefined
      : data.GREEN_API_ALLOW_LOOPBACK === 'true';
  // Told now rather than with the first call.
  if (instancesJson !== undefined) checkInstances(instancesJson, allowLoopback);
  return {
    port,
    dataDir: data.DATA_DIR,
    apiKey: data.API_KEY,
    isDefaultKey: data.API_KEY === DEFAULT_KEY,
    instancesJson,
    allowLoopback,
    ofFunction: Object.fromEntries(
      OF_FUNCTION.flatMap((name) => {
        const value = variables[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

function checkInstances(instancesJson: string, allowLoopback: boolean): void {
  try {
    parseInstances(instancesJson, { secretName: 'GREEN_API_INSTANCES', allowLoopback });
  } catch (error) {
    if (!(error instanceof SecretError) || error.kind !== 'unfilled') throw error;
    throw new SettingsError('GREEN_API_INSTANCES holds no instance; leave it out to use the simulator');
  }
}
