import type { BlockedCause, NotSentCause } from '../creation/outcome.ts';
import type { ProblemCode } from './problem.ts';

/** Why something is not created: its code, a sentence, and what a person can do about it, where it does not pass by itself. */
export interface Trouble {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly remedy?: string;
}

/** What one reader is told of it: he is always told what to do. */
export interface Advice<Code extends string = ProblemCode> {
  readonly code: Code;
  readonly detail: string;
  readonly whatToDo: string;
}

/** Sentences one after another, without those that there are not. */
export function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

export const LINK_PHONE = 'Link the phone in the GREEN-API console (QR code).';
const CHECK_URL = 'Check apiUrl in the instances secret against the GREEN-API console.';

/** Why an attempt came to nothing although the request was not at fault. */
export const CAUSES: Readonly<Record<BlockedCause | NotSentCause, Trouble>> = {
  'token-rejected': {
    code: 'instance-blocked',
    detail: 'GREEN-API rejects the instance’s token (401).',
    remedy: 'Put the current apiTokenInstance into the instances secret.',
  },
  'instance-unknown': {
    code: 'instance-blocked',
    detail: 'GREEN-API does not know the instance under this URL (403).',
    remedy: 'Check idInstance and apiUrl in the instances secret against the GREEN-API console.',
  },
  'path-unknown': {
    code: 'instance-blocked',
    detail: 'GREEN-API does not know the path (404).',
    remedy: CHECK_URL,
  },
  redirected: {
    code: 'instance-blocked',
    detail: 'GREEN-API answered with a redirect, which is never followed.',
    remedy: CHECK_URL,
  },
  'wrong-method': {
    code: 'instance-blocked',
    detail: 'GREEN-API answered 204, as it does to a wrong method.',
    remedy: 'Check apiUrl in the instances secret; something between may change the method.',
  },
  starting: { code: 'instance-blocked', detail: 'The instance is starting.' },
  'not-authorized': {
    code: 'instance-blocked',
    detail: 'The instance is not authorized: its phone is not linked.',
    remedy: LINK_PHONE,
  },
  expired: {
    code: 'instance-blocked',
    detail: 'The instance is not paid for.',
    remedy: 'Renew it in the GREEN-API console.',
  },
  deleted: {
    code: 'instance-blocked',
    detail: 'The instance has been deleted at GREEN-API.',
    remedy: 'Take it out of the instances secret, or put another in its place.',
  },
  unreachable: {
    code: 'green-api-unreachable',
    detail: 'GREEN-API could not be reached; nothing was sent.',
    remedy: 'If it lasts, check apiUrl in the instances secret.',
  },
  'no-time-left': {
    code: 'no-time-left',
    detail: 'The function had too little time left for a call; nothing was sent.',
  },
  'token-changed': {
    code: 'instance-blocked',
    detail: 'GREEN-API rejected a token that has just been changed in the secret; nothing was created.',
  },
};
