import { UnknownInstanceError } from '../errors.ts';
import { byOpening, type Opening } from '../pacing/opening.ts';
import { readStates } from './list-instances.ts';
import type { CreationLock } from './lock.ts';
import type { Instance } from './ports.ts';
import { ANY_INSTANCE } from './request.ts';
import type { Service } from './service.ts';

/** An instance that may serve a request, and when, as far as its lock was read. */
export interface Candidate {
  readonly instance: Instance;
  readonly lock: CreationLock | undefined;
  readonly opening: Opening;
}

/** An opening and whose it is. */
export interface InstanceOpening {
  readonly idInstance: string;
  readonly opening: Opening;
}

/**
 * The instances that may serve what is wanted.
 * @throws UnknownInstanceError if none has that idInstance, even after the secret was read again
 * @throws SecretError if the secret cannot be read or holds no instance
 */
export async function instancesFor(service: Service, wanted: string): Promise<readonly Instance[]> {
  const known = await service.instances.list();
  if (wanted === ANY_INSTANCE) return known;
  const isWanted = ({ idInstance }: Instance) => idInstance === wanted;
  const found = known.find(isWanted) ?? (await service.instances.listAfresh()).find(isWanted);
  if (!found) throw new UnknownInstanceError(wanted);
  return [found];
}

/** In the order in which they open. One instance alone needs no reading: its lock itself answers. @throws StorageError */
export async function rank(service: Service, instances: readonly Instance[]): Promise<readonly Candidate[]> {
  const [first] = instances;
  if (first && instances.length === 1)
    return [{ instance: first, lock: undefined, opening: { why: 'free', atMs: service.clock.nowMs() } }];
  return (await readStates(service, instances)).toSorted(byOpening);
}

/** When the earliest of these instances opens, by a fresh look at their locks. @throws StorageError */
export async function earliestOpening(
  service: Service,
  instances: readonly Instance[],
): Promise<InstanceOpening | undefined> {
  const [first] = (await readStates(service, instances)).toSorted(byOpening);
  return first && { idInstance: first.instance.idInstance, opening: first.opening };
}
