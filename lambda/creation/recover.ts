import { isConclusiveAt, isGivenUpAt, nextLookAtMs } from './look-times.ts';
import { type Finding, lookUp, SECRET_NOT_READ, unclear } from './look-up.ts';
import { windowsOn } from './proof.ts';
import type { GroupRequest, RequestSettlement } from './request.ts';
import { settleFound, settleNotThere, settleUnconfirmed } from './request-settlement.ts';
import type { Service } from './service.ts';
import type { Sighting } from './sighting.ts';

/**
 * Finds out what became of an attempt without a clear end. Each look-up is a lease: it first moves the next one on, so that a dead one is
 * taken over and one that fails holds up no other. Exactly one group that fits was made by it; else a person must decide, ten minutes after
 * the attempt if everything was seen, after a day and one look in any case.
 * @param sightingOf the instance of an attempt, if it is still in the secret. Throws SecretError
 * @throws StorageError
 */
export async function recover(
  service: Service,
  confirming: GroupRequest,
  sightingOf: (idInstance: string) => Promise<Sighting | undefined>,
): Promise<void> {
  const { requests, clock } = service;
  const nowMs = clock.nowMs();
  if (confirming.lookups > 0 && isGivenUpAt(confirming, nowMs)) {
    await conclude(service, confirming, settleUnconfirmed(confirming, confirming.evidence, nowMs));
    return;
  }
  const lease = await requests.lookLater(confirming, nextLookAtMs(confirming.window, nowMs), nowMs);
  if (!lease.applied) return;
  const { request } = lease;
  const { idInstance = '' } = request;
  const sighting = await sightingOf(idInstance).catch((error: unknown) => {
    service.report({ event: 'look-failed', requestId: request.id, error });
    return 'unknown' as const;
  });
  const finding =
    sighting === 'unknown'
      ? unclear(service, SECRET_NOT_READ)
      : await lookUp(service, sighting, request, windowsOn(idInstance, request));
  const { evidence } = finding;
  service.report({ event: 'looked-up', requestId: request.id, conclusion: evidence.conclusion });
  const conclusion = conclusionOf(request, finding, idInstance, clock.nowMs());
  if (conclusion) await conclude(service, request, conclusion);
  else await requests.noteLookUp(request, evidence, clock.nowMs());
}

/** What a look-up settles; undefined while another must follow. */
function conclusionOf(
  request: GroupRequest,
  finding: Finding,
  idInstance: string,
  nowMs: number,
): RequestSettlement | undefined {
  const { evidence } = finding;
  if (finding.kind === 'found') return settleFound(request, finding, idInstance, nowMs);
  if (isGivenUpAt(request, nowMs)) return settleUnconfirmed(request, evidence, nowMs);
  if (finding.kind === 'unclear' || !isConclusiveAt(request, evidence.atMs)) return undefined;
  // WhatsApp has said no, and nothing speaks against it: it may be tried again.
  return finding.kind === 'none' && request.outcome === 'overlimit'
    ? settleNotThere(request, evidence, nowMs)
    : settleUnconfirmed(request, evidence, nowMs);
}

async function conclude(
  service: Service,
  confirming: GroupRequest,
  conclusion: RequestSettlement,
): Promise<void> {
  const { applied } = await service.requests.conclude(confirming, conclusion);
  if (applied && conclusion.status === 'unconfirmed')
    service.report({ event: 'request-unconfirmed', requestId: confirming.id });
}
