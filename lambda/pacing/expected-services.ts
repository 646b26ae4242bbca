import type { CreationLock } from '../creation/lock.ts';
import { ANY_INSTANCE } from '../creation/request.ts';
import { ExpectedPace, expectedRestedMs } from './expected-pace.ts';
import type { PacePolicy } from './policy.ts';
import { Servers } from './servers.ts';
import { firstOf, Line, type Waiting } from './waiting.ts';

/** An instance, its pace and its lock. */
export interface PacedInstance {
  readonly idInstance: string;
  readonly policy: PacePolicy;
  readonly lock: CreationLock;
}

/** What is served, and when. */
export interface ExpectedService {
  readonly id: string;
  readonly atMs: number;
}

/**
 * Who is served when, in the order of time, if all goes as it mostly does: each instance serves, as soon as it may, the first of
 * what is due in its own line and in that of `any`; of several that may at one instant, the first of the list.
 * It ends when nothing waits that an instance may serve.
 */
export function* services(
  instances: readonly PacedInstance[],
  waiting: readonly Waiting[],
  nowMs: number,
): Generator<ExpectedService, void> {
  const byWanted = Map.groupBy(waiting, ({ wanted }) => wanted);
  const lineOf = (wanted: string) => new Line(byWanted.get(wanted) ?? []);
  const any = lineOf(ANY_INSTANCE);
  const servers = new Servers();
  for (const [rank, { idInstance, policy, lock }] of instances.entries()) {
    const restedMs = expectedRestedMs(policy, lock, nowMs);
    if (restedMs === undefined) continue;
    servers.add({ rank, own: lineOf(idInstance), pace: new ExpectedPace(policy, lock, restedMs) });
  }
  for (let turn = servers.next(any); turn; turn = servers.next(any)) {
    const { server, atMs } = turn;
    const head = firstOf(server.own, any).take();
    if (head) yield { id: head.id, atMs };
    servers.remove(server);
    server.pace.serve(atMs);
    servers.add(server);
  }
}
