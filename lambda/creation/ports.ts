import type { CreationLock, LockSettlement } from './lock.ts';
import type { Outcome } from './outcome.ts';
import type {
  Claim,
  Evidence,
  GroupRequest,
  MembersSeen,
  Place,
  RequestSettlement,
  RequestTaking,
} from './request.ts';

/** Wall-clock time and waiting. Injected, so that tests own time. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Resolves after `ms`, or at once when `signal` fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** A fresh, unguessable identifier. */
export type NewId = () => string;

/** One run of the function: it is dead at `deadlineMs`, and `signal` fires then. */
export interface Execution {
  readonly deadlineMs: number;
  /** Until when whoever asked hears an answer; without a caller, the deadline. */
  readonly answerByMs: number;
  readonly signal: AbortSignal;
}

/** A GREEN-API account: one WhatsApp number. */
export interface Instance {
  readonly idInstance: string;
  readonly apiTokenInstance: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  readonly label?: string;
}

/** The instances of the secret. Both throw SecretError. */
export interface Instances {
  list(): Promise<readonly Instance[]>;
  /** Reads the secret once more, at most every 30 s, and returns what it holds now. */
  listAfresh(): Promise<readonly Instance[]>;
}

/** What becomes a group. */
export interface GroupContent {
  readonly groupName: string;
  readonly chatIds: readonly string[];
}

/** GREEN-API's createGroup. */
export interface GroupCreator {
  /**
   * Sends one POST, never a second, and says what it came to. Never throws.
   * @param mayStillSend asked synchronously right before the first byte is written; false ends the attempt as `not-sent`.
   * @param signal fires at the execution's deadline and destroys the socket.
   */
  createGroup(
    instance: Instance,
    content: GroupContent,
    guard: { readonly mayStillSend: () => boolean; readonly signal: AbortSignal },
  ): Promise<Outcome>;
}

/** What a request to GREEN-API that changes nothing came to. `detail` holds neither a token nor a phone number. */
export type LookedUp<T> =
  | { readonly kind: 'told'; readonly value: T }
  /** No clear answer. `quota`: the month's quota of this method is used up. */
  | { readonly kind: 'untold'; readonly cause: 'quota' | 'other'; readonly detail: string };

/** A chat as GREEN-API's lists show it: they lag, and may leave the name out. */
export interface ListedChat {
  readonly chatId: string;
  /** Empty where the list has none. */
  readonly name: string;
}

/** A group as WhatsApp itself has it. */
export interface GroupFacts {
  readonly chatId: string;
  readonly subject: string;
  /** WhatsApp counts in whole seconds. */
  readonly createdAtMs: number;
  /** Whom GREEN-API names as its creator: the owner, who set the first subject, the superadmins. Chat ids, some as `…@lid`. */
  readonly creators: readonly string[];
  /** Chat ids of the members, the creator's too; some as `…@lid`. */
  readonly members: readonly string[];
  /** Whether `members` are all of them. */
  readonly isWhole: boolean;
  /** Empty where GREEN-API does not tell it. */
  readonly groupInviteLink: string;
}

/**
 * GREEN-API's methods that change nothing. Each is one request, which waits for its turn (one a second for an instance) and is bounded
 * in time. None throws; when `signal` fires they end untold.
 */
export interface LookUps {
  /** The state of the instance in GREEN-API's own word, such as `authorized` (getStateInstance). */
  state(instance: Instance, signal: AbortSignal): Promise<LookedUp<string>>;
  /** Until when WhatsApp suspends the number, in milliseconds; undefined if that is not told (getWaSettings). */
  suspendedUntilMs(instance: Instance, signal: AbortSignal): Promise<LookedUp<number | undefined>>;
  /** The chat id of the instance's own number (getSettings). */
  ownChatId(instance: Instance, signal: AbortSignal): Promise<LookedUp<string>>;
  /** The chats that were active last, newest first, groups and others (getChats). */
  chats(instance: Instance, signal: AbortSignal): Promise<LookedUp<readonly ListedChat[]>>;
  /** All groups among the contacts (getContacts). */
  groupContacts(instance: Instance, signal: AbortSignal): Promise<LookedUp<readonly ListedChat[]>>;
  /** One group; undefined if there is none of this id, or the number is not in it (getGroupData). */
  group(instance: Instance, chatId: string, signal: AbortSignal): Promise<LookedUp<GroupFacts | undefined>>;
  /** Whether a number is on WhatsApp (checkWhatsapp: ten a second, a quota for the month). */
  isOnWhatsApp(instance: Instance, chatId: string, signal: AbortSignal): Promise<LookedUp<boolean>>;
}

/** The creation locks. Every method throws StorageError or ExecutionEndedError. */
export interface Locks {
  /** A: one conditional write. `lock` is the item as it stands afterwards, or as it stood in the way. */
  acquire(wish: AcquireWish): Promise<{ readonly acquired: boolean; readonly lock: CreationLock }>;
  /** S and G. Resolves once DynamoDB has definitely applied or refused it. */
  settle(idInstance: string, attemptId: string, settlement: LockSettlement): Promise<void>;
  /** Consistent reads; an instance that never created has a lock with no fields set. */
  read(idInstances: readonly string[]): Promise<readonly CreationLock[]>;
  /** Resolves with the lock as it stands then; who paused first stays named. */
  pause(idInstance: string, pausedBy: string, nowMs: number): Promise<CreationLock>;
  /** Ends the pause and the cool-down that were seen, never the interval; `ended` is false if they are others by now. */
  resume(seen: CreationLock): Promise<{ readonly ended: boolean; readonly lock: CreationLock }>;
}

