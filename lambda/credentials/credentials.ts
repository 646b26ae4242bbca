import type { Clock, Instances } from '../creation/ports.ts';
import { cacheSecret } from './cached-secret.ts';
import { digestKeys, nameOfKey } from './caller-keys.ts';
import { parseCallerKeys } from './parse-caller-keys.ts';
import { parseInstances } from './parse-instances.ts';
import type { ReadSecret } from './secrets-manager.ts';

export interface CredentialsSettings {
  readonly readSecret: ReadSecret;
  /** Names or ARNs in Secrets Manager. */
  readonly instancesSecretId: string;
  readonly callerKeysSecretId: string;
  /** Tests and local runs: instances on loopback, and nothing else. */
  readonly allowLoopback: boolean;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface Credentials {
  readonly instances: Instances;
  /** The name of a caller's key; undefined when nobody has it. A new key is found at once, or 30 s after the last unknown one. Throws SecretError. */
  callerName(presentedKey: string): Promise<string | undefined>;
}

/** What the two secrets hold: GREEN-API's instances and the callers' keys. */
export function createCredentials(settings: CredentialsSettings): Credentials {
  const { readSecret, instancesSecretId, callerKeysSecretId, allowLoopback, clock } = settings;

  const instances = cacheSecret(
    async () =>
      parseInstances(await readSecret(instancesSecretId), { secretName: instancesSecretId, allowLoopback }),
    clock,
  );
  const callerKeys = cacheSecret(
    async () => digestKeys(parseCallerKeys(await readSecret(callerKeysSecretId), callerKeysSecretId)),
    clock,
  );

  return {
    instances: { list: instances.get, listAfresh: instances.getAfresh },
    callerName: async (presentedKey) =>
      nameOfKey(await callerKeys.get(), presentedKey) ??
      nameOfKey(await callerKeys.getAfresh(), presentedKey),
  };
}
