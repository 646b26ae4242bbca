import { describe, expect, it } from 'vitest';
import { lookedUp, MAX_ERROR_LENGTH, type Reader } from '../../../lambda/green-api/looked-up.ts';
import type { RequestEnd } from '../../../lambda/green-api/one-request.ts';

const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

/** Reads the number 7 and refuses all else, as GREEN-API's methods do with their shapes. */
const seven: Reader<number> = { ofBody: (body) => (body === 7 ? { value: 7 } : undefined) };
const nothing: Reader<undefined> = { ofBody: () => ({ value: undefined }) };

const answered = (status: number, text: string): RequestEnd => ({ kind: 'answered', status, text });
const untold = (detail: string) => ({ kind: 'untold', cause: 'other', detail });

describe('lookedUp', () => {
  it('passes on what was read, nothing too', () => {
    expect(lookedUp(answered(200, '7'), seven, TOKEN)).toEqual({ kind: 'told', value: 7 });
    expect(lookedUp(answered(200, '7'), nothing, TOKEN)).toEqual({ kind: 'told', value: undefined });
  });

  it.each([201, 204, 206, 301, 302, 400, 401, 403, 404, 429, 500, 502])(
    'believes only a 200: not %i with the right body',
    (status) => {
      expect(lookedUp(answered(status, '7'), nothing, TOKEN)).toMatchObject({
        kind: 'untold',
        cause: 'other',
      });
    },
  );

  it('says what GREEN-API says, without the token and phone numbers', () => {
    const path = `/waInstance1101848922/getGroupData/${TOKEN}`;
    const message = `Cannot GET ${path} for 79001234568@c.us`;
    expect(lookedUp(answered(404, JSON.stringify({ statusCode: 404, path, message })), seven, TOKEN)).toEqual(
      untold('HTTP 404: Cannot GET /waInstance11***22/getGroupData/*** for 79***68@c.us'),
    );
  });

  it.each([
    [401, 'Unauthorized', 'HTTP 401: Unauthorized'],
    [429, '"Too Many Requests"', 'HTTP 429: Too Many Requests'],
    [502, '<html>\n<h1>502 Bad Gateway</h1>\n</html>', 'HTTP 502: <html> <h1>502 Bad Gateway</h1> </html>'],
    [200, '"Error: rate-overlimit"', 'HTTP 200: Error: rate-overlimit'],
  ])('says it of a %i in another form: %s', (status, text, detail) => {
    expect(lookedUp(answered(status, text), seven, TOKEN)).toEqual(untold(detail));
  });

  it.each([
    [200, ''],
    [200, 'null'],
    [200, '{"name":"Jane Roe"}'],
    [200, '{"message":"Jane Roe"}'],
    [200, '[{"name":"Jane Roe"}]'],
    [200, '[{"name":"Jane Roe"}'],
    [200, '"Jane Roe"'],
    [200, '<html>Jane Roe</html>'],
    [500, ''],
    [500, '[{"name":"Jane Roe"}]'],
    [500, '{"name":"Jane Roe"}'],
    [500, '{"message":{"name":"Jane Roe"}}'],
    [500, 'x'.repeat(MAX_ERROR_LENGTH + 1)],
  ])('repeats nothing but errors: %i %s', (status, text) => {
    expect(lookedUp(answered(status, text), seven, TOKEN)).toEqual(
      untold(`HTTP ${status}: nothing that can be read`),
    );
  });

  it('tells that the quota is used up, without the numbers that the answer lists', () => {
    const invokeStatus = { method: 'checkwhatsapp', used: 100, total: 100, status: 'QUOTE_EXCEEDED' };
    const correspondentsStatus = { description: 'only from these numbers: 79001234568, Jane Roe' };
    expect(
      lookedUp(answered(466, JSON.stringify({ invokeStatus, correspondentsStatus })), seven, TOKEN),
    ).toEqual({ kind: 'untold', cause: 'quota', detail: 'quota checkwhatsapp QUOTE_EXCEEDED' });
    expect(lookedUp(answered(466, ''), nothing, TOKEN)).toEqual({
      kind: 'untold',
      cause: 'quota',
      detail: 'quota',
    });
  });

  it('reads a refusal where the method has one, of a 400 alone', () => {
    const reader: Reader<number> = {
      ...seven,
      ofRefusal: (error) => (error === 'no' ? { value: 0 } : undefined),
    };
    const body = JSON.stringify({ statusCode: 400, message: 'no' });
    expect(lookedUp(answered(400, body), reader, TOKEN)).toEqual({ kind: 'told', value: 0 });
    expect(lookedUp(answered(400, body), seven, TOKEN)).toEqual(untold('HTTP 400: no'));
    expect(lookedUp(answered(400, '"yes"'), reader, TOKEN)).toEqual(untold('HTTP 400: yes'));
    expect(lookedUp(answered(500, body), reader, TOKEN)).toEqual(untold('HTTP 500: no'));
  });

  it('says how a request broke off', () => {
    const end = { kind: 'broken-off', reason: `no way to ${TOKEN}` } as const;
    expect(lookedUp({ ...end, status: undefined }, nothing, TOKEN)).toEqual(untold('no way to ***'));
    expect(lookedUp({ ...end, status: 200 }, nothing, TOKEN)).toEqual(
      untold('HTTP 200, but not the whole answer: no way to ***'),
    );
  });
});
