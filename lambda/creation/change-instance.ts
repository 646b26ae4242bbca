import { StorageError } from '../errors.ts';
import { type InstanceState, stateOf } from './list-instances.ts';
import type { CreationLock } from './lock.ts';
import { instanceOf } from './pool.ts';
import type { Service } from './service.ts';

/** How often a resume is tried anew when the lock has moved on meanwhile. */
const RESUME_TRIES = 3;

/** A person stops an instance: no new attempt starts; one under way goes on to its end. @throws UnknownInstanceError, SecretError, StorageError */
export async function pauseInstance(
  service: Service,
  idInstance: string,
  pausedBy: string,
): Promise<InstanceState> {
  const instance = await instanceOf(service, idInstance);
  const lock = await service.locks.pause(idInstance, pausedBy, service.clock.nowMs());
  return stateOf(service, instance, lock);
}

/** A person lets it go on: ends a pause, a cool-down or a block, but never the interval. @throws as pauseInstance */
export async function resumeInstance(service: Service, idInstance: string): Promise<InstanceState> {
  const instance = await instanceOf(service, idInstance);
  return stateOf(service, instance, await resumed(service, idInstance));
}

async function resumed(service: Service, idInstance: string): Promise<CreationLock> {
  for (let tries = 0; tries < RESUME_TRIES; tries += 1) {
    const [seen] = await service.locks.read([idInstance]);
    if (!seen) break;
    const { ended, lock } = await service.locks.resume(seen);
    if (ended) return lock;
  }
  throw new StorageError('no-answer', 'the lock moves again and again');
}
