import type { InstanceState } from '../creation/list-instances.ts';
import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import type { Opening } from '../pacing/opening.ts';
import { dayOf } from '../pacing/policy.ts';
import { adviceOnOpening, adviceOnRequest } from './advice.ts';

export const locationOf = ({ id }: GroupRequest): string => `/groups/${id}`;

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
    askedBy: request.askedBy,
    createdAt: isoOf(request.createdAtMs),
    updatedAt: isoOf(request.updatedAtMs),
    ...(request.status !== 'created' && notCreatedView(request.status, request)),
  };
}

function notCreatedView(status: Exclude<RequestStatus, 'created'>, request: GroupRequest) {
  const { code, detail, whatToDo } = adviceOnRequest(status, request);
  return {
    reason: code,
    detail,
    until: request.watchAtMs === undefined ? null : isoOf(request.watchAtMs),
    whatToDo,
    ...(status === 'failed' && {
      retryable: request.retryable === true && request.overlimitWindow === undefined,
    }),
    ...(request.outcome !== undefined && { lastOutcome: request.outcome }),
  };
}

/** One instance as its callers see it; nothing of its token or URL. */
export function instanceView({ instance, lock, opening }: InstanceState, nowMs: number) {
  return {
    idInstance: instance.idInstance,
    ...(instance.label !== undefined && { label: instance.label }),
    state: STATE_WORDS[opening.why],
    ...(opening.why !== 'free' && notFreeView(opening)),
    attemptsToday: lock.attemptsByDay[dayOf(nowMs)] ?? 0,
    lastOutcome: lock.lastOutcome ?? null,
  };
}

const STATE_WORDS = {
  free: 'free',
  interval: 'resting',
  'in-flight': 'creating',
  throttled: 'cooling-down',
  overlimit: 'cooling-down',
  blocked: 'blocked',
  'not-sent': 'cooling-down',
  paused: 'paused',
} as const satisfies Record<Opening['why'], string>;

function notFreeView(opening: Opening) {
  const { code, detail, whatToDo } = adviceOnOpening(opening);
  return {
    reason: code,
    detail,
    until: opening.atMs === undefined ? null : isoOf(opening.atMs),
    whatToDo,
  };
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
