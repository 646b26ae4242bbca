import type { Instance } from '../../lambda/creation/ports.ts';
import { parseActiveHours } from '../../lambda/pacing/active-hours.ts';
import type { PacePolicy } from '../../lambda/pacing/policy.ts';
import type { Weather } from './faulty-table.ts';
import type { Chaos } from './process.ts';
import type { Chance } from './world.ts';

const MINUTE_MS = 60_000;
const DAY_START_MS = Date.UTC(2026, 0, 5);

/** How the people and the clock behave in one run: it differs from run to run. */
export interface Habits {
  /** How often callers have no key of their own. */
  readonly keyless: number;
  /** How often those come back just when their likeness ends. */
  readonly atTheEdge: number;
  /** How often callers agree to wait. */
  readonly queued: number;
  /** How often what waits is for later. */
  readonly later: number;
  readonly forAny: number;
  /** How often a whole list is handed over at once. */
  readonly lists: number;
  /** How often a tick does not come at all. */
  readonly missedTicks: number;
  /** How often somebody new comes just when a lock opens. */
  readonly newcomers: number;
  readonly people: number;
  /** How often, in a minute, somebody deals with what nobody could find out. */
  readonly impatience: number;
  readonly cancelsInARace: number;
  /** How often an instance is taken from the secret. */
  readonly vanishing: number;
  /** Whether many ask for groups of the same few names, which exist already. */
  readonly sharedNames: boolean;
  /** How often, in a minute, somebody makes a group by hand that is like one of those asked for. */
  readonly byHand: number;
}

export function drawHabits(chance: Chance): Habits {
  return {
    keyless: chance.pick([0.2, 0.9]),
    atTheEdge: chance.pick([0.1, 0.8]),
    queued: chance.pick([0, 0.5, 0.9]),
    later: chance.pick([0, 0.2]),
    forAny: chance.pick([0.2, 0.6]),
    lists: chance.pick([0, 0.3]),
    missedTicks: chance.pick([0.05, 0.6]),
    newcomers: chance.pick([0, 0.3]),
    people: chance.pick([0, 0.3]),
    impatience: chance.pick([0, 0, 0.7]),
    cancelsInARace: chance.pick([0, 0.4]),
    vanishing: chance.pick([0, 0, 0.02]),
    sharedNames: chance.is(0.4),
    byHand: chance.pick([0, 0, 0.3]),
  };
}

/** Names that many use. */
export const CLASS_NAMES = ['Class 5A', 'Class 5B'] as const;

/** Who is asked for: all of them, or the first. */
export const MEMBERS = ['79001234568@c.us', '79001234569@c.us'] as const;

const ROUGH: Chaos = { kill: 0.02, freeze: 0.05, longestFreezesMs: [5_000, MINUTE_MS, 15 * MINUTE_MS] };
const MILD: Chaos = { kill: 0.002, freeze: 0.01, longestFreezesMs: [5_000, MINUTE_MS] };
/** An execution that lives, but again and again stands still. */
export const SLUGGISH: Chaos = { kill: 0, freeze: 0.15, longestFreezesMs: [30_000] };

const STORM: Weather = { requestLost: 0.05, answerLost: 0.08, duplicate: 0.05, latestMs: 600_000 };
const GUSTS: Weather = { requestLost: 0.01, answerLost: 0.02, duplicate: 0.05, latestMs: 600_000 };

export function drawFaults(chance: Chance): { readonly chaos: Chaos; readonly weather: Weather } {
  return { chaos: chance.pick([ROUGH, ROUGH, MILD]), weather: chance.pick([STORM, STORM, GUSTS]) };
}

export const LONGEST_LAG_MS = 2 * MINUTE_MS;

/** An index shows a change at once as a rule, some seconds later now and then, and much later on a bad day. */
export function indexLagMs(chance: Chance, isChaotic: boolean): number {
  if (!isChaotic || chance.is(0.6)) return chance.between(0, 100);
  return chance.between(0, chance.is(0.1) ? LONGEST_LAG_MS : 8_000);
}

/** Most run without limits; some over a midnight with a daily limit, or over the edges of active hours. */
export function drawPace(chance: Chance, intervalMs: number): { startMs: number; policy: PacePolicy } {
  const policy: PacePolicy = {
    intervalSeconds: intervalMs / 1_000,
    jitterSeconds: chance.pick([0, 60]),
    timeZone: 'UTC',
  };
  const atNineMs = DAY_START_MS + 9 * 60 * MINUTE_MS;
  switch (chance.between(0, 7)) {
    case 0:
      return {
        startMs: DAY_START_MS - 20 * MINUTE_MS,
        policy: { ...policy, dailyLimit: chance.pick([1, 3]) },
      };
    case 1:
      return { startMs: atNineMs, policy: { ...policy, dailyLimit: chance.pick([2, 4]) } };
    case 2:
      return {
        startMs: atNineMs,
        policy: { ...policy, timeZone: 'Asia/Kolkata', ...parsedHours('daily 14:40-15:00') },
      };
    default:
      return { startMs: atNineMs, policy };
  }
}

/** The active hours of a policy, as people write them. */
export function parsedHours(text: string): Pick<PacePolicy, 'activeHours'> {
  const parsed = parseActiveHours(text);
  return 'hours' in parsed ? { activeHours: parsed.hours } : {};
}

export function makeInstances(count: number): readonly Instance[] {
  return Array.from({ length: count }, (_, index) => ({
    idInstance: `110100000${index + 1}`,
    apiTokenInstance: 'a'.repeat(50),
    apiUrl: 'https://api.green-api.com',
  }));
}
