import { firstLookAtMs } from './look-times.ts';
import type { GroupRequest } from './request.ts';
import type { Service } from './service.ts';

/** How long a caller who repeats a request is kept waiting for its result: the HTTP API cuts callers off after 30 s. */
const WAIT_FOR_RESULT_MS = 20_000;
const LOOK_EVERY_MS = 500;

/** Reads a request; an overdue `creating` one becomes `confirming` on the way. @throws StorageError */
export async function readRequest(service: Service, id: string): Promise<GroupRequest | undefined> {
  const request = await service.requests.read(id);
  return request && markIfOverdue(service, request);
}

/**
 * Reads a request until it is no longer being created, for 20 s at most. A record of `staleVersion` is that of the attempt
 * before, which the one under way has not replaced yet.
 * @throws StorageError
 */
export async function waitForResult(
  service: Service,
  id: string,
  staleVersion?: number,
): Promise<GroupRequest | undefined> {
  const { clock, execution } = service;
  const untilMs = Math.min(clock.nowMs() + WAIT_FOR_RESULT_MS, execution.answerByMs, execution.deadlineMs);
  for (;;) {
    const request = await readRequest(service, id);
    const isOpen = request === undefined || request.status === 'creating' || request.version === staleVersion;
    if (!isOpen || clock.nowMs() + LOOK_EVERY_MS > untilMs) return request;
    await clock.sleep(LOOK_EVERY_MS, execution.signal);
  }
}

/** The attempt's execution must be dead by now: what became of the attempt has to be found out. */
export async function markIfOverdue(service: Service, request: GroupRequest): Promise<GroupRequest> {
  const nowMs = service.clock.nowMs();
  if (request.status !== 'creating' || nowMs < (request.watchAtMs ?? nowMs)) return request;
  const answer = await service.requests.markOverdue(request, firstLookAtMs(request.window, nowMs), nowMs);
  if (answer.marked) {
    service.report({
      event: 'request-overdue',
      requestId: request.id,
      ...(request.idInstance !== undefined && { idInstance: request.idInstance }),
    });
  }
  return answer.request ?? request;
}
