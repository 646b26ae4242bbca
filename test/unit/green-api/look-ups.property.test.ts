import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_DETAIL_LENGTH } from '../../../lambda/green-api/detail.ts';
import { MAX_NAME_LENGTH } from '../../../lambda/green-api/look-up-facts.ts';
import {
  checkWhatsapp,
  GET_CHATS,
  GET_GROUP_CONTACTS,
  GET_SETTINGS,
  GET_STATE,
  GET_WA_SETTINGS,
  getGroupData,
} from '../../../lambda/green-api/look-up-methods.ts';
import { lookedUp } from '../../../lambda/green-api/looked-up.ts';

const CHAT_ID = '120363421084000163@g.us';
const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';

const methods = [
  GET_STATE,
  GET_SETTINGS,
  GET_WA_SETTINGS,
  GET_CHATS,
  GET_GROUP_CONTACTS,
  getGroupData(CHAT_ID),
  checkWhatsapp('79001234568@c.us') ?? GET_STATE,
];

const statuses = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.constantFrom(400, 404, 429, 466, 500, 502) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 999 }) },
);

/** Objects with GREEN-API's own field names and anything in them. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(CHAT_ID, 1761913279, 'Error: forbidden', true, '', 0),
);
const likeParticipants = fc.array(
  fc.oneof(anything, fc.record({ id: anything, isSuperAdmin: anything }, { requiredKeys: [] })),
);
const likeAnswers = fc.record(
  {
    groupId: fc.constantFrom(CHAT_ID, null),
    subject: fc.oneof(fc.string({ maxLength: 2 * MAX_NAME_LENGTH }), anything),
    creation: fc.oneof(fc.integer(), anything),
    subjectTime: fc.oneof(fc.integer(), anything),
    owner: anything,
    subjectOwner: anything,
    size: anything,
    participants: fc.oneof(likeParticipants, anything),
    groupInviteLink: anything,
    stateInstance: anything,
    wid: anything,
    suspendedUntil: fc.oneof(fc.double(), fc.string(), anything),
    existsWhatsapp: anything,
    message: anything,
    id: anything,
    name: anything,
  },
  { requiredKeys: [] },
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.json(),
  likeAnswers.map((body) => JSON.stringify(body)),
  fc.array(likeAnswers, { maxLength: 5 }).map((body) => JSON.stringify(body)),
);

describe('the look-ups', () => {
  it('make something of any answer to any method, with a bounded, well-formed, single line of detail', () => {
    let told = 0;
    fc.assert(
      fc.property(statuses, texts, fc.constantFrom(...methods), (status, text, method) => {
        const looked = lookedUp<unknown>({ kind: 'answered', status, text }, method, TOKEN);
        if (looked.kind === 'told') {
          told += 1;
          return;
        }
        expect(looked.detail.length).toBeLessThanOrEqual(MAX_DETAIL_LENGTH);
        expect(looked.detail).not.toBe('');
        expect(looked.detail.isWellFormed()).toBe(true);
        expect(looked.detail).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 1_000 },
    );
    expect(told).toBeGreaterThan(0);
  });

  it('tell a date that is one, or none', () => {
    const instants = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.date().map(String),
      fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
      fc.string(),
    );
    fc.assert(
      fc.property(instants, (suspendedUntil) => {
        const looked = lookedUp(
          { kind: 'answered', status: 200, text: JSON.stringify({ suspendedUntil }) },
          GET_WA_SETTINGS,
          TOKEN,
        );
        if (looked.kind === 'untold') throw new Error(looked.detail);
        if (looked.value !== undefined) expect(new Date(looked.value).toISOString()).toMatch(/^[+\d]/);
      }),
      { numRuns: 500 },
    );
  });

  it('never tell the token or a phone number in a detail, wherever the answer repeats them', () => {
    const phones = fc.stringMatching(/^[1-9]\d{6,15}$/);
    const wrappings: readonly ((said: string) => unknown)[] = [
      (said) => said,
      (said) => `Error: ${said}`,
      (said) => ({ statusCode: 400, path: `/waInstance1/${said}`, message: said }),
      (said) => ({ wid: said, owner: said, stateInstance: said, name: said }),
      (said) => [{ id: said, name: said }],
      (said) => ({ invokeStatus: { method: said, status: said, description: said } }),
    ];
    const filler = fc.nat({ max: MAX_DETAIL_LENGTH + 20 }).map((length) => '-x'.repeat(length / 2));
    const cases = fc.record({
      status: statuses,
      wrap: fc.constantFrom(...wrappings),
      isJson: fc.boolean(),
      filler,
      phone: phones,
      method: fc.constantFrom(...methods),
    });
    fc.assert(
      fc.property(cases, ({ status, wrap, isJson, filler, phone, method }) => {
        const body = wrap(`${filler}/${TOKEN}/ ${phone}@c.us and ${phone}`);
        const text = isJson ? JSON.stringify(body) : `<html>${JSON.stringify(body)}</html>`;
        const looked = lookedUp<unknown>({ kind: 'answered', status, text }, method, TOKEN);
        if (looked.kind === 'told') return;
        expect(looked.detail).not.toContain(TOKEN.slice(0, 12));
        expect(looked.detail).not.toContain(phone);
      }),
      { numRuns: 500 },
    );
  });
});
