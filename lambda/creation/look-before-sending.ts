import type { LockSettlement } from './lock.ts';
import { giveBack } from './lock-settlement.ts';
import { isConclusiveAt, windowOf } from './look-times.ts';
import { type Finding, lookUp, SECRET_NOT_READ, unclear } from './look-up.ts';
import type { GroupRequest, OverlimitWindow, RequestSettlement } from './request.ts';
import { settleFound, settleUndecided } from './request-settlement.ts';
import type { Service } from './service.ts';
import type { Hold } from './settle-attempt.ts';
import { Sighting } from './sighting.ts';

/** What ends an attempt that needs no POST. */
interface Unneeded {
  readonly ofRequest: RequestSettlement;
  readonly ofLock: LockSettlement;
}

/**
 * After an overlimit WhatsApp has been seen to have created the group all the same (GREEN-API, issue 1016 [O]): before the next attempt
 * somebody looks. Undefined if there was no overlimit, or if everything was seen, no sooner than the lists can show it, and no such group
 * exists. What cannot be told is recovery's: it costs neither the lock nor those who wait behind.
 */
export async function lookBeforeSending(
  service: Service,
  hold: Hold,
  request: GroupRequest,
): Promise<Unneeded | undefined> {
  const { overlimitWindow } = request;
  if (!overlimitWindow) return undefined;
  const finding = await look(service, request, overlimitWindow);
  const nowMs = service.clock.nowMs();
  const { startMs, endMs, idInstance } = overlimitWindow;
  const window = windowOf(startMs, endMs);
  if (finding.kind === 'none' && isConclusiveAt({ ...request, window }, finding.evidence.atMs))
    return undefined;
  const ofRequest =
    finding.kind === 'found'
      ? settleFound(request, finding, idInstance, nowMs)
      : settleUndecided(request, overlimitWindow, finding.evidence, nowMs);
  const policy = service.policyOf(hold.instance.idInstance);
  return { ofRequest, ofLock: giveBack(policy, hold.lock, hold.acquiredAtMs) };
}

/** On the instance of the overlimit, which need not be that of this attempt. */
async function look(service: Service, request: GroupRequest, window: OverlimitWindow): Promise<Finding> {
  try {
    const instances = await service.instances.list();
    const instance = instances.find(({ idInstance }) => idInstance === window.idInstance);
    return await lookUp(service, instance && new Sighting(service, instance), request, [window]);
  } catch {
    return unclear(service, SECRET_NOT_READ);
  }
}
