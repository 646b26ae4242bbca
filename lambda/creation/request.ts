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

/** The window of an attempt that ended in overlimit, and its instance: the next attempt may be another's. */
export interface OverlimitWindow extends Window {
  readonly idInstance: string;
}

/** What a look-up concluded from what it saw. */
export type Conclusion =
  /** Exactly one group fits. */
  | 'found'
  /** Everything was seen, and none fits; absence is no proof all the same. */
  | 'none'
  | 'several'
  /** There is one of the name, from those minutes, of which it cannot be proved who made it or who is in it. */
  | 'unproved'
  /** Not everything could be seen: nothing follows from it. */
  | 'unclear';

/** Why a group of a request's name, or without a name, is not the one that its attempt made; how many. */
export interface Mismatches {
  readonly name: number;
  readonly time: number;
  readonly creator: number;
  readonly members: number;
  /** Gone, or the number is not in it. */
  readonly gone: number;
}

/** What the last look-up of a request asked, what came back, and why it concluded so: counts and states, and ids of groups. */
export interface Evidence {
  readonly atMs: number;
  readonly conclusion: Conclusion;
  /** What kept it from being clear. */
  readonly hindrance?: string;
  /** The instance's state, in GREEN-API's own word. */
  readonly state?: string;
  /** How many entries the lists had; missing where they were not told. */
  readonly chats?: number;
  readonly contacts?: number;
  /** How many listed groups have the request's name or none, and how many of them were looked at. */
  readonly candidates?: number;
  readonly lookedAt?: number;
  readonly mismatches?: Mismatches;
  /** The chat ids of those that fit. */
  readonly fitting?: readonly string[];
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
  /** Of an attempt that ended in overlimit: to be looked at before the next attempt. */
  readonly overlimitWindow?: OverlimitWindow;
  readonly lookups: number;
  /** From when somebody must look at it. */
  readonly watchAtMs?: number;

  readonly retryable?: boolean;
  readonly outcome?: Exclude<Outcome['kind'], 'created'> | 'overdue';
  readonly cause?: BlockedCause | NotSentCause;
  readonly detail?: string;
  readonly chatId?: string;
  readonly groupInviteLink?: string;
  /** Of the last look-up. */
  readonly evidence?: Evidence;
  /** Who was asked for and is not in the group; missing while nobody could tell. */
  readonly missingChatIds?: readonly string[];
  /** Who was asked for and left out because the number is not on WhatsApp; `chatIds` are the others. */
  readonly droppedChatIds?: readonly string[];
  /** The name of the key of the person who settled what nobody could find out. */
  readonly resolvedBy?: string;
  readonly finalAtMs?: number;
  /** Name, members and result are gone: what stands in their fields says nothing. */
  readonly erasedAtMs?: number;
  /** When DynamoDB may collect it; only in a final state. */
  readonly expiresAtMs?: number;
}

/** What R writes; fields that are missing here are removed from the record. */
export type RequestSettlement = Pick<GroupRequest, 'status' | 'updatedAtMs'> &
  // The one that stays if it is missing: another than the attempt's only where an earlier attempt's group was found.
  Partial<Pick<GroupRequest, 'idInstance'>> &
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
      | 'evidence'
      | 'missingChatIds'
      | 'resolvedBy'
      | 'finalAtMs'
      | 'expiresAtMs'
    >
  >;

/** What N writes: what was not seen is missing. */
export type MembersSeen = Partial<Pick<GroupRequest, 'missingChatIds' | 'groupInviteLink'>>;

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
