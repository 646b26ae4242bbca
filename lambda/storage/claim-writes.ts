import type { Claim } from '../creation/request.ts';
import { all, equal, type Item, missing, type Put, type Update } from './table.ts';
import { PARTITION_KEY, TTL_ATTRIBUTE } from './table-layout.ts';

const MS_IN_A_SECOND = 1_000;

export const claimKey = (hash: string): string => `claim#${hash}`;

/** K. */
export function claim(claim: Claim): Put {
  return { item: { ...claim, ...timeToLive(claim.expiresAtMs) }, condition: missing(PARTITION_KEY) };
}

/** K′: whoever reads a claim without a request may go on with it. */
export function adopt(requestId: string, expiresAtMs: number): Update {
  return {
    set: { expiresAtMs, ...timeToLive(expiresAtMs) },
    condition: equal('requestId', requestId),
  };
}

/** K″: `expiresAtMs` serves as the claim's version. */
export function replace(old: Claim, claim: Claim): Put {
  return {
    item: { ...claim, ...timeToLive(claim.expiresAtMs) },
    condition: all(equal('requestId', old.requestId), equal('expiresAtMs', old.expiresAtMs)),
  };
}

function timeToLive(expiresAtMs: number): Item {
  return { [TTL_ATTRIBUTE]: Math.ceil(expiresAtMs / MS_IN_A_SECOND) };
}
