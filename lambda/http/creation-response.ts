import type { CreationAnswer } from '../creation/create-group.ts';
import type { InstanceOpening } from '../creation/pool.ts';
import type { GroupRequest, RequestMode, RequestStatus } from '../creation/request.ts';
import { adviceOnRequest } from './advice.ts';
import type { Asked } from './asked.ts';
import { adviceToCaller } from './opening-advice.ts';
import { PREFERENCE_APPLIED } from './prefer.ts';
import { problem } from './problem.ts';
import { acceptedResponse, erasedResponse, locationOf, queueFullResponse } from './request-responses.ts';
import { lookAgainAtMs, UP_TO_A_PERSON_RETRY_MS, underWayUntilMs } from './retry-after.ts';
import { groupView, isErased, isoOrNull } from './views.ts';
import { tellWaiting, type Waiting } from './waiting.ts';

type NotOnWhatsApp = Extract<CreationAnswer, { kind: 'not-on-whatsapp' }>;
type Unverified = Extract<CreationAnswer, { kind: 'unverified' }>;
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
    case 'not-on-whatsapp':
      return notOnWhatsApp(answer, nowMs);
    case 'unverified':
      return unverified(answer, nowMs);
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
  const advice = adviceOnRequest(status, request);
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
  return (
    underWayUntilMs(request, nowMs) ??
    retryAtMs ??
    (request.retryable ? nowMs + UP_TO_A_PERSON_RETRY_MS : undefined)
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

function notOnWhatsApp({ chatIds }: NotOnWhatsApp, nowMs: number): Response {
  return problem(
    'not-on-whatsapp',
    {
      detail: `Not on WhatsApp, as GREEN-API says: ${chatIds.length} of the members. Nothing was created: such a group can get the number banned.`,
      whatToDo:
        'Correct the members in notOnWhatsApp, or leave them out, and send that as a new request, with another Idempotency-Key if it has one. What GREEN-API says of a number is remembered for 30 days.',
      more: { notOnWhatsApp: chatIds },
    },
    nowMs,
  );
}

/** 503: nothing is stored but what was found out, so that the same request goes on where this one ended. */
function unverified({ cause, detail, untilMs }: Unverified, nowMs: number): Response {
  const said = detail ? `: ${detail}` : '';
  return problem('numbers-unverified', { ...adviceOnChecks(cause, said), untilMs }, nowMs);
}

function adviceOnChecks(cause: Unverified['cause'], said: string) {
  switch (cause) {
    case 'quota':
      return {
        detail: `The month’s quota of GREEN-API’s number checks is used up, before all members were checked${said}`,
        whatToDo:
          'Move the instance to a tariff with more checks a month (Business has 30,000, Developer 100), or switch the checks off (the setting verifyNumbers). Then, or after Retry-After, send the same request again.',
      };
    case 'other':
      return {
        detail: `GREEN-API gave no clear answer on whether all members are on WhatsApp${said}`,
        whatToDo:
          'Send the same request again after Retry-After: it goes on where this one ended. If it lasts, look at the instance in the GREEN-API console.',
      };
    case 'no-time':
      return {
        detail:
          'There are more members than can be checked while a caller waits; part of them has been checked.',
        whatToDo: 'Send the same request again after Retry-After: it goes on where this one ended.',
      };
  }
}
