import type { BlockedCause, NotSentCause, Outcome } from './outcome.ts';

/** Without an instance of its own, a request is for whichever is free first. */
export const ANY_INSTANCE = 'any';

export type RequestStatus =
  | 'queued'
  | 'creating'
  | 'confirming'
  | 'created'
  | 'failed'
  | 'unconfirmed'
  | 'cancelled';

/** `sync`: its caller waits for the answer; `queue`: it waits for its turn. */
export type RequestMode = 'sync' | 'queue';

/** A span in which an attempt's group can have come into being, in milliseconds. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Somebody's wish for a group and its course, as the record says. Times in milliseconds. */
export interface GroupRequest {
  readonly id: string;
  readonly groupName: string;
  readonly chatIds: readonly string[];
  /** An idInstance, or `any`. */
  readonly wanted: string;
  readonly mode: RequestMode;
  /** Its place: from when it may be served. */
  readonly placeMs: number;
  /** The name of the caller's key. */
  readonly askedBy: string;
  readonly createdAtMs: number;

  readonly status: RequestStatus;
  /** Raised by every write. */
  readonly version: number;
  readonly updatedAtMs: number;
  /** The attempt that is, or was last, under way, and its instance. */
  readonly attemptId?: string;
  readonly idInstance?: string;
  readonly window?: Window;
  /** The window of an attempt that ended in overlimit: to be looked at before the next attempt. */
  readonly overlimitWindow?: Window;
  readonly lookups: number;
  /** From when somebody must look at it. */
  readonly watchAtMs?: number;

  readonly retryable?: boolean;
  readonly outcome?: Exclude<Outcome['kind'], 'created'> | 'overdue';
  readonly cause?: BlockedCause | NotSentCause;
  readonly detail?: string;
  readonly chatId?: string;
  readonly groupInviteLink?: string;
  readonly finalAtMs?: number;
  /** When DynamoDB may collect it; only in a final state. */
  readonly expiresAtMs?: number;
}

/** What R writes; fields that are missing here are removed from the record. */
export type RequestSettlement = Pick<GroupRequest, 'status' | 'updatedAtMs'> &
  Partial<
    Pick<
      GroupRequest,
      | 'window'
      | 'overlimitWindow'
      | 'watchAtMs'
      | 'retryable'
      | 'outcome'
      | 'cause'
      | 'detail'
      | 'chatId'
      | 'groupInviteLink'
      | 'finalAtMs'
      | 'expiresAtMs'
    >
  >;

/** Says which request a caller's key, or a repeated identical request, belongs to. */
export interface Claim {
  readonly requestId: string;
  /** A digest of what was asked for. */
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}
