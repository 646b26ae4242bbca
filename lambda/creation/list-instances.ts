import { nextOpening, type Opening } from '../pacing/opening.ts';
import type { CreationLock } from './lock.ts';
import type { Instance } from './ports.ts';
import type { Service } from './service.ts';

/** An instance, its lock, and when it may create next. */
export interface InstanceState {
  readonly instance: Instance;
  readonly lock: CreationLock;
  readonly opening: Opening;
}

/** The states of these instances, in their order, by a fresh look at their locks. @throws StorageError */
export async function readStates(
  service: Service,
  instances: readonly Instance[],
): Promise<readonly InstanceState[]> {
  const locks = await service.locks.read(instances.map(({ idInstance }) => idInstance));
  const nowMs = service.clock.nowMs();
  const byId = new Map(instances.map((instance) => [instance.idInstance, instance]));
  return locks.flatMap((lock) => {
    const instance = byId.get(lock.idInstance);
    return instance ? [{ instance, lock, opening: nextOpening(service.policy, lock, nowMs) }] : [];
  });
}

/** All instances of the secret, in its order. @throws SecretError, StorageError */
export async function listInstances(service: Service): Promise<readonly InstanceState[]> {
  return readStates(service, await service.instances.list());
}
