import { byOpening, isInFlight, nextOpening } from '../pacing/opening.ts';
import { dayOf, holdBoundMs } from '../pacing/policy.ts';
import type { Serving } from './attempt.ts';
import type { CreationLock } from './lock.ts';
import type { Candidate, InstanceOpening } from './pool.ts';
import type { Instance } from './ports.ts';
import type { Service } from './service.ts';
import type { Hold } from './settle-attempt.ts';

export type Taken =
  | { readonly kind: 'held'; readonly hold: Hold }
  /** Another execution is serving this very request. */
  | { readonly kind: 'in-flight'; readonly soonest: InstanceOpening }
  | {
      readonly kind: 'busy';
      readonly soonest: InstanceOpening | undefined;
      /** Whether on some instance only what is due comes first. */
      readonly isBehindOthers: boolean;
    };

/**
 * A, on the instance that opens first, then on the next; those that are not free cost no write.
 * @throws StorageError when A has no answer: no POST may follow
 */
export async function takeLock(
  service: Service,
  serving: Serving,
  ranked: readonly Candidate[],
): Promise<Taken> {
  const other = ranked.find(({ lock }) => lock && isServedBy(service, lock, serving));
  if (other) return { kind: 'in-flight', soonest: openingOf(other) };
  const refusals: InstanceOpening[] = [];
  for (const candidate of ranked) {
    if (candidate.opening.why === 'free') {
      const tried = await acquireLock(service, candidate.instance, serving.requestId);
      if ('hold' in tried) return { kind: 'held', hold: tried.hold };
      if (isServedBy(service, tried.lock, serving)) return { kind: 'in-flight', soonest: openingOf(tried) };
      refusals.push(openingOf(tried));
    } else {
      refusals.push(openingOf(candidate));
    }
  }
  const isBehindOthers = refusals.some(({ opening }) => opening.why === 'queue');
  return { kind: 'busy', soonest: refusals.toSorted(byOpening)[0], isBehindOthers };
}

/** A. @throws StorageError when it has no answer: no POST may follow */
export async function acquireLock(
  service: Service,
  instance: Instance,
  requestId: string,
): Promise<{ readonly hold: Hold } | (Candidate & { readonly lock: CreationLock })> {
  const attemptId = service.newId();
  const nowMs = service.clock.nowMs();
  const policy = service.policyOf(instance.idInstance);
  const { acquired, lock } = await service.locks.acquire({
    idInstance: instance.idInstance,
    attemptId,
    requestId,
    nowMs,
    boundMs: holdBoundMs(policy, service.execution.deadlineMs),
    day: dayOf(policy, nowMs),
    dailyLimit: policy.dailyLimit,
  });
  return acquired
    ? { hold: { instance, requestId, attemptId, acquiredAtMs: nowMs, lock } }
    : { instance, lock, opening: nextOpening(policy, lock, nowMs) };
}

function openingOf({ instance, opening }: Candidate): InstanceOpening {
  return { idInstance: instance.idInstance, opening };
}

/** Whether an attempt of another execution serves this very request; not the attempt that failed before, whose settle was lost. */
function isServedBy(service: Service, lock: CreationLock, { requestId, rerunOf }: Serving): boolean {
  return (
    lock.requestId === requestId &&
    lock.attemptId !== rerunOf?.attemptId &&
    isInFlight(service.policyOf(lock.idInstance), lock, service.clock.nowMs())
  );
}
