import { retryAfterSeconds } from './retry-after.ts';

/** Every problem that a caller can meet: its stable code, its HTTP status and its title (RFC 9457). */
export const PROBLEMS = {
  'invalid-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request is malformed' },
  'unknown-instance': { status: 400, title: 'There is no such instance' },
  unauthorized: { status: 401, title: 'The key is missing or wrong' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This method is not for this path' },
  'in-flight': { status: 409, title: 'The request is being created' },
  waiting: { status: 409, title: 'The request waits for its turn' },
  cancelled: { status: 409, title: 'The request was cancelled' },
  'already-created': { status: 409, title: 'The group exists already' },
  'not-created': { status: 409, title: 'The group was not created' },
  'changed-meanwhile': { status: 409, title: 'The request has just been changed' },
  erased: { status: 410, title: 'The request was erased' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'idempotency-key-reused': { status: 422, title: 'The Idempotency-Key stands for another request' },
  refused: { status: 422, title: 'GREEN-API refused the request for its content' },
  'not-on-whatsapp': { status: 422, title: 'Some members are not on WhatsApp' },
  rejected: { status: 422, title: 'WhatsApp rejected the request' },
  busy: { status: 429, title: 'The next group must wait' },
  'outside-hours': { status: 429, title: 'The instance rests outside its active hours' },
  'daily-limit': { status: 429, title: 'The instance has created enough for today' },
  'queue-full': { status: 429, title: 'Too many requests wait already' },
  throttled: { status: 429, title: 'GREEN-API limits the instance' },
  overlimit: { status: 429, title: 'WhatsApp limits the number' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  'storage-misconfigured': { status: 502, title: 'The table cannot be used' },
  'malformed-secret': { status: 502, title: 'A secret is malformed' },
  'storage-unavailable': { status: 503, title: 'DynamoDB gave no answer' },
  'secret-unavailable': { status: 503, title: 'A secret cannot be read' },
  'no-instances': { status: 503, title: 'No instance is set up' },
  'keys-unavailable': { status: 503, title: 'The callers’ keys cannot be read' },
  'instance-blocked': { status: 503, title: 'The instance cannot create groups now' },
  'instance-paused': { status: 503, title: 'The instance is paused' },
  'green-api-unreachable': { status: 503, title: 'GREEN-API could not be reached' },
  'numbers-unverified': { status: 503, title: 'The members’ numbers could not be checked' },
  'no-time-left': { status: 503, title: 'The function ran out of time before the call' },
  'outcome-unknown': { status: 504, title: 'The group may or may not exist' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem says besides its code. */
export interface ProblemSaid {
  /** This very case, in a sentence. */
  readonly detail: string;
  /** Until when it lasts, where that is known. */
  readonly untilMs?: number | undefined;
  /** When to ask again, where that is not when it ends. */
  readonly retryAtMs?: number | undefined;
  readonly whatToDo: string;
  /** Further members of the problem document. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A problem document; with `untilMs` or `retryAtMs` comes `Retry-After` in whole seconds, never 0. */
export function problem(code: ProblemCode, said: ProblemSaid, nowMs: number): Response {
  const { status, title } = PROBLEMS[code];
  const { detail, untilMs, retryAtMs = untilMs, whatToDo, more, headers } = said;
  const body = {
    type: `urn:group-pacer:problem:${code}`,
    title,
    status,
    code,
    detail,
    reason: code,
    until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
    ...(untilMs !== undefined && { secondsLeft: retryAfterSeconds(untilMs, nowMs) }),
    whatToDo,
    ...more,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAtMs !== undefined && { 'retry-after': String(retryAfterSeconds(retryAtMs, nowMs)) }),
      ...headers,
    },
  });
}
