import type { CreationLock, LockSettlement } from '../creation/lock.ts';
import type { AcquireWish } from '../creation/ports.ts';
import { CLOCK_MARGIN_MS } from '../pacing/limits.ts';
import {
  all,
  any,
  atMost,
  type Condition,
  equal,
  type Item,
  missing,
  type Update,
  type Value,
} from './table.ts';

const HOLD = ['attemptId', 'requestId', 'acquiredAtMs'] as const;
const COOLING = ['coolUntilMs', 'coolReason', 'coolCause'] as const;
const DAY_PREFIX = 'attemptsOn';

export const lockKey = (idInstance: string): string => `lock#${idInstance}`;

/** The counter of a day is an attribute of its own: a late settle of yesterday's attempt cannot touch today's. */
export const dayAttribute = (day: string): string => `${DAY_PREFIX}${day}`;

export const isDayAttribute = (name: string): boolean => name.startsWith(DAY_PREFIX);

export function attemptsByDay(item: Item): Record<string, number> {
  const days = Object.entries(item).filter(([name]) => isDayAttribute(name));
  return Object.fromEntries(days.map(([name, count]) => [name.slice(DAY_PREFIX.length), Number(count)]));
}

/** A (docs/lock-protocol.md): the one conditional write that is the creation lock. */
export function acquire(wish: AcquireWish): Update {
  const beforeMs = wish.nowMs - CLOCK_MARGIN_MS;
  return {
    set: {
      attemptId: wish.attemptId,
      requestId: wish.requestId,
      acquiredAtMs: wish.nowMs,
      freeAtMs: wish.boundMs,
    },
    add: { [dayAttribute(wish.day)]: 1 },
    condition: all(
      any(missing('freeAtMs'), atMost('freeAtMs', beforeMs)),
      any(missing('coolUntilMs'), atMost('coolUntilMs', beforeMs)),
      missing('pausedBy'),
      ...(wish.dailyLimit === undefined ? [] : [below(dayAttribute(wish.day), wish.dailyLimit)]),
    ),
  };
}

/** A count that is missing is 0. */
function below(attribute: string, limit: number): Condition {
  return any(missing(attribute), atMost(attribute, limit - 1));
}

export function pause(pausedBy: string, nowMs: number): Update {
  return { set: { pausedBy, pausedAtMs: nowMs }, condition: missing('pausedBy') };
}

/**
 * Ends the pause and the cool-down that were seen, so that a copy that arrives late ends no later ones. Never the interval:
 * else the next group could follow at once, even while the last is still being created.
 */
export function resume({ pausedAtMs, coolUntilMs }: CreationLock): Update {
  const asSeen = (attribute: string, value: number | undefined) =>
    value === undefined ? missing(attribute) : equal(attribute, value);
  return {
    set: {},
    remove: ['pausedBy', 'pausedAtMs', ...COOLING],
    condition: all(asSeen('pausedAtMs', pausedAtMs), asSeen('coolUntilMs', coolUntilMs)),
  };
}

/** S, and G where `givenBack`: only the very attempt that acquired may end its hold. */
export function settle(attemptId: string, settlement: LockSettlement): Update {
  const { result } = settlement;
  const cooling: Record<string, Value | undefined> = {
    coolUntilMs: result?.coolUntilMs,
    coolReason: result?.coolReason,
    coolCause: result?.coolCause,
  };
  const isSet = ([, value]: [string, Value | undefined]) => value !== undefined;
  const coolingSet = Object.fromEntries(Object.entries(cooling).filter(isSet)) as Record<string, Value>;
  const coolingGone = result ? COOLING.filter((name) => cooling[name] === undefined) : [];
  return {
    set: {
      freeAtMs: settlement.freeAtMs,
      ...coolingSet,
      ...(result && {
        lastOutcome: result.outcome,
        overlimitLevel: result.overlimitLevel,
        troubleLevel: result.troubleLevel,
      }),
    },
    remove: [...HOLD, ...coolingGone, ...settlement.staleDays.map(dayAttribute)],
    ...(settlement.givenBack && { add: { [dayAttribute(settlement.day)]: -1 } }),
    condition: equal('attemptId', attemptId),
  };
}
