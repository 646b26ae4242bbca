import { ENGINE_MS } from '../pacing/limits.ts';
import type { Outcome } from './outcome.ts';
import type { GroupRequest, RequestSettlement } from './request.ts';

const DAY_MS = 24 * 60 * 60_000;
/** How long a record that is final is kept. */
const RECORD_KEEP_MS = 90 * DAY_MS;
/** The first look whether an unsettled attempt's group exists, counted from the attempt's start. */
const FIRST_LOOK_MS = 60_000;

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
      return { ...failed(endedAtMs, true), outcome: 'throttled', detail: outcome.detail };
    case 'not-sent':
    case 'blocked':
      return {
        ...failed(endedAtMs, true),
        outcome: outcome.kind,
        cause: outcome.cause,
        detail: outcome.detail,
      };
    case 'overlimit':
      return {
        ...failed(endedAtMs, true),
        outcome: 'overlimit',
        detail: outcome.detail,
        overlimitWindow: { startMs: startOf(request), endMs: endedAtMs + ENGINE_MS },
      };
    case 'unknown':
      return {
        status: 'confirming',
        updatedAtMs: endedAtMs,
        outcome: 'unknown',
        detail: outcome.detail,
        window: { startMs: startOf(request), endMs: endedAtMs + ENGINE_MS },
        watchAtMs: nextLookAtMs(request, endedAtMs),
      };
  }
}

/** The request was put as `creating`, but no whole call fitted into the execution any more: nothing was sent. */
export function settleUnsent(nowMs: number): RequestSettlement {
  return { ...failed(nowMs, true), outcome: 'not-sent', cause: 'no-time-left' };
}

/** When somebody should look whether the attempt's group exists. */
export function nextLookAtMs(request: GroupRequest, nowMs: number): number {
  return Math.max(nowMs, startOf(request) + FIRST_LOOK_MS);
}

function startOf(request: GroupRequest): number {
  return request.window?.startMs ?? request.createdAtMs;
}

function failed(nowMs: number, retryable: boolean) {
  return { ...final('failed', nowMs), retryable };
}

function final(status: 'created' | 'failed', nowMs: number) {
  return { status, updatedAtMs: nowMs, finalAtMs: nowMs, expiresAtMs: nowMs + RECORD_KEEP_MS };
}
