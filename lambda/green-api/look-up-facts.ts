/*
 * What is known of GREEN-API's methods that change nothing. Each fact says how sure it is: [C] confirmed by GREEN-API's docs or
 * code, [O] observed by others on the live service, [I] inferred, [G] guessed: a decision of ours.
 */

/** [G] The longest a look-up takes from its turn on: nobody waits for it but us, and another follows. */
export const LOOK_UP_TIMEOUT_SECONDS = 10;

/** [G] The longest answer that is read: the contacts of a large account, a group of 1,024 participants. */
export const MAX_LOOK_UP_BYTES = 4 * 1024 * 1024;

/** [G] How many entries of a list are read: more than the bytes of an answer have room for. */
export const MAX_LIST_ENTRIES = 100_000;

/** [C] A group's name has at most 100 characters. [G] What is kept of a longer one is still too long to equal any. */
export const MAX_NAME_LENGTH = 500;

/** [C] Chat ids: `79001234568@c.us`, `120363043968066561@g.us`, `120650379300963@lid`. [G] The bound; a `@` is not insisted on. */
export const ID = /^\S{1,120}$/;

/** [C] GetSettings, `wid`: `79001234567@c.us`; empty where no number is linked. [C] checkWhatsapp takes such a number. */
export const PERSONAL_CHAT_ID = /^([1-9]\d{4,15})@c\.us$/;

/** [C] GetStateInstance: `authorized`, `notAuthorized`, `suspended` and others, a single word each. */
export const STATE = /^[A-Za-z]{1,64}$/;

/** [C] `"Error: item-not-found"` and `"Error: forbidden"` are all that a 200 of getGroupData says of a group out of reach. */
export const NO_SUCH_GROUP = /^(?:error:? *)?(?:item-not-found|forbidden)$/i;

/** [C] checkWhatsapp, a 400: `bad phone number, valid from 11 to 16 digits`; [O] other methods: `'phoneNumber' must be a correct phone`. */
export const BAD_PHONE_NUMBER = /^(?:error:? *)?bad phone number\b|\bmust be a correct phone\b/i;

/** [O] A link is `https://chat.whatsapp.com/…`. [G] Anything else is rather none than passed on. */
export const LINK_START = 'https://';

/** [G] From here on a number counts milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973. */
export const FIRST_MILLISECONDS = 100_000_000_000;

/** [C] Rate limiter: one request a second for each method. [G] One for all methods together, and a margin for what the way there adds. */
export const LOOK_UP_SPACING_MS = 1_100;

/** [C] Rate limiter: checkWhatsapp may be called ten times a second. [G] The same margin. */
export const CHECK_SPACING_MS = 110;

/** [G] Who would wait longer for a turn is told so at once. */
export const MAX_TURN_WAIT_MS = 60_000;
