import { CALL_TIMEOUT_MS, ENGINE_MS, SETTLE_RESERVE_MS } from '../pacing/limits.ts';
import { type PacePolicy, surelyDeadMs } from '../pacing/policy.ts';
import type { CreationLock, LockSettlement } from './lock.ts';
import { giveBack, settleLock } from './lock-settlement.ts';
import type { Outcome } from './outcome.ts';
import type { Instance } from './ports.ts';
import type { GroupRequest, Place, RequestMode, RequestSettlement, RequestTaking } from './request.ts';
import { settleRequest, settleUnsent } from './request-settlement.ts';
import type { Service } from './service.ts';
import type { Wish } from './wish.ts';

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

/** A request that an attempt is to serve without having waited in the queue: new, or a failed one that runs again. */
export interface Serving {
  readonly requestId: string;
  readonly wish: Wish;
  readonly askedBy: string;
  readonly mode: RequestMode;
  /** The failed request as it was read, where it runs again. */
  readonly rerunOf: GroupRequest | undefined;
}

/** `lost`: somebody else serves this request, or it waits no more, and the lock was given back. */
export type AttemptResult =
  | { readonly kind: 'settled'; readonly request: GroupRequest }
  | { readonly kind: 'lost'; readonly found: GroupRequest | undefined };

/**
 * P → does a call fit? → POST → R → S, by an execution that holds the lock.
 * @throws StorageError when P has no answer: no POST then and no give-back, the bounds of both items repair it.
 */
export async function attemptNew(service: Service, hold: Hold, serving: Serving): Promise<AttemptResult> {
  const { mode, rerunOf } = serving;
  const request = {
    ...newRequest(serving, hold.acquiredAtMs),
    // What runs again at once keeps its place.
    placeMs: rerunOf?.placeMs ?? hold.acquiredAtMs,
    mode,
    status: 'creating' as const,
    ...takingOf(service, hold),
  };
  const written = await service.requests.put(request, rerunOf);
  return written.applied ? send(service, hold, request) : lose(service, hold, written.request);
}

/**
 * The record, read consistently → T → does a call fit? → POST → R → S, by an execution that holds the lock for the head of a queue.
 * @throws StorageError when T has no answer, as for P
 */
export async function attemptQueued(
  service: Service,
  hold: Hold,
  { id, placeMs }: Place,
): Promise<AttemptResult> {
  const request = await service.requests.read(id);
  // The index is a hint: what it shows may have been served, cancelled, or have gone to another place.
  if (request?.status !== 'queued' || request.placeMs !== placeMs) return lose(service, hold, request);
  const written = await service.requests.take(request, takingOf(service, hold));
  return written.applied ? send(service, hold, written.request) : lose(service, hold, written.request);
}

/** The record of a wish that is asked for now; of one that runs again, what must not change is kept. */
export function newRequest(
  { requestId, wish, askedBy, rerunOf }: Omit<Serving, 'mode'>,
  nowMs: number,
): Omit<GroupRequest, 'status' | 'mode' | 'placeMs'> {
  return {
    id: requestId,
    groupName: wish.groupName,
    chatIds: wish.chatIds,
    wanted: wish.wanted,
    ...(wish.notBeforeMs !== undefined && { notBeforeMs: wish.notBeforeMs }),
    askedBy: rerunOf?.askedBy ?? askedBy,
    createdAtMs: rerunOf?.createdAtMs ?? nowMs,
    version: (rerunOf?.version ?? 0) + 1,
    updatedAtMs: nowMs,
    lookups: 0,
  };
}

function takingOf({ execution }: Service, { attemptId, instance, acquiredAtMs }: Hold): RequestTaking {
  const { deadlineMs } = execution;
  return {
    attemptId,
    idInstance: instance.idInstance,
    window: { startMs: acquiredAtMs, endMs: deadlineMs + ENGINE_MS },
    watchAtMs: surelyDeadMs(deadlineMs),
    updatedAtMs: acquiredAtMs,
  };
}

async function lose(service: Service, hold: Hold, found: GroupRequest | undefined): Promise<AttemptResult> {
  await settleHold(service, hold, giveBack(policyOf(service, hold), hold.lock, hold.acquiredAtMs));
  return { kind: 'lost', found };
}

/** The one POST, or none if no whole call fits any more, and what follows from it. */
async function send(service: Service, hold: Hold, request: GroupRequest): Promise<AttemptResult> {
  const policy = policyOf(service, hold);
  if (!fits(service, CALL_TIMEOUT_MS + SETTLE_RESERVE_MS)) {
    const unsent = settleUnsent(request, service.clock.nowMs());
    return settleBoth(service, hold, request, unsent, giveBack(policy, hold.lock, hold.acquiredAtMs));
  }
  const startedAtMs = service.clock.nowMs();
  const answered = await service.creator.createGroup(hold.instance, request, {
    // Asked in the same tick in which the first byte is written: a frozen execution must not wake up and send.
    mayStillSend: () => fits(service, CALL_TIMEOUT_MS),
    signal: service.execution.signal,
  });
  const endedAtMs = service.clock.nowMs();
  const outcome = await withTokenChecked(service, hold, answered);
  reportEnd(service, hold, request, outcome, endedAtMs - startedAtMs);
  const { lock, acquiredAtMs } = hold;
  return settleBoth(
    service,
    hold,
    request,
    settleRequest(request, outcome, endedAtMs),
    settleLock(policy, service.random, { lock, acquiredAtMs, outcome, endedAtMs }),
  );
}

function policyOf(service: Service, { instance }: Hold): PacePolicy {
  return service.policyOf(instance.idInstance);
}

function fits({ clock, execution }: Service, neededMs: number): boolean {
  return !execution.signal.aborted && clock.nowMs() + neededMs <= execution.deadlineMs;
}

/** After a 401 the secret is read once more: with another token in it the instance is not at fault, and a new attempt may follow at once. */
async function withTokenChecked(service: Service, { instance }: Hold, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'blocked' || outcome.cause !== 'token-rejected') return outcome;
  const instances = await service.instances.listAfresh().catch((error: unknown) => {
    service.report({ event: 'secret-not-read', idInstance: instance.idInstance, error });
    return [];
  });
  const now = instances.find(({ idInstance }) => idInstance === instance.idInstance);
  if (now === undefined || now.apiTokenInstance === instance.apiTokenInstance) return outcome;
  const detail = 'the token has just been changed; the next attempt uses the new one';
  return { kind: 'not-sent', cause: 'token-changed', detail };
}

/** R, and S only after R's definite answer: before, a second attempt could adopt what this one made. */
async function settleBoth(
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
async function settleHold(service: Service, hold: Hold, settlement: LockSettlement): Promise<void> {
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

function reportEnd(service: Service, hold: Hold, request: GroupRequest, outcome: Outcome, callMs: number) {
  service.report({
    event: 'attempt-ended',
    requestId: request.id,
    attemptId: hold.attemptId,
    idInstance: hold.instance.idInstance,
    outcome: outcome.kind,
    ...('detail' in outcome && { detail: outcome.detail }),
    callMs,
  });
}

function reportFailed(service: Service, what: 'request' | 'lock', hold: Hold, error: unknown) {
  const { requestId, attemptId } = hold;
  service.report({ event: 'settle-failed', what, requestId, attemptId, error });
}
