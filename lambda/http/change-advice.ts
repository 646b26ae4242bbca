import type { GroupRequest } from '../creation/request.ts';
import { type Advice, sentences } from './causes.ts';
import { groupPath, retryPath } from './paths.ts';

const ANOTHER = 'For another group, send a new request with another Idempotency-Key.';

/** Why a request can be neither cancelled nor erased now. */
export function adviceOnRemoval({ id, status }: GroupRequest): Advice {
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

/** Why a request cannot be retried now. */
export function adviceOnRetry({ id, status }: GroupRequest): Advice {
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
        whatToDo: ANOTHER,
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

/** Why there is nothing for a person to settle now. */
export function adviceOnResolution({ id, status, overlimitWindow }: GroupRequest): Advice {
  switch (status) {
    case 'creating':
      return underWay(status, `Watch ${groupPath(id)}: only what stays unconfirmed can be resolved.`);
    case 'confirming':
      return underWay(
        status,
        `Watch ${groupPath(id)}: the program still looks for the group by itself, next at the instant in until. What it has not found after a day at most stays unconfirmed, and can be resolved then.`,
      );
    case 'queued':
      return {
        code: 'waiting',
        detail: 'The request waits for its turn; nothing about it is in doubt that a person could settle.',
        whatToDo: `If the group is there, DELETE ${groupPath(id)} cancels the request.`,
      };
    case 'created':
      return {
        code: 'already-created',
        detail: 'It is known already that the group of this request exists.',
        whatToDo: `${groupPath(id)} tells its chat id. ${ANOTHER}`,
      };
    case 'failed':
      return {
        code: 'not-created',
        detail: 'The request has failed: only what stays unconfirmed can be resolved.',
        whatToDo: sentences(
          `POST ${retryPath(id)} lets it wait for its turn again.`,
          overlimitWindow && 'Then the program first looks whether its group exists after all.',
        ),
      };
    case 'cancelled':
      return {
        code: 'cancelled',
        detail: 'The request was cancelled; only what stays unconfirmed can be resolved.',
        whatToDo: ANOTHER,
      };
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
