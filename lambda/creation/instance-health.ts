import pLimit from 'p-limit';
import type { InstanceState } from './list-instances.ts';
import type { Instance } from './ports.ts';
import type { Service } from './service.ts';

/** So many instances are asked about side by side: each holds a connection. */
const ASKED_AT_ONCE = 10;
/** A list of instances waits so long for GREEN-API in all; what has not been told by then is left out. */
const ASKING_MS = 8_000;
/** So much of a caller's time is left for the answer itself. */
const ANSWERING_MS = 1_000;

/** GREEN-API's words for a number that WhatsApp restricts: the docs' news of 30.07.2026 turned `yellowCard` into `suspended` [C]. */
const RESTRICTED: ReadonlySet<string> = new Set(['suspended', 'yellowCard']);

/** What GREEN-API itself says of an instance. */
export interface InstanceHealth {
  /** In GREEN-API's own word, such as `authorized`. */
  readonly state: string;
  /** Until when WhatsApp suspends the number, where that is told. */
  readonly suspendedUntilMs?: number;
}

/**
 * Asks GREEN-API about those instances whose last attempt met a block or WhatsApp's limit and that are not free again, by
 * idInstance. Never fails, and takes no longer than the caller waits: what is not told is missing.
 */
export async function readHealth(
  service: Service,
  states: readonly InstanceState[],
): Promise<ReadonlyMap<string, InstanceHealth>> {
  const { clock, execution } = service;
  const inTrouble = states.filter(isInTrouble);
  const leftMs = Math.min(ASKING_MS, execution.answerByMs - ANSWERING_MS - clock.nowMs());
  if (inTrouble.length === 0 || leftMs <= 0) return new Map();
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, execution.signal]);
  void clock.sleep(leftMs, signal).then(() => ended.abort());
  const limit = pLimit(ASKED_AT_ONCE);
  const told = await Promise.all(
    inTrouble.map(({ instance }) =>
      limit(async () => [instance.idInstance, await healthOf(service, instance, signal)] as const),
    ),
  );
  ended.abort();
  return new Map(told.flatMap(([idInstance, health]) => (health ? [[idInstance, health]] : [])));
}

/** A person who has paused it, and one who looks outside its hours, wants to know as well. */
/** A restriction may outlast our own rest. */
function isInTrouble({ lock: { lastOutcome }, opening }: InstanceState): boolean {
  return lastOutcome === 'overlimit' || (lastOutcome === 'blocked' && opening.why !== 'free');
}

async function healthOf(
  { lookUps }: Service,
  instance: Instance,
  signal: AbortSignal,
): Promise<InstanceHealth | undefined> {
  if (signal.aborted) return undefined;
  const state = await lookUps.state(instance, signal);
  if (state.kind === 'untold') return undefined;
  if (!RESTRICTED.has(state.value)) return { state: state.value };
  const until = await lookUps.suspendedUntilMs(instance, signal);
  return {
    state: state.value,
    ...(until.kind === 'told' && until.value !== undefined && { suspendedUntilMs: until.value }),
  };
}