/** What A writes. Times are milliseconds; `nowMs` is the one clock reading from which all others follow. */
export interface AcquireWish {
  readonly idInstance: string;
  readonly attemptId: string;
  readonly requestId: string;
  readonly nowMs: number;
  /** Until when the lock is held if nobody settles it. */
  readonly boundMs: number;
  /** The day that this attempt counts for, as `2026-11-23`. */
  readonly day: string;
  /** How many attempts that day may have. */
  readonly dailyLimit: number | undefined;
}

/** What a conditional write of a request came to, and the record as it stands then. */
export type RequestWritten =
  | { readonly applied: true; readonly request: GroupRequest }
  | { readonly applied: false; readonly request: GroupRequest | undefined };

/** The group requests. Every method throws StorageError or ExecutionEndedError. */
export interface Requests {
  /** A consistent read. */
  read(id: string): Promise<GroupRequest | undefined>;
  /** Consistent reads, in the order of the ids; what does not exist is left out. */
  readMany(ids: readonly string[]): Promise<readonly GroupRequest[]>;
  /** P and Q: puts the record as `creating` or `queued`, new or over the failed, retryable record that runs again. */
  put(request: GroupRequest, rerunOf: GroupRequest | undefined): Promise<RequestWritten>;
  /** T: a `queued` record, still as it was read, becomes `creating`. */
  take(queued: GroupRequest, taking: RequestTaking): Promise<RequestWritten>;
  /** R: resolves with the record as it stands once DynamoDB has definitely applied or refused it. */
  settle(
    request: GroupRequest,
    attemptId: string,
    settlement: RequestSettlement,
  ): Promise<GroupRequest | undefined>;
  /** An overdue `creating` becomes `confirming`, unless its attempt is another by now; resolves with the record as it stands then. */
  markOverdue(
    request: GroupRequest,
    nextLookAtMs: number,
    nowMs: number,
  ): Promise<{ readonly marked: boolean; readonly request: GroupRequest | undefined }>;
  /** The lease of a look-up: moves the next look on, so that no other execution looks at the same time. */
  lookLater(confirming: GroupRequest, nextLookAtMs: number, nowMs: number): Promise<RequestWritten>;
  /** What a look-up saw that decides nothing, unless another has looked since. */
  noteLookUp(confirming: GroupRequest, evidence: Evidence, nowMs: number): Promise<RequestWritten>;
  /** `confirming` ends as `created` or `unconfirmed`, unless its attempt is another by now. */
  conclude(confirming: GroupRequest, conclusion: RequestSettlement): Promise<RequestWritten>;
  /** N: who is really in a group that was created, and its link, unless the record has moved on. */
  noteMembers(created: GroupRequest, seen: MembersSeen, nowMs: number): Promise<RequestWritten>;
  /** A person settles an `unconfirmed` record that is still as it was read. */
  resolve(unconfirmed: GroupRequest, resolution: RequestSettlement): Promise<RequestWritten>;
  /** A `queued` record, still as it was read, is cancelled. */
  cancel(queued: GroupRequest, nowMs: number): Promise<RequestWritten>;
  /** A `failed` or `unconfirmed` record, still as it was read, waits again, from now on. */
  retry(ended: GroupRequest, nowMs: number): Promise<RequestWritten>;
  /** All that is personal leaves a final record that is still as it was read. */
  erase(ended: GroupRequest, nowMs: number): Promise<RequestWritten>;
}

/** The indexes: hints that may lag; the records, read consistently, decide. Every method throws StorageError or ExecutionEndedError. */
export interface Queue {
  /** What waits for this instance, or for `any`, in the order of its place. */
  waiting(wanted: string, select: Selection): Promise<readonly Place[]>;
  /** How many that are, up to the limit. */
  count(wanted: string, select: Selection): Promise<number>;
  /** The ids of what somebody must look at before this instant, the longest due first. */
  watched(beforeMs: number, limit: number): Promise<readonly string[]>;
  /** The requests of a month (`2026-11`, UTC), newest first. */
  history(month: string, select: Selection): Promise<readonly Place[]>;
}

/** Which part of an index. */
export interface Selection {
  /** Only what stands in front of this place. */
  readonly before?: Place;
  readonly limit: number;
}

/** What is remembered of numbers, for 30 days (GREEN-API counts how many are asked about). Every method throws StorageError or ExecutionEndedError. */
export interface Numbers {
  /** Of those that are remembered: whether they are on WhatsApp. */
  known(chatIds: readonly string[], nowMs: number): Promise<ReadonlyMap<string, boolean>>;
  remember(chatId: string, isOnWhatsApp: boolean, nowMs: number): Promise<void>;
}

/** The claims. Every method throws StorageError or ExecutionEndedError. */
export interface Claims {
  /** A consistent read. */
  read(hash: string): Promise<Claim | undefined>;
  /** K: `found` is the claim that was there before. */
  claim(hash: string, claim: Claim): Promise<{ readonly found: Claim | undefined }>;
  /** K′: true when the claim still names the request. */
  adopt(hash: string, requestId: string, expiresAtMs: number): Promise<boolean>;
  /** K″: true when `old` was still the claim. */
  replace(hash: string, old: Claim, claim: Claim): Promise<boolean>;
}
