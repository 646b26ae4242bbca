import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CreationLock } from '../../../lambda/creation/lock.ts';
import {
  expectedFreeMs,
  expectedServiceMs,
  expectedServices,
  type PacedInstance,
  type Waiting,
} from '../../../lambda/pacing/expected.ts';
import type { PacePolicy } from '../../../lambda/pacing/policy.ts';
import { attemptsAround, policyIn, zoneAndInstant } from './arbitraries.ts';
import { expectedByAskingAll } from './expected-model.ts';

const NOW_MS = Date.parse('2026-11-23T12:00:00Z');
const POLICY: PacePolicy = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' };
/** A call of 2 s, the interval, half the jitter, the margin of the clocks. */
const STEP_MS = 2_000 + 300_000 + 30_000 + 1_000;
const HOUR_MS = 3_600_000;

function instance(idInstance: string, lock: Partial<CreationLock> = {}, policy = POLICY): PacedInstance {
  return {
    idInstance,
    policy,
    lock: { idInstance, overlimitLevel: 0, troubleLevel: 0, attemptsByDay: {}, ...lock },
  };
}

const waits = (id: string, placeMs = NOW_MS - HOUR_MS, wanted = '1101'): Waiting => ({ id, placeMs, wanted });

/** Each id and how long from now it is served. */
function served(instances: readonly PacedInstance[], waiting: readonly Waiting[]): [string, number][] {
  return [...expectedServices(instances, waiting, NOW_MS)].map(([id, atMs]) => [id, atMs - NOW_MS]);
}

