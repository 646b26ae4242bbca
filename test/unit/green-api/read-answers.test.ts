import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_LIST_ENTRIES, MAX_NAME_LENGTH } from '../../../lambda/green-api/look-up-facts.ts';
import { checkWhatsapp } from '../../../lambda/green-api/look-up-methods.ts';
import {
  readBadNumber,
  readExists,
  readOwnChatId,
  readState,
  readSuspendedUntilMs,
} from '../../../lambda/green-api/read-instance.ts';
import { readChats } from '../../../lambda/green-api/read-lists.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const NOT_OBJECTS = [undefined, null, '', 'authorized', 7, true, []];

describe('readState', () => {
  it.each(['authorized', 'notAuthorized', 'suspended', 'yellowCard'])('reads %s', (stateInstance) => {
    expect(readState({ stateInstance, more: 1 })).toEqual({ value: stateInstance });
  });

  it.each([
    ...NOT_OBJECTS,
    {},
    { stateInstance: null },
    { stateInstance: '' },
    { stateInstance: 'of +79001234568' },
    { stateInstance: 'x'.repeat(65) },
  ])('takes nothing else for a state: %j', (body) => {
    expect(readState(body)).toBeUndefined();
  });
});

describe('readOwnChatId', () => {
  it('reads the chat id of the own number', () => {
    expect(readOwnChatId({ wid: '79001234568@c.us' })).toEqual({ value: '79001234568@c.us' });
  });

  it.each([
    ...NOT_OBJECTS,
    {},
    { wid: '' },
    { wid: '79001234568' },
    { wid: '@c.us' },
    { wid: '120363043968066561@g.us' },
    { wid: 79001234568 },
  ])('takes nothing else for one: %j', (body) => {
    expect(readOwnChatId(body)).toBeUndefined();
  });
});

describe('readSuspendedUntilMs', () => {
  const atMs = Date.UTC(2026, 10, 24, 9, 30);

  it.each([
    ['seconds', atMs / 1_000],
    ['milliseconds', atMs],
    ['ISO text', '2026-11-24T09:30:00.000Z'],
    ['ISO text of a Go program', '2026-11-24T09:30:00.000000000Z'],
    ['ISO text of another zone', '2026-11-24T12:30:00+03:00'],
    ['ISO text without a colon in its zone', '2026-11-24T12:30:00+0300'],
    ['ISO text without a zone', '2026-11-24 09:30'],
  ])('reads %s', (_name, suspendedUntil) => {
    expect(readSuspendedUntilMs({ stateInstance: 'suspended', suspendedUntil })).toEqual({ value: atMs });
  });

  it('reads text without a zone as UTC, wherever it runs', () => {
    vi.stubEnv('TZ', 'Asia/Tokyo');
    expect(new Date(atMs).getHours()).toBe(18);
    expect(readSuspendedUntilMs({ suspendedUntil: '2026-11-24T09:30' })).toEqual({ value: atMs });
  });

  it('reads a day', () => {
    expect(readSuspendedUntilMs({ suspendedUntil: '2026-11-24' })).toEqual({ value: Date.UTC(2026, 10, 24) });
  });

  it.each([
    undefined,
    null,
    0,
    -1,
    '',
    'soon',
    '1',
    '2026-99-99',
    '0001-01-01T00:00:00Z',
    1e300,
    8.64e15 + 1,
    [],
    {},
    true,
  ])('is told that nothing is said: %j', (suspendedUntil) => {
    expect(readSuspendedUntilMs({ suspendedUntil })).toEqual({ value: undefined });
  });

  it.each(NOT_OBJECTS)('does not take %j for an answer', (body) => {
    expect(readSuspendedUntilMs(body)).toBeUndefined();
  });
});

describe('readChats', () => {
  it('reads groups and persons, in order, with names or without', () => {
    const body = [
      { id: '120363043968066561@g.us', name: 'Deal 7', type: 'group', archive: false },
      { id: '79001234568@c.us', name: 'A friend', contactName: 'A friend', type: 'user' },
      { id: '120363043968066562@g.us' },
      { id: '120363043968066563@g.us', name: null },
    ];
    expect(readChats(body)).toEqual({
      value: [
        { chatId: '120363043968066561@g.us', name: 'Deal 7' },
        { chatId: '79001234568@c.us', name: 'A friend' },
        { chatId: '120363043968066562@g.us', name: '' },
        { chatId: '120363043968066563@g.us', name: '' },
      ],
    });
  });

  it('leaves out what has no id', () => {
    const body = [
      null,
      7,
      'x@g.us',
      [],
      {},
      { id: '' },
      { id: 7 },
      { id: 'a b@g.us' },
      { id: 'x'.repeat(121) },
    ];
    expect(readChats([...body, { id: '1@g.us', name: 'a' }])).toEqual({
      value: [{ chatId: '1@g.us', name: 'a' }],
    });
  });

  it('reads an empty list as one', () => {
    expect(readChats([])).toEqual({ value: [] });
  });

  it('keeps so much of a name', () => {
    const body = [{ id: '0@g.us', name: 'x'.repeat(MAX_NAME_LENGTH + 1) }];
    expect(readChats(body)?.value).toEqual([{ chatId: '0@g.us', name: 'x'.repeat(MAX_NAME_LENGTH) }]);
  });

  it('says nothing of a list that is too long', () => {
    const body = Array.from({ length: MAX_LIST_ENTRIES }, () => ({ id: '1@g.us' }));
    expect(readChats(body)?.value).toHaveLength(MAX_LIST_ENTRIES);
    expect(readChats([...body, { id: '2@g.us' }])).toBeUndefined();
  });

  it.each([undefined, null, '', '[]', 7, {}, { 0: { id: '1@g.us' }, length: 1 }])(
    'does not take %j for a list',
    (body) => {
      expect(readChats(body)).toBeUndefined();
    },
  );
});

describe('checkWhatsapp', () => {
  it('asks for the number', () => {
    expect(checkWhatsapp('79001234568@c.us')?.body).toEqual({ phoneNumber: 79001234568 });
  });

  it.each([
    '',
    '79001234568',
    '078714469634134@c.us',
    '78714469634134@lid',
    '1@g.us',
    '9999999999999999@c.us',
  ])('asks for no other number than was meant: "%s"', (chatId) => {
    expect(checkWhatsapp(chatId)).toBeUndefined();
  });

  it.each([true, false])('reads %s', (existsWhatsapp) => {
    expect(readExists({ existsWhatsapp })).toEqual({ value: existsWhatsapp });
  });

  it.each([...NOT_OBJECTS, {}, { existsWhatsapp: 'true' }, { existsWhatsapp: null }, { existsWhatsapp: 0 }])(
    'does not take %j for an answer',
    (body) => {
      expect(readExists(body)).toBeUndefined();
    },
  );

  it.each([
    ['bad phone number, valid from 11 to 16 digits', { value: false }],
    ['Error: bad phone number', { value: false }],
    ["Validation failed. Details: 'phoneNumber' must be a correct phone", { value: false }],
    ['check phone number timeout limit exceeded', undefined],
    ['instance is starting or not authorized', undefined],
    ["Validation failed. Details: 'bad phone number' is not allowed", undefined],
    ['', undefined],
  ])('reads a refusal: %s', (error, read) => {
    expect(readBadNumber(error)).toEqual(read);
  });
});
