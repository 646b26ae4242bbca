import { createGroup } from '../../../lambda/creation/create-group.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { GroupRequest, RequestMode } from '../../../lambda/creation/request.ts';
import type { Service } from '../../../lambda/creation/service.ts';
import type { Wish } from '../../../lambda/creation/wish.ts';
import type { Bench } from '../harness.ts';
import { GROUP_NAME, MEMBER } from './green-api-account.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const FIRST = '1101000001';
export const SECOND = '1101000002';

/** Asks for a group, without a key, and returns its request. */
export async function ask(
  service: Service,
  more: Partial<Wish> = {},
  mode: RequestMode = 'sync',
): Promise<GroupRequest> {
  const wish = { groupName: GROUP_NAME, chatIds: [MEMBER], wanted: FIRST, ...more };
  const answer = await createGroup(service, wish, { keyName: 'default' }, mode);
  if (answer.kind !== 'request') throw new Error(`no request: ${answer.kind}`);
  return answer.request;
}

/** A request whose attempt came to this. */
export function endedSo(
  bench: Bench,
  outcome: Outcome,
  more: Partial<Wish> = {},
  mode: RequestMode = 'sync',
): Promise<GroupRequest> {
  bench.outcomes.push(outcome);
  return ask(bench.service(), more, mode);
}

/** The record as it stands now. */
export async function read(bench: Bench, { id }: Pick<GroupRequest, 'id'>): Promise<GroupRequest> {
  const request = await bench.service().requests.read(id);
  if (!request) throw new Error('there is no such request');
  return request;
}

/** The lock as it stands now. */
export async function lockOf(bench: Bench, idInstance = FIRST) {
  const [lock] = await bench.service().locks.read([idInstance]);
  if (!lock) throw new Error('there is no such lock');
  return lock;
}
