import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { byStatus, classify } from '../../../lambda/green-api/classify.ts';
import { MAX_INVITE_LINK_LENGTH } from '../../../lambda/green-api/facts.ts';

const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';
const CHAT_ID = '120363043968066561@g.us';
const LINK = 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4';

/** An error in GREEN-API's own shape, which repeats the token. */
function errorBody(statusCode: number, message: string): string {
  const timestamp = '2023-09-13T22:29:37.459Z';
  const path = `/waInstance1101848922/createGroup/${TOKEN}`;
  return JSON.stringify({ statusCode, timestamp, path, message });
}

function success(fields: object = {}): string {
  return JSON.stringify({ created: true, chatId: CHAT_ID, groupInviteLink: LINK, ...fields });
}

const refused = (detail: string): Outcome => ({ kind: 'refused', detail });
const unknown = (detail: string): Outcome => ({ kind: 'unknown', answered: true, detail });
const blocked = (cause: Extract<Outcome, { kind: 'blocked' }>['cause'], detail: string): Outcome => ({
  kind: 'blocked',
  cause,
  detail,
});
const created = (chatId: string, groupInviteLink: string): Outcome => ({
  kind: 'created',
  chatId,
  groupInviteLink,
});

type Row = readonly [status: number, body: string, outcome: Outcome];

function checkEach(rows: readonly Row[]): void {
  it.each(rows)('%i %s', (status, body, outcome) => {
    expect(classify(status, body, TOKEN)).toEqual(outcome);
  });
}

describe('a 200 is a success only in the documented shape', () => {
  const longLink = `${LINK}${'x'.repeat(MAX_INVITE_LINK_LENGTH)}`;
  checkEach([
    [200, success(), created(CHAT_ID, LINK)],
    [200, ` \n${success({ more: [1] })}\n`, created(CHAT_ID, LINK)],
    [200, success({ chatId: '79001234568-1581234567@g.us' }), created('79001234568-1581234567@g.us', LINK)],
    [200, success({ groupInviteLink: '' }), created(CHAT_ID, '')],
    [200, success({ groupInviteLink: undefined }), created(CHAT_ID, '')],
    [200, success({ groupInviteLink: null }), created(CHAT_ID, '')],
    [200, success({ groupInviteLink: 7 }), created(CHAT_ID, '')],
    [200, success({ groupInviteLink: longLink }), created(CHAT_ID, '')],
  ]);

  it.each([
    '',
    'null',
    'true',
    '7',
    '"Error: item-not-found"',
    '{}',
    '[]',
    `[${success()}]`,
    '<html>',
    success().slice(0, -1),
    success({ created: false }),
    success({ created: 'true' }),
    success({ created: 1 }),
    success({ created: undefined }),
    success({ chatId: '' }),
    success({ chatId: '@g.us' }),
    success({ chatId: undefined }),
    success({ chatId: [CHAT_ID] }),
    success({ chatId: '79001234568@c.us' }),
    success({ chatId: `${CHAT_ID} ` }),
    success({ chatId: `${CHAT_ID}\n` }),
    success({ chatId: `${'1'.repeat(101)}@g.us` }),
    JSON.stringify({ data: { created: true, chatId: CHAT_ID } }),
    errorBody(500, 'rate-overlimit'),
    errorBody(400, 'Instance is deleted'),
  ])('so this one leaves it unknown: %s', (body) => {
    expect(classify(200, body, TOKEN)).toMatchObject({ kind: 'unknown', answered: true });
  });

  it.each([201, 202, 203, 205, 206])('and %i is none', (status) => {
    expect(classify(status, success(), TOKEN)).toMatchObject({ kind: 'unknown', answered: true });
  });
});

describe('a 400 about the instance blocks, any other refuses the request', () => {
  const validation = (details: string) => `Validation failed. Details: ${details}`;
  const states: readonly Row[] = [
    [
      400,
      'instance in starting process try later',
      blocked('starting', 'instance in starting process try later'),
    ],
    [
      400,
      'instance is starting or not authorized',
      blocked('not-authorized', 'instance is starting or not authorized'),
    ],
    [400, 'instance account not authorized', blocked('not-authorized', 'instance account not authorized')],
    [400, 'Instance is notAuthorized', blocked('not-authorized', 'Instance is notAuthorized')],
    [
      400,
      'Instance account is expired. Renew your instance from personal area',
      blocked('expired', 'Instance account is expired. Renew your instance from personal area'),
    ],
    [400, 'Instance is deleted', blocked('deleted', 'Instance is deleted')],
  ];
  checkEach(states);
  checkEach(states.map(([status, text, outcome]) => [status, errorBody(status, text), outcome]));
  checkEach(states.map(([status, text, outcome]) => [status, `"${text}"\n`, outcome]));

  const refusals = [
    'bad request data',
    'Bad Request',
    'Validation failed',
    validation("'groupName' is not allowed to be empty"),
    validation("'chatIds' must be an array"),
    'Unexpected token _ in JSON at position 12',
    // What callers send, repeated.
    validation("'instance is deleted' is not allowed"),
    validation('instance is deleted'),
    "'instance is starting' length must be less than or equal to 100 characters long",
    "instance field 'account expired' is not allowed",
    'rate-overlimit',
    'instances are deleted',
    'The instance is deleted',
  ];
  checkEach(refusals.map((text) => [400, text, refused(text)]));
  checkEach(refusals.map((text) => [400, errorBody(400, text), refused(text)]));
  checkEach([[400, '', refused('HTTP 400 without a text')]]);
});

