import { final } from '../../../lambda/creation/final.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { Evidence, GroupRequest, RequestSettlement } from '../../../lambda/creation/request.ts';
import { BODY, type Door } from './door.ts';

/** A request whose attempt came to this, which nobody could make sense of: it is being confirmed. */
export async function confirmingBy(door: Door, outcome: Outcome): Promise<GroupRequest> {
  door.bench.outcomes.push(outcome);
  const { json } = await door.post(BODY);
  const request = await door.bench.service().requests.read(String(json['id']));
  if (request?.status !== 'confirming') throw new Error('the request is not being confirmed');
  return request;
}

/** The same once looking for it has ended so. */
export async function conclude(
  door: Door,
  confirming: GroupRequest,
  conclusion: Partial<RequestSettlement> & { readonly status: 'created' | 'unconfirmed' },
): Promise<string> {
  const { outcome, detail, window, id } = confirming;
  const { applied } = await door.bench.service().requests.conclude(confirming, {
    ...final(conclusion.status, door.bench.clock.nowMs()),
    ...(outcome && { outcome }),
    ...(detail !== undefined && { detail }),
    ...(window && { window }),
    ...conclusion,
  });
  if (!applied) throw new Error('the conclusion was refused');
  return id;
}

/** The id of a request that nobody could find out. */
export async function unconfirmedBy(door: Door, outcome: Outcome, evidence?: Evidence): Promise<string> {
  const request = await confirmingBy(door, outcome);
  return conclude(door, request, { status: 'unconfirmed', ...(evidence && { evidence }) });
}
