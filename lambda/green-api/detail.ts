import { maskPhones, redactToken } from '../telemetry/redaction.ts';

/** How much of GREEN-API's text an outcome keeps, in UTF-16 units. */
export const MAX_DETAIL_LENGTH = 300;

/** Line breaks, runs of blanks, control characters and invisible ones: nothing for a log line or a record. */
const BLANKS = /[\s\p{Cc}\p{Cf}]+/gu;

/** Makes a text fit for an outcome: one bounded line, without the token, phone numbers masked. */
export function toDetail(text: string, apiTokenInstance: string): string {
  const oneLine = redactToken(text, apiTokenInstance).replace(BLANKS, ' ').trim();
  // Cut last: half a token or half a number would not be recognised.
  return maskPhones(oneLine).slice(0, MAX_DETAIL_LENGTH).toWellFormed();
}
