import type { CreationAnswer } from '../creation/create-group.ts';
import type { InstanceOpening } from '../creation/pool.ts';
import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import { adviceOnOpening, adviceOnRequest, OVERLIMIT_RESTED } from './advice.ts';
import { IN_FLIGHT_RETRY_MS, problem } from './problem.ts';
import { groupView, locationOf } from './views.ts';

/** When it is up to a person how long something takes. */
const PAUSED_RETRY_MS = 60_000;

/** `POST /groups`: what the heart answers, in the words of HTTP (README, the API in short). */
export function creationResponse(answer: CreationAnswer, nowMs: number): Response {
  switch (answer.kind) {
    case 'request':
      return answer.request.status === 'created'
        ? created(answer.request, answer.replayed)
        : notCreated(answer.request.status, answer, nowMs);
    case 'busy':
      return busy(answer.soonest, nowMs);
    case 'key-reused':
      return problem(
        'idempotency-key-reused',
        {
          detail:
            'This Idempotency-Key was sent before with another name, other members or another instance.',
          whatToDo: 'Send the request as it was, or use another key for another group.',
        },
        nowMs,
      );
  }
}

function created(request: GroupRequest, replayed: boolean): Response {
  return Response.json(groupView(request), {
    status: 201,
    headers: { location: locationOf(request), ...(replayed && { 'idempotent-replayed': 'true' }) },
  });
}

function notCreated(
  status: Exclude<RequestStatus, 'created'>,
  { request, retryAtMs }: Extract<CreationAnswer, { kind: 'request' }>,
  nowMs: number,
): Response {
  const isRested = request.overlimitWindow !== undefined && retryAtMs === undefined;
  const advice = isRested ? OVERLIMIT_RESTED : adviceOnRequest(status, request);
  return problem(
    advice.code,
    {
      ...advice,
      untilMs: untilOf(request, retryAtMs, nowMs),
      more: { id: request.id, requestStatus: status },
      headers: { location: locationOf(request) },
    },
    nowMs,
  );
}

function untilOf(request: GroupRequest, retryAtMs: number | undefined, nowMs: number): number | undefined {
  if (request.status === 'creating') return nowMs + IN_FLIGHT_RETRY_MS;
  if (request.status === 'confirming')
    return Math.max(request.watchAtMs ?? nowMs, nowMs + IN_FLIGHT_RETRY_MS);
  const isUpToSomebody = request.retryable && request.overlimitWindow === undefined;
  return retryAtMs ?? (isUpToSomebody ? nowMs + PAUSED_RETRY_MS : undefined);
}

function busy(soonest: InstanceOpening | undefined, nowMs: number): Response {
  const opening = soonest?.opening ?? { why: 'free', atMs: nowMs };
  const advice = adviceOnOpening(opening);
  const retryMs = opening.atMs ?? nowMs + PAUSED_RETRY_MS;
  return problem(
    advice.code,
    { ...advice, untilMs: retryMs, more: soonest && { idInstance: soonest.idInstance } },
    nowMs,
  );
}
