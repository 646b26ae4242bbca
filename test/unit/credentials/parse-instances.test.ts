import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_INSTANCES,
  MAX_LABEL_LENGTH,
  parseInstances,
} from '../../../lambda/credentials/parse-instances.ts';
import { SecretError } from '../../../lambda/errors.ts';

const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';
const INSTANCE = {
  idInstance: '1101000001',
  apiTokenInstance: TOKEN,
  apiUrl: 'https://1101.api.green-api.com',
};

const parse = (secret: unknown, allowLoopback = false) =>
  parseInstances(JSON.stringify(secret), { secretName: 'Instances', allowLoopback });
const parseOne = (changes: Record<string, unknown>, allowLoopback = false) =>
  parse({ instances: [{ ...INSTANCE, ...changes }] }, allowLoopback)[0];

function errorOf(run: () => unknown): SecretError {
  try {
    run();
  } catch (error) {
    if (error instanceof SecretError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('instances that are as they should be', () => {
  it('are returned in the order of the secret, with their labels', () => {
    const second = { ...INSTANCE, idInstance: '710722748969', label: 'Отдел продаж' };
    expect(parse({ instances: [INSTANCE, second] })).toEqual([INSTANCE, second]);
  });

  it('may give the number of an instance as a number, which is kept as a string', () => {
    expect(parseOne({ idInstance: 1101000001 })).toEqual(INSTANCE);
  });

  it.each(['https://api.green-api.com', 'https://api.greenapi.com', 'https://7103.api.greenapi.com'])(
    'may be on %s, and a slash at the end is trimmed',
    (apiUrl) => {
      expect(parseOne({ apiUrl })?.apiUrl).toBe(apiUrl);
      expect(parseOne({ apiUrl: `${apiUrl}/` })?.apiUrl).toBe(apiUrl);
    },
  );

  it('are read although a byte order mark stands before the text', () => {
    const text = `\uFEFF${JSON.stringify({ instances: [INSTANCE] })}`;
    expect(parseInstances(text, { secretName: 'Instances', allowLoopback: false })).toEqual([INSTANCE]);
  });

  it('may be as many as MAX_INSTANCES', () => {
    const many = Array.from({ length: MAX_INSTANCES }, (_, index) => ({
      ...INSTANCE,
      idInstance: `${index}`,
    }));
    expect(parse({ instances: many })).toHaveLength(MAX_INSTANCES);
    expect(errorOf(() => parse({ instances: [...many, INSTANCE] })).message).toContain(
      '/instances must hold at most 1000',
    );
  });
});

describe('a secret that nobody has filled', () => {
  it('is told from a malformed one, and the error says the command to run', () => {
    const error = errorOf(() => parse({ instances: [] }));
    expect(error.kind).toBe('unfilled');
    expect(error.message).toContain(
      'aws secretsmanager put-secret-value --secret-id Instances --secret-string file://instances.json',
    );
  });
});

describe('a malformed secret', () => {
  it.each<[string, unknown, string]>([
    ['is a list', [], 'the whole text must be an object'],
    ['has no list', {}, '/instances must be a list'],
    ['has a field too many', { instances: [INSTANCE], version: 1 }, '/version is not a field'],
    [
      'has a field too many in an instance',
      { instances: [{ ...INSTANCE, 'a/b~': 1 }] },
      '/instances/0/a~1b~0 is not a field',
    ],
    ['holds no object', { instances: [TOKEN] }, '/instances/0 must be an object'],
    [
      'lacks a field',
      { instances: [{ ...INSTANCE, apiUrl: undefined }] },
      '/instances/0/apiUrl must be the apiUrl',
    ],
    [
      'holds an instance twice',
      { instances: [INSTANCE, { ...INSTANCE, idInstance: 1101000001 }] },
      '/instances/1/idInstance must not be the same as /instances/0/idInstance',
    ],
  ])('that %s is refused, and the field is named', (_, secret, words) => {
    const error = errorOf(() => parse(secret));
    expect(error.kind).toBe('malformed');
    expect(error.message).toContain('The secret Instances is malformed');
    expect(error.message).toContain(words);
  });

  it.each<[string, unknown]>([
    ['idInstance', ''],
    ['idInstance', '11010a'],
    ['idInstance', '1'.repeat(21)],
    ['idInstance', -5],
    ['idInstance', 1.5],
    ['idInstance', 2 ** 53],
    ['idInstance', null],
    ['apiTokenInstance', 'a'.repeat(19)],
    ['apiTokenInstance', 'a'.repeat(129)],
    ['apiTokenInstance', `${TOKEN}/`],
    ['apiTokenInstance', `${TOKEN}\n`],
    ['apiTokenInstance', 5],
    ['label', ''],
    ['label', null],
    ['label', 'two\nlines'],
    ['label', 'x'.repeat(MAX_LABEL_LENGTH + 1)],
    ['apiUrl', 'http://api.green-api.com'],
    ['apiUrl', 'https://api.green-api.com.evil.example'],
    ['apiUrl', 'https://evil.example/https://api.green-api.com'],
    ['apiUrl', 'https://user@api.green-api.com'],
    ['apiUrl', 'https://api.green-api.com:8443'],
    ['apiUrl', 'https://api.green-api.com//'],
    ['apiUrl', 'https://apixgreen-api.com'],
    ['apiUrl', 'https://3100.api.green-api.com/v3'],
    ['apiUrl', 'http://127.0.0.1:8080'],
  ])('with %s %j is refused', (field, value) => {
    const error = errorOf(() => parseOne({ [field]: value }));
    expect(error.message).toMatch(new RegExp(`malformed: /instances/0/${field} must be [^;]*$`));
  });

  it('names five faults and says how many more there are', () => {
    const { message } = errorOf(() => parse({ instances: [{}, {}, {}] }));
    expect(message.match(/\/instances\//g)).toHaveLength(5);
    expect(message).toMatch(/; and 4 more$/);
  });

  it('that is no JSON is refused without quoting it', () => {
    const error = errorOf(() =>
      parseInstances(`{"instances": ${TOKEN}}`, { secretName: 'Instances', allowLoopback: false }),
    );
    expect(error.kind).toBe('malformed');
    expect(error.cause).toBeUndefined();
    expect(error.message).toBe(
      'The secret Instances is malformed: the whole text must be JSON, and the text is not',
    );
  });

  it('does not show the name of a field that could be a token', () => {
    expect(errorOf(() => parseOne({ [TOKEN]: '1101000001' })).message).not.toContain(TOKEN.slice(0, 10));
  });
});

describe('when loopback is allowed', () => {
  it.each(['http://127.0.0.1:8080', 'http://127.255.1.2', 'https://localhost:3000', 'http://[::1]:9/base'])(
    '%s is taken',
    (apiUrl) => {
      expect(parseOne({ apiUrl }, true)?.apiUrl).toBe(apiUrl);
      expect(parseOne({ apiUrl: `${apiUrl}/` }, true)?.apiUrl).toBe(apiUrl);
    },
  );

  it.each([
    'https://api.green-api.com',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.1@evil.example',
    'http://user:pass@127.0.0.1',
    'http://127.0.0.1/?a=b',
    'http://127.0.0.1/#a',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://[::ffff:8.8.8.8]',
    'ftp://127.0.0.1',
    'localhost:8080',
    '',
  ])('%s is refused', (apiUrl) => {
    expect(errorOf(() => parseOne({ apiUrl }, true)).message).toContain(
      '/instances/0/apiUrl must be a loopback URL',
    );
  });
});

describe('whatever a secret holds', () => {
  const CANARY = 'c4n4ry';
  const canary = fc.string().map((text) => `${CANARY}${text}`);
  const value = fc.oneof(
    canary,
    canary.map((text) => [text]),
    canary.map((text) => ({ label: text })),
  );
  const field = fc.constantFrom(
    'instances',
    'idInstance',
    'apiTokenInstance',
    'apiUrl',
    'label',
    'other',
    '__proto__',
  );
  const object = fc.dictionary(field, value, { noNullPrototype: true });
  const text = fc.oneof(
    value.map((held) => JSON.stringify(held)),
    object.map((held) => JSON.stringify(held)),
    fc
      .array(
        fc.oneof(
          value,
          object.map((held) => ({ ...INSTANCE, ...held })),
        ),
      )
      .map((instances) => JSON.stringify({ instances })),
    canary,
    canary.map((held) => `{"instances":[{"apiTokenInstance":"${held}`),
  );

  it('its error shows no value of it, in no property and no cause', () => {
    let refused = 0;
    fc.assert(
      fc.property(text, fc.boolean(), (secret, allowLoopback) => {
        try {
          parseInstances(secret, { secretName: 'Instances', allowLoopback });
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
