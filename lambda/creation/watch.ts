import { markIfOverdue } from './read-request.ts';
import type { GroupRequest } from './request.ts';
import { givenUpAtMs, nextLookAtMs } from './request-settlement.ts';
import type { Service } from './service.ts';

/** So many are looked after in one execution; the longest due come first. */
const MOST_LOOKED_AFTER = 200;

/**
 * Looks after what is due in `watch`: an attempt whose execution must be dead becomes `confirming`; what has been so for a day
 * ends `unconfirmed`. One that fails does not block the others.
 * @throws StorageError when the index cannot be read
 */
export async function lookAfterWatched(service: Service): Promise<void> {
  const nowMs = service.clock.nowMs();
  const ids = await service.queue.watched(nowMs + 1, MOST_LOOKED_AFTER);
  // An index that lags may show one of them twice, which DynamoDB refuses to read.
  const requests = await service.requests.readMany([...new Set(ids)]);
  await Promise.all(
    requests.map((request) =>
      lookAfter(service, request).catch((error: unknown) =>
        service.report({ event: 'look-failed', requestId: request.id, error }),
      ),
    ),
  );
}

async function lookAfter(service: Service, request: GroupRequest): Promise<void> {
  const nowMs = service.clock.nowMs();
  if (request.status === 'creating') await markIfOverdue(service, request);
  if (request.status !== 'confirming' || nowMs < (request.watchAtMs ?? nowMs)) return;
  if (nowMs < givenUpAtMs(request)) {
    await service.requests.lookLater(request, nextLookAtMs(request, nowMs), nowMs);
    return;
  }
  const { applied } = await service.requests.giveUp(request, nowMs);
  if (applied) service.report({ event: 'request-unconfirmed', requestId: request.id });
}
