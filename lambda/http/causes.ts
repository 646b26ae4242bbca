import type { BlockedCause, NotSentCause } from '../creation/outcome.ts';
import type { ProblemCode } from './problem.ts';

/** What is said of a state: its code, a sentence, and what a person can do. */
export interface Advice {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly whatToDo: string;
}

export const AGAIN = 'Send the same request again after Retry-After.';

/** Why an attempt came to nothing although the request was not at fault. */
export const CAUSES: Readonly<Record<BlockedCause | NotSentCause, Advice>> = {
  'token-rejected': {
    code: 'instance-blocked',
    detail: 'GREEN-API rejects the instance’s token (401).',
    whatToDo: 'Put the current apiTokenInstance into the instances secret.',
  },
  'instance-unknown': {
    code: 'instance-blocked',
    detail: 'GREEN-API does not know the instance under this URL (403).',
    whatToDo: 'Check idInstance and apiUrl in the instances secret against the GREEN-API console.',
  },
  'path-unknown': {
    code: 'instance-blocked',
    detail: 'GREEN-API does not know the path (404).',
    whatToDo: 'Check apiUrl in the instances secret against the GREEN-API console.',
  },
  redirected: {
    code: 'instance-blocked',
    detail: 'GREEN-API answered with a redirect, which is never followed.',
    whatToDo: 'Check apiUrl in the instances secret against the GREEN-API console.',
  },
  'wrong-method': {
    code: 'instance-blocked',
    detail: 'GREEN-API answered 204, as it does to a wrong method.',
    whatToDo: 'Check apiUrl in the instances secret; something between may change the method.',
  },
  starting: {
    code: 'instance-blocked',
    detail: 'The instance is starting.',
    whatToDo: 'Send the same request again after Retry-After.',
  },
  'not-authorized': {
    code: 'instance-blocked',
    detail: 'The instance is not authorized: its phone is not linked.',
    whatToDo: 'Link the phone in the GREEN-API console (QR code), then send the same request again.',
  },
  expired: {
    code: 'instance-blocked',
    detail: 'The instance is not paid for.',
    whatToDo: 'Renew it in the GREEN-API console, then send the same request again.',
  },
  deleted: {
    code: 'instance-blocked',
    detail: 'The instance has been deleted at GREEN-API.',
    whatToDo: 'Take it out of the instances secret, or put another in its place.',
  },
  unreachable: {
    code: 'green-api-unreachable',
    detail: 'GREEN-API could not be reached; nothing was sent.',
    whatToDo: `${AGAIN} If it lasts, check apiUrl in the instances secret.`,
  },
  'no-time-left': {
    code: 'no-time-left',
    detail: 'The function had too little time left for a call; nothing was sent.',
    whatToDo: AGAIN,
  },
  'token-changed': {
    code: 'instance-blocked',
    detail: 'GREEN-API rejected a token that has just been changed in the secret; nothing was created.',
    whatToDo: AGAIN,
  },
};
