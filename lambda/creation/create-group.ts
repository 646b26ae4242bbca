import { CLOCK_MARGIN_MS } from '../pacing/limits.ts';
import { attemptNew, type Serving } from './attempt.ts';
import { bindsUntilMs, claimRequest, findClaimed } from './claiming.ts';
import { enqueue } from './enqueue.ts';
import { openingForNewcomer } from './outlook.ts';
import { type Candidate, earliestOpening, type InstanceOpening, instancesFor, rank } from './pool.ts';
import type { Instance } from './ports.ts';
import { markIfOverdue, waitForResult } from './read-request.ts';
import type { GroupRequest, RequestMode } from './request.ts';
import type { Service } from './service.ts';
import { type Taken, takeLock } from './take-lock.ts';
import { type NotVerified, verifyNumbers } from './verify-numbers.ts';
import type { Asker, Wish } from './wish.ts';

/** What a caller is told. */
export type CreationAnswer =
  | {
      readonly kind: 'request';
      readonly request: GroupRequest;
      /** Nothing was done now: this is the result of before. */
      readonly replayed: boolean;
      /** From when the same wish may be sent again, where it failed for a cause not its own and that is known. */
      readonly retryAtMs?: number;
    }
  /** It has to wait; no request is stored. */
  | { readonly kind: 'busy'; readonly soonest: InstanceOpening | undefined }
  /** It would have to wait behind too many; no request is stored. */
  | { readonly kind: 'queue-full' }
  | { readonly kind: 'key-reused' }
  | NotVerified;

/** One call: what is wished, by whom, and the instances that may serve it. */
interface Call {
  readonly service: Service;
  readonly wish: Wish;
  readonly asker: Asker;
  /** `queue`: its caller agreed to let it wait. */
  readonly mode: RequestMode;
  readonly instances: readonly Instance[];
}

/**
 * One request becomes one group: now, K → A → P → POST → R → S, or if it has to wait and its caller agreed, later: Q
 * (docs/lock-protocol.md).
 * @throws UnknownInstanceError, SecretError, StorageError: nothing was sent to GREEN-API
 */
export async function createGroup(
  service: Service,
  wish: Wish,
  asker: Asker,
  mode: RequestMode,
): Promise<CreationAnswer> {
  const call = { service, wish, asker, mode };
  const instances = await instancesFor(service, wish.wanted).catch((error: unknown) => ({ error }));
  return 'error' in instances
    ? answerWithoutInstances({ ...call, instances: [] }, instances.error)
    : createOn({ ...call, instances });
}

async function createOn(call: Call): Promise<CreationAnswer> {
  const { service, wish, asker, mode, instances } = call;
  const [claimed, ranked] = await Promise.all([
    claimRequest(service, wish, asker),
    rank(service, instances, mode),
  ]);
  switch (claimed.kind) {
    case 'key-reused':
      return claimed;
    case 'open':
      return serve(call, ranked, claimed.requestId, undefined);
    case 'bound': {
      const { request } = claimed;
      return mayRunAgain(call, request) ? serve(call, ranked, request.id, request) : repeat(call, request);
    }
  }
}

/** What was asked before is answered even if its instance has gone, or the secret cannot be read; nothing new is claimed. */
async function answerWithoutInstances(call: Call, error: unknown): Promise<CreationAnswer> {
  const request = await findClaimed(call.service, call.wish, call.asker);
  if (request === undefined || mayRunAgain(call, request)) throw error;
  return repeat(call, request);
}

/**
 * It failed for a cause not its own, and its claim surely names it until this execution is over: else another execution could
 * replace the claim beside it, and two requests would serve one wish.
 */
function mayRunAgain({ service, asker }: Call, request: GroupRequest): boolean {
  return (
    request.status === 'failed' &&
    request.retryable === true &&
    service.execution.deadlineMs + CLOCK_MARGIN_MS <= bindsUntilMs(request, asker)
  );
}

