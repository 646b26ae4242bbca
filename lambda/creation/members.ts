import type { Instance } from './ports.ts';
import { missingMembers } from './proof.ts';
import type { GroupRequest, MembersSeen, RequestSettlement } from './request.ts';
import type { Service } from './service.ts';

/** So much of a caller's patience a look at the members may take; with less it is a tick's. */
const LOOK_FITS_MS = 10_000;
/** When a tick looks at what its own execution had no time for. */
const LOOK_LATER_MS = 60_000;

/** What R writes, with a tick's look at the members where whoever asked has no time for it. */
export function withMembersLook(service: Service, settlement: RequestSettlement): RequestSettlement {
  if (settlement.status !== 'created' || hasTime(service)) return settlement;
  return { ...settlement, watchAtMs: service.clock.nowMs() + LOOK_LATER_MS };
}

function hasTime({ clock, execution: { answerByMs, deadlineMs, signal } }: Service): boolean {
  return !signal.aborted && Math.min(answerByMs, deadlineMs) - clock.nowMs() >= LOOK_FITS_MS;
}

/**
 * Who is really in a group that was created, and its link, which createGroup may tell wrong or not at all. One try, well or ill: the group
 * exists, and nothing here changes that. Never throws. N
 */
export async function lookAtMembers(
  service: Service,
  instance: Instance | undefined,
  request: GroupRequest,
): Promise<GroupRequest> {
  if (request.status !== 'created' || request.erasedAtMs !== undefined) return request;
  try {
    const seen = instance ? await see(service, instance, request) : {};
    const nothingToNote = Object.keys(seen).length === 0 && request.watchAtMs === undefined;
    if (nothingToNote) return request;
    const { applied, request: noted } = await service.requests.noteMembers(
      request,
      seen,
      service.clock.nowMs(),
    );
    return applied ? noted : request;
  } catch (error) {
    service.report({ event: 'look-failed', requestId: request.id, error });
    return request;
  }
}

async function see(
  { lookUps, clock, execution }: Service,
  instance: Instance,
  { chatId = '', chatIds, groupInviteLink }: GroupRequest,
): Promise<MembersSeen> {
  const untilMs = Math.min(execution.answerByMs, execution.deadlineMs);
  const signal = AbortSignal.any([
    execution.signal,
    AbortSignal.timeout(Math.max(0, untilMs - clock.nowMs())),
  ]);
  const { kind, ...told } = await lookUps.group(instance, chatId, signal);
  const group = 'value' in told ? told.value : undefined;
  if (kind === 'untold' || !group) return {};
  const missingChatIds = missingMembers(chatIds, group);
  const isMended = group.groupInviteLink !== '' && group.groupInviteLink !== groupInviteLink;
  return {
    ...(missingChatIds && { missingChatIds }),
    ...(isMended && { groupInviteLink: group.groupInviteLink }),
  };
}
