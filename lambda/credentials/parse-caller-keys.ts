import * as z from 'zod/mini';
import { type Fault, malformed, parseSecretJson, pointer, unfilled } from './secret-json.ts';

/** Every key presented is compared with all of them. */
export const MAX_CALLER_KEYS = 100;

const KEY_NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** What an HTTP header carries unchanged: printable ASCII without spaces. */
const KEY = /^[!-~]{8,256}$/;

const SHOULD_BE = {
  secret: 'must be an object that gives each key a name, such as {"default":"…"}',
  tooMany: `must hold at most ${MAX_CALLER_KEYS} keys`,
  name: 'must be named by 1 to 64 letters, digits, "_" or "-"',
  key: 'must be a key of 8 to 256 printable ASCII characters without spaces',
} as const;

const CALLER_KEYS = z
  .record(
    z.string().check(z.regex(KEY_NAME, SHOULD_BE.name)),
    z.string(SHOULD_BE.key).check(z.regex(KEY, SHOULD_BE.key)),
    SHOULD_BE.secret,
  )
  .check(z.refine((keys) => Object.keys(keys).length <= MAX_CALLER_KEYS, SHOULD_BE.tooMany));

/**
 * The callers' keys by name in a secret's text: `{"default":"…"}`.
 * @throws SecretError `malformed` or `unfilled`; it never holds a key.
 */
export function parseCallerKeys(text: string, secretName: string): ReadonlyMap<string, string> {
  const keys = new Map(Object.entries(parseSecretJson(secretName, text, CALLER_KEYS)));
  if (keys.size === 0) throw unfilled(secretName, "callers' keys", 'caller-keys.json');
  const repeats = repeated(keys);
  if (repeats.length > 0) throw malformed(secretName, repeats);
  return keys;
}

/** One key under two names would leave it open who asked. */
function repeated(keys: ReadonlyMap<string, string>): Fault[] {
  const firstName = new Map<string, string>();
  return [...keys].flatMap(([name, key]) => {
    const first = firstName.get(key);
    if (first === undefined) {
      firstName.set(key, name);
      return [];
    }
    return [{ path: [name], shouldBe: `must not be the same key as ${pointer([first])}` }];
  });
}
