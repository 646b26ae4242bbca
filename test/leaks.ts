/** What must never reach a log line or a stranger: the tokens, keys and phone numbers that the tests use. */
export const CANARIES = {
  token: 'f00d5eed66374942c5b3c019c698abc2067e151558acbd4123',
  key: 'canary-key-of-a-caller',
  /** Each member of a test's group is this and three digits. */
  phonePrefix: '79155550',
} as const;

const PATTERNS: Readonly<Record<string, RegExp>> = {
  token: /f00d5eed[0-9a-f]*|d75b3a66[0-9a-f]*/,
  key: /canary-key[\w-]*/,
  'phone number': /79155550\d{2,3}|7 915 555-00-\d\d/,
};

/** Names what leaks in a text, and where. */
export function findLeaks(text: string): string[] {
  return Object.entries(PATTERNS).flatMap(([what, pattern]) => {
    const found = pattern.exec(text);
    return found ? [`a ${what}: …${text.slice(Math.max(0, found.index - 80), found.index)}▮`] : [];
  });
}
