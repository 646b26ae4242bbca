import { isObject } from './body.ts';
import { BAD_PHONE_NUMBER, FIRST_MILLISECONDS, PERSONAL_CHAT_ID, STATE } from './look-up-facts.ts';
import type { Read } from './looked-up.ts';

/** `{"stateInstance":"authorized"}`; `null` while the instance is being created (GREEN-API docs, getStateInstance). */
export function readState(body: unknown): Read<string> {
  const state = isObject(body) ? body['stateInstance'] : undefined;
  return typeof state === 'string' && STATE.test(state) ? { value: state } : undefined;
}

/** `{"wid":"79001234567@c.us", …}` (GREEN-API docs, getSettings). */
export function readOwnChatId(body: unknown): Read<string> {
  const wid = isObject(body) ? body['wid'] : undefined;
  return typeof wid === 'string' && PERSONAL_CHAT_ID.test(wid) ? { value: wid } : undefined;
}

/** `{"suspendedUntil": …, …}` in milliseconds (GREEN-API docs, getWaSettings). */
export function readSuspendedUntilMs(body: unknown): Read<number | undefined> {
  return isObject(body) ? { value: instantMs(body['suspendedUntil']) } : undefined;
}

/** `{"existsWhatsapp":true}` (GREEN-API docs, checkWhatsapp). */
export function readExists(body: unknown): Read<boolean> {
  const exists = isObject(body) ? body['existsWhatsapp'] : undefined;
  return typeof exists === 'boolean' ? { value: exists } : undefined;
}

/** What GREEN-API does not take for a phone number it cannot reach either; any other refusal says nothing of the number. */
export function readBadNumber(error: string): Read<boolean> {
  return BAD_PHONE_NUMBER.test(error) ? { value: false } : undefined;
}

/** With a time zone, or in UTC without one. */
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/;

/** The docs do not say in which form an instant comes: in seconds, in milliseconds and as ISO text are all taken [G]. */
function instantMs(value: unknown): number | undefined {
  const atMs =
    typeof value === 'string' ? isoMs(value) : typeof value === 'number' ? unixMs(value) : Number.NaN;
  // Neither "never" (0, the year 1) nor what is beyond all dates.
  return atMs > 0 && !Number.isNaN(new Date(atMs).getTime()) ? atMs : undefined;
}

function unixMs(value: number): number {
  return Math.round(value < FIRST_MILLISECONDS ? value * 1_000 : value);
}

function isoMs(text: string): number {
  const [, day, time = '00:00', zone = 'Z'] = ISO_TIME.exec(text) ?? [];
  return day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
}
