import type { CreationLock, LockSettlement } from './lock.ts';
import type { Outcome } from './outcome.ts';
import type { Claim, GroupRequest, RequestSettlement } from './request.ts';

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

/** The creation locks. Every method throws StorageError or ExecutionEndedError. */
export interface Locks {
  /** A: one conditional write. `lock` is the item as it stands afterwards, or as it stood in the way. */
  acquire(wish: AcquireWish): Promise<{ readonly acquired: boolean; readonly lock: CreationLock }>;
  /** S and G. Resolves once DynamoDB has definitely applied or refused it. */
  settle(idInstance: string, attemptId: string, settlement: LockSettlement): Promise<void>;
  /** Consistent reads; an instance that never created has a lock with no fields set. */
  read(idInstances: readonly string[]): Promise<readonly CreationLock[]>;
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
}

/** The group requests. Every method throws StorageError or ExecutionEndedError. */
export interface Requests {
  /** A consistent read. */
  read(id: string): Promise<GroupRequest | undefined>;
  /** P: puts the record as `creating`, new or over the failed, retryable record that runs again. */
  putCreating(
    request: GroupRequest,
    rerunOf: GroupRequest | undefined,
  ): Promise<{ readonly put: true } | { readonly put: false; readonly found: GroupRequest | undefined }>;
  /** R: resolves with the record as it stands once DynamoDB has definitely applied or refused it. */
  settle(id: string, attemptId: string, settlement: RequestSettlement): Promise<GroupRequest | undefined>;
  /** An overdue `creating` becomes `confirming`, unless its attempt is another by now; resolves with the record as it stands then. */
  markOverdue(
    request: GroupRequest,
    nextLookAtMs: number,
    nowMs: number,
  ): Promise<{ readonly marked: boolean; readonly request: GroupRequest | undefined }>;
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
