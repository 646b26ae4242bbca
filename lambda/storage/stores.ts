import type { CreationLock } from '../creation/lock.ts';
import type { Claims, Locks, Queue, Requests, RequestWritten, Selection } from '../creation/ports.ts';
import type { Claim, GroupRequest, Place } from '../creation/request.ts';
import * as claimWrites from './claim-writes.ts';
import * as lockWrites from './lock-writes.ts';
import * as requestWrites from './request-writes.ts';
import type { Item, Table, WriteAnswer } from './table.ts';
import { HISTORY_INDEX, TTL_ATTRIBUTE, WORK_INDEX } from './table-layout.ts';

/** The ports that are kept in the one table. */
export interface Stores {
  readonly locks: Locks;
  readonly requests: Requests;
  readonly queue: Queue;
  readonly claims: Claims;
}

/**
 * The stores over one table. A refused write that brings back the writer's own mark, still as it was written, is a success:
 * the SDK's retry met its own first try (docs/lock-protocol.md, the writes).
 */
export function createStores(table: Table): Stores {
  return {
    locks: locksOf(table),
    requests: requestsOf(table),
    queue: queueOf(table),
    claims: claimsOf(table),
  };
}

function locksOf(table: Table): Locks {
  return {
    async acquire(wish) {
      const answer = await table.update(lockWrites.lockKey(wish.idInstance), lockWrites.acquire(wish));
      const lock = toLock(wish.idInstance, answer.item);
      return { acquired: answer.applied || lock.attemptId === wish.attemptId, lock };
    },
    async settle(idInstance, attemptId, settlement) {
      // Applied or refused: either way this attempt holds the lock no more.
      await table.update(lockWrites.lockKey(idInstance), lockWrites.settle(attemptId, settlement));
    },
    async read(idInstances) {
      const items = await table.readMany(idInstances.map(lockWrites.lockKey));
      return idInstances.map((idInstance) => toLock(idInstance, items.get(lockWrites.lockKey(idInstance))));
    },
    async pause(idInstance, pausedBy, nowMs) {
      const answer = await table.update(lockWrites.lockKey(idInstance), lockWrites.pause(pausedBy, nowMs));
      return toLock(idInstance, answer.item);
    },
    async resume(seen) {
      const answer = await table.update(lockWrites.lockKey(seen.idInstance), lockWrites.resume(seen));
      const lock = toLock(seen.idInstance, answer.item);
      const isOver = lock.pausedAtMs === undefined && lock.coolUntilMs === undefined;
      return { ended: answer.applied || isOver, lock };
    },
  };
}

function requestsOf(table: Table): Requests {
  return {
    async read(id) {
      return toRequest(await table.read(requestWrites.requestKey(id)));
    },
    async readMany(ids) {
      const items = await table.readMany(ids.map(requestWrites.requestKey));
      return ids.flatMap((id) => toRequest(items.get(requestWrites.requestKey(id))) ?? []);
    },
    async put(request, rerunOf) {
      const answer = await table.put(
        requestWrites.requestKey(request.id),
        requestWrites.put(request, rerunOf),
      );
      return written(
        answer,
        ({ attemptId, status, version }) =>
          attemptId === request.attemptId && status === request.status && version === request.version,
      );
    },
    async take(queued, taking) {
      const answer = await table.update(
        requestWrites.requestKey(queued.id),
        requestWrites.take(queued, taking),
      );
      return written(
        answer,
        ({ attemptId, status }) => attemptId === taking.attemptId && status === 'creating',
      );
    },
    async settle(request, attemptId, settlement) {
      const answer = await table.update(
        requestWrites.requestKey(request.id),
        requestWrites.settle(request, attemptId, settlement),
      );
      return toRequest(answer.item);
    },
    async markOverdue(request, nextLookAtMs, nowMs) {
      const answer = await table.update(
        requestWrites.requestKey(request.id),
        requestWrites.markOverdue(request, nextLookAtMs, nowMs),
      );
      return { marked: answer.applied, request: toRequest(answer.item) };
    },
    async lookLater(confirming, nextLookAtMs, nowMs) {
      const answer = await table.update(
        requestWrites.requestKey(confirming.id),
        requestWrites.lookLater(confirming, nextLookAtMs, nowMs),
      );
      // Another's lease looks the same: who is refused never looks, the next one will.
      return written(answer, () => false);
    },
    async noteLookUp(confirming, evidence, nowMs) {
      const answer = await table.update(
        requestWrites.requestKey(confirming.id),
        requestWrites.noteLookUp(confirming, evidence, nowMs),
      );
      return written(answer, () => false);
    },
    async conclude(confirming, conclusion) {
      const answer = await table.update(
        requestWrites.requestKey(confirming.id),
        requestWrites.conclude(confirming, conclusion),
      );
      return written(
        answer,
        ({ status, attemptId }) => status === conclusion.status && attemptId === confirming.attemptId,
      );
    },
    async noteMembers(created, seen, nowMs) {
      const answer = await table.update(
        requestWrites.requestKey(created.id),
        requestWrites.noteMembers(created, seen, nowMs),
      );
      return written(
        answer,
        ({ version, erasedAtMs }) => version === created.version + 1 && erasedAtMs === undefined,
      );
    },
    async resolve(unconfirmed, resolution) {
      const answer = await table.update(
        requestWrites.requestKey(unconfirmed.id),
        requestWrites.resolve(unconfirmed, resolution),
      );
      return written(
        answer,
        ({ status, version, chatId, resolvedBy }) =>
          status === resolution.status &&
          version === unconfirmed.version + 1 &&
          chatId === resolution.chatId &&
          resolvedBy === resolution.resolvedBy,
      );
    },
    async cancel(queued, nowMs) {
      const answer = await table.update(
        requestWrites.requestKey(queued.id),
        requestWrites.cancel(queued, nowMs),
      );
      return written(answer, ({ status }) => status === 'cancelled');
    },
    async retry(ended, nowMs) {
      const answer = await table.update(
        requestWrites.requestKey(ended.id),
        requestWrites.retry(ended, nowMs),
      );
      return written(answer, ({ status, version }) => status === 'queued' && version === ended.version + 1);
    },
    async erase(ended, nowMs) {
      const answer = await table.put(requestWrites.requestKey(ended.id), requestWrites.erase(ended, nowMs));
      return written(answer, ({ erasedAtMs }) => erasedAtMs !== undefined);
    },
  };
}

