import { newRequest, type Serving } from './attempt.ts';
import type { RequestWritten } from './ports.ts';
import { MAX_WAITING } from './request.ts';
import type { Service } from './service.ts';

/**
 * Q: the request waits from now on, or from its `notBefore` on. The bound on a line is one of an index that lags: those who come in
 * the same instant may exceed it by their number.
 * @throws StorageError
 */
export async function enqueue(service: Service, serving: Serving): Promise<RequestWritten | 'queue-full'> {
  const { wish, rerunOf } = serving;
  const waiting = await service.queue.count(wish.wanted, { limit: MAX_WAITING });
  if (waiting >= MAX_WAITING) return 'queue-full';
  const nowMs = service.clock.nowMs();
  const request = {
    ...newRequest(serving, nowMs),
    mode: 'queue' as const,
    status: 'queued' as const,
    placeMs: Math.max(nowMs, wish.notBeforeMs ?? nowMs),
  };
  return service.requests.put(request, rerunOf);
}
