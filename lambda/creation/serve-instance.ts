import { isActiveAt } from '../pacing/allowed.ts';
import { attemptQueued } from './attempt.ts';
import type { Head } from './line.ts';
import { type InstanceState, readStates } from './list-instances.ts';
import type { Instance } from './ports.ts';
import { acquireLock } from './take-lock.ts';
import type { Tick } from './tick.ts';

/** No execution serves more heads of one instance: with the shortest calls it would take longer than it lives. */
const MOST_ROUNDS = 1_000;

/**
 * Serves what waits for one instance, waiting for slots that open soon, until nothing more fits into this execution.
 * @returns how many attempts it has brought to their end
 * @throws StorageError, SecretError
 */
export async function serveInstance(tick: Tick, idInstance: string): Promise<number> {
  const { clock, execution } = tick.service;
  let served = 0;
  let sinceMs = tick.startedAtMs;
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    const state = await tick.read(() => stateNow(tick, idInstance));
    if (!state || !opensInTime(tick, state)) return served;
    const head = await tick.headFor(idInstance, sinceMs);
    if (!head) return served;
    const waitMs = Math.max(state.opening.atMs ?? 0, head.placeMs) - clock.nowMs();
    if (waitMs > 0) {
      await clock.sleep(waitMs, execution.signal);
      // What was first before the wait need not be first after it.
      sinceMs = clock.nowMs();
      continue;
    }
    const answer = await tick.attempt(() => serve(tick, state.instance));
    if (answer === 'nothing-left') continue;
    if (answer === 'served') served += 1;
    sinceMs = clock.nowMs();
  }
  return served;
}

/** As the secret and the lock are now: both may change while an execution serves on. */
async function stateNow({ service }: Tick, idInstance: string): Promise<InstanceState | undefined> {
  const instances = await service.instances.list();
  const found = instances.filter((instance) => instance.idInstance === idInstance);
  return (await readStates(service, found))[0];
}

/** Not while it is up to a person when it opens. */
function opensInTime(tick: Tick, { opening }: InstanceState): boolean {
  return opening.atMs !== undefined && opening.atMs <= tick.lastStartMs;
}

/** A on behalf of the first that is known, then its attempt. Which that is is judged and taken in one instant: others take too. */
async function serve(tick: Tick, instance: Instance): Promise<'served' | 'not-served' | 'nothing-left'> {
  const nowMs = tick.service.clock.nowMs();
  // It may have waited for its turn among the attempts, and the lock does not know of active hours.
  const isTooLate =
    nowMs > tick.lastStartMs || !isActiveAt(tick.service.policyOf(instance.idInstance), nowMs);
  const head = isTooLate ? undefined : tick.takeFor(instance.idInstance);
  if (!head) return 'nothing-left';
  try {
    return await serveHead(tick, instance, head);
  } finally {
    tick.putBack(head);
  }
}

async function serveHead(tick: Tick, instance: Instance, head: Head): Promise<'served' | 'not-served'> {
  const tried = await acquireLock(tick.service, instance, head.id);
  // If another execution was faster, the next reading of the lock says until when.
  if (!('hold' in tried)) return 'not-served';
  const result = await attemptQueued(tick.service, tried.hold, head);
  // What went back to its place is the first again; all else is over, or another's.
  if (result.kind === 'lost' || result.request.status !== 'queued') tick.pass(head);
  return result.kind === 'settled' ? 'served' : 'not-served';
}
