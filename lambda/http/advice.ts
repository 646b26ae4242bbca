import type { Conclusion, GroupRequest, RequestStatus } from '../creation/request.ts';
import { type Advice, CAUSES, sentences, type Trouble } from './causes.ts';
import { lookOnThePhone } from './look-for.ts';
import { minuteText } from './minute-text.ts';
import { OVERLIMIT_DETAIL, THROTTLED } from './opening-advice.ts';
import { groupPath, resolvePath, retryPath } from './paths.ts';

const UNCLEAR = 'GREEN-API gave no clear answer: the group may or may not exist. It is not sent again.';
const SEEN_ALL_THE_SAME = `${OVERLIMIT_DETAIL} WhatsApp has been seen to create the group all the same, so it is not sent again.`;
const LOOKED_UP =
  'The program looks for it by itself, about 1, 2, 4, 6 and 10 minutes after the attempt and then hourly for a day.';
const NOT_TWICE = 'Do not create the group a second time meanwhile.';

/** What a look-up came to, after the words “the last look, at …,”. */
const SEEN: Readonly<Record<Conclusion, string>> = {
  found: 'found the group',
  none: 'saw no group that fits, which is no proof: GREEN-API’s lists lag, and leave groups out',
  unproved:
    'saw a group of this name from those minutes, but not that this number created it with nobody else in it',
  several: 'saw several groups that fit: only a person can tell which of them is the one',
  unclear: 'could not see all that it needs',
};

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
        detail: sentences(unclear(request), LOOKED_UP, lastLook(request)),
        whatToDo: `Nothing yet: watch ${groupPath(request.id)}. ${NOT_TWICE}`,
      };
    case 'unconfirmed':
      return {
        code: 'outcome-unknown',
        detail: sentences(unclear(request), lastLook(request)),
        whatToDo: lookThenSettle(request),
      };
    case 'failed':
      return adviceOnFailure(request);
  }
}

function adviceOnFailure(request: GroupRequest): Advice {
  const { outcome = 'refused', cause, detail, resolvedBy } = request;
  const said = detail ? `: ${detail}` : '';
  // A person's word stands in for whatever was unknown.
  switch (resolvedBy === undefined ? outcome : 'unknown') {
    case 'throttled':
      return runAgain(THROTTLED, request);
    case 'overlimit':
      return afterOverlimit(request);
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
      return runAgain(
        { code: 'not-created', detail: 'A person has looked on the phone: the group was not created.' },
        request,
      );
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

function lastLook({ evidence }: GroupRequest): string | undefined {
  if (evidence === undefined) return undefined;
  const why = evidence.hindrance === undefined ? '' : `: ${evidence.hindrance}`;
  return `The last look, at ${minuteText(evidence.atMs)}, ${SEEN[evidence.conclusion]}${why}.`;
}

function runAgain({ code, detail, remedy }: Trouble, { id }: GroupRequest): Advice {
  const again = `Send the same request again after Retry-After, or let it wait for its turn with POST ${retryPath(id)}.`;
  return { code, detail, whatToDo: sentences(remedy, again) };
}

function afterOverlimit(request: GroupRequest): Advice {
  const { whatToDo, ...advice } = runAgain({ code: 'overlimit', detail: OVERLIMIT_DETAIL }, request);
  const looksFirst =
    'Either way the program first looks whether WhatsApp created the group all the same, as it has been seen to do, and sends it only if not.';
  return { ...advice, whatToDo: sentences('Let the number rest.', whatToDo, looksFirst) };
}

function lookThenSettle(request: GroupRequest): string {
  const { id, evidence } = request;
  const fitting = evidence?.fitting ?? [];
  const named = `These fit: ${fitting.join(', ')}.`;
  return sentences(
    lookOnThePhone(request),
    fitting.length > 0 ? named : undefined,
    `If it is there, POST ${resolvePath(id)} {"chatId":"…@g.us"} with its chat id, which GREEN-API’s getChats shows beside its name.`,
    `If it is not, POST {"notCreated":true} there; or POST ${retryPath(id)}, which makes a second group if it is there after all.`,
  );
}
