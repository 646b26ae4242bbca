import { describe, expect, it } from 'vitest';
import { MAX_DETAIL_LENGTH, toDetail } from '../../../lambda/green-api/detail.ts';

const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

describe('toDetail', () => {
  it('keeps a short text as it is', () => {
    expect(toDetail("Validation failed. Details: 'chatId' is required", TOKEN)).toBe(
      "Validation failed. Details: 'chatId' is required",
    );
  });

  it('makes one line of it, without what cannot be seen', () => {
    expect(toDetail(' a\r\n\t b\u0000\u2028c\u200b ', TOKEN)).toBe('a b c');
  });

  it('masks a number whose parts stand on two lines', () => {
    expect(toDetail('+7 900\n1234568', TOKEN)).toBe('+79***68');
  });

  it('takes out the token before it looks for numbers in it', () => {
    expect(toDetail(`Cannot GET /${TOKEN}/1`, TOKEN)).toBe('Cannot GET /***/1');
  });

  it.each([
    ['a token', TOKEN, 'd75b3a6637', '***'],
    ['a number', '79001234568', '790012', '79***6'],
  ])('keeps no half of %s where it cuts', (_name, secret, half, shown) => {
    const text = `${'-'.repeat(MAX_DETAIL_LENGTH - half.length)}${secret}`;
    expect(toDetail(text, TOKEN)).toBe(`${'-'.repeat(MAX_DETAIL_LENGTH - half.length)}${shown}`);
  });

  it('cuts a long text and leaves no half of a character', () => {
    const detail = toDetail(`${'-'.repeat(MAX_DETAIL_LENGTH - 1)}👩`, TOKEN);
    expect(detail).toHaveLength(MAX_DETAIL_LENGTH);
    expect(detail.isWellFormed()).toBe(true);
  });
});
