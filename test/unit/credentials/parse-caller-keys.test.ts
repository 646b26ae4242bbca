import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CALLER_KEYS, parseCallerKeys } from '../../../lambda/credentials/parse-caller-keys.ts';
import { SecretError } from '../../../lambda/errors.ts';

const parse = (secret: unknown) => parseCallerKeys(JSON.stringify(secret), 'CallerKeys');

describe("the callers' keys", () => {
  it('are returned by name', () => {
    expect(parse({ default: 'correct-horse', crm_2: '!"#$%&~'.padEnd(256, 'x') })).toEqual(
      new Map([
        ['default', 'correct-horse'],
        ['crm_2', '!"#$%&~'.padEnd(256, 'x')],
      ]),
    );
  });

  it('may be as many as MAX_CALLER_KEYS', () => {
    const many = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`name${index}`, `a-key-no-${index}`]));
    expect(parse(many(MAX_CALLER_KEYS)).size).toBe(MAX_CALLER_KEYS);
    expect(() => parse(many(MAX_CALLER_KEYS + 1))).toThrow('the whole text must hold at most 100 keys');
  });

  it('are unfilled when there is none, and the error says the command to run', () => {
    expect(() => parse({})).toThrow(
      expect.objectContaining({
        kind: 'unfilled',
        message: expect.stringContaining(
          'aws secretsmanager put-secret-value --secret-id CallerKeys --secret-string file://caller-keys.json',
        ),
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ['is a list', ['correct-horse'], 'the whole text must be an object'],
    ['has a key that is too short', { default: '1234567' }, '/default must be a key'],
    ['has a key that is too long', { default: 'x'.repeat(257) }, '/default must be a key'],
    ['has a key with a space', { default: 'correct horse' }, '/default must be a key'],
    ['has a key beyond ASCII', { default: 'correct-hörse' }, '/default must be a key'],
    ['has a key with a line end', { default: 'correct-horse\n' }, '/default must be a key'],
    ['has a key that is no text', { default: 12345678 }, '/default must be a key'],
    ['has a bad name', { 'a/b': 'correct-horse' }, '/a~1b must be named by'],
    ['has no name', { '': 'correct-horse' }, '/ must be named by'],
    [
      'has one key twice',
      { one: 'correct-horse', two: 'correct-horse' },
      '/two must not be the same key as /one',
    ],
  ])('are malformed when the secret %s, and the field is named', (_, secret, words) => {
    expect(() => parse(secret)).toThrow(
      expect.objectContaining({ kind: 'malformed', message: expect.stringContaining(words) }),
    );
  });

  it('are not shown when name and key are the wrong way round', () => {
    const key = 'k3y'.repeat(10);
    expect(() => parse({ [key]: 'default' })).toThrow(
      expect.objectContaining({ kind: 'malformed', message: expect.not.stringContaining('k3y') }),
    );
  });

  it('are shown by no error, whatever the secret holds', () => {
    const CANARY = 'c4n4ry';
    const canary = fc.string().map((held) => `${CANARY}${held}`);
    const value = fc.oneof(
      canary,
      fc.constant(`${CANARY}-twice`),
      canary.map((held) => [held]),
    );
    const text = fc.oneof(
      fc.dictionary(fc.string({ maxLength: 10 }), value).map((held) => JSON.stringify(held)),
      value.map((held) => JSON.stringify(held)),
      canary,
      canary.map((held) => `{"default":"${held}`),
    );
    let refused = 0;
    fc.assert(
      fc.property(text, (secret) => {
        try {
          parseCallerKeys(secret, 'CallerKeys');
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(SecretError);
          expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
        }
      }),
    );
    expect(refused).toBeGreaterThan(0);
  });
});
