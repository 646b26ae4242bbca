import { CALL_TIMEOUT_MS, ENGINE_MS, SETTLE_RESERVE_MS } from '../pacing/limits.ts';
import { type PacePolicy, surelyDeadMs } from '../pacing/policy.ts';
import { giveBack, settleLock } from './lock-settlement.ts';
import { lookBeforeSending } from './look-before-sending.ts';
import { lookAtMembers, withMembersLook } from './members.ts';
import type { Outcome } from './outcome.ts';
import type { GroupRequest, Place, RequestMode, RequestTaking } from './request.ts';
import { settleRequest, settleUnsent } from './request-settlement.ts';
import type { Service } from './service.ts';
import { type AttemptResult, type Hold, settleBoth, settleHold } from './settle-attempt.ts';
import type { Wish } from './wish.ts';

/** A request that an attempt is to serve without having waited in the queue: new, or a failed one that runs again. */
export interface Serving {
  readonly requestId: string;
  readonly wish: Wish;
  readonly askedBy: string;
  readonly mode: RequestMode;
  /** The failed request as it was read, where it runs again. */
  readonly rerunOf: GroupRequest | undefined;
  /** Of the wish as it was asked for, whom it leaves out: their numbers are not on WhatsApp. */
  readonly droppedChatIds?: readonly string[];
}

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
  { requestId, wish, askedBy, rerunOf, droppedChatIds }: Omit<Serving, 'mode'>,
  nowMs: number,
): Omit<GroupRequest, 'status' | 'mode' | 'placeMs'> {
  return {
    id: requestId,
    groupName: wish.groupName,
    chatIds: wish.chatIds,
    ...(droppedChatIds && { droppedChatIds }),
    wanted: wish.wanted,
    ...(wish.notBeforeMs !== undefined && { notBeforeMs: wish.notBeforeMs }),
    askedBy: rerunOf?.askedBy ?? askedBy,
    createdAtMs: rerunOf?.createdAtMs ?? nowMs,
    version: (rerunOf?.version ?? 0) + 1,
    updatedAtMs: nowMs,
    lookups: 0,
    ...(rerunOf?.overlimitWindow && { overlimitWindow: rerunOf.overlimitWindow }),
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

/** The one POST, or none if the group is there already or no whole call fits any more, and what follows from it. */
async function send(service: Service, hold: Hold, request: GroupRequest): Promise<AttemptResult> {
  const policy = policyOf(service, hold);
  const unneeded = await lookBeforeSending(service, hold, request);
  if (unneeded) return settleBoth(service, hold, request, unneeded.ofRequest, unneeded.ofLock);
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
  const ofRequest = withMembersLook(service, settleRequest(request, outcome, endedAtMs));
  const ofLock = settleLock(policy, service.random, { lock, acquiredAtMs, outcome, endedAtMs });
  const settled = await settleBoth(service, hold, request, ofRequest, ofLock);
  // What could not be recorded is recovery's.
  const isRecorded = settled.kind === 'settled' && settled.request.version > request.version;
  return isRecorded && settled.request.watchAtMs === undefined
    ? { ...settled, request: await lookAtMembers(service, hold.instance, settled.request) }
    : settled;
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
