import { createHash } from 'node:crypto';
import type { GroupContent } from './ports.ts';

/** What a caller asks for, checked and normalised. */
export interface Wish extends GroupContent {
  /** An idInstance, or `any`. */
  readonly wanted: string;
}

/** Who asks: the name of the key, never its value, so that rotating a key doubles nothing. */
export interface Asker {
  readonly keyName: string;
  readonly idempotencyKey?: string;
}

/** A digest of all that makes two wishes the same; the order of the members does not. */
export function fingerprint(wish: Wish): string {
  return digest(['wish', wish.wanted, wish.groupName, wish.chatIds.toSorted()]);
}

/** Under which claim this asker's wish stands: that of the Idempotency-Key, or of the wish itself. */
export function claimHash(wish: Wish, asker: Asker): string {
  return asker.idempotencyKey === undefined
    ? digest(['by-wish', asker.keyName, fingerprint(wish)])
    : digest(['by-key', asker.keyName, asker.idempotencyKey]);
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
