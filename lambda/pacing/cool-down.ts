const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A cool-down that doubles each time in a row, between two bounds. */
interface Growth {
  readonly firstMs: number;
  readonly longestMs: number;
}

const OVERLIMIT: Growth = { firstMs: HOUR_MS, longestMs: 24 * HOUR_MS };
const BLOCKED: Growth = { firstMs: MINUTE_MS, longestMs: 10 * MINUTE_MS };
const NOT_SENT: Growth = { firstMs: 5 * SECOND_MS, longestMs: 15 * MINUTE_MS };

/** GREEN-API allows one createGroup a second; a 429 passes at once, and five seconds are clear of its window. */
const RATE_MS = 5 * SECOND_MS;
/** A used-up quota is looked at again after a day at the latest: the tariff may have been changed. */
const QUOTA_LONGEST_MS = 24 * HOUR_MS;

/** WhatsApp restricts the number: `level` 1 for the first time since a creation. */
export const overlimitMs = (level: number): number => grown(OVERLIMIT, level);
/** The instance or its set-up is at fault: `level` 1 for the first time in a row. */
export const blockedMs = (level: number): number => grown(BLOCKED, level);
/** GREEN-API could not be reached: `level` 1 for the first time in a row. */
export const notSentMs = (level: number): number => grown(NOT_SENT, level);

/** GREEN-API's own limits (its documentation: rate limiter; error 466). */
export function throttledMs(limit: 'rate' | 'quota', nowMs: number): number {
  return limit === 'rate' ? RATE_MS : Math.min(monthTurnMs(nowMs) - nowMs, QUOTA_LONGEST_MS);
}

/** Quotas start anew on the 1st; in which zone is not documented, so UTC. */
function monthTurnMs(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}

function grown({ firstMs, longestMs }: Growth, level: number): number {
  return Math.min(firstMs * 2 ** (level - 1), longestMs);
}
