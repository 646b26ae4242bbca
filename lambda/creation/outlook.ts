import { expectedFreeMs, expectedServiceMs, type PacedInstance, type Waiting } from '../pacing/expected.ts';
import { byOpening, type Opening } from '../pacing/opening.ts';
import { readEach } from './at-once.ts';
import { type InstanceState, readStates } from './list-instances.ts';
import { ANY_INSTANCE, type GroupRequest, MAX_WAITING, type Place } from './request.ts';
import type { Service } from './service.ts';

/** The lines of so many instances, those that open first, are read to tell what waits for `any` its time: each costs a query. */
const LINES_LOOKED_AT = 50;

/** So many of each of their lines: enough for a day and a half, and bounded in memory for all of them together. */
const FIRST_OF_OTHER_LINES = 400;

/** What a waiting request is told. */
export interface Outlook {
  /** Its place in its line, from 1. */
  readonly position: number;
  /** When it will probably be served; unknown while it is up to a person. */
  readonly expectedAtMs: number | undefined;
  readonly waitsFor: WaitsFor;
}

/** Why it waits. */
export type WaitsFor =
  | { readonly why: 'not-before' }
  /** Its instance is not in the secret, or none is. */
  | { readonly why: 'instance-gone' }
  /** The instance that opens first: if that is free or only resting, the request waits for its turn. */
  | { readonly why: 'turn'; readonly opening: Opening };

/** What may be served before a place, and by whom. */
interface Lines {
  readonly states: readonly InstanceState[];
  /** How many of its own line. */
  readonly inFront: number;
  readonly waiting: readonly Waiting[];
}

/** Where a queued request stands. @throws StorageError, SecretError */
export async function outlookOf(service: Service, request: GroupRequest): Promise<Outlook> {
  const { wanted, placeMs, id } = request;
  const { states, inFront, waiting } = await readLines(service, wanted, { placeMs, id });
  const nowMs = service.clock.nowMs();
  const target = { id, placeMs, wanted };
  const expectedAtMs = expectedServiceMs(paced(service, states), waiting, target, nowMs);
  const [first] = usable(states, wanted).toSorted(byOpening);
  return { position: inFront + 1, expectedAtMs, waitsFor: waitsFor(request, first, nowMs) };
}

/** When somebody who comes back would find an instance free, behind all that is due. @throws StorageError, SecretError */
export async function openingForNewcomer(service: Service, wanted: string): Promise<Opening> {
  const nowMs = service.clock.nowMs();
  const { states, waiting } = await readLines(service, wanted, { placeMs: nowMs + 1, id: '' });
  const atMs = expectedFreeMs(paced(service, states), waiting, wanted, nowMs);
  return { why: 'queue', atMs };
}

function waitsFor(request: GroupRequest, first: InstanceState | undefined, nowMs: number): WaitsFor {
  if (first === undefined) return { why: 'instance-gone' };
  // What only a person can end is told before what time will bring.
  const isForLater = request.placeMs > nowMs && first.opening.atMs !== undefined;
  return isForLater ? { why: 'not-before' } : { why: 'turn', opening: first.opening };
}

/** Of an instance's own line alone if nothing else may come between; else of all instances that share the line of `any`. */
async function readLines(service: Service, wanted: string, before: Place): Promise<Lines> {
  const read = (line: string, limit = MAX_WAITING) => service.queue.waiting(line, { before, limit });
  const [instances, forAny, own] = await Promise.all([
    service.instances.list(),
    read(ANY_INSTANCE),
    wanted === ANY_INSTANCE ? [] : read(wanted),
  ]);
  const isShared = wanted === ANY_INSTANCE || forAny.length > 0;
  const involved = isShared ? instances : instances.filter(({ idInstance }) => idInstance === wanted);
  const states = await readStates(service, involved);
  const others = nearest(states, wanted).map(({ instance }) => instance.idInstance);
  const lines = await readEach(others, async (line) =>
    waitingIn(line, await read(line, FIRST_OF_OTHER_LINES)),
  );
  const shared = waitingIn(ANY_INSTANCE, forAny);
  const inFront = wanted === ANY_INSTANCE ? forAny.length : own.length;
  return { states, inFront, waiting: [...waitingIn(wanted, own), ...shared, ...lines.flat()] };
}

/** Besides the wanted one, those that open first; the lines of others count as empty. */
function nearest(states: readonly InstanceState[], wanted: string): readonly InstanceState[] {
  const others = states.filter(({ instance }) => instance.idInstance !== wanted);
  return others.toSorted(byOpening).slice(0, LINES_LOOKED_AT);
}

function usable(states: readonly InstanceState[], wanted: string): readonly InstanceState[] {
  return states.filter(({ instance }) => wanted === ANY_INSTANCE || instance.idInstance === wanted);
}

function waitingIn(wanted: string, places: readonly Place[]): readonly Waiting[] {
  return places.map((place) => ({ ...place, wanted }));
}

function paced(service: Service, states: readonly InstanceState[]): readonly PacedInstance[] {
  return states.map(({ instance: { idInstance }, lock }) => ({
    idInstance,
    policy: service.policyOf(idInstance),
    lock,
  }));
}
