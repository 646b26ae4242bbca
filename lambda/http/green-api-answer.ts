import type { CreationAnswer } from '../creation/create-group.ts';
import type { BlockedCause, NotSentCause } from '../creation/outcome.ts';
import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import { UnknownInstanceError } from '../errors.ts';
import type { Opening } from '../pacing/opening.ts';
import { IN_FLIGHT_RETRY_MS, retryAfterSeconds } from './problem.ts';

/** When it is up to a person, or to AWS, how long something takes. */
const TROUBLE_RETRY_MS = 60_000;

const BUSY = [429, 'Too Many Requests'] as const;
/** Nothing was sent; GREEN-API's documentation tells its clients to repeat after a 502. */
const BAD_GATEWAY = [502, 'Bad Gateway'] as const;
/** What GREEN-API answers when the group may exist: its clients must look. */
const TIMED_OUT = [500, 'Timed Out'] as const;
const OVERLIMIT = [500, 'rate-overlimit'] as const;

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

/** What the heart answers, as GREEN-API would say it. */
export function creationAnswer(answer: CreationAnswer, path: string, nowMs: number): Response {
  const say = ([status, message]: Said, retryAtMs?: number) =>
    greenApiError(status, message, path, nowMs, retryAtMs);
  switch (answer.kind) {
    case 'request': {
      const { request, retryAtMs } = answer;
      if (request.status === 'created') return created(request);
      const retry = request.status === 'creating' ? nowMs + IN_FLIGHT_RETRY_MS : retryAtMs;
      return say(saidOfRequest(request.status, request), retry);
    }
    case 'busy': {
      const opening = answer.soonest?.opening ?? { why: 'free', atMs: nowMs };
      return say(saidOfOpening(opening), opening.atMs ?? nowMs + TROUBLE_RETRY_MS);
    }
    case 'key-reused':
      // Only with an Idempotency-Key, which this path does not know.
      return say(BAD_GATEWAY);
  }
}

/** An error of ours, as GREEN-API would say it: 403 for an instance that is not there, else a gateway in trouble. */
export function errorAnswer(error: unknown, path: string, nowMs: number): Response {
  return error instanceof UnknownInstanceError
    ? greenApiError(403, 'Forbidden', path, nowMs)
    : greenApiError(...BAD_GATEWAY, path, nowMs, nowMs + TROUBLE_RETRY_MS);
}

function created({ chatId, groupInviteLink }: GroupRequest): Response {
  return Response.json({ created: true, chatId, groupInviteLink });
}

function saidOfRequest(status: Exclude<RequestStatus, 'created'>, request: GroupRequest): Said {
  switch (status) {
    case 'creating':
    case 'queued':
      return BUSY;
    case 'confirming':
    case 'unconfirmed':
      return TIMED_OUT;
    case 'cancelled':
      return [400, 'the request was cancelled'];
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
