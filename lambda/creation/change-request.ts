import type { RequestWritten } from './ports.ts';
import { readRequest } from './read-request.ts';
import { type GroupRequest, MAX_WAITING } from './request.ts';
import { settleResolved } from './request-settlement.ts';
import type { Service } from './service.ts';

/** How often a change is tried anew when the request has moved on meanwhile. */
const CHANGE_TRIES = 3;

/** What became of somebody's wish to change a request. */
export type Change =
  | { readonly kind: 'changed'; readonly request: GroupRequest; readonly before: GroupRequest }
  /** Its state does not allow it. */
  | { readonly kind: 'refused'; readonly request: GroupRequest }
  | { readonly kind: 'queue-full' }
  | { readonly kind: 'not-found' };

/** Cancels what waits; erases what is final. What is created while somebody cancels it is not erased. @throws StorageError */
export function removeRequest(service: Service, id: string): Promise<Change> {
  return change(service, id, (request, first) => {
    switch (request.status) {
      case 'queued':
        return service.requests.cancel(request, service.clock.nowMs());
      case 'created':
      case 'failed':
      case 'unconfirmed':
      case 'cancelled':
        return first.status === 'queued' ? undefined : service.requests.erase(request, service.clock.nowMs());
      case 'creating':
      case 'confirming':
        return undefined;
    }
  });
}

/** A person lets what failed, or what nobody could find out, wait for its turn again, from now on. @throws StorageError */
export async function retryRequest(service: Service, id: string): Promise<Change> {
  return change(service, id, async (request) => {
    if (request.status !== 'failed' && request.status !== 'unconfirmed') return undefined;
    const waiting = await service.queue.count(request.wanted, { limit: MAX_WAITING });
    return waiting < MAX_WAITING ? service.requests.retry(request, service.clock.nowMs()) : 'queue-full';
  });
}

/** A person's word on what nobody could find out: which group it became, or that there is none. */
export type Resolution = { readonly chatId: string } | { readonly notCreated: true };

/** A person settles what nobody could find out; of a group he names, a tick looks at the members and the link. @throws StorageError */
export function resolveRequest(
  service: Service,
  id: string,
  resolution: Resolution,
  resolvedBy: string,
): Promise<Change> {
  return change(service, id, async (request) => {
    if (request.status !== 'unconfirmed') return undefined;
    const settlement = settleResolved(request, resolution, resolvedBy, service.clock.nowMs());
    return service.requests.resolve(request, settlement);
  });
}

/** Reads, judges and writes, and does so again if the request has moved on in between; what was erased changes no more. */
async function change(
  service: Service,
  id: string,
  write: (
    request: GroupRequest,
    first: GroupRequest,
  ) => Promise<RequestWritten | 'queue-full' | undefined> | undefined,
): Promise<Change> {
  const first = await readRequest(service, id);
  let before = first;
  for (let tries = 0; first && before && tries < CHANGE_TRIES; tries += 1) {
    const answer = before.erasedAtMs === undefined ? await write(before, first) : undefined;
    if (answer === undefined) return { kind: 'refused', request: before };
    if (answer === 'queue-full') return { kind: 'queue-full' };
    if (answer.applied) return { kind: 'changed', request: answer.request, before };
    before = await readRequest(service, id);
  }
  return before ? { kind: 'refused', request: before } : { kind: 'not-found' };
}
