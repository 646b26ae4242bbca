import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import { adviceOnRequest } from './advice.ts';
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
    ...(request.status === 'created' && {
      chatId: request.chatId,
      groupInviteLink: request.groupInviteLink,
    }),
    idInstance: request.idInstance ?? null,
    groupName: request.groupName,
    chatIds: request.chatIds,
    wanted: request.wanted,
    ...(request.notBeforeMs !== undefined && { notBefore: isoOf(request.notBeforeMs) }),
    askedBy: request.askedBy,
    createdAt: isoOf(request.createdAtMs),
    updatedAt: isoOf(request.updatedAtMs),
    ...(request.status !== 'created' && notCreatedView(request.status, request)),
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

function notCreatedView(status: Exclude<RequestStatus, 'created'>, request: GroupRequest) {
  const { code, detail, whatToDo } = adviceOnRequest(status, request);
  return {
    reason: code,
    detail,
    until: isoOrNull(request.watchAtMs),
    whatToDo,
    ...(status === 'failed' && {
      retryable: request.retryable === true && request.overlimitWindow === undefined,
    }),
    ...(request.outcome !== undefined && { lastOutcome: request.outcome }),
  };
}

export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function isoOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : isoOf(atMs);
}