describe('when what waits will probably be served', () => {
  it('one after the other, a call, a pause and half the jitter apart', () => {
    const waiting = [waits('c', NOW_MS), waits('a'), waits('b')];
    expect(served([instance('1101')], waiting)).toEqual([
      ['a', 0],
      ['b', STEP_MS],
      ['c', 2 * STEP_MS],
    ]);
  });

  it('from when the instance is rested', () => {
    const resting = instance('1101', { freeAtMs: NOW_MS + 100_000 });
    expect(served([resting], [waits('a')])).toEqual([['a', 101_000]]);
    const cooling = instance('1101', { coolUntilMs: NOW_MS + HOUR_MS, coolReason: 'overlimit' });
    expect(served([cooling], [waits('a')])).toEqual([['a', HOUR_MS + 1_000]]);
  });

  it('after a call under way, which will be as short as most, or end now', () => {
    const since = (acquiredAtMs: number, boundMs = NOW_MS + 600_000) =>
      instance('1101', { attemptId: 'x', acquiredAtMs, freeAtMs: boundMs });
    expect(served([since(NOW_MS - 500)], [waits('a')])).toEqual([['a', STEP_MS - 500]]);
    expect(served([since(NOW_MS - 50_000)], [waits('a')])).toEqual([['a', STEP_MS - 2_000]]);
    // Its bound is the latest that it can be.
    expect(served([since(NOW_MS - 50_000, NOW_MS + 360_000)], [waits('a')])).toEqual([
      ['a', STEP_MS - 2_000],
    ]);
    const jittery = { ...POLICY, jitterSeconds: 600 };
    const bound = instance('1101', { attemptId: 'x', acquiredAtMs: 0, freeAtMs: NOW_MS + 360_000 }, jittery);
    expect(served([bound], [waits('a')])).toEqual([['a', 361_000]]);
  });

  it('not before its place; what comes due meanwhile goes first', () => {
    const later = waits('later', NOW_MS + 2 * STEP_MS + 1);
    expect(served([instance('1101')], [later])).toEqual([['later', 2 * STEP_MS + 1]]);
    const late = waits('late', NOW_MS + STEP_MS);
    const early = waits('early', NOW_MS + 1);
    expect(served([instance('1101', { freeAtMs: NOW_MS - 1_000 })], [late, early, waits('due')])).toEqual([
      ['due', 0],
      ['early', STEP_MS],
      ['late', 2 * STEP_MS],
    ]);
  });

  it('an instance serves its own line and that of any, by place and then id', () => {
    const waiting = [
      waits('b', 2),
      waits('c', 2, 'any'),
      waits('d', 1, 'any'),
      waits('a', 2),
      waits('e', NOW_MS + HOUR_MS, 'any'),
    ];
    expect(served([instance('1101')], waiting).map(([id]) => id)).toEqual(['d', 'a', 'b', 'c', 'e']);
  });

  it('any goes to whoever is ready first; of several, to the first of the list', () => {
    const instances = [instance('1101', { freeAtMs: NOW_MS + 9_000 }), instance('1102'), instance('1103')];
    const waiting = ['a', 'b', 'c', 'd'].map((id, index) => waits(id, index, 'any'));
    expect(served(instances, waiting)).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 10_000],
      ['d', STEP_MS],
    ]);
    // 1102 took the first, 1103 has to go on with its own.
    const mixed = [...waiting.slice(0, 1), waits('own', 1, '1103'), waits('next', 2, '1102')];
    expect(served(instances, mixed)).toEqual([
      ['a', 0],
      ['own', 0],
      ['next', STEP_MS],
    ]);
  });

  it('keeps the hours and the limit, with what is served meanwhile', () => {
    const policy = {
      ...POLICY,
      timeZone: 'Europe/Moscow',
      activeHours: { days: ['mon', 'tue'], fromMinute: 15 * 60, toMinute: 15 * 60 + 10 },
      dailyLimit: 3,
    } as const;
    const lock = { attemptsByDay: { '2026-11-23': 1 } };
    const waiting = ['a', 'b', 'c', 'd', 'e'].map((id) => waits(id));
    expect(served([instance('1101', lock, policy)], waiting)).toEqual([
      ['a', 0],
      ['b', STEP_MS],
      ['c', 24 * HOUR_MS],
      ['d', 24 * HOUR_MS + STEP_MS],
      ['e', 7 * 24 * HOUR_MS],
    ]);
  });

  it('a slot at the very end of the hours is none', () => {
    const hours = { days: ['mon', 'tue'], fromMinute: 12 * 60, toMinute: 12 * 60 + 10 } as const;
    const policy = { ...POLICY, intervalSeconds: 297, jitterSeconds: 0, activeHours: hours };
    expect(served([instance('1101', {}, policy)], [waits('a'), waits('b'), waits('c')])).toEqual([
      ['a', 0],
      ['b', 300_000],
      ['c', 24 * HOUR_MS],
    ]);
  });

  it('what comes on a later day counts for that day', () => {
    const policy = { ...POLICY, dailyLimit: 1 };
    const tomorrow = ['a', 'b'].map((id) => waits(id, NOW_MS + 24 * HOUR_MS));
    expect(served([instance('1101', {}, policy)], [waits('now'), ...tomorrow])).toEqual([
      ['now', 0],
      ['a', 24 * HOUR_MS],
      ['b', 36 * HOUR_MS],
    ]);
    // Nor does waiting use anything up.
    expect(served([instance('1101', {}, policy)], tomorrow)[1]).toEqual(['b', 36 * HOUR_MS]);
  });

  it('of several the first of the list serves, if it is rested by then and within its hours', () => {
    const waiting = [waits('any', NOW_MS + 10_000, 'any'), waits('own', NOW_MS + 10_000, '1102')];
    const justRested = instance('1101', { freeAtMs: NOW_MS + 9_000 });
    expect(served([justRested, instance('1102')], waiting)).toEqual([
      ['any', 10_000],
      ['own', 10_000],
    ]);
    const hours = { days: ['mon'], fromMinute: 0, toMinute: 12 * 60 } as const;
    const closed = instance('1101', {}, { ...POLICY, activeHours: hours });
    expect(served([closed, instance('1102')], waiting)).toEqual([
      ['any', 10_000],
      ['own', 10_000 + STEP_MS],
    ]);
    const soonClosed = instance('1101', {}, { ...POLICY, activeHours: { ...hours, toMinute: 12 * 60 + 1 } });
    const afterwards = [waits('any', NOW_MS + 60_000, 'any')];
    expect(served([soonClosed, instance('1102')], afterwards)).toEqual([['any', 60_000]]);
  });

  it('nobody knows for an instance that is paused, or is not there', () => {
    const paused = instance('1101', { pausedBy: 'default' });
    expect(expectedServiceMs([paused], [], waits('a'), NOW_MS)).toBeUndefined();
    expect(expectedServiceMs([instance('1102')], [], waits('a'), NOW_MS)).toBeUndefined();
    expect(expectedServiceMs([], [], waits('a', 0, 'any'), NOW_MS)).toBeUndefined();
    expect(expectedServiceMs([paused, instance('1102')], [], waits('a', 0, 'any'), NOW_MS)).toBe(NOW_MS);
  });

  it('a newcomer finds an instance free behind all that is due, before what comes later', () => {
    const instances = [instance('1101'), instance('1102')];
    const waiting = [waits('a'), waits('zzz', NOW_MS), waits('later', NOW_MS + 1), waits('b', 0, '1102')];
    expect(expectedFreeMs(instances, waiting, '1101', NOW_MS)).toBe(NOW_MS + 2 * STEP_MS);
    expect(expectedFreeMs(instances, waiting, 'any', NOW_MS)).toBe(NOW_MS + STEP_MS);
    expect(expectedFreeMs(instances, [], '1101', NOW_MS)).toBe(NOW_MS);
    expect(expectedFreeMs(instances, waiting, '1103', NOW_MS)).toBeUndefined();
  });

  it('is what asking every instance about every request each time comes to', () => {
    fc.assert(
      fc.property(scenes, ({ nowMs, instances, waiting }) => {
        const expected = expectedServices(instances, waiting, nowMs);
        expect(expected).toEqual(expectedByAskingAll(instances, waiting, nowMs));
        // One alone is told the same, whether it stands in the list or not.
        for (const target of waiting.slice(0, 3)) {
          const others = waiting.filter(({ id }) => id !== target.id);
          const alone = [waiting, others].map((list) => expectedServiceMs(instances, list, target, nowMs));
          expect(alone).toEqual([expected.get(target.id), expected.get(target.id)]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('tells ten thousand their time in a moment', () => {
    const many = (wanted: string, stepMs: number) =>
      Array.from({ length: 10_000 }, (_, index) => waits(String(index), NOW_MS + index * stepMs, wanted));
    const pool = Array.from({ length: 50 }, (_, index) => instance(String(1_101 + index)));
    const startMs = performance.now();
    for (const waiting of [many('1101', 0), many('any', 0), many('any', HOUR_MS)])
      expect(expectedServices(pool, waiting, NOW_MS).size).toBe(10_000);
    // Some 100 ms on a free machine; tests share theirs.
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});

const scenes = zoneAndInstant.chain(([timeZone, nowMs]) => {
  const around = fc.integer({ min: nowMs - HOUR_MS, max: nowMs + 40 * HOUR_MS });
  const lock = fc.record(
    {
      attemptsByDay: attemptsAround(timeZone, nowMs),
      freeAtMs: around,
      coolUntilMs: around,
      coolReason: fc.constant('blocked' as const),
      pausedBy: fc.constant('default'),
      attemptId: fc.constant('x'),
      acquiredAtMs: fc.integer({ min: nowMs - 60_000, max: nowMs }),
    },
    { requiredKeys: ['attemptsByDay'] },
  );
  const states = fc.array(fc.tuple(lock, policyIn(timeZone)), { maxLength: 4 });
  // Few places, so that many are due at once and have the same.
  const placeMs = fc.oneof(around, fc.constantFrom(nowMs - 1, nowMs, nowMs + HOUR_MS));
  const wanted = fc.constantFrom('any', 'any', '0', '1', '2', '9');
  return fc.record({
    nowMs: fc.constant(nowMs),
    instances: states.map((all) =>
      all.map(([fields, policy], index) => instance(String(index), fields, policy)),
    ),
    waiting: fc.uniqueArray(fc.record({ id: fc.string({ maxLength: 3 }), placeMs, wanted }), {
      selector: ({ id }) => id,
      maxLength: 12,
    }),
  });
});
