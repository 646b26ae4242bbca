import type { BlockedCause, NotSentCause, Outcome } from './outcome.ts';

/** Without an instance of its own, a request is for whichever is free first. */
export const ANY_INSTANCE = 'any';

/** So many may wait for one instance, and for `any`. At five minutes each that is more than a month. */
export const MAX_WAITING = 10_000;

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

/** Where a request stands in its line: by instant, then by id. */
export interface Place {
  readonly placeMs: number;
  readonly id: string;
}

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
  /** Its place: from when it may be served, and its turn in the queue. */
  readonly placeMs: number;
  /** What its caller asked for: not before this instant. */
  readonly notBeforeMs?: number;
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
  /** Name, members and result are gone: what stands in their fields says nothing. */
  readonly erasedAtMs?: number;
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

/** What T writes. */
export type RequestTaking = Required<
  Pick<GroupRequest, 'attemptId' | 'idInstance' | 'window' | 'watchAtMs' | 'updatedAtMs'>
>;

/** Says which request a caller's key, or a repeated identical request, belongs to. */
export interface Claim {
  readonly requestId: string;
  /** A digest of what was asked for. */
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}
