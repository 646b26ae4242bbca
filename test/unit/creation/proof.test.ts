import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settleLock } from '../../../lambda/creation/lock-settlement.ts';
import type { GroupFacts } from '../../../lambda/creation/ports.ts';
import {
  isSameName,
  judge,
  missingMembers,
  type Sought,
  windowsOn,
  withTolerance,
} from '../../../lambda/creation/proof.ts';
import type { Window } from '../../../lambda/creation/request.ts';
import { settleRequest, settleUndecided } from '../../../lambda/creation/request-settlement.ts';
import { CLOCK_MARGIN_MS, ENGINE_MS } from '../../../lambda/pacing/limits.ts';
import { holdBoundMs } from '../../../lambda/pacing/policy.ts';
import { aRequest } from '../../storage/samples.ts';
import { OWN_CHAT_ID, POLICY, START_MS } from '../harness.ts';
import { aGroup, GROUP_NAME, MEMBER } from './green-api-account.ts';

const STRANGER = '79009999999@c.us';
const HIDDEN = '120650379300963@lid';
const WINDOW = { startMs: START_MS, endMs: START_MS + 62_000 };
const SOUGHT: Sought = {
  groupName: GROUP_NAME,
  chatIds: [MEMBER],
  ownChatId: OWN_CHAT_ID,
  windows: [WINDOW],
};

const judged = (group: Partial<GroupFacts>, sought: Partial<Sought> = {}) =>
  judge({ ...SOUGHT, ...sought }, aGroup(group));

describe('the proof', () => {
  it('is a group that fits in every point', () => {
    expect(judged({})).toBe('fits');
  });

  it.each([
    ['another name', 'name', { subject: 'Class 5c' }],
    ['the same name in other letters', 'name', { subject: 'class 5b' }],
    ['another time', 'time', { createdAtMs: START_MS - 60_000 }],
    ['another creator', 'creator', { creators: [MEMBER] }],
    ['no creator that anybody knows', 'creator', { creators: [] }],
    ['a hidden creator', 'creator', { creators: [HIDDEN] }],
    ['a stranger among its members', 'members', { members: [OWN_CHAT_ID, MEMBER, STRANGER] }],
    ['a hidden member, who may be a stranger', 'members', { members: [OWN_CHAT_ID, HIDDEN] }],
  ])('is not a group with %s', (_name, against, group) => {
    expect(judged(group)).toBe(against);
  });

  it('names the first thing that speaks against it', () => {
    const wrong = { members: [STRANGER], creators: [], createdAtMs: 0 };
    expect(judged({ ...wrong, subject: 'x' })).toBe('name');
    expect(judged(wrong)).toBe('time');
    expect(judged({ ...wrong, createdAtMs: START_MS })).toBe('creator');
  });

  it.each([
    ['without some who were asked for', [OWN_CHAT_ID]],
    ['without the own number', [MEMBER]],
    ['without anybody', []],
  ])('may be a group %s', (_name, members) => {
    expect(judged({ members })).toBe('fits');
  });

  it('asks only that the own number is one of its creators', () => {
    expect(judged({ creators: [HIDDEN, OWN_CHAT_ID] })).toBe('fits');
  });

  it('takes names that WhatsApp has trimmed', () => {
    expect(judged({ subject: 'Class 5b' }, { groupName: ' Class 5b\n' })).toBe('fits');
    expect(isSameName(' a', 'a ')).toBe(true);
    expect(isSameName('a b', 'ab')).toBe(false);
  });

  it.each([
    [-1_000, 'time'],
    [-999, 'fits'],
    [62_000, 'fits'],
    [62_001, 'time'],
  ])('counts in whole seconds: created %i ms after the start of the window: %s', (afterMs, judgement) => {
    expect(judged({ createdAtMs: START_MS + afterMs })).toBe(judgement);
  });

  it('is in one of several windows, and in none of none', () => {
    const early = { startMs: START_MS - 900_000, endMs: START_MS - 800_000 };
    for (const windows of [
      [early, WINDOW],
      [WINDOW, early],
    ])
      expect(judged({}, { windows })).toBe('fits');
    expect(judged({}, { windows: [early] })).toBe('time');
    expect(judged({}, { windows: [] })).toBe('time');
  });
});

describe('the windows of a request', () => {
  const { window: _window, ...bare } = aRequest('a', 'mine');
  const overlimitWindow = { startMs: 1, endMs: 2, idInstance: '1101000002' };

  it('are those of its attempt and of its overlimit, each on its own instance', () => {
    const request = { ...bare, window: WINDOW, overlimitWindow };
    expect(windowsOn('1101000001', request)).toEqual([WINDOW]);
    expect(windowsOn('1101000002', request)).toEqual([overlimitWindow]);
    const both = { ...request, idInstance: '1101000002' };
    expect(windowsOn('1101000002', both)).toEqual([WINDOW, overlimitWindow]);
    expect(windowsOn('1101000003', request)).toEqual([]);
    expect(windowsOn('1101000001', bare)).toEqual([]);
  });
});

