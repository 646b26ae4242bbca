import { describe, expect, it } from 'vitest';
import {
  firstLookAtMs,
  isConclusiveAt,
  isGivenUpAt,
  nextLookAtMs,
} from '../../../lambda/creation/look-times.ts';
import { aRequest } from '../../storage/samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const END_MS = 1_000_000;
/** GREEN-API may work on for a minute after the call. */
const WINDOW = { startMs: END_MS - 2_000, endMs: END_MS + MINUTE_MS };
const TEN_MINUTES_MS = 10 * MINUTE_MS + 1_000;

const { window: _window, ...WITHOUT_WINDOW } = aRequest('a', 'mine');
const REQUEST = { ...WITHOUT_WINDOW, window: WINDOW };

describe('when somebody looks', () => {
  it.each([
    [-MINUTE_MS, MINUTE_MS],
    [0, MINUTE_MS],
    [MINUTE_MS - 1, MINUTE_MS],
    [MINUTE_MS, 2 * MINUTE_MS],
    [2 * MINUTE_MS, 4 * MINUTE_MS],
    [4 * MINUTE_MS - 1, 4 * MINUTE_MS],
    [4 * MINUTE_MS, 6 * MINUTE_MS],
    [6 * MINUTE_MS, TEN_MINUTES_MS],
    [TEN_MINUTES_MS - 1, TEN_MINUTES_MS],
    [TEN_MINUTES_MS, TEN_MINUTES_MS + HOUR_MS],
    [20 * HOUR_MS, 21 * HOUR_MS],
  ])('%i ms after the end of the call, the next look is at %i ms', (afterMs, nextMs) => {
    expect(nextLookAtMs(WINDOW, END_MS + afterMs)).toBe(END_MS + nextMs);
  });

  it('the first look is a minute after the end, or at once if that has passed', () => {
    expect(firstLookAtMs(WINDOW, END_MS)).toBe(END_MS + MINUTE_MS);
    expect(firstLookAtMs(WINDOW, END_MS + 20 * MINUTE_MS)).toBe(END_MS + 20 * MINUTE_MS);
  });

  it('without a window, the next look is in a minute', () => {
    expect(nextLookAtMs(undefined, END_MS)).toBe(END_MS + MINUTE_MS);
  });
});

describe('what a look that finds nothing means', () => {
  it('ends the search from ten minutes and the clock margin after the call on', () => {
    expect(isConclusiveAt(REQUEST, END_MS + TEN_MINUTES_MS - 1)).toBe(false);
    expect(isConclusiveAt(REQUEST, END_MS + TEN_MINUTES_MS)).toBe(true);
  });

  it('ends nothing where nobody knows when the call was', () => {
    expect(isConclusiveAt(WITHOUT_WINDOW, END_MS + DAY_MS)).toBe(false);
  });
});

describe('when nobody looks any more', () => {
  it('is a day after the call', () => {
    expect(isGivenUpAt(REQUEST, END_MS + DAY_MS - 1)).toBe(false);
    expect(isGivenUpAt(REQUEST, END_MS + DAY_MS)).toBe(true);
  });

  it('is a day after the wish where nobody knows when the call was', () => {
    const { createdAtMs } = WITHOUT_WINDOW;
    expect(isGivenUpAt(WITHOUT_WINDOW, createdAtMs + DAY_MS - 1)).toBe(false);
    expect(isGivenUpAt(WITHOUT_WINDOW, createdAtMs + DAY_MS)).toBe(true);
  });
});
