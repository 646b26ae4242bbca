const MAX_KEY_LENGTH = 255;
/** A string of RFC 8941: printable ASCII, with `"` and `\` escaped. */
const QUOTED = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The key, none, or what is wrong with it. */
export type IdempotencyKeyResult = { readonly key: string | undefined } | { readonly fault: string };

/** The header of draft-ietf-httpapi-idempotency-key-header-07: a quoted string; a bare one is accepted as well. */
export function parseIdempotencyKey(header: string | undefined): IdempotencyKeyResult {
  if (header === undefined) return { key: undefined };
  const text = header.trim();
  const quoted = QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  const key = quoted ?? (BARE.test(text) ? text : undefined);
  if (key === undefined)
    return { fault: 'must be one string of printable ASCII, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"' };
  if (key.trim() === '' || key.length > MAX_KEY_LENGTH)
    return { fault: `must have 1 to ${MAX_KEY_LENGTH} characters` };
  return { key };
}
