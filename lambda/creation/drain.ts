import type { Instance } from './ports.ts';
import { serveInstance } from './serve-instance.ts';
import type { Service } from './service.ts';
import { Tick } from './tick.ts';
import { lookAfterWatched } from './watch.ts';

/**
 * Looks after what is overdue and serves the queues, the instances side by side, for as long as a whole call fits into this
 * execution. Overlapping, late, doubled and missing executions are harmless: the locks decide. What fails for one
 * instance is reported and holds up no other.
 * @throws SecretError when the instances cannot be told; what is overdue has been looked after by then
 */
export async function drain(service: Service): Promise<void> {
  // Side by side: look-ups take their time, and what is overdue is looked after whatever the secret holds.
  const [served] = await Promise.allSettled([
    serveQueues(service),
    lookAfterWatched(service).catch((error: unknown) => service.report({ event: 'watch-not-read', error })),
  ]);
  if (served.status === 'rejected') throw served.reason;
}

async function serveQueues(service: Service): Promise<void> {
  const instances = await service.instances.list();
  const tick = new Tick(service);
  const ends = await Promise.all(instances.map((instance) => visit(tick, instance)));
  service.report({
    event: ends.every((end) => end === 'idle') ? 'tick-idle' : 'tick-ended',
    instances: instances.length,
    served: ends.reduce<number>((sum, end) => (typeof end === 'number' ? sum + end : sum), 0),
  });
}

/** Most instances have nothing waiting, and cost one query. @returns how many were served */
async function visit(tick: Tick, { idInstance }: Instance): Promise<number | 'idle' | 'failed'> {
  try {
    const head = await tick.headFor(idInstance, tick.startedAtMs);
    return head ? await serveInstance(tick, idInstance) : 'idle';
  } catch (error) {
    tick.service.report({ event: 'instance-not-served', idInstance, error });
    return 'failed';
  }
}
