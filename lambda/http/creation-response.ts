import type { CreationAnswer } from '../creation/create-group.ts';
import type { InstanceOpening } from '../creation/pool.ts';
import type { GroupRequest, RequestMode, RequestStatus } from '../creation/request.ts';
import { adviceAfterOverlimit, adviceOnRequest } from './advice.ts';
import type { Asked } from './asked.ts';
import { adviceToCaller } from './opening-advice.ts';
import { PREFERENCE_APPLIED } from './prefer.ts';
import { problem } from './problem.ts';
import { acceptedResponse, erasedResponse, locationOf, queueFullResponse } from './request-responses.ts';
import { lookAgainAtMs, UP_TO_A_PERSON_RETRY_MS, underWayUntilMs } from './retry-after.ts';
import { groupView, isErased, isoOrNull } from './views.ts';
import { tellWaiting, type Waiting } from './waiting.ts';

type RequestAnswer = Extract<CreationAnswer, { kind: 'request' }>;

/** `POST /groups`: what the heart answers a caller of this mode, in the words of HTTP (README, the API in short). */
export async function creationResponse(
  asked: Asked,
  answer: CreationAnswer,
  mode: RequestMode,
): Promise<Response> {
  const nowMs = asked.service.clock.nowMs();
  switch (answer.kind) {
    case 'request':
      return requestResponse(asked, answer, mode, nowMs);
    case 'busy':
      return busy(answer.soonest, mode, nowMs);
    case 'queue-full':
      return queueFullResponse(nowMs);
    case 'key-reused':
      return problem(
        'idempotency-key-reused',
        {
          detail:
            'This Idempotency-Key was sent before with another name, other members, another instance or another notBefore.',
          whatToDo: 'Send the request as it was, or use another key for another group.',
        },
        nowMs,
      );
  }
}

async function requestResponse(
  asked: Asked,
  answer: RequestAnswer,
  mode: RequestMode,
  nowMs: number,
): Promise<Response> {
  const { request, replayed } = answer;
  if (isErased(request)) return erasedResponse(request, nowMs);
  const headers = replayed ? { 'idempotent-replayed': 'true' } : {};
  switch (request.status) {
    case 'created':
      return Response.json(groupView(request), {
        status: 201,
        headers: { ...locationOf(request), ...headers },
      });
    case 'queued': {
      const waiting = await tellWaiting(asked.service, request, asked.reportError);
      return mode === 'queue'
        ? acceptedResponse(request, waiting, nowMs, { headers: { ...PREFERENCE_APPLIED, ...headers } })
        : waitsAlready(request, waiting, nowMs);
    }
    default:
      return notCreated(request.status, answer, nowMs);
  }
}

/** Who did not agree to wait is told that somebody did, for the same wish. */
function waitsAlready(request: GroupRequest, { position, expectedAtMs }: Waiting, nowMs: number): Response {
  return problem(
    'waiting',
    {
      ...adviceOnRequest('queued', request),
      untilMs: expectedAtMs,
      retryAtMs: lookAgainAtMs(expectedAtMs, nowMs),
      more: {
        id: request.id,
        requestStatus: request.status,
        position: position ?? null,
        expectedAt: isoOrNull(expectedAtMs),
      },
      headers: locationOf(request),
    },
    nowMs,
  );
}

function notCreated(
  status: Exclude<RequestStatus, 'created'>,
  { request, retryAtMs }: RequestAnswer,
  nowMs: number,
): Response {
  const isRested = request.overlimitWindow !== undefined && retryAtMs === undefined;
  const advice = isRested ? adviceAfterOverlimit(request) : adviceOnRequest(status, request);
  return problem(
    advice.code,
    {
      ...advice,
      untilMs: untilOf(request, retryAtMs, nowMs),
      more: { id: request.id, requestStatus: status },
      headers: locationOf(request),
    },
    nowMs,
  );
}

function untilOf(request: GroupRequest, retryAtMs: number | undefined, nowMs: number): number | undefined {
  const isUpToSomebody = request.retryable && request.overlimitWindow === undefined;
  return (
    underWayUntilMs(request, nowMs) ??
    retryAtMs ??
    (isUpToSomebody ? nowMs + UP_TO_A_PERSON_RETRY_MS : undefined)
  );
}

function busy(soonest: InstanceOpening | undefined, mode: RequestMode, nowMs: number): Response {
  const opening = soonest?.opening ?? { why: 'free', atMs: nowMs };
  const advice = adviceToCaller(opening, mode);
  const untilMs = opening.atMs ?? nowMs + UP_TO_A_PERSON_RETRY_MS;
  return problem(
    advice.code,
    { ...advice, untilMs, more: soonest && { idInstance: soonest.idInstance } },
    nowMs,
  );
}
