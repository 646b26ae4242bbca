import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskPhones, redactToken } from '../../../lambda/telemetry/redaction.ts';

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const noDigits = fc.string({ unit: 'binary' }).map((text) => text.replace(/\d/g, ''));

describe('maskPhones', () => {
  it.each([
    ['79001234568@c.us', '79***68@c.us'],
    ['+79001234568', '+79***68'],
    ['+7 900 123-45-68', '+79***68'],
    ['8 (900) 123-45-68', '89***68'],
    ['+1.415.555.0132', '+14***32'],
    ['+49 30\u00a0123\u201145\u201168', '+49***68'],
    ['\u202a+7 900 123-45-68\u202c', '\u202a+79***68\u202c'],
    ['79001234568-1581234567@g.us', '79***68-15***67@g.us'],
    ['120650379300963@lid', '12***63@lid'],
    ['tel79001234568x', 'tel79***68x'],
    ['from these numbers: 79001234568, 79001234569', 'from these numbers: 79***68, 79***69'],
    ['79001234568 79001234569', '79***68 79***69'],
    ['79001234568@c.us;79001234569@c.us', '79***68@c.us;79***69@c.us'],
    ['*79001234568*', '*79***68*'],
    ['1234567', '12***67'],
  ])('masks %s', (text, masked) => {
    expect(maskPhones(text)).toBe(masked);
  });

  it.each([
    '120363043968066561@g.us',
    '2023-09-13T22:29:37.459Z',
    '2025-03-31T16:50:20.397375467Z',
    '2025-03-31T16:50:20+03:00',
    'until 2026-12-01, 12 groups',
    '{"statusCode":400,"timestamp":"2023-09-13T22:29:37.459Z"}',
    'length must be less than or equal to 100 characters long',
    'connect ECONNREFUSED 127.0.0.1:54321',
    '123456',
    '12345678-1234-4123-8123-123456789012',
    '',
  ])('leaves alone: %s', (text) => {
    expect(maskPhones(text)).toBe(text);
  });

  it('leaves no phone number readable, whatever stands around it', () => {
    fc.assert(
      fc.property(noDigits, digits(7, 16), noDigits, (before, phone, after) => {
        expect(maskPhones(`${before}${phone}${after}`)).not.toContain(phone);
      }),
    );
  });

  it('leaves no number readable in a list of numbers', () => {
    fc.assert(
      fc.property(
        fc.array(digits(7, 16), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(' ', ', ', '\n', '-', ' - ', '@c.us '),
        (phones, separator) => {
          const masked = maskPhones(phones.join(separator));
          for (const phone of phones) expect(masked).not.toContain(phone);
        },
      ),
    );
  });

  it('masks a number however its digits are set apart', () => {
    const separators = fc.array(fc.constantFrom(' ', '-', '.', ') ', ' (', '\u00a0', '\u2011', ''), {
      minLength: 15,
      maxLength: 15,
    });
    fc.assert(
      fc.property(digits(7, 16), separators, (phone, between) => {
        const written = [...phone].map((digit, index) => `${digit}${between[index] ?? ''}`).join('');
        const shown = maskPhones(written).replace(/\D/g, '');
        expect(shown).toHaveLength(4);
      }),
    );
  });

  it('keeps every ISO time and UUID, even beside a number', () => {
    const times = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString());
    const kept = fc.oneof(times, fc.uuid());
    fc.assert(
      fc.property(digits(7, 16), kept, fc.constantFrom(' ', ', ', '/'), (phone, token, separator) => {
        const masked = maskPhones([phone, token, phone].join(separator));
        expect(masked).toBe([mask(phone), token, mask(phone)].join(separator));
      }),
    );
  });

  it('keeps the ids of groups', () => {
    fc.assert(
      fc.property(digits(12, 12), digits(7, 16), (end, phone) => {
        const id = `120363${end}@g.us`;
        expect(maskPhones(`${id} ${phone} ${id}`)).toBe(`${id} ${mask(phone)} ${id}`);
      }),
    );
  });

  it('is quick, however many digits there are', () => {
    const startMs = performance.now();
    maskPhones('1'.repeat(100_000));
    maskPhones('1 '.repeat(50_000));
    maskPhones('12345   '.repeat(12_500));
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});

describe('redactToken', () => {
  const token = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

  it.each([
    [`Cannot GET /waInstance1/createGroup/${token}/1`, token, 'Cannot GET /waInstance1/createGroup/***/1'],
    [`${token}${token} ${token}`, token, '****** ***'],
    [
      'raw a/b+c, encoded a%2Fb%2Bc, in small letters a%2fb%2bc',
      'a/b+c',
      'raw ***, encoded ***, in small letters ***',
    ],
    ['nothing to see', token, 'nothing to see'],
    ['a token that is empty is none', '', 'a token that is empty is none'],
  ])('takes it out of: %s', (text, secret, redacted) => {
    expect(redactToken(text, secret)).toBe(redacted);
  });

  it('leaves no token readable, raw or encoded', () => {
    const tokens = fc.string({ unit: 'grapheme', minLength: 8 }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(fc.string(), tokens, fc.string(), (before, secret, after) => {
        const redacted = redactToken(`${before}${secret}/${encodeURIComponent(secret)}${after}`, secret);
        expect(redacted).not.toContain(secret);
        expect(redacted).not.toContain(encodeURIComponent(secret));
      }),
    );
  });

  it('bears a token that no URL can hold', () => {
    expect(redactToken('x \ud800 y', '\ud800')).toBe('x *** y');
  });
});

function mask(phone: string): string {
  return `${phone.slice(0, 2)}***${phone.slice(-2)}`;
}