describe('a 500 is unknown but for three texts', () => {
  checkEach([
    [500, errorBody(500, 'rate-overlimit'), { kind: 'overlimit', detail: 'rate-overlimit' }],
    [500, 'rate overlimit', { kind: 'overlimit', detail: 'rate overlimit' }],
    [500, 'Rate-Overlimit', { kind: 'overlimit', detail: 'Rate-Overlimit' }],
    [500, 'rateoverlimit', { kind: 'overlimit', detail: 'rateoverlimit' }],
    [500, '"Error: rate-overlimit"', { kind: 'overlimit', detail: 'Error: rate-overlimit' }],
    [
      500,
      errorBody(500, 'Internal Server Error: rate overlimit, try again later'),
      { kind: 'overlimit', detail: 'Internal Server Error: rate overlimit, try again later' },
    ],
    [500, errorBody(500, 'bad-request'), { kind: 'rejected', detail: 'bad-request' }],
    [500, 'Bad Request', { kind: 'rejected', detail: 'Bad Request' }],
    [500, 'Error: bad-request', { kind: 'rejected', detail: 'Error: bad-request' }],
    [500, errorBody(500, 'request entity too large'), refused('request entity too large')],
  ]);

  const unclear = [
    'Timed Out',
    'Internal Server Error',
    'Internal Server Error Timed Out',
    'bad-request after the group was created',
    'request entity too large for the cache, but created',
    'File from url exceeded max upload size. Size: 120mb Limit: 100mb',
    // States and texts that mean something only with another status.
    'Instance is deleted',
    'Validation failed',
    // Groups called so.
    "cannot invite to 'rate overlimit'",
    'group bad-request',
    'rate limits of overlimit',
  ];
  checkEach(unclear.map((text) => [500, text, unknown(text)]));
  checkEach(unclear.map((text) => [500, errorBody(500, text), unknown(text)]));
  checkEach([
    [500, '', unknown('HTTP 500 without a text')],
    [500, ' \u0000\n', unknown('HTTP 500 without a text')],
    [500, '{"path":"/rate-overlimit"}', unknown('{"path":"/rate-overlimit"}')],
    [500, '{"message":["rate-overlimit"]}', unknown('{"message":["rate-overlimit"]}')],
    [500, '<h1>rate overlimit</h1>', unknown('<h1>rate overlimit</h1>')],
  ]);
});

describe('some statuses decide alone, whatever the body', () => {
  const bodies = ['', 'Unauthorized', errorBody(400, 'x'), success(), '<html></html>', 'rate-overlimit'];
  const decided: readonly [status: number, outcome: object][] = [
    [204, { kind: 'blocked', cause: 'wrong-method' }],
    [300, { kind: 'blocked', cause: 'redirected' }],
    [301, { kind: 'blocked', cause: 'redirected' }],
    [302, { kind: 'blocked', cause: 'redirected' }],
    [304, { kind: 'blocked', cause: 'redirected' }],
    [308, { kind: 'blocked', cause: 'redirected' }],
    [399, { kind: 'blocked', cause: 'redirected' }],
    [401, { kind: 'blocked', cause: 'token-rejected' }],
    [403, { kind: 'blocked', cause: 'instance-unknown' }],
    [404, { kind: 'blocked', cause: 'path-unknown' }],
    [413, { kind: 'refused' }],
    [429, { kind: 'throttled', limit: 'rate' }],
    [466, { kind: 'throttled', limit: 'quota' }],
  ];
  it.each(decided)('%i', (status, outcome) => {
    for (const body of bodies) expect(classify(status, body, TOKEN)).toMatchObject(outcome);
    expect(byStatus(status, 'cut')).toEqual({ ...outcome, detail: 'cut' });
  });

  it('and no other does', () => {
    const deciding = Array.from({ length: 1_000 }, (_, status) => status).filter(
      (status) => byStatus(status, '') !== undefined && (status < 300 || status > 399),
    );
    expect(deciding).toEqual([204, 401, 403, 404, 413, 429, 466]);
  });
});

describe('every other status leaves it unknown', () => {
  const rest = [0, 100, 402, 405, 408, 409, 410, 415, 422, 425, 431, 451, 469, 498, 499];
  it.each([...rest, 501, 502, 503, 504, 507, 520, 521, 524, 599, 600, 999])('%i', (status) => {
    for (const text of ['', 'rate-overlimit', 'bad-request', 'Instance is deleted', success()]) {
      expect(classify(status, text, TOKEN)).toMatchObject({ kind: 'unknown', answered: true });
    }
  });
});

describe('of a 466 only the words are kept', () => {
  const description = 'You can write only to 79001234568, 79001234569 from these numbers';
  const month = { method: 'creategroup', used: 1000, total: 1000, status: 'QUOTE_EXCEEDED', description };
  const partners = {
    method: 'correspondents',
    used: 3,
    total: 3,
    status: 'CORRESPONDENTS_QUOTE_EXCEEDED',
    description,
  };
  const quota = (detail: string): Outcome => ({ kind: 'throttled', limit: 'quota', detail });
  checkEach([
    [466, JSON.stringify({ invokeStatus: month }), quota('quota creategroup QUOTE_EXCEEDED')],
    [
      466,
      JSON.stringify({ invokeStatus: { ...month, status: 'QUOTE_ALLOWED' }, correspondentsStatus: partners }),
      quota('quota creategroup QUOTE_ALLOWED correspondents CORRESPONDENTS_QUOTE_EXCEEDED'),
    ],
    [
      466,
      JSON.stringify({ invokeStatus: { method: '79001234568', status: [1] }, correspondentsStatus: 7 }),
      quota('quota'),
    ],
    [466, description, quota('quota')],
    [466, errorBody(466, description), quota('quota')],
    [466, '', quota('quota')],
  ]);
});
