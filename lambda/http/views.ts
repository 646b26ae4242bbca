import type { Evidence, GroupRequest, RequestStatus } from '../creation/request.ts';
import { adviceOnRequest } from './advice.ts';
import { lookForOf } from './look-for.ts';
import type { Waiting } from './waiting.ts';

/** A request of which only its end is left. */
export type ErasedRequest = GroupRequest & { readonly erasedAtMs: number };

export function isErased(request: GroupRequest): request is ErasedRequest {
  return request.erasedAtMs !== undefined;
}

/** One request as its callers see it, in a list. */
export function listedView(request: GroupRequest) {
  return isErased(request) ? erasedView(request) : groupView(request);
}

/** One request as its callers see it. */
export function groupView(request: GroupRequest) {
  return {
    id: request.id,
    status: request.status,
    created: request.status === 'created',
    ...(request.status === 'created' && createdView(request)),
    idInstance: request.idInstance ?? null,
    groupName: request.groupName,
    chatIds: request.chatIds,
    ...(request.droppedChatIds?.length && { droppedChatIds: request.droppedChatIds }),
    wanted: request.wanted,
    ...(request.notBeforeMs !== undefined && { notBefore: isoOf(request.notBeforeMs) }),
    askedBy: request.askedBy,
    createdAt: isoOf(request.createdAtMs),
    updatedAt: isoOf(request.updatedAtMs),
    ...(request.resolvedBy !== undefined && { resolvedBy: request.resolvedBy }),
    ...(request.status !== 'created' && notCreatedView(request.status, request)),
    ...(request.evidence && { lookUp: lookUpView(request.evidence) }),
  };
}

/** One request that waits, and for what. */
export function waitingView(request: GroupRequest, { position, expectedAtMs, advice, untilMs }: Waiting) {
  return {
    ...groupView(request),
    position: position ?? null,
    expectedAt: isoOrNull(expectedAtMs),
    reason: advice.code,
    detail: advice.detail,
    until: isoOrNull(untilMs),
    whatToDo: advice.whatToDo,
  };
}

/** What is left of an erased request. */
export function erasedView({ id, status, createdAtMs, erasedAtMs }: ErasedRequest) {
  return { id, status, erased: true, createdAt: isoOf(createdAtMs), erasedAt: isoOf(erasedAtMs) };
}

function createdView({ chatId, groupInviteLink, missingChatIds }: GroupRequest) {
  return { chatId, groupInviteLink, missingChatIds: missingChatIds ?? null };
}

function notCreatedView(status: Exclude<RequestStatus, 'created'>, request: GroupRequest) {
  const { code, detail, whatToDo } = adviceOnRequest(status, request);
  return {
    reason: code,
    detail,
    until: isoOrNull(request.watchAtMs),
    whatToDo,
    ...(status === 'failed' && { retryable: request.retryable === true }),
    ...(request.outcome !== undefined && { lastOutcome: request.outcome }),
    ...(status === 'confirming' && { nextLookAt: isoOrNull(request.watchAtMs) }),
    ...((status === 'confirming' || status === 'unconfirmed') && {
      lookFor: lookForView(request),
      lookUp: null,
    }),
  };
}

/** What a person looks for on the phone. */
function lookForView(request: GroupRequest) {
  const lookFor = lookForOf(request);
  if (lookFor === undefined) return null;
  const { groupName, idInstance, fromMs, toMs } = lookFor;
  return {
    groupName,
    idInstance,
    createdFrom: isoOf(fromMs),
    createdTo: isoOf(toMs),
  };
}

/** What the last look-up saw, and why it concluded so. */
function lookUpView({ atMs, ...seen }: Evidence) {
  return { at: isoOf(atMs), ...seen };
}

export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function isoOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : isoOf(atMs);
}
