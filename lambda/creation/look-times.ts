import { CLOCK_MARGIN_MS, ENGINE_MS } from '../pacing/limits.ts';
import type { GroupRequest, Window } from './request.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/**
 * From when on a look that finds nothing may be the last, by everybody's clock: GREEN-API's lists lag by up to five minutes, after the
 * minute that its engine may still have worked.
 */
const CONCLUSIVE_AFTER_MS = 10 * MINUTE_MS + CLOCK_MARGIN_MS;
const FIRST_LOOK_MS = MINUTE_MS;
/** The first looks whether an attempt's group exists, counted from the end of its call; then one each hour. */
const LOOKS_AT_MS = [FIRST_LOOK_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 6 * MINUTE_MS, CONCLUSIVE_AFTER_MS];

/** When somebody should look for the first time: at once, if it is found late that nobody has. */
export function firstLookAtMs(window: Window | undefined, nowMs: number): number {
  return Math.max(endOf(window, nowMs) + FIRST_LOOK_MS, nowMs);
}

/** When somebody should look next whether the attempt's group exists: soon at first, and then ever more seldom. */
export function nextLookAtMs(window: Window | undefined, nowMs: number): number {
  const next = LOOKS_AT_MS.map((afterMs) => endOf(window, nowMs) + afterMs).find((atMs) => atMs > nowMs);
  return next ?? nowMs + HOUR_MS;
}

/** Whether a look that saw everything and found no single group ends the search. */
export function isConclusiveAt({ window }: GroupRequest, nowMs: number): boolean {
  return nowMs >= endOf(window, nowMs) + CONCLUSIVE_AFTER_MS;
}

/** Whether nobody looks any more, and a person must. */
export function isGivenUpAt({ window, createdAtMs }: GroupRequest, nowMs: number): boolean {
  return nowMs >= endOf(window, createdAtMs) + DAY_MS;
}

/** The window of a call that ended then, with the time for which GREEN-API's engine may work on. */
export function windowOf(startMs: number, callEndedAtMs: number): Window {
  return { startMs, endMs: callEndedAtMs + ENGINE_MS };
}

/** When the call of the attempt ended, or at the latest must have: its window goes on for as long as GREEN-API's engine may work. */
function endOf(window: Window | undefined, otherwiseMs: number): number {
  return window ? window.endMs - ENGINE_MS : otherwiseMs;
}
