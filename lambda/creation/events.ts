import type { Outcome } from './outcome.ts';
import type { Conclusion, RequestStatus } from './request.ts';

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
  | { readonly event: 'request-overdue'; readonly requestId: string; readonly idInstance?: string }
  /** Nobody could find out what an attempt came to. */
  | { readonly event: 'request-unconfirmed'; readonly requestId: string }
  | {
      readonly event: 'schedule-taken';
      readonly askedBy: string;
      readonly requestId: string;
      readonly status: RequestStatus;
    }
  | { readonly event: 'looked-up'; readonly requestId: string; readonly conclusion: Conclusion }
  | { readonly event: 'look-failed'; readonly requestId: string; readonly error: unknown }
  | { readonly event: 'watch-not-read' | 'any-not-read'; readonly error: unknown }
  | { readonly event: 'instance-not-served'; readonly idInstance: string; readonly error: unknown }
  | { readonly event: 'tick-ended' | 'tick-idle'; readonly instances: number; readonly served: number };

export type Report = (event: CreationEvent) => void;