/** Before anything of it is stored, its members' numbers are checked. */
async function serve(
  call: Call,
  ranked: readonly Candidate[],
  requestId: string,
  rerunOf: GroupRequest | undefined,
): Promise<CreationAnswer> {
  const { service, asker, mode, instances } = call;
  const verified = await verifyNumbers(service, call.wish, ranked);
  if (verified.kind !== 'verified') return verified;
  const { wish, droppedChatIds, wasAsked } = verified;
  const dropped = droppedChatIds.length > 0 && { droppedChatIds };
  const serving: Serving = { requestId, wish, askedBy: asker.keyName, mode, rerunOf, ...dropped };
  if (isForLater(call)) return wait(call, serving);
  // While GREEN-API was asked, others may have come to their turn.
  return serveNow(call, wasAsked ? await rank(service, instances, mode) : ranked, serving);
}

async function serveNow(call: Call, ranked: readonly Candidate[], serving: Serving): Promise<CreationAnswer> {
  const { service, mode } = call;
  const { requestId, rerunOf } = serving;
  const taken = await takeLock(service, serving, ranked);
  switch (taken.kind) {
    case 'held': {
      const result = await attemptNew(service, taken.hold, serving);
      if (result.kind === 'settled') return tell(call, result.request, false);
      return result.found ? repeat(call, result.found) : { kind: 'busy', soonest: undefined };
    }
    case 'in-flight': {
      const found = await waitForResult(service, requestId, rerunOf?.version);
      if (isNews(found, serving)) return repeat(call, found);
      return mode === 'queue' ? wait(call, serving) : { kind: 'busy', soonest: taken.soonest };
    }
    case 'busy': {
      // Another execution may have served this very request to its end in between.
      const found = await service.requests.read(requestId).catch(() => undefined);
      if (isNews(found, serving)) return repeat(call, found);
      return mode === 'queue' ? wait(call, serving) : { kind: 'busy', soonest: await timeLeft(call, taken) };
    }
  }
}

function isForLater({ service, wish }: Call): boolean {
  return wish.notBeforeMs !== undefined && wish.notBeforeMs > service.clock.nowMs();
}

/** There is something of it that this execution did not know. */
function isNews(found: GroupRequest | undefined, { rerunOf }: Serving): found is GroupRequest {
  return found !== undefined && found.version !== rerunOf?.version;
}

/** Until the earliest instance opens; behind what is due, until that will probably have been served. */
async function timeLeft(
  { service, wish }: Call,
  { soonest, isBehindOthers }: Extract<Taken, { kind: 'busy' }>,
): Promise<InstanceOpening | undefined> {
  if (!soonest || !isBehindOthers) return soonest;
  const opening = await openingForNewcomer(service, wish.wanted);
  return opening.atMs === undefined ? soonest : { ...soonest, opening };
}

/** In the queue, as its caller agreed. */
async function wait(call: Call, serving: Serving): Promise<CreationAnswer> {
  const queued = await enqueue(call.service, serving);
  if (queued === 'queue-full') return { kind: 'queue-full' };
  if (queued.applied) return tell(call, queued.request, false);
  return queued.request ? repeat(call, queued.request) : { kind: 'busy', soonest: undefined };
}

/** What is said of a request that exists already; while it is being created its caller waits with it. */
async function repeat(call: Call, found: GroupRequest): Promise<CreationAnswer> {
  const seen = await markIfOverdue(call.service, found);
  const request = seen.status === 'creating' ? await waitForResult(call.service, seen.id) : seen;
  return tell(call, request ?? seen, true);
}

async function tell(call: Call, request: GroupRequest, replayed: boolean): Promise<CreationAnswer> {
  const retryAtMs = request.retryable ? await whenToRetry(call, request) : undefined;
  return { kind: 'request', request, replayed, ...(retryAtMs !== undefined && { retryAtMs }) };
}

/** Once an instance opens; and if the request cannot run again before, once its claim no longer names it. */
async function whenToRetry(call: Call, request: GroupRequest): Promise<number | undefined> {
  const { service, asker, instances } = call;
  // The outcome is settled: it must be told, even if the locks cannot be read now.
  const soonest = await earliestOpening(service, instances).catch(() => undefined);
  const opensAtMs = soonest?.opening.atMs;
  if (mayRunAgain(call, request) || opensAtMs === undefined) return opensAtMs;
  return Math.max(opensAtMs, bindsUntilMs(request, asker));
}
