import { createHash } from 'node:crypto';
import type { GroupContent } from './ports.ts';

/** What a caller asks for, checked and normalised. */
export interface Wish extends GroupContent {
  /** An idInstance, or `any`. */
  readonly wanted: string;
  /** Only what waits may be for later. */
  readonly notBeforeMs?: number;
}

/** Who asks: the name of the key, never its value, so that rotating a key doubles nothing. */
export interface Asker {
  readonly keyName: string;
  readonly idempotencyKey?: string;
}

/** A digest of all that must be the same when a claim is used again; the order of the members is not. */
export function fingerprint(wish: Wish, { idempotencyKey }: Asker): string {
  // Without a key of their own, wishes for the same group at different times are the same wish.
  const isForLater = idempotencyKey !== undefined && wish.notBeforeMs !== undefined;
  return isForLater ? digest([...likeness(wish), wish.notBeforeMs]) : digest(likeness(wish));
}

function likeness(wish: Wish): readonly unknown[] {
  return ['wish', wish.wanted, wish.groupName, wish.chatIds.toSorted()];
}

/** Under which claim this asker's wish stands: that of the Idempotency-Key, or of the wish itself. */
export function claimHash(wish: Wish, asker: Asker): string {
  return asker.idempotencyKey === undefined
    ? digest(['by-wish', asker.keyName, digest(likeness(wish))])
    : digest(['by-key', asker.keyName, asker.idempotencyKey]);
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
