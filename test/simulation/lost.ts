import { isStranded } from './calm.ts';
import { findRequest, isOpen, requestsIn } from './records.ts';
import type { Stage } from './stage.ts';
import type { Violation } from './violation.ts';

/**
 * S4: what was accepted is there, and has come to an end, as far as anybody could serve it; what was cancelled made no group, unless an
 * overlimit had left one, or what nobody could find out before a person let it run again.
 */
export function lostRequests(stage: Stage, accepted: ReadonlySet<string>): Violation[] {
  const { table, greenApi, chronicle } = stage;
  const missing = [...accepted].filter((id) => !findRequest(table, id));
  const open = requestsIn(table).filter((request) => isOpen(request) && !isStranded(stage, request));
  const denied = greenApi.groups.created.filter(({ post }) => {
    const id = post.attempt?.requestId ?? '';
    const isCancelled = findRequest(table, id)?.status === 'cancelled';
    return isCancelled && post.outcome !== 'overlimit' && !chronicle.wasAllowedAnew(id, 0, Infinity);
  });
  return [
    ...missing.map((id) => `${id} was accepted and is not there`),
    ...open.map(({ id, status }) => `${id} is still ${status === 'created' ? 'watched' : status}`),
    ...denied.map(({ groupName }) => `"${groupName}" exists although it was cancelled`),
  ].map((what) => ({ promise: 'S4' as const, what }));
}
