import type { CreationLock } from '../../lambda/creation/lock.ts';
import type { AcquireWish } from '../../lambda/creation/ports.ts';
import type { Claim, GroupRequest } from '../../lambda/creation/request.ts';

export function acquireWish(
  idInstance: string,
  attemptId: string,
  nowMs: number,
  boundMs: number,
): AcquireWish {
  return {
    idInstance,
    attemptId,
    requestId: `request-${attemptId}`,
    nowMs,
    boundMs,
    day: '1970-01-01',
    dailyLimit: undefined,
  };
}

export function aClaim(requestId: string): Claim {
  return { requestId, fingerprint: 'f', expiresAtMs: 1_000 };
}

export function aRequest(id: string, attemptId: string): GroupRequest {
  return {
    id,
    groupName: 'Class 5b',
    chatIds: ['79001234568@c.us'],
    wanted: 'any',
    mode: 'sync',
    placeMs: 1_000,
    askedBy: 'default',
    createdAtMs: 1_000,
    status: 'creating',
    version: 1,
    updatedAtMs: 1_000,
    attemptId,
    idInstance: '1101000001',
    window: { startMs: 1_000, endMs: 2_000 },
    lookups: 0,
    watchAtMs: 60_000,
  };
}

/** A lock less what is set only while an attempt holds it. */
export function holdOf(lock: CreationLock): { readonly without: Partial<CreationLock> } {
  const { attemptId: _attemptId, requestId: _requestId, acquiredAtMs: _acquiredAtMs, ...without } = lock;
  return { without };
}
