import { lookAtMembers } from './members.ts';
import { markIfOverdue } from './read-request.ts';
import { recover } from './recover.ts';
import type { GroupRequest } from './request.ts';
import type { Service } from './service.ts';
import { Sighting } from './sighting.ts';

/** So many are looked after in one execution; the longest due come first. */
const MOST_LOOKED_AFTER = 200;

/**
 * Looks after what is due in `watch`: an attempt whose execution must be dead becomes `confirming`; what is so is looked up; the members of
 * a new group are looked at where its own execution had no time. One that fails does not block the others.
 * @throws StorageError when the index cannot be read
 */
export async function lookAfterWatched(service: Service): Promise<void> {
  const nowMs = service.clock.nowMs();
  const ids = await service.queue.watched(nowMs + 1, MOST_LOOKED_AFTER);
  // An index that lags may show one of them twice, which DynamoDB refuses to read.
  const requests = await service.requests.readMany([...new Set(ids)]);
  const instances = new SeenInstances(service);
  await Promise.all(
    requests.map((request) =>
      lookAfter(service, request, instances).catch((error: unknown) =>
        service.report({ event: 'look-failed', requestId: request.id, error }),
      ),
    ),
  );
}

async function lookAfter(service: Service, request: GroupRequest, instances: SeenInstances): Promise<void> {
  const nowMs = service.clock.nowMs();
  // The index is a hint: what was read decides whether it is due.
  if (nowMs < (request.watchAtMs ?? Number.POSITIVE_INFINITY)) return;
  switch (request.status) {
    case 'creating':
      await markIfOverdue(service, request);
      return;
    case 'confirming':
      return recover(service, request, (idInstance) => instances.sighting(idInstance));
    case 'created':
      // One try, well or ill: what cannot be told must not come again and again.
      await lookAtMembers(service, await instances.find(request.idInstance).catch(() => undefined), request);
      return;
    case 'queued':
    case 'failed':
    case 'unconfirmed':
    case 'cancelled':
      return;
  }
}

/** The instances of the secret, each with what this execution sees of it. */
class SeenInstances {
  readonly #service: Service;
  readonly #sightings = new Map<string, Sighting>();

  constructor(service: Service) {
    this.#service = service;
  }

  async find(idInstance: string | undefined) {
    const instances = await this.#service.instances.list();
    return instances.find((instance) => instance.idInstance === idInstance);
  }

  async sighting(idInstance: string): Promise<Sighting | undefined> {
    const instance = await this.find(idInstance);
    if (!instance) return undefined;
    const known = this.#sightings.get(instance.idInstance) ?? new Sighting(this.#service, instance);
    this.#sightings.set(instance.idInstance, known);
    return known;
  }
}
