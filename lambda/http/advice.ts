import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import type { Opening } from '../pacing/opening.ts';
import { type Advice, AGAIN, CAUSES } from './causes.ts';

const OUTCOME_UNKNOWN: Advice = {
  code: 'outcome-unknown',
  detail: 'GREEN-API gave no clear answer: the group may or may not exist. It is not sent again.',
  whatToDo:
    'Watch Location. Do not create the group a second time before you have looked on the phone whether it is there.',
};

const THROTTLED: Advice = {
  code: 'throttled',
  detail: 'GREEN-API’s own limit or quota is used up.',
  whatToDo: `${AGAIN} For a used-up quota, see the tariff in the GREEN-API console.`,
};

const OVERLIMIT_DETAIL = 'WhatsApp restricts the number for creating too many groups too quickly.';

/** After the rest that an overlimit asks for: the program does not send again what may exist (docs/adr/0003). */
export const OVERLIMIT_RESTED: Advice = {
  code: 'outcome-unknown',
  detail: `${OVERLIMIT_DETAIL} WhatsApp has been seen to create the group all the same, so it is not sent again.`,
  whatToDo: 'Look on the phone whether the group is there. If not, ask for it with another Idempotency-Key.',
};

/** Why an instance does not create a group now. */
export function adviceOnOpening(opening: Opening): Advice {
  switch (opening.why) {
    case 'free':
    case 'interval':
      return {
        code: 'busy',
        detail: 'The instance was used a short while ago; the next group keeps the interval.',
        whatToDo: AGAIN,
      };
    case 'in-flight':
      return { code: 'busy', detail: 'Another group is being created right now.', whatToDo: AGAIN };
    case 'throttled':
      return THROTTLED;
    case 'overlimit':
      return { code: 'overlimit', detail: OVERLIMIT_DETAIL, whatToDo: AGAIN };
    case 'blocked':
      return CAUSES[opening.cause ?? 'starting'];
    case 'not-sent':
      return CAUSES.unreachable;
    case 'paused':
      return {
        code: 'instance-paused',
        detail: 'A person has paused the instance.',
        whatToDo: 'Resume it, or ask for another instance.',
      };
  }
}

/** What is said of a request that is not created. */
export function adviceOnRequest(status: Exclude<RequestStatus, 'created'>, request: GroupRequest): Advice {
  switch (status) {
    case 'creating':
      return {
        code: 'in-flight',
        detail: 'The same request is being created right now.',
        whatToDo: 'Send it again after Retry-After, or watch Location.',
      };
    case 'queued':
      return {
        code: 'waiting',
        detail: 'The same request waits for its turn.',
        whatToDo: 'Watch Location.',
      };
    case 'cancelled':
      return {
        code: 'cancelled',
        detail: 'The request was cancelled.',
        whatToDo: 'Use another Idempotency-Key for a new request.',
      };
    case 'confirming':
    case 'unconfirmed':
      return OUTCOME_UNKNOWN;
    case 'failed':
      return adviceOnFailure(request);
  }
}

function adviceOnFailure({ outcome, cause, detail }: GroupRequest): Advice {
  const said = detail ? `: ${detail}` : '';
  switch (outcome ?? 'refused') {
    case 'throttled':
      return THROTTLED;
    case 'overlimit':
      return {
        code: 'overlimit',
        detail: `${OVERLIMIT_DETAIL} WhatsApp has been seen to create the group all the same.`,
        whatToDo:
          'Look on the phone whether the group is there. If not, ask for it with another Idempotency-Key after Retry-After.',
      };
    case 'blocked':
    case 'not-sent':
      return CAUSES[cause ?? 'unreachable'];
    case 'rejected':
      return {
        code: 'rejected',
        detail: `WhatsApp rejected the request${said}`,
        whatToDo:
          'Check the members’ numbers; a number without WhatsApp is the usual cause. Then send a new request.',
      };
    case 'overdue':
    case 'unknown':
      return OUTCOME_UNKNOWN;
    case 'refused':
      return {
        code: 'refused',
        detail: `GREEN-API refused the request${said}`,
        whatToDo: 'Correct what it names, then send a new request.',
      };
  }
}
