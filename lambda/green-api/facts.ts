import type { BlockedCause } from '../creation/outcome.ts';

/*
 * What is known of GREEN-API's createGroup. Each fact says how sure it is: [C] confirmed by GREEN-API's docs or code,
 * [O] observed by others on the live service, [I] inferred, [G] guessed: a decision of ours.
 */

/** [C] CreateGroup page, "Response": `120363043968066561@g.us`, formerly `79001234568-1581234567@g.us`. [G] the bound on its length. */
export const GROUP_CHAT_ID = /^[^\s@]{1,100}@g\.us$/;

/** [O] A link is `https://chat.whatsapp.com/` and 22 characters. [G] What is longer than this is no link. */
export const MAX_INVITE_LINK_LENGTH = 200;

/** [C] "Common errors": these speak of the instance or its set-up, whatever the text. */
export const BLOCKED_STATUSES: ReadonlyMap<number, BlockedCause> = new Map<number, BlockedCause>([
  [204, 'wrong-method'],
  [401, 'token-rejected'],
  [403, 'instance-unknown'],
  [404, 'path-unknown'],
]);

/** [G] No redirect is documented: one means that apiUrl is wrong, or that something else answers. Nothing reached WhatsApp. */
export const isRedirect = (status: number): boolean => status >= 300 && status < 400;

/** [C] "Common errors": more than one call a second. */
export const RATE_STATUS = 429;

/** [C] "466 error example body": the month's quota, or that of correspondents. */
export const QUOTA_STATUS = 466;

/**
 * [G] The body is too large. GREEN-API's docs know it as a 500 with a text; a proxy in front of it would say it with this
 * status. Whoever says it has not read the body, so nothing reached WhatsApp.
 */
export const TOO_LARGE_STATUS = 413;

/**
 * [C] "Common errors": a 400 may be about the state of the instance (GREEN-API issue 571), and only its text tells:
 * `instance in starting process try later`, `instance is starting or not authorized`, `instance account not authorized`
 * (before 2022), `Instance account is expired. …`, `Instance is deleted`.
 * [I] Only such a text begins with the word `instance` and comes to the point without quotation marks, within which
 * validation errors repeat what a caller sent.
 *
 * `instance is starting or not authorized` counts as not authorized, so that cause comes first: starting has a text of its
 * own, the docs' advice for this one is to scan the QR code, and it took the place of `instance account not authorized`.
 */
export const BLOCKED_TEXTS: readonly { readonly text: RegExp; readonly cause: BlockedCause }[] = [
  { text: /^instance\b[\w ]*\bnot ?authorized\b/i, cause: 'not-authorized' },
  { text: /^instance\b[\w ]*\bstarting\b/i, cause: 'starting' },
  { text: /^instance\b[\w ]*\bexpired\b/i, cause: 'expired' },
  { text: /^instance\b[\w ]*\bdeleted\b/i, cause: 'deleted' },
];

/** [I] What may stand before the text of a 500: the CreateGroup page prints `Internal Server Error` before `Timed Out`; [O] other methods print `Error: `. */
const PREFIX = '(?:(?:internal server )?error[\\s:.,-]*)?';

/**
 * [C] CreateGroup page: a 500 `rate overlimit` comes from WhatsApp. [I] WhatsApp spells it `rate-overlimit`.
 * Anchored at the start, so that a group's name in another error cannot match.
 */
export const OVERLIMIT_TEXT = new RegExp(`^${PREFIX}rate[- ]?overlimit\\b`, 'i');

/**
 * [O] GREEN-API issue 748: WhatsApp's `bad-request` comes as a 500. [I] The group was not created then.
 * Nothing may follow it: it ends the request for good, so a longer text is rather taken for an unknown one.
 */
export const REJECTED_TEXT = new RegExp(`^${PREFIX}bad[- ]request[.!]?$`, 'i');

/** [C] "Common errors": a 500 for a JSON body of more than 100 KB. Nothing may follow it either. */
export const TOO_LARGE_TEXT = new RegExp(`^${PREFIX}request entity too large[.!]?$`, 'i');
