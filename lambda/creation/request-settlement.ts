import type { Resolution } from './change-request.ts';
import { final } from './final.ts';
import { nextLookAtMs, windowOf } from './look-times.ts';
import type { Finding } from './look-up.ts';
import type { Outcome } from './outcome.ts';
import { missingMembers } from './proof.ts';
import type { Evidence, GroupRequest, OverlimitWindow, RequestSettlement, Window } from './request.ts';

/** What R writes for this outcome of an attempt on `request` that ended at `endedAtMs` (docs/lock-protocol.md, outcomes). */
export function settleRequest(request: GroupRequest, outcome: Outcome, endedAtMs: number): RequestSettlement {
  switch (outcome.kind) {
    case 'created':
      return {
        ...final('created', endedAtMs),
        chatId: outcome.chatId,
        groupInviteLink: outcome.groupInviteLink,
      };
    case 'refused':
    case 'rejected':
      return { ...failed(endedAtMs, false), outcome: outcome.kind, detail: outcome.detail };
    case 'throttled':
      return { ...backToItsPlace(request, endedAtMs), outcome: 'throttled', detail: outcome.detail };
    case 'not-sent':
    case 'blocked':
      return {
        ...backToItsPlace(request, endedAtMs),
        outcome: outcome.kind,
        cause: outcome.cause,
        detail: outcome.detail,
      };
    case 'overlimit':
      // WhatsApp has been seen to create the group all the same: before the next attempt this window is looked at.
      return {
        ...backToItsPlace(request, endedAtMs),
        outcome: 'overlimit',
        detail: outcome.detail,
        overlimitWindow: {
          startMs: startOf(request),
          endMs: endedAtMs,
          idInstance: request.idInstance ?? request.wanted,
        },
      };
    case 'unknown': {
      const window = windowOf(startOf(request), endedAtMs);
      return {
        ...confirming(request, window, nextLookAtMs(window, endedAtMs), endedAtMs),
        outcome: 'unknown',
        detail: outcome.detail,
      };
    }
  }
}

/** The request was put as `creating`, but no whole call fitted into the execution any more: nothing was sent. */
export function settleUnsent(request: GroupRequest, nowMs: number): RequestSettlement {
  return { ...backToItsPlace(request, nowMs), outcome: 'not-sent', cause: 'no-time-left' };
}

/** A look-up has found the group of an earlier end that was not clear. */
export function settleFound(
  request: GroupRequest,
  { group, evidence }: Extract<Finding, { kind: 'found' }>,
  idInstance: string,
  nowMs: number,
): RequestSettlement {
  const missingChatIds = missingMembers(request.chatIds, group);
  return {
    ...final('created', nowMs),
    idInstance,
    chatId: group.chatId,
    groupInviteLink: group.groupInviteLink,
    evidence,
    ...(missingChatIds && { missingChatIds }),
  };
}

/** Nobody could find out. What is known of the attempt stays, for the person who must. */
export function settleUnconfirmed(
  { window, overlimitWindow, outcome, cause, detail }: GroupRequest,
  evidence: GroupRequest['evidence'],
  nowMs: number,
): RequestSettlement {
  return {
    ...final('unconfirmed', nowMs),
    ...(window && { window }),
    ...(overlimitWindow && { overlimitWindow }),
    ...(outcome && { outcome }),
    ...(cause && { cause }),
    ...(detail && { detail }),
    ...(evidence && { evidence }),
  };
}

/** After an overlimit everything was seen, and no group of it: it goes back to its place, without anything to look for. */
export function settleNotThere(request: GroupRequest, evidence: Evidence, nowMs: number): RequestSettlement {
  const { overlimitWindow: _, ...rest } = request;
  return { ...backToItsPlace(rest, nowMs), outcome: 'overlimit', evidence };
}

/** A person knows. What was not created may be tried again: the same request sent again, or a retry, goes on under the same id. */
export function settleResolved(
  { outcome, detail, evidence }: GroupRequest,
  resolution: Resolution,
  resolvedBy: string,
  nowMs: number,
): RequestSettlement {
  const kept = { resolvedBy, ...(evidence && { evidence }) };
  if ('chatId' in resolution) {
    const { chatId } = resolution;
    return { ...final('created', nowMs), ...kept, chatId, groupInviteLink: '', watchAtMs: nowMs };
  }
  return { ...failed(nowMs, true), ...kept, ...(outcome && { outcome }), ...(detail && { detail }) };
}

/** A look-up before the next attempt cannot say whether an overlimit left a group behind: recovery goes on looking. */
export function settleUndecided(
  request: GroupRequest,
  { startMs, endMs, idInstance }: OverlimitWindow,
  evidence: Evidence,
  nowMs: number,
): RequestSettlement {
  const window = windowOf(startMs, endMs);
  return { ...confirming(request, window, nowMs, nowMs), idInstance, outcome: 'overlimit', evidence };
}

function startOf(request: GroupRequest): number {
  return request.window?.startMs ?? request.createdAtMs;
}

/** What waits for its turn waits on; who waits for an answer is told, and may send it again. */
function backToItsPlace(request: GroupRequest, nowMs: number): RequestSettlement {
  const status =
    request.mode === 'queue' ? { status: 'queued' as const, updatedAtMs: nowMs } : failed(nowMs, true);
  return { ...status, ...keptWindow(request) };
}

function confirming(
  request: GroupRequest,
  window: Window,
  watchAtMs: number,
  nowMs: number,
): RequestSettlement {
  return { status: 'confirming', updatedAtMs: nowMs, window, watchAtMs, ...keptWindow(request) };
}

/** An overlimit stays worth a look until the request comes to an end. */
function keptWindow({ overlimitWindow }: GroupRequest): Pick<RequestSettlement, 'overlimitWindow'> {
  return overlimitWindow ? { overlimitWindow } : {};
}

function failed(nowMs: number, retryable: boolean) {
  return { ...final('failed', nowMs), retryable };
}
