/** What stands where something was taken out. */
const TAKEN_OUT = '***';

/** A date, with or without a time: many digits, but no phone number (ISO 8601). */
const ISO_TIME =
  '(?<!\\d)(?:19|20)\\d\\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])' +
  '(?:[T ][0-2]\\d:[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d\\d:?\\d\\d)?)?(?!\\d)';

const UUID = '(?<![\\da-f])[\\da-f]{8}-(?:[\\da-f]{4}-){3}[\\da-f]{12}(?![\\da-f])';

const NO_PHONE = new RegExp(`(${ISO_TIME}|${UUID})`, 'gi');

/**
 * 7 to 16 digits, with or without what people write between them (`+7 (900) 123-45-68`). A longer run of digits is
 * something else, such as the id of a group (`120363043968066561@g.us`).
 */
const PHONE = /(?<!\d)\+?\d(?:(?:[\s\p{Cf}\p{Pd}.()/_·]|%20){0,3}\d){6,15}(?!\d)/gu;

/**
 * Masks the phone numbers in a text, bare, in a chat id (`79***68@c.us`) or written for people. The first two and the last
 * two digits stay, to tell numbers apart. ISO times, UUIDs and the ids of groups stay as they are; any other number of
 * 7 to 16 digits may be a phone number and is masked too.
 */
export function maskPhones(text: string): string {
  // With a group in its pattern, `split` keeps what it splits at: every second part.
  return text
    .split(NO_PHONE)
    .map((part, index) => (index % 2 === 0 ? part.replace(PHONE, maskPhone) : part))
    .join('');
}

function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return `${phone.startsWith('+') ? '+' : ''}${digits.slice(0, 2)}${TAKEN_OUT}${digits.slice(-2)}`;
}

/** Takes a secret token out of a text, as it is and as it stands in a URL. */
export function redactToken(text: string, token: string): string {
  if (token === '') return text;
  const inUrl = encodeURIComponent(token.toWellFormed());
  const inUrlLowerCase = inUrl.replace(/%[\dA-F]{2}/g, (escaped) => escaped.toLowerCase());
  return [inUrl, inUrlLowerCase, token].reduce((rest, form) => rest.replaceAll(form, TAKEN_OUT), text);
}
