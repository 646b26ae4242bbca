import type { RequestMode } from '../creation/request.ts';
import type { Opening } from '../pacing/opening.ts';
import { type Advice, CAUSES, sentences, type Trouble } from './causes.ts';
import { resumePath } from './paths.ts';

export const OVERLIMIT_DETAIL = 'WhatsApp restricts the number for creating too many groups too quickly.';

export const THROTTLED: Trouble = {
  code: 'throttled',
  detail: 'GREEN-API’s own limit or quota is used up.',
  remedy: 'For a used-up quota, see the tariff in the GREEN-API console.',
};

const AGAIN = 'Send the same request again after Retry-After.';
/** How a caller who need not have his answer at once is rid of asking. */
const AGAIN_OR_QUEUE =
  'Send the same request again after Retry-After, or at once with the header Prefer: respond-async: then it waits here for its turn.';

/** Why an instance does not create a group now. */
export function troubleOf(opening: Opening): Trouble {
  switch (opening.why) {
    case 'free':
    case 'interval':
      return {
        code: 'busy',
        detail: 'The instance was used a short while ago; the next group keeps the interval.',
      };
    case 'in-flight':
      return { code: 'busy', detail: 'Another group is being created right now.' };
    case 'queue':
      return { code: 'busy', detail: 'Others wait for their turn already, and come first.' };
    case 'outside-hours':
      return {
        code: 'outside-hours',
        detail: 'The instance creates groups only in its active hours; until says when they begin.',
      };
    case 'daily-limit':
      return {
        code: 'daily-limit',
        detail: 'The instance has reached its daily limit; until says when it goes on.',
      };
    case 'throttled':
      return THROTTLED;
    case 'overlimit':
      return { code: 'overlimit', detail: OVERLIMIT_DETAIL };
    case 'blocked':
      return CAUSES[opening.cause ?? 'starting'];
    case 'not-sent':
      return CAUSES.unreachable;
    case 'paused':
      return {
        code: 'instance-paused',
        detail: 'A person has paused the instance.',
        remedy: 'Resume it, or ask for another instance.',
      };
  }
}

/** For a caller who comes too early. Who has agreed to wait already is not told of that again. */
export function adviceToCaller(opening: Opening, mode: RequestMode): Advice {
  const { code, detail, remedy } = troubleOf(opening);
  return { code, detail, whatToDo: sentences(remedy, mode === 'queue' ? AGAIN : AGAIN_OR_QUEUE) };
}

/** For whoever looks after the instance. */
export function adviceToOperator(opening: Opening, idInstance: string): Advice {
  const { code, detail, remedy } = troubleOf(opening);
  const resume = `POST ${resumePath(idInstance)}`;
  if (opening.why === 'paused') return { code, detail, whatToDo: `${resume} lets it go on.` };
  // No hint where resuming would do harm, as for a number that WhatsApp restricts.
  const whatToDo =
    remedy === undefined
      ? 'Nothing: it goes on by itself.'
      : `${remedy} ${resume} then lets it go on at once.`;
  return { code, detail, whatToDo };
}
