import { type Answer, gatewayError, json } from '../answers.ts';
import type { AnswerName } from '../faults.ts';
import { newInviteLink, type SimulatedGroup } from '../groups.ts';
import { type Call, callError } from './method.ts';

/** Whether a group comes of a call, and what its caller is told. */
export type Course =
  | { readonly creates: 'before-answer'; readonly answer: (call: Call, group: SimulatedGroup) => Answer }
  | { readonly creates: 'after-answer' | 'never'; readonly answer: (call: Call) => Answer };

const error =
  (status: number, message: string) =>
  (call: Call): Answer =>
    callError(call, status, message);

// The page shows the fields in this order, and so does the live service [O].
const created = ({ chatId }: SimulatedGroup, groupInviteLink: string): Answer =>
  json({ created: true, chatId, groupInviteLink });

const cutOff = (): Answer => ({ kind: 'cut-off' });
const hang = (): Answer => ({ kind: 'hang' });

/** WhatsApp's own node has the hyphen, GREEN-API's page a blank [C]: a client must take both. */
const overlimit = error(500, 'rate-overlimit');
const serverError = error(500, 'Internal Server Error');
const timedOut = error(500, 'Timed Out');

/** Every way in which WhatsApp's stage can end, by its name in the faults. */
export const COURSES: Readonly<Record<AnswerName, Course>> = {
  ok: { creates: 'before-answer', answer: (_call, group) => created(group, group.groupInviteLink) },
  'empty-link': { creates: 'before-answer', answer: (_call, group) => created(group, '') },
  // Issue 817 [O]: a link, but not this group's.
  'wrong-link': {
    creates: 'before-answer',
    answer: (call, group) => created(group, newInviteLink(call.world.random)),
  },
  'null-body-after-creating': { creates: 'before-answer', answer: () => json(null) },
  // Documented for the sister product only [I].
  'created-false': {
    creates: 'never',
    answer: () => json({ created: false, chatId: '', groupInviteLink: '' }),
  },
  'rate-overlimit': { creates: 'never', answer: overlimit },
  // Issue 1016 [O]: an account under restriction, a 500, and the group exists.
  'rate-overlimit-after-creating': { creates: 'before-answer', answer: overlimit },
  'bad-request': { creates: 'never', answer: error(500, 'bad-request') },
  'error-500-after-creating': { creates: 'before-answer', answer: serverError },
  'error-500-without-creating': { creates: 'never', answer: serverError },
  'timed-out-after-creating': { creates: 'before-answer', answer: timedOut },
  'timed-out-before-creating': { creates: 'after-answer', answer: timedOut },
  'timed-out-without-creating': { creates: 'never', answer: timedOut },
  'error-502-after-creating': { creates: 'before-answer', answer: () => gatewayError(502) },
  'error-504-after-creating': { creates: 'before-answer', answer: () => gatewayError(504) },
  'error-504-before-creating': { creates: 'after-answer', answer: () => gatewayError(504) },
  'close-after-creating': { creates: 'before-answer', answer: cutOff },
  'close-before-creating': { creates: 'after-answer', answer: cutOff },
  'close-without-creating': { creates: 'never', answer: cutOff },
  'hang-after-creating': { creates: 'before-answer', answer: hang },
  'hang-without-creating': { creates: 'never', answer: hang },
};
