import { type GroupRequest, MAX_WAITING } from '../creation/request.ts';
import { groupPath } from './paths.ts';
import { problem } from './problem.ts';
import { lookAgainAtMs, QUEUE_FULL_RETRY_MS, retryAfterSeconds } from './retry-after.ts';
import { type ErasedRequest, isoOf, waitingView } from './views.ts';
import type { Waiting } from './waiting.ts';

export const locationOf = ({ id }: GroupRequest) => ({ location: groupPath(id) });

/** 202: it waits, and is created when its turn comes. */
export function acceptedResponse(
  request: GroupRequest,
  waiting: Waiting,
  nowMs: number,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly warning?: string | undefined },
): Response {
  const { headers, warning } = more;
  const retryAfter = retryAfterSeconds(lookAgainAtMs(waiting.expectedAtMs, nowMs), nowMs);
  return Response.json(
    { ...waitingView(request, waiting), ...(warning !== undefined && { warning }) },
    { status: 202, headers: { ...locationOf(request), 'retry-after': String(retryAfter), ...headers } },
  );
}

/** 404: no request has this id. */
export function noSuchRequest(nowMs: number): Response {
  return problem(
    'not-found',
    {
      detail: 'There is no request with this id; records go 90 days after their end.',
      whatToDo: 'Use the id, or the Location, of an answer to POST /groups.',
    },
    nowMs,
  );
}

/** 410: only its end is left of it. */
export function erasedResponse({ id, status, erasedAtMs }: ErasedRequest, nowMs: number): Response {
  return problem(
    'erased',
    {
      detail: 'A person has erased what was kept of this request; nothing more is made of it.',
      whatToDo: 'For another group, send a new request with another Idempotency-Key.',
      more: { id, requestStatus: status, erasedAt: isoOf(erasedAtMs) },
    },
    nowMs,
  );
}

/** 429: nothing is stored, and what was stands as it did. */
export function queueFullResponse(nowMs: number): Response {
  return problem(
    'queue-full',
    {
      detail: `${MAX_WAITING.toLocaleString('en')} requests wait already where this one would: for the same instance, or for any.`,
      whatToDo:
        'Send it again after Retry-After: each group that is created makes room, and so does each request that is cancelled. Or ask for another instance.',
      untilMs: nowMs + QUEUE_FULL_RETRY_MS,
    },
    nowMs,
  );
}
