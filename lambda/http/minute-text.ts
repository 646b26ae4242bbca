const MINUTE_MS = 60_000;
const MINUTES_OF_AN_ISO_INSTANT = '2026-01-05T09:00'.length;

/** `2026-01-05 09:00 UTC`, for people to read: the minute in which the instant lies. */
export function minuteText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, MINUTES_OF_AN_ISO_INSTANT).replace('T', ' ')} UTC`;
}

/** The same for an end: the first minute that is not before it. */
export function endMinuteText(atMs: number): string {
  return minuteText(Math.ceil(atMs / MINUTE_MS) * MINUTE_MS);
}
