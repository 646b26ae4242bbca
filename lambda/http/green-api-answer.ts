import type { CreationAnswer } from '../creation/create-group.ts';
import type { BlockedCause, NotSentCause } from '../creation/outcome.ts';
import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import { UnknownInstanceError } from '../errors.ts';
import type { Opening } from '../pacing/opening.ts';
import {
  IN_FLIGHT_RETRY_MS,
  lookAgainAtMs,
  QUEUE_FULL_RETRY_MS,
  retryAfterSeconds,
  UP_TO_A_PERSON_RETRY_MS,
} from './retry-after.ts';
import { isErased } from './views.ts';

const BUSY = [429, 'Too Many Requests'] as const;
/** Nothing was sent; GREEN-API's documentation tells its clients to repeat after a 502. */
const BAD_GATEWAY = [502, 'Bad Gateway'] as const;
/** What GREEN-API answers when the group may exist: its clients must look. */
const TIMED_OUT = [500, 'Timed Out'] as const;
const OVERLIMIT = [500, 'rate-overlimit'] as const;
/** GREEN-API knows neither; its clients do not send again after a 400. */
const CANCELLED = [400, 'the request was cancelled'] as const;
const ERASED = [400, 'the request was erased'] as const;

type Said = readonly [status: number, message: string];

/** What GREEN-API itself would answer where the fault is its instance's; where it is our set-up's, its clients cannot help. */
const CAUSES: Readonly<Record<BlockedCause | NotSentCause, Said>> = {
  starting: [400, 'instance in starting process try later'],
  'not-authorized': [400, 'instance is starting or not authorized'],
  expired: [400, 'Instance account is expired. Renew your instance from personal area'],
  deleted: [400, 'Instance is deleted'],
  'token-rejected': BAD_GATEWAY,
  'instance-unknown': BAD_GATEWAY,
  'path-unknown': BAD_GATEWAY,
  redirected: BAD_GATEWAY,
  'wrong-method': BAD_GATEWAY,
  unreachable: BAD_GATEWAY,
  'no-time-left': BAD_GATEWAY,
  'token-changed': BUSY,
};

/** GREEN-API's error body: `{statusCode, timestamp, path, message}`. */
export function greenApiError(
  statusCode: number,
  message: string,
  path: string,
  nowMs: number,
  retryAtMs?: number,
): Response {
  const timestamp = new Date(nowMs).toISOString();
  return Response.json(
    { statusCode, timestamp, path, message },
    {
      status: statusCode,
      headers: retryAtMs === undefined ? {} : { 'retry-after': String(retryAfterSeconds(retryAtMs, nowMs)) },
    },
  );
}

/**
 * What the heart answers, as GREEN-API would say it.
 * @param expectedAtMs when a request that waits will probably be served, if that is known
 */
export function creationAnswer(
  answer: CreationAnswer,
  path: string,
  nowMs: number,
  expectedAtMs: number | undefined,
): Response {
  const say = ([status, message]: Said, retryAtMs?: number) =>
    greenApiError(status, message, path, nowMs, retryAtMs);
  switch (answer.kind) {
    case 'request': {
      const { request, retryAtMs } = answer;
      if (isErased(request)) return say(ERASED);
      if (request.status === 'created') return created(request);
      if (request.status === 'creating') return say(BUSY, nowMs + IN_FLIGHT_RETRY_MS);
      if (request.status === 'queued') return say(BUSY, lookAgainAtMs(expectedAtMs, nowMs));
      return say(saidOfRequest(request.status, request), retryAtMs);
    }
    case 'busy': {
      const opening = answer.soonest?.opening ?? { why: 'free', atMs: nowMs };
      return say(saidOfOpening(opening), opening.atMs ?? nowMs + UP_TO_A_PERSON_RETRY_MS);
    }
    case 'queue-full':
      return say(BUSY, nowMs + QUEUE_FULL_RETRY_MS);
    case 'key-reused':
      // Only with an Idempotency-Key, which this path does not know.
      return say(BAD_GATEWAY);
    case 'not-on-whatsapp':
      return say([400, validationOfMembers(answer.chatIds)]);
    case 'unverified':
      // Only what goes on at once may be sent again by a client without its caller's knowing.
      return say(answer.cause === 'no-time' ? BUSY : BAD_GATEWAY, answer.untilMs);
  }
}

/** An error of ours, as GREEN-API would say it: 403 for an instance that is not there, else a gateway in trouble. */
export function errorAnswer(error: unknown, path: string, nowMs: number): Response {
  return error instanceof UnknownInstanceError
    ? greenApiError(403, 'Forbidden', path, nowMs)
    : greenApiError(...BAD_GATEWAY, path, nowMs, nowMs + UP_TO_A_PERSON_RETRY_MS);
}

/** In the words of GREEN-API's validation; its own createGroup has none for this. */
function validationOfMembers([first, ...others]: readonly string[]): string {
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `Validation failed. Details: 'chatIds': ${first} is not on WhatsApp${more}`;
}

function created({ chatId, groupInviteLink }: GroupRequest): Response {
  return Response.json({ created: true, chatId, groupInviteLink });
}

function saidOfRequest(
  status: Exclude<RequestStatus, 'created' | 'creating' | 'queued'>,
  request: GroupRequest,
): Said {
  switch (status) {
    case 'confirming':
    case 'unconfirmed':
      return TIMED_OUT;
    case 'cancelled':
      return CANCELLED;
    case 'failed':
      return saidOfFailure(request);
  }
}

function saidOfFailure({ outcome = 'refused', cause, detail = '' }: GroupRequest): Said {
  switch (outcome) {
    case 'refused':
      return [400, detail === '' ? 'bad request data' : detail];
    case 'rejected':
      return [500, 'bad-request'];
    case 'throttled':
      return BUSY;
    case 'overlimit':
      return OVERLIMIT;
    case 'blocked':
    case 'not-sent':
      return CAUSES[cause ?? 'unreachable'];
    case 'unknown':
    case 'overdue':
      return TIMED_OUT;
  }
}

function saidOfOpening(opening: Opening): Said {
  switch (opening.why) {
    case 'free':
    case 'interval':
    case 'in-flight':
    case 'queue':
    case 'outside-hours':
    case 'daily-limit':
    case 'throttled':
    case 'paused':
      return BUSY;
    case 'overlimit':
      return OVERLIMIT;
    case 'blocked':
      return CAUSES[opening.cause ?? 'starting'];
    case 'not-sent':
      return BAD_GATEWAY;
  }
}
