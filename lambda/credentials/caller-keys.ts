import { createHash, timingSafeEqual } from 'node:crypto';

/** A caller's key as it is kept: only its digest. */
export interface CallerKey {
  readonly name: string;
  readonly digest: Buffer;
}

export function digestKeys(keys: ReadonlyMap<string, string>): readonly CallerKey[] {
  return [...keys].map(([name, key]) => ({ name, digest: digestOf(key) }));
}

/**
 * The name of the key that was presented. Takes as long for a right key as for a wrong one: digests of one length are
 * compared in constant time, and all of them are compared.
 */
export function nameOfKey(keys: readonly CallerKey[], presentedKey: string): string | undefined {
  const presented = digestOf(presentedKey);
  let found: string | undefined;
  for (const { name, digest } of keys) {
    if (timingSafeEqual(digest, presented)) found = name;
  }
  return found;
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
