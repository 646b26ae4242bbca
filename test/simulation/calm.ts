import { ANY_INSTANCE, type GroupRequest } from '../../lambda/creation/request.ts';
import { isOpen, requestsIn } from './records.ts';
import type { Stage } from './stage.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A tick looks so far ahead at most, and need not come earlier. */
const AHEAD_MS = 150_000;
/** What was tried on an instance that is gone is looked at hourly for a day, in vain: here only now and then. */
const SELDOM_MS = 5 * HOUR_MS;
/** If no request has come to an end for so long, none will: cool-downs and days are shorter. */
const STILL_MS = 72 * HOUR_MS;
/** So many ticks in a row that change nothing, and nothing will change any more. */
const MOST_IDLE_TICKS = 30;

/** Nothing goes wrong any more, and ticks come whenever they have something to do. */
export async function settleDown(stage: Stage, tick: () => void): Promise<void> {
  const { world, chronicle } = stage;
  let idleTicks = 0;
  for (let nextMs = soonest(stage); nextMs !== undefined; nextMs = soonest(stage)) {
    const { writes } = chronicle;
    const earlyMs = world.chance.between(0, AHEAD_MS);
    await world.run(Math.max(nextMs - earlyMs, world.nowMs + MINUTE_MS));
    idleTicks = chronicle.writes === writes ? idleTicks + 1 : 0;
    const isStill = world.nowMs > Math.max(chronicle.endedAtMs, stage.setting.chaosUntilMs) + STILL_MS;
    if (world.isStopped || isStill || idleTicks > MOST_IDLE_TICKS) return;
    tick();
  }
}

/** When the drain may have something to do; undefined once all is over. */
function soonest(stage: Stage): number | undefined {
  const { nowMs } = stage.world;
  // Whoever has paused one lets it go on.
  const opensMs = new Map(stage.usableInstances.map((id) => [id, stage.opensAtMs(id) ?? nowMs]));
  const open = requestsIn(stage.table).filter(isOpen);
  const dueMs = open.flatMap((request) => dueAtMs(request, opensMs, nowMs) ?? []);
  return dueMs.length === 0 ? undefined : Math.min(...dueMs);
}

function dueAtMs(
  { status, placeMs, wanted, idInstance = '', watchAtMs = 0 }: GroupRequest,
  opensMs: ReadonlyMap<string, number>,
  nowMs: number,
): number | undefined {
  if (status === 'confirming' && !opensMs.has(idInstance)) return Math.max(watchAtMs, nowMs + SELDOM_MS);
  if (status !== 'queued') return watchAtMs;
  const soonestMs = wanted === ANY_INSTANCE ? Math.min(...opensMs.values()) : opensMs.get(wanted);
  return soonestMs === undefined || !Number.isFinite(soonestMs) ? undefined : Math.max(placeMs, soonestMs);
}

/** Nobody can serve it: its instance is gone or out of order. */
export function isStranded(stage: Stage, { status, wanted }: GroupRequest): boolean {
  return status === 'queued' && wanted !== ANY_INSTANCE && !stage.usableInstances.includes(wanted);
}
