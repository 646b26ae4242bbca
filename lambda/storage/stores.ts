import type { CreationLock } from '../creation/lock.ts';
import type { Claims, Locks, Requests } from '../creation/ports.ts';
import type { Claim, GroupRequest } from '../creation/request.ts';
import * as claimWrites from './claim-writes.ts';
import * as lockWrites from './lock-writes.ts';
import * as requestWrites from './request-writes.ts';
import type { Item, Table } from './table.ts';
import { HISTORY_INDEX, TTL_ATTRIBUTE, WORK_INDEX } from './table-layout.ts';

/**
 * The three stores over one table. A refused write that brings back the writer's own mark, still as it was written, is a success:
 * the SDK's retry met its own first try (docs/lock-protocol.md, the writes).
 */
export function createStores(table: Table): { locks: Locks; requests: Requests; claims: Claims } {
  return { locks: locksOf(table), requests: requestsOf(table), claims: claimsOf(table) };
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
  };
}

function requestsOf(table: Table): Requests {
  return {
    async read(id) {
      return toRequest(await table.read(requestWrites.requestKey(id)));
    },
    async putCreating(request, rerunOf) {
      const answer = await table.put(
        requestWrites.requestKey(request.id),
        requestWrites.putCreating(request, rerunOf),
      );
      const found = toRequest(answer.item);
      const isMine = found?.attemptId === request.attemptId && found?.status === 'creating';
      return answer.applied || isMine ? { put: true } : { put: false, found };
    },
    async settle(id, attemptId, settlement) {
      const answer = await table.update(
        requestWrites.requestKey(id),
        requestWrites.settle(id, attemptId, settlement),
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
