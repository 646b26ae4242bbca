/** M: how far the clocks of two Lambda hosts may differ (design: the assumptions behind the promises). */
export const CLOCK_MARGIN_MS = 1_000;

/** How long GREEN-API's engine may work on after our call has ended without its answer. */
export const ENGINE_MS = 60_000;

/** The longest a createGroup call takes: longer than the engine's own 60 s, so that it is the engine that gives up. */
export const CALL_TIMEOUT_MS = 70_000;

/** What an execution keeps back, after a call, for the two writes that settle it. */
export const SETTLE_RESERVE_MS = 10_000;

/** GREEN-API's documented minimum: one group every five minutes. */
export const MIN_INTERVAL_SECONDS = 300;

/** What an execution keeps back before a call, for the lock, the record and its taking: else all of it is given back, and the slot is lost. */
export const TAKE_RESERVE_MS = 2_000;
