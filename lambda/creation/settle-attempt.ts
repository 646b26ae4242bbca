import type { CreationLock, LockSettlement } from './lock.ts';
import type { Instance } from './ports.ts';
import type { GroupRequest, RequestSettlement } from './request.ts';
import type { Service } from './service.ts';

/** How often R is sent, besides the SDK's own tries, and how long between: an outcome that is known must not be lost. */
const SETTLE_TRIES = 3;
const SETTLE_PAUSE_MS = 1_000;

/** A lock that this execution holds. */
export interface Hold {
  readonly instance: Instance;
  readonly requestId: string;
  readonly attemptId: string;
  readonly acquiredAtMs: number;
  readonly lock: CreationLock;
}

/** `lost`: somebody else serves this request, or it waits no more, and the lock was given back. */
export type AttemptResult =
  | { readonly kind: 'settled'; readonly request: GroupRequest }
  | { readonly kind: 'lost'; readonly found: GroupRequest | undefined };

/** R, and S only after R's definite answer: before, a second attempt could adopt what this one made. */
export async function settleBoth(
  service: Service,
  hold: Hold,
  request: GroupRequest,
  ofRequest: RequestSettlement,
  ofLock: LockSettlement,
): Promise<AttemptResult> {
  try {
    const settled = await tryAgain(service, () =>
      service.requests.settle(request, hold.attemptId, ofRequest),
    );
    await settleHold(service, hold, ofLock);
    return { kind: 'settled', request: settled ?? { ...request, ...ofRequest } };
  } catch (error) {
    reportFailed(service, 'request', hold, error);
    // The caller is told what is known; the record follows by recovery.
    return { kind: 'settled', request: { ...request, ...ofRequest } };
  }
}

/** S or G. Without an answer the lock keeps its bound, which harms nothing but time. */
export async function settleHold(service: Service, hold: Hold, settlement: LockSettlement): Promise<void> {
  try {
    await service.locks.settle(hold.instance.idInstance, hold.attemptId, settlement);
  } catch (error) {
    reportFailed(service, 'lock', hold, error);
  }
}

async function tryAgain<T>({ clock, execution }: Service, write: () => Promise<T>): Promise<T> {
  for (let tries = 1; tries < SETTLE_TRIES; tries += 1) {
    try {
      return await write();
    } catch {
      await clock.sleep(SETTLE_PAUSE_MS, execution.signal);
    }
  }
  return write();
}

function reportFailed(service: Service, what: 'request' | 'lock', hold: Hold, error: unknown) {
  const { requestId, attemptId } = hold;
  service.report({ event: 'settle-failed', what, requestId, attemptId, error });
}
