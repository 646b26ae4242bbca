import type { Outcome } from './outcome.ts';

/** What the heart tells the log. No field ever holds a token, a key or a phone number; `detail` has them masked already. */
export type CreationEvent =
  | {
      readonly event: 'attempt-ended';
      readonly requestId: string;
      readonly attemptId: string;
      readonly idInstance: string;
      readonly outcome: Outcome['kind'];
      readonly detail?: string;
      readonly callMs: number;
    }
  /** An outcome could not be written: the bounds of the items repair it (docs/lock-protocol.md, crash points). */
  | {
      readonly event: 'settle-failed';
      readonly what: 'request' | 'lock';
      readonly requestId: string;
      readonly attemptId: string;
      readonly error: unknown;
    }
  /** After a 401 the secret could not be read again. */
  | { readonly event: 'secret-not-read'; readonly idInstance: string; readonly error: unknown }
  | { readonly event: 'request-overdue'; readonly requestId: string; readonly idInstance?: string };

export type Report = (event: CreationEvent) => void;
