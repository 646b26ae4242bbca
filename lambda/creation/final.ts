const DAY_MS = 24 * 60 * 60_000;
/** How long a record that is final is kept. */
const RECORD_KEEP_MS = 90 * DAY_MS;

export type FinalStatus = 'created' | 'failed' | 'unconfirmed' | 'cancelled';

/** What every final state has; DynamoDB may collect the record 90 days later. */
export function final<Status extends FinalStatus>(status: Status, nowMs: number) {
  return { status, updatedAtMs: nowMs, finalAtMs: nowMs, expiresAtMs: nowMs + RECORD_KEEP_MS };
}
