import type { Change } from '../creation/change-request.ts';
import type { GroupRequest } from '../creation/request.ts';
import type { Asked } from './asked.ts';
import { type Advice, sentences } from './causes.ts';
import { adviceOnRemoval, adviceOnResolution, adviceOnRetry } from './change-advice.ts';
import { lookOnThePhone } from './look-for.ts';
import { groupPath } from './paths.ts';
import { problem } from './problem.ts';
import {
  acceptedResponse,
  erasedResponse,
  locationOf,
  noSuchRequest,
  queueFullResponse,
} from './request-responses.ts';
import { underWayUntilMs } from './retry-after.ts';
import { groupView, isErased, listedView } from './views.ts';
import { tellWaiting } from './waiting.ts';

/** `DELETE /groups/{id}`: what waited is cancelled, what was final is erased. */
export function removalResponse({ service }: Asked, change: Change): Response {
  if (change.kind !== 'changed') return unchanged(change, adviceOnRemoval, service.clock.nowMs());
  const { request } = change;
  return Response.json({ ...listedView(request), ...warningOfCancelled(request) });
}

/** `POST /groups/{id}/retry`: it waits for its turn again. */
export async function retryResponse({ service, reportError }: Asked, change: Change): Promise<Response> {
  const nowMs = service.clock.nowMs();
  if (change.kind !== 'changed') return unchanged(change, adviceOnRetry, nowMs);
  const { request, before } = change;
  const waiting = await tellWaiting(service, request, reportError);
  return acceptedResponse(request, waiting, nowMs, { warning: warningOfRetry(before) });
}

/** `POST /groups/{id}/resolve`: what a person has seen stands in the record. */
export function resolutionResponse({ service }: Asked, change: Change): Response {
  return change.kind === 'changed'
    ? Response.json(groupView(change.request))
    : unchanged(change, adviceOnResolution, service.clock.nowMs());
}

/** Of a `failed` one nothing is to be feared: after an overlimit the program itself looks before it sends again. */
function warningOfRetry(before: GroupRequest): string | undefined {
  if (before.status !== 'unconfirmed') return undefined;
  const mayExist =
    'The group may exist already: nobody could find out what the last attempt came to, so this may make a second one.';
  const cancel = `If it is there, DELETE ${groupPath(before.id)} cancels the request while it waits.`;
  return sentences(mayExist, lookOnThePhone(before), cancel);
}

/** Nobody looks any more for what an overlimit may have left behind. */
function warningOfCancelled(request: GroupRequest): { readonly warning?: string } {
  if (request.status !== 'cancelled' || !request.overlimitWindow) return {};
  const mayExist =
    'The group may exist all the same: WhatsApp has been seen to create one and answer that it limits the number.';
  return { warning: sentences(mayExist, lookOnThePhone(request)) };
}

/** Why it stands as it did. */
function unchanged(
  change: Exclude<Change, { kind: 'changed' }>,
  adviceOn: (request: GroupRequest) => Advice,
  nowMs: number,
): Response {
  switch (change.kind) {
    case 'refused':
      return refused(change.request, adviceOn(change.request), nowMs);
    case 'queue-full':
      return queueFullResponse(nowMs);
    case 'not-found':
      return noSuchRequest(nowMs);
  }
}

/** Its state does not allow the change: 409, or 410 for good. */
function refused(request: GroupRequest, advice: Advice, nowMs: number): Response {
  if (isErased(request)) return erasedResponse(request, nowMs);
  const { id, status } = request;
  return problem(
    advice.code,
    {
      ...advice,
      untilMs: underWayUntilMs(request, nowMs),
      more: { id, requestStatus: status },
      headers: locationOf(request),
    },
    nowMs,
  );
}
