import type { LookedUp } from '../creation/ports.ts';
import { isObject, parseJson, quotaWordsIn } from './body.ts';
import { toDetail } from './detail.ts';
import { QUOTA_STATUS } from './facts.ts';
import type { RequestEnd } from './one-request.ts';

/** A longer text is no error of GREEN-API's, and to search it for a token and phone numbers would take its time. In UTF-16 units. */
export const MAX_ERROR_LENGTH = 16 * 1024;

/** What an answer says; undefined where it does not have the documented shape. */
export type Read<T> = { readonly value: T } | undefined;

/** How the answers to one method are read. */
export interface Reader<T> {
  /** @param body the JSON of a 200; undefined where it is none */
  readonly ofBody: (body: unknown) => Read<T>;
  /** For a method whose 400 may be an answer, too. */
  readonly ofRefusal?: (error: string) => Read<T>;
}

/** [C] A 200 may be an error too, as a JSON string: `"Error: item-not-found"` (getGroupData). */
const ERROR_TEXT = /^\s*error\b/i;

type Untold = Extract<LookedUp<never>, { kind: 'untold' }>;

/**
 * What a request came to, by how it ended. Never throws. Of an answer only what `reader` returns is passed on; a `detail`
 * repeats GREEN-API's errors alone, because a body in a shape of its own may hold the names and numbers of people.
 */
export function lookedUp<T>(end: RequestEnd, reader: Reader<T>, apiTokenInstance: string): LookedUp<T> {
  if (end.kind === 'broken-off') {
    const begun = end.status === undefined ? '' : `HTTP ${end.status}, but not the whole answer: `;
    return untold(toDetail(`${begun}${end.reason}`, apiTokenInstance));
  }
  const { status, text } = end;
  if (status === QUOTA_STATUS) {
    return { kind: 'untold', cause: 'quota', detail: toDetail(quotaWordsIn(text), apiTokenInstance) };
  }
  const error = errorIn(status, text);
  const read = readOf(status, text, error, reader);
  if (read !== undefined) return { kind: 'told', value: read.value };
  return untold(toDetail(`HTTP ${status}: ${error || 'nothing that can be read'}`, apiTokenInstance));
}

/** No clear answer, for a reason of no particular kind. */
export function untold(detail: string): Untold {
  return { kind: 'untold', cause: 'other', detail };
}

function readOf<T>(status: number, text: string, error: string, reader: Reader<T>): Read<T> {
  switch (status) {
    case 200:
      return reader.ofBody(parseJson(text));
    case 400:
      return reader.ofRefusal?.(error);
    default:
      return undefined;
  }
}

/** What GREEN-API says went wrong; empty where it says nothing. */
function errorIn(status: number, text: string): string {
  if (text.length > MAX_ERROR_LENGTH) return '';
  const body = parseJson(text);
  if (status === 200) return typeof body === 'string' && ERROR_TEXT.test(body) ? body.trim() : '';
  if (typeof body === 'string') return body.trim();
  if (isObject(body)) return typeof body['message'] === 'string' ? body['message'].trim() : '';
  // No JSON: the page of something in front of GREEN-API.
  return body === undefined ? text.trim() : '';
}
