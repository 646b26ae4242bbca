import { ENGINE_MS } from '../pacing/limits.ts';
import type { Outcome } from './outcome.ts';
import type { GroupRequest, RequestSettlement } from './request.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** How long a record that is final is kept. */
const RECORD_KEEP_MS = 90 * DAY_MS;
/** The first looks whether an attempt's group exists, counted from the attempt's start; then one each hour. */
const LOOKS_AT_MS = [1, 2, 4, 6, 10].map((minutes) => minutes * MINUTE_MS);

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
      // What waits is not sent again before somebody has looked whether its group exists all the same (docs/adr/0003).
      return request.mode === 'queue'
        ? confirming(request, outcome, endedAtMs)
        : {
            ...failed(endedAtMs, true),
            outcome: 'overlimit',
            detail: outcome.detail,
            overlimitWindow: { startMs: startOf(request), endMs: endedAtMs + ENGINE_MS },
          };
    case 'unknown':
      return confirming(request, outcome, endedAtMs);
  }
}

/** The request was put as `creating`, but no whole call fitted into the execution any more: nothing was sent. */
export function settleUnsent(request: GroupRequest, nowMs: number): RequestSettlement {
  return { ...backToItsPlace(request, nowMs), outcome: 'not-sent', cause: 'no-time-left' };
}

/** When somebody should look whether the attempt's group exists; an unanswered attempt is looked at soon, and then ever more seldom. */
export function nextLookAtMs(request: GroupRequest, nowMs: number): number {
  const next = LOOKS_AT_MS.map((afterMs) => startOf(request) + afterMs).find((atMs) => atMs > nowMs);
  return next ?? nowMs + HOUR_MS;
}

/** From when on nobody looks any more, and a person must. */
export function givenUpAtMs(request: GroupRequest): number {
  return startOf(request) + DAY_MS;
}

function startOf(request: GroupRequest): number {
  return request.window?.startMs ?? request.createdAtMs;
}

/** What waits for its turn waits on; who waits for an answer is told, and may send it again. */
function backToItsPlace(request: GroupRequest, nowMs: number): RequestSettlement {
  return request.mode === 'queue' ? { status: 'queued', updatedAtMs: nowMs } : failed(nowMs, true);
}

function confirming(
  request: GroupRequest,
  { kind, detail }: Extract<Outcome, { kind: 'unknown' | 'overlimit' }>,
  endedAtMs: number,
): RequestSettlement {
  return {
    status: 'confirming',
    updatedAtMs: endedAtMs,
    outcome: kind,
    detail,
    window: { startMs: startOf(request), endMs: endedAtMs + ENGINE_MS },
    watchAtMs: nextLookAtMs(request, endedAtMs),
  };
}

function failed(nowMs: number, retryable: boolean) {
  return { ...final('failed', nowMs), retryable };
}

/** What every final state has; DynamoDB may collect the record 90 days later. */
export function final<Status extends FinalStatus>(status: Status, nowMs: number) {
  return { status, updatedAtMs: nowMs, finalAtMs: nowMs, expiresAtMs: nowMs + RECORD_KEEP_MS };
}

export type FinalStatus = 'created' | 'failed' | 'unconfirmed' | 'cancelled';
