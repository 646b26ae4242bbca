import { UnknownInstanceError } from '../errors.ts';
import { isActiveAt } from '../pacing/allowed.ts';
import { byOpening, type Opening } from '../pacing/opening.ts';
import { readEach } from './at-once.ts';
import { readStates } from './list-instances.ts';
import type { CreationLock } from './lock.ts';
import type { Instance } from './ports.ts';
import { ANY_INSTANCE, type RequestMode } from './request.ts';
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
  return wanted === ANY_INSTANCE ? service.instances.list() : [await instanceOf(service, wanted)];
}

/** @throws UnknownInstanceError, SecretError as instancesFor */
export async function instanceOf(service: Service, wanted: string): Promise<Instance> {
  const isWanted = ({ idInstance }: Instance) => idInstance === wanted;
  const known = (await service.instances.list()).find(isWanted);
  const found = known ?? (await service.instances.listAfresh()).find(isWanted);
  if (!found) throw new UnknownInstanceError(wanted);
  return found;
}

/** In the order in which they open to a newcomer, who never comes before what is due already. @throws StorageError */
export async function rank(
  service: Service,
  instances: readonly Instance[],
  mode: RequestMode,
): Promise<readonly Candidate[]> {
  const [candidates, lines] = await Promise.all([
    look(service, instances, mode),
    linesWithDue(service, instances),
  ]);
  const isBehind = ({ instance }: Candidate) => lines.has(instance.idInstance) || lines.has(ANY_INSTANCE);
  return candidates
    .map((candidate) => (isBehind(candidate) ? behindOthers(candidate) : candidate))
    .toSorted(byOpening);
}

/** When the earliest of these instances opens, by a fresh look at their locks. @throws StorageError */
export async function earliestOpening(
  service: Service,
  instances: readonly Instance[],
): Promise<InstanceOpening | undefined> {
  const [first] = (await readStates(service, instances)).toSorted(byOpening);
  return first && { idInstance: first.instance.idInstance, opening: first.opening };
}

/**
 * One instance alone needs no reading within its hours: its lock itself answers. Who agreed to wait mostly has to: then reading the lock
 * costs a fifth of being refused by it.
 */
async function look(
  service: Service,
  instances: readonly Instance[],
  mode: RequestMode,
): Promise<readonly Candidate[]> {
  const [first, ...others] = instances;
  const nowMs = service.clock.nowMs();
  const needsNoReading =
    mode === 'sync' && others.length === 0 && first && isActiveAt(service.policyOf(first.idInstance), nowMs);
  return needsNoReading
    ? [{ instance: first, lock: undefined, opening: { why: 'free', atMs: nowMs } }]
    : readStates(service, instances);
}

/** The lines of which a first one is due, as far as the index shows. */
async function linesWithDue(service: Service, instances: readonly Instance[]): Promise<ReadonlySet<string>> {
  const due = { before: { placeMs: service.clock.nowMs() + 1, id: '' }, limit: 1 };
  const lines = [ANY_INSTANCE, ...instances.map(({ idInstance }) => idInstance)];
  const heads = await readEach(lines, (line) => service.queue.waiting(line, due));
  return new Set(lines.filter((_, index) => heads[index]?.length));
}

function behindOthers(candidate: Candidate): Candidate {
  switch (candidate.opening.why) {
    case 'free':
    case 'interval':
    case 'in-flight':
    case 'queue':
      return { ...candidate, opening: { why: 'queue', atMs: undefined } };
    default:
      // What keeps the instance from creating says more.
      return candidate;
  }
}
