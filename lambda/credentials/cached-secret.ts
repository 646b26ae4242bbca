import type { Clock } from '../creation/ports.ts';
import { SecretError } from '../errors.ts';

export const CACHE_MS = 5 * 60_000;
/** Between two reads that were asked for before the cache was old; also how long a wrong value is kept, so that a mended one is seen soon. */
export const REREAD_MS = 30_000;

/** A secret's value, read seldom. Both methods throw what `load` throws. */
export interface CachedSecret<T> {
  get(): Promise<T>;
  /** Reads once more, or returns what is cached if the last try was less than 30 s ago. */
  getAfresh(): Promise<T>;
}

/** What the secret held when it was read: a value, or a fault that the next read may find mended. */
type Held<T> = { readonly readAtMs: number } & ({ readonly value: T } | { readonly fault: SecretError });

/**
 * Caches what `load` returns. Readers that come while it is being read share that read. A secret that could not be read
 * (SecretError `unavailable`) leaves the cache as it was.
 * @param load reads and parses the secret; throws SecretError.
 */
export function cacheSecret<T>(load: () => Promise<T>, clock: Pick<Clock, 'nowMs'>): CachedSecret<T> {
  let held: Held<T> | undefined;
  let triedAtMs = Number.NEGATIVE_INFINITY;
  let reading: Promise<T> | undefined;

  const isKept = (secret: Held<T>): boolean =>
    clock.nowMs() - secret.readAtMs < ('fault' in secret ? REREAD_MS : CACHE_MS);

  const read = async (): Promise<T> => {
    const readAtMs = clock.nowMs();
    triedAtMs = readAtMs;
    try {
      const value = await load();
      held = { readAtMs, value };
      return value;
    } catch (error) {
      if (error instanceof SecretError && error.kind !== 'unavailable') held = { readAtMs, fault: error };
      throw error;
    }
  };

  const readShared = (): Promise<T> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  const get = async (): Promise<T> => (held && isKept(held) ? unwrap(held) : readShared());
  const getAfresh = async (): Promise<T> =>
    reading ?? (clock.nowMs() - triedAtMs < REREAD_MS ? get() : readShared());
  return { get, getAfresh };
}

function unwrap<T>(held: Held<T>): T {
  if ('fault' in held) throw held.fault;
  return held.value;
}
