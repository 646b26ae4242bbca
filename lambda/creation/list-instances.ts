import { nextOpening, type Opening } from '../pacing/opening.ts';
import { readEach } from './at-once.ts';
import { type InstanceHealth, readHealth } from './instance-health.ts';
import type { CreationLock } from './lock.ts';
import type { Instance } from './ports.ts';
import { ANY_INSTANCE, MAX_WAITING } from './request.ts';
import type { Service } from './service.ts';

/** An instance, its lock, and when it may create next. */
export interface InstanceState {
  readonly instance: Instance;
  readonly lock: CreationLock;
  readonly opening: Opening;
}

/** An instance, how many requests wait for it alone, and what GREEN-API says of it where it is in trouble. */
export interface InstanceWithLine extends InstanceState {
  readonly waiting: number;
  /** Missing where nobody asked, and where GREEN-API did not tell. */
  readonly health?: InstanceHealth;
}

/** What the secret's instances are at. */
export interface InstanceList {
  readonly instances: readonly InstanceWithLine[];
  /** How many requests wait for whichever instance is free first. */
  readonly waitingForAny: number;
}

/** When the instance of this lock may create next, by its pace. */
export function stateOf(service: Service, instance: Instance, lock: CreationLock): InstanceState {
  const policy = service.policyOf(instance.idInstance);
  return { instance, lock, opening: nextOpening(policy, lock, service.clock.nowMs()) };
}

/** The states of these instances, in their order, by a fresh look at their locks. @throws StorageError */
export async function readStates(
  service: Service,
  instances: readonly Instance[],
): Promise<readonly InstanceState[]> {
  const locks = await service.locks.read(instances.map(({ idInstance }) => idInstance));
  const byId = new Map(instances.map((instance) => [instance.idInstance, instance]));
  return locks.flatMap((lock) => {
    const instance = byId.get(lock.idInstance);
    return instance ? [stateOf(service, instance, lock)] : [];
  });
}

/** All instances of the secret, in its order. @throws SecretError, StorageError */
export async function listInstances(service: Service): Promise<InstanceList> {
  const instances = await service.instances.list();
  const [states, waitingForAny] = await Promise.all([
    readStates(service, instances),
    countWaiting(service, ANY_INSTANCE),
  ]);
  const [lines, healths] = await Promise.all([
    readEach(states, async (state) => ({
      ...state,
      waiting: await countWaiting(service, state.instance.idInstance),
    })),
    readHealth(service, states),
  ]);
  return { instances: lines.map((line) => withHealth(line, healths)), waitingForAny };
}

function withHealth(line: InstanceWithLine, healths: ReadonlyMap<string, InstanceHealth>): InstanceWithLine {
  const health = healths.get(line.instance.idInstance);
  return health ? { ...line, health } : line;
}

function countWaiting(service: Service, wanted: string): Promise<number> {
  return service.queue.count(wanted, { limit: MAX_WAITING });
}
