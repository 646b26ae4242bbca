import type { Change } from '../creation/change-request.ts';
import type { GroupRequest } from '../creation/request.ts';
import type { Asked } from './asked.ts';
import type { Advice } from './causes.ts';
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
import { isErased, listedView } from './views.ts';
import { tellWaiting } from './waiting.ts';

const MAY_EXIST =
  'The group may exist already: nobody could find out what the last attempt came to. This may make a second one; DELETE cancels it while it waits.';

/** `DELETE /groups/{id}`: what waited is cancelled, what was final is erased. */
export function removalResponse({ service }: Asked, change: Change): Response {
  const nowMs = service.clock.nowMs();
  switch (change.kind) {
    case 'changed':
      return Response.json(listedView(change.request));
    case 'refused':
      return refused(change.request, adviceOnRemoval(change.request), nowMs);
    case 'queue-full':
      return queueFullResponse(nowMs);
    case 'not-found':
      return noSuchRequest(nowMs);
  }
}

/** `POST /groups/{id}/retry`: it waits for its turn again. */
export async function retryResponse({ service, reportError }: Asked, change: Change): Promise<Response> {
  const nowMs = service.clock.nowMs();
  switch (change.kind) {
    case 'changed': {
      const { request, before } = change;
      const waiting = await tellWaiting(service, request, reportError);
      const mayExist = before.status === 'unconfirmed' || before.overlimitWindow !== undefined;
      return acceptedResponse(request, waiting, nowMs, { warning: mayExist ? MAY_EXIST : undefined });
    }
    case 'refused':
      return refused(change.request, adviceOnRetry(change.request), nowMs);
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

function adviceOnRemoval({ id, status }: GroupRequest): Advice {
  switch (status) {
    case 'creating':
    case 'confirming':
      return underWay(
        status,
        `Come back after Retry-After: ${groupPath(id)} tells how it ended, and what has ended can be erased.`,
      );
    case 'queued':
    case 'created':
    case 'failed':
    case 'unconfirmed':
    case 'cancelled':
      return changedMeanwhile(id);
  }
}

function adviceOnRetry({ id, status }: GroupRequest): Advice {
  switch (status) {
    case 'creating':
    case 'confirming':
      return underWay(
        status,
        `Watch ${groupPath(id)}: only what has failed, or stays unconfirmed, can be retried.`,
      );
    case 'queued':
      return {
        code: 'waiting',
        detail: 'The request waits for its turn already.',
        whatToDo: `Nothing: it is created when its turn comes. Watch ${groupPath(id)}.`,
      };
    case 'created':
      return {
        code: 'already-created',
        detail: 'The group of this request exists; a second one is not made of it.',
        whatToDo: 'For another group, send a new request with another Idempotency-Key.',
      };
    case 'cancelled':
      return {
        code: 'cancelled',
        detail: 'The request was cancelled; only what has failed, or stays unconfirmed, can be retried.',
        whatToDo: 'Send a new request with another Idempotency-Key.',
      };
    case 'failed':
    case 'unconfirmed':
      return changedMeanwhile(id);
  }
}

function underWay(status: 'creating' | 'confirming', whatToDo: string): Advice {
  const detail =
    status === 'creating'
      ? 'The request is being created right now: it is too late to change anything.'
      : 'It is being found out whether the group of this request exists: until then nothing can be changed.';
  return { code: 'in-flight', detail, whatToDo };
}

/** Its state would allow it, but somebody else, or its turn, was faster. */
function changedMeanwhile(id: string): Advice {
  return {
    code: 'changed-meanwhile',
    detail: 'The request was changed, or its turn came, while this was tried.',
    whatToDo: `Look at ${groupPath(id)}, then decide anew.`,
  };
}
