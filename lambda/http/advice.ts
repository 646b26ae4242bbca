import type { GroupRequest, RequestStatus } from '../creation/request.ts';
import { type Advice, CAUSES, sentences, type Trouble } from './causes.ts';
import { OVERLIMIT_DETAIL, THROTTLED } from './opening-advice.ts';
import { groupPath, retryPath } from './paths.ts';

const UNCLEAR = 'GREEN-API gave no clear answer: the group may or may not exist. It is not sent again.';
const SEEN_ALL_THE_SAME = `${OVERLIMIT_DETAIL} WhatsApp has been seen to create the group all the same, so it is not sent again.`;
const NOT_TWICE =
  'Do not create the group a second time before you have looked on the phone whether it is there.';

/** After the rest that an overlimit asks for: the program does not send again what may exist (docs/adr/0003). */
export function adviceAfterOverlimit(request: GroupRequest): Advice {
  return { code: 'outcome-unknown', detail: SEEN_ALL_THE_SAME, whatToDo: lookThenRetry(request) };
}

/** What is said of a request that is not created. */
export function adviceOnRequest(status: Exclude<RequestStatus, 'created'>, request: GroupRequest): Advice {
  switch (status) {
    case 'creating':
      return {
        code: 'in-flight',
        detail: 'The request is being created right now.',
        whatToDo: `Watch ${groupPath(request.id)}, or send the same request again after Retry-After.`,
      };
    case 'queued':
      return {
        code: 'waiting',
        detail: 'The request waits for its turn.',
        whatToDo: `Nothing: it is created when its turn comes. ${groupPath(request.id)} says when that will be, and what is in the way.`,
      };
    case 'cancelled':
      return {
        code: 'cancelled',
        detail: 'The request was cancelled.',
        whatToDo: 'Use another Idempotency-Key for a new request.',
      };
    case 'confirming':
      return {
        code: 'outcome-unknown',
        detail: unclear(request),
        whatToDo: `Watch ${groupPath(request.id)}. ${NOT_TWICE}`,
      };
    case 'unconfirmed':
      return { code: 'outcome-unknown', detail: unclear(request), whatToDo: lookThenRetry(request) };
    case 'failed':
      return adviceOnFailure(request);
  }
}

function adviceOnFailure(request: GroupRequest): Advice {
  const { outcome, cause, detail } = request;
  const said = detail ? `: ${detail}` : '';
  switch (outcome ?? 'refused') {
    case 'throttled':
      return runAgain(THROTTLED, request);
    case 'overlimit':
      return { code: 'overlimit', detail: SEEN_ALL_THE_SAME, whatToDo: lookThenRetry(request) };
    case 'blocked':
    case 'not-sent':
      return runAgain(CAUSES[cause ?? 'unreachable'], request);
    case 'rejected':
      return {
        code: 'rejected',
        detail: `WhatsApp rejected the request${said}`,
        whatToDo:
          'Check the members’ numbers; a number without WhatsApp is the usual cause. Then send a new request.',
      };
    case 'overdue':
    case 'unknown':
      return { code: 'outcome-unknown', detail: UNCLEAR, whatToDo: lookThenRetry(request) };
    case 'refused':
      return {
        code: 'refused',
        detail: `GREEN-API refused the request${said}`,
        whatToDo: 'Correct what it names, then send a new request.',
      };
  }
}

function unclear({ outcome }: GroupRequest): string {
  return outcome === 'overlimit' ? SEEN_ALL_THE_SAME : UNCLEAR;
}

function runAgain({ code, detail, remedy }: Trouble, { id }: GroupRequest): Advice {
  const again = `Send the same request again after Retry-After, or let it wait for its turn with POST ${retryPath(id)}.`;
  return { code, detail, whatToDo: sentences(remedy, again) };
}

function lookThenRetry({ id }: GroupRequest): string {
  return `Look on the phone whether the group is there. If not, POST ${retryPath(id)} lets the request wait for its turn again.`;
}
