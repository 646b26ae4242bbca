import { StorageError } from '../errors.ts';
import type { GroupRequest } from './request.ts';
import type { Service } from './service.ts';
import { type Asker, claimHash, fingerprint, type Wish } from './wish.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** An explicit key must outlive its record, which goes 90 days after it is final. */
const CLAIM_KEEP_MS = 180 * DAY_MS;
/** How long after its end a request without an explicit key still answers for the same wish. */
const FINGERPRINT_BINDS_MS = 15 * MINUTE_MS;
const FOREVER_MS = Number.POSITIVE_INFINITY;
/** Each try is lost only to another execution that moved the same claim in between. */
const CLAIM_TRIES = 5;

/** Which request a wish belongs to. */
export type Claimed =
  /** This execution may serve the request of this id; no record of it exists. */
  | { readonly kind: 'open'; readonly requestId: string }
  /** The wish was made before, and this is the request it became. */
  | { readonly kind: 'bound'; readonly request: GroupRequest }
  /** The Idempotency-Key stands for another wish. */
  | { readonly kind: 'key-reused' };

/**
 * K, and where the wish was claimed before, K′ or K″ (docs/lock-protocol.md, the same request again).
 * @throws StorageError when DynamoDB gives no answer, or the claim is moved by others again and again.
 */
export async function claimRequest(service: Service, wish: Wish, asker: Asker): Promise<Claimed> {
  const { claims, requests } = service;
  const hash = claimHash(wish, asker);
  const nowMs = service.clock.nowMs();
  const fresh = {
    requestId: service.newId(),
    fingerprint: fingerprint(wish, asker),
    expiresAtMs: Math.max(nowMs, wish.notBeforeMs ?? nowMs) + CLAIM_KEEP_MS,
  };
  for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
    const { found } = await claims.claim(hash, fresh);
    if (!found) return { kind: 'open', requestId: fresh.requestId };
    if (found.fingerprint !== fresh.fingerprint) return { kind: 'key-reused' };
    const request = await requests.read(found.requestId);
    if (!request) {
      // A 429 or a crash left the claim without a request: whoever reads it goes on with it.
      const isAdopted = await claims.adopt(hash, found.requestId, fresh.expiresAtMs);
      if (isAdopted) return { kind: 'open', requestId: found.requestId };
    } else if (nowMs < bindsUntilMs(request, asker)) {
      return { kind: 'bound', request };
    } else if (await claims.replace(hash, found, fresh)) {
      return { kind: 'open', requestId: fresh.requestId };
    }
  }
  throw new StorageError('no-answer', 'the same request is being sent by many at once');
}

/** The request that the wish was before, without claiming anything. @throws StorageError */
export async function findClaimed(
  service: Service,
  wish: Wish,
  asker: Asker,
): Promise<GroupRequest | undefined> {
  const claim = await service.claims.read(claimHash(wish, asker));
  if (claim?.fingerprint !== fingerprint(wish, asker)) return undefined;
  const request = await service.requests.read(claim.requestId);
  const isBound = request && service.clock.nowMs() < bindsUntilMs(request, asker);
  return isBound ? request : undefined;
}

/**
 * Until when the same wish sent again is this request. An explicit key holds as long as its record; a mere likeness while the
 * request is open, for a while after its end, and for good where its group may exist unseen.
 */
export function bindsUntilMs(request: GroupRequest, asker: Asker): number {
  const { status, overlimitWindow } = request;
  const mayExistUnseen = overlimitWindow !== undefined && status !== 'cancelled';
  if (asker.idempotencyKey !== undefined || mayExistUnseen) return FOREVER_MS;
  switch (status) {
    case 'created':
    case 'failed':
      return (request.finalAtMs ?? request.updatedAtMs) + FINGERPRINT_BINDS_MS;
    case 'cancelled':
      return 0;
    case 'queued':
    case 'creating':
    case 'confirming':
    case 'unconfirmed':
      return FOREVER_MS;
  }
}