/** A refusal that brings back what was to be written is a success. */
function written(answer: WriteAnswer, isMine: (found: GroupRequest) => boolean): RequestWritten {
  const request = toRequest(answer.item);
  return request && (answer.applied || isMine(request))
    ? { applied: true, request }
    : { applied: false, request };
}

function queueOf(table: Table): Queue {
  const page = (index: typeof WORK_INDEX | typeof HISTORY_INDEX, partition: string, select: Selection) => ({
    index,
    partition,
    limit: select.limit,
    ...(select.before && { before: requestWrites.sortKey(select.before.placeMs, select.before.id) }),
  });
  const waiting = (wanted: string, select: Selection) =>
    page(WORK_INDEX, requestWrites.waitPartition(wanted), select);
  const placesOf = (entries: readonly { readonly sort: string }[]): readonly Place[] =>
    entries.map(({ sort }) => requestWrites.placeOf(sort));
  return {
    async waiting(wanted, select) {
      return placesOf(await table.query({ ...waiting(wanted, select), order: 'ascending' }));
    },
    count: (wanted, select) => table.count(waiting(wanted, select)),
    async watched(beforeMs, limit) {
      const due = page(WORK_INDEX, requestWrites.WATCH_PARTITION, {
        before: { placeMs: beforeMs, id: '' },
        limit,
      });
      return placesOf(await table.query({ ...due, order: 'ascending' })).map(({ id }) => id);
    },
    async history(month, select) {
      const newestFirst = { ...page(HISTORY_INDEX, month, select), order: 'descending' } as const;
      return placesOf(await table.query(newestFirst));
    },
  };
}

function claimsOf(table: Table): Claims {
  return {
    async read(hash) {
      return toClaim(await table.read(claimWrites.claimKey(hash)));
    },
    async claim(hash, claim) {
      const answer = await table.put(claimWrites.claimKey(hash), claimWrites.claim(claim));
      const found = toClaim(answer.item);
      return { found: answer.applied || found?.requestId === claim.requestId ? undefined : found };
    },
    async adopt(hash, requestId, expiresAtMs) {
      const answer = await table.update(
        claimWrites.claimKey(hash),
        claimWrites.adopt(requestId, expiresAtMs),
      );
      return answer.applied;
    },
    async replace(hash, old, claim) {
      const answer = await table.put(claimWrites.claimKey(hash), claimWrites.replace(old, claim));
      return answer.applied || toClaim(answer.item)?.requestId === claim.requestId;
    },
  };
}

// Only this module writes these items, each under a condition: what is read has the shape that was written.
function toLock(idInstance: string, item: Item = {}): CreationLock {
  const fields = Object.entries(item).filter(([name]) => !lockWrites.isDayAttribute(name));
  return {
    overlimitLevel: 0,
    troubleLevel: 0,
    ...Object.fromEntries(fields),
    idInstance,
    attemptsByDay: lockWrites.attemptsByDay(item),
  };
}

const INDEX_ATTRIBUTES: ReadonlySet<string> = new Set([
  WORK_INDEX.partitionKey,
  WORK_INDEX.sortKey,
  HISTORY_INDEX.partitionKey,
  HISTORY_INDEX.sortKey,
  TTL_ATTRIBUTE,
]);

function toRequest(item: Item | undefined): GroupRequest | undefined {
  if (!item) return undefined;
  const fields = Object.entries(item).filter(([name]) => !INDEX_ATTRIBUTES.has(name));
  return Object.fromEntries(fields) as unknown as GroupRequest;
}

function toClaim(item: Item | undefined): Claim | undefined {
  if (!item) return undefined;
  const { requestId, fingerprint, expiresAtMs } = item;
  return {
    requestId: String(requestId),
    fingerprint: String(fingerprint),
    expiresAtMs: Number(expiresAtMs),
  };
}