describe('the tolerance', () => {
  it.each([
    [600, 120_000],
    [301, 120_000],
    [300, 120_000],
    [299, 119_600],
    [10, 4_000],
    [1, 400],
  ])('at an interval of %i s is %i ms on either side', (intervalSeconds, toleranceMs) => {
    const { startMs, endMs } = withTolerance(WINDOW, { ...POLICY, intervalSeconds });
    expect([WINDOW.startMs - startMs, endMs - WINDOW.endMs]).toEqual([toleranceMs, toleranceMs]);
  });

  /** An attempt's window and from when the next one may start, by how it ended. */
  function course(
    end: 'unknown' | 'overlimit' | 'undecided' | 'crash',
    policy: typeof POLICY,
    callMs: number,
  ) {
    const deadlineMs = START_MS + 202_000;
    const endedAtMs = START_MS + callMs;
    const request = {
      ...aRequest('a', 'mine'),
      window: { startMs: START_MS, endMs: deadlineMs + ENGINE_MS },
    };
    const lock = { idInstance: '1101000001', overlimitLevel: 0, troubleLevel: 0, attemptsByDay: {} };
    if (end === 'crash') return { window: request.window, freeAtMs: holdBoundMs(policy, deadlineMs) };
    const outcome =
      end === 'unknown'
        ? ({ kind: 'unknown', answered: false, detail: '' } as const)
        : ({ kind: 'overlimit', detail: '' } as const);
    const { window, overlimitWindow } = settleRequest(request, outcome, endedAtMs);
    const settledLock = settleLock(policy, () => 0, { lock, acquiredAtMs: START_MS, outcome, endedAtMs });
    const evidence = { atMs: endedAtMs, conclusion: 'several' } as const;
    const later =
      end === 'undecided' && overlimitWindow
        ? settleUndecided(request, overlimitWindow, evidence, endedAtMs).window
        : undefined;
    return { window: later ?? overlimitWindow ?? window, freeAtMs: settledLock.freeAtMs };
  }

  /** No group may fit the windows of two attempts on one instance. */
  function neverFitsBoth(ends: readonly Parameters<typeof course>[0][], intervals: fc.Arbitrary<number>) {
    const attempt = fc.record({
      end: fc.constantFrom(...ends),
      intervalSeconds: intervals,
      callMs: fc.nat(70_000),
      lateMs: fc.oneof(fc.constant(0), fc.nat(5_000)),
    });
    const besideSeconds = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -300, max: 300 }));
    fc.assert(
      fc.property(attempt, besideSeconds, ({ end, intervalSeconds, callMs, lateMs }, beside) => {
        const policy = { ...POLICY, intervalSeconds, jitterSeconds: 0 };
        const { window, freeAtMs } = course(end, policy, callMs);
        // A: not before freeAtMs and the clock margin.
        const nextStartMs = freeAtMs + CLOCK_MARGIN_MS + lateMs;
        const next = { startMs: nextStartMs, endMs: nextStartMs + 262_000 };
        const createdAtMs = (Math.floor(withTolerance(next, policy).startMs / 1_000) + beside) * 1_000;
        const fits = (one: Window | undefined) =>
          one && judged({ createdAtMs }, { windows: [withTolerance(one, policy)] }) === 'fits';
        expect(fits(window) && fits(next)).toBeFalsy();
      }),
      { numRuns: 1_000 },
    );
  }

  it('never lets one group fit two attempts of an instance, however short its interval', () => {
    neverFitsBoth(['unknown', 'overlimit', 'crash'], fc.integer({ min: 1, max: 900 }));
  });

  it('nor where a look before the next attempt could not decide, at the interval that GREEN-API demands', () => {
    neverFitsBoth(['undecided'], fc.integer({ min: 300, max: 900 }));
  });
});

describe('who is missing in a group', () => {
  const asked = [MEMBER, STRANGER];

  it('nobody, if all are in, however much else is not told', () => {
    expect(missingMembers(asked, aGroup({ members: [HIDDEN, ...asked], isWhole: false }))).toEqual([]);
  });

  it('who was asked for and is not in it, in the order of the wish', () => {
    expect(missingMembers([STRANGER, MEMBER], aGroup({ members: [OWN_CHAT_ID] }))).toEqual([
      STRANGER,
      MEMBER,
    ]);
    expect(missingMembers(asked, aGroup())).toEqual([STRANGER]);
  });

  it.each([
    ['not all members are told', { isWhole: false }],
    ['a member is hidden', { members: [OWN_CHAT_ID, MEMBER, HIDDEN] }],
  ])('nobody knows if %s', (_name, group) => {
    expect(missingMembers(asked, aGroup(group))).toBeUndefined();
  });
});
