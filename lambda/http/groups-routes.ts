import { removeRequest, resolveRequest, retryRequest } from '../creation/change-request.ts';
import { createGroup } from '../creation/create-group.ts';
import { listRequests } from '../creation/list-requests.ts';
import { readRequest } from '../creation/read-request.ts';
import type { Asked } from './asked.ts';
import { removalResponse, resolutionResponse, retryResponse } from './change-response.ts';
import { creationResponse } from './creation-response.ts';
import { writeCursor } from './cursor.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';
import { type BodyHints, invalidRequest, readJson, refuseBody } from './json-body.ts';
import { parseListQuery } from './list-query.ts';
import { faultInNotBefore } from './not-before.ts';
import { REQUEST_ID } from './paths.ts';
import { asksForAsync } from './prefer.ts';
import { erasedResponse, noSuchRequest } from './request-responses.ts';
import { parseResolution, RESOLUTION_HINTS } from './resolution-body.ts';
import { parseGroupBody } from './schemas.ts';
import { groupView, isErased, listedView, waitingView } from './views.ts';
import { tellWaiting } from './waiting.ts';

const GROUP_HINTS: BodyHints = {
  example: '{"groupName":"Class 5b","chatIds":["79001234568@c.us"]}',
  ifTooLarge: 'Send fewer members: a WhatsApp group takes at most 1023 besides its creator.',
};

/** `POST /groups`: one request becomes one group, now or, if its caller agreed, later. @throws as createGroup */
export async function postGroup(asked: Asked): Promise<Response> {
  const { service, request, keyName } = asked;
  const nowMs = service.clock.nowMs();
  const read = await readJson(request, GROUP_HINTS, nowMs);
  if ('problem' in read) return read.problem;
  const idempotency = parseIdempotencyKey(request.headers.get('idempotency-key') ?? undefined);
  if ('fault' in idempotency)
    return invalidRequest(
      [{ pointer: '', place: 'the header Idempotency-Key', detail: idempotency.fault }],
      nowMs,
    );
  const parsed = parseGroupBody(read.body);
  if ('faults' in parsed) return invalidRequest(parsed.faults, nowMs);
  const { wish } = parsed;
  const mode = asksForAsync(request.headers.get('prefer')) ? 'queue' : 'sync';
  const untimely = faultInNotBefore(wish, mode, nowMs);
  if (untimely) return invalidRequest([untimely], nowMs);
  const { key } = idempotency;
  const asker = { keyName, ...(key !== undefined && { idempotencyKey: key }) };
  return creationResponse(asked, await createGroup(service, wish, asker, mode), mode);
}

/** `GET /groups`: a page of them, newest first. @throws StorageError */
export async function listGroups({ service, request }: Asked): Promise<Response> {
  const parsed = parseListQuery(new URL(request.url).searchParams);
  if ('faults' in parsed) return invalidRequest(parsed.faults, service.clock.nowMs());
  const { requests, cursor } = await listRequests(service, parsed.listing);
  return Response.json({
    groups: requests.map(listedView),
    cursor: cursor === undefined ? null : writeCursor(cursor),
  });
}

/** `GET /groups/{id}`: one of them, and for what it waits. @throws StorageError */
export async function getGroup({ service, reportError }: Asked, id: string): Promise<Response> {
  const request = REQUEST_ID.test(id) ? await readRequest(service, id) : undefined;
  if (!request) return noSuchRequest(service.clock.nowMs());
  if (isErased(request)) return erasedResponse(request, service.clock.nowMs());
  if (request.status !== 'queued') return Response.json(groupView(request));
  return Response.json(waitingView(request, await tellWaiting(service, request, reportError)));
}

/** `DELETE /groups/{id}`: cancels what waits, erases what is final. @throws StorageError */
export async function deleteGroup(asked: Asked, id: string): Promise<Response> {
  const { service } = asked;
  return REQUEST_ID.test(id)
    ? removalResponse(asked, await removeRequest(service, id))
    : noSuchRequest(service.clock.nowMs());
}

/** `POST /groups/{id}/retry`: what failed, or stays unconfirmed, waits for its turn again. @throws StorageError */
export async function retryGroup(asked: Asked, id: string): Promise<Response> {
  const { service, request } = asked;
  const refusal = await refuseBody(request, service.clock.nowMs());
  if (refusal) return refusal;
  return REQUEST_ID.test(id)
    ? retryResponse(asked, await retryRequest(service, id))
    : noSuchRequest(service.clock.nowMs());
}

/** `POST /groups/{id}/resolve`: a person settles what nobody could find out. @throws StorageError */
export async function resolveGroup(asked: Asked, id: string): Promise<Response> {
  const { service, request, keyName } = asked;
  const nowMs = service.clock.nowMs();
  const read = await readJson(request, RESOLUTION_HINTS, nowMs);
  if ('problem' in read) return read.problem;
  const parsed = parseResolution(read.body);
  if ('faults' in parsed) return invalidRequest(parsed.faults, nowMs);
  if (!REQUEST_ID.test(id)) return noSuchRequest(nowMs);
  const change = await resolveRequest(service, id, parsed.resolution, keyName);
  return resolutionResponse(asked, change);
}
