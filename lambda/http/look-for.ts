import { windowsOn } from '../creation/proof.ts';
import type { GroupRequest } from '../creation/request.ts';
import { endMinuteText, minuteText } from './minute-text.ts';
import { groupPath } from './paths.ts';

/** What tells the group of an attempt on the phone, whether it made one or not. */
export interface LookFor {
  readonly groupName: string;
  readonly idInstance: string;
  /** Between which instants it was created, if it was. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What to look for; undefined if there is no attempt that may have made a group unseen. */
export function lookForOf({
  groupName,
  idInstance,
  window,
  overlimitWindow,
}: GroupRequest): LookFor | undefined {
  const phone = window ? idInstance : overlimitWindow?.idInstance;
  if (phone === undefined) return undefined;
  const windows = windowsOn(phone, { window, overlimitWindow, idInstance });
  return {
    groupName,
    idInstance: phone,
    fromMs: Math.min(...windows.map(({ startMs }) => startMs)),
    toMs: Math.max(...windows.map(({ endMs }) => endMs)),
  };
}

/** The same as a person is told it. */
export function lookOnThePhone(request: GroupRequest): string {
  const lookFor = lookForOf(request);
  if (lookFor === undefined) return `Look on the phone for the group that ${groupPath(request.id)} names.`;
  const { groupName, idInstance, fromMs, toMs } = lookFor;
  return `Look on the phone of instance ${idInstance} for a group “${groupName}” created between ${minuteText(fromMs)} and ${endMinuteText(toMs)}.`;
}
