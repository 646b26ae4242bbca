import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../lambda/green-api/classify.ts';
import { MAX_DETAIL_LENGTH } from '../../../lambda/green-api/detail.ts';
import { MAX_INVITE_LINK_LENGTH } from '../../../lambda/green-api/facts.ts';

const statuses = fc.oneof(
  fc.constantFrom(200, 204, 301, 400, 401, 403, 404, 413, 429, 466, 499, 500, 502, 503, 504),
  fc.integer({ min: 0, max: 999 }),
);
const tokens = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 50, maxLength: 50 }),
  fc
    .string({ unit: fc.constantFrom(...'aB1/+% ?é'), minLength: 20, maxLength: 60 })
    .map((text) => `T${text}T`),
);
const phones = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 7, maxLength: 16 });
const triggers = [
  'rate overlimit',
  'rate-overlimit',
  'bad-request',
  'request entity too large',
  'Instance is deleted',
  'instance is starting or not authorized',
  'Internal Server Error',
  'created',
];

/** Puts a message into one of the bodies that an answer may have. */
const wrappings: readonly ((message: string) => string)[] = [
  (message) => message,
  (message) => JSON.stringify(message),
  (message) => JSON.stringify({ statusCode: 400, path: `/waInstance1/${message}`, message }),
  (message) => JSON.stringify({ statusCode: 400, path: `/waInstance1/${message}` }),
  (message) => JSON.stringify({ message: [message] }),
  (message) => JSON.stringify({ created: false, chatId: message, groupInviteLink: message }),
  (message) => JSON.stringify({ invokeStatus: { method: message, status: message, description: message } }),
  (message) => `<html><body>${message}</body></html>`,
];

describe('classify', () => {
  it('makes an outcome of any answer, with a bounded, well-formed, single line of detail', () => {
    fc.assert(
      fc.property(
        statuses,
        fc.oneof(fc.string({ unit: 'binary', maxLength: 800 }), fc.json()),
        tokens,
        (status, text, token) => {
          const outcome = classify(status, text, token);
          if (outcome.kind === 'created') return;
          expect(outcome.detail.length).toBeLessThanOrEqual(MAX_DETAIL_LENGTH);
          expect(outcome.detail).not.toBe('');
          expect(outcome.detail.isWellFormed()).toBe(true);
          expect(outcome.detail).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        },
      ),
    );
  });

  it('never tells the token or a phone number, wherever the answer repeats them', () => {
    fc.assert(
      fc.property(
        statuses,
        fc.constantFrom(...wrappings),
        fc.constantFrom('', ...triggers),
        // Long enough to push what follows over the end of the detail, or half over it.
        fc.nat({ max: MAX_DETAIL_LENGTH + 20 }).map((length) => '-x'.repeat(length / 2)),
        tokens,
        phones,
        (status, wrap, trigger, filler, token, phone) => {
          const inUrl = encodeURIComponent(token);
          const text = wrap(`${trigger}${filler}/${token}/${inUrl}/ ${phone}@c.us and ${phone}`);
          const outcome = classify(status, text, token);
          const told = JSON.stringify(outcome);
          expect(told).not.toContain(token.slice(0, 16));
          expect(told).not.toContain(inUrl.slice(0, 16));
          expect(told).not.toContain(phone);
        },
      ),
    );
  });

  it('says created for the exact shape of a success and for nothing else', () => {
    const sound = <T>(value: T) => ({ value, sound: true });
    const broken = <T>(value: T) => ({ value, sound: false });
    const createds = fc.oneof(
      fc.constant(sound(true)),
      fc.constantFrom(false, 'true', 1, null, undefined, {}).map(broken),
    );
    const chatIds = fc.oneof(
      fc.stringMatching(/^120363\d{12}@g\.us$/).map(sound),
      fc.stringMatching(/^\d{7,15}-\d{10}@g\.us$/).map(sound),
      fc.constantFrom('', '@g.us', '1@c.us', '1@g.us.', '1@G.US', ' 1@g.us', 7, null, undefined).map(broken),
    );
    const links = fc.oneof(fc.string(), fc.string({ minLength: MAX_INVITE_LINK_LENGTH + 1 }), fc.jsonValue());
    const shape = fc.record({ created: createds, chatId: chatIds, link: links, status: statuses });
    fc.assert(
      fc.property(shape, ({ created, chatId, link, status }) => {
        const text = JSON.stringify({ created: created.value, chatId: chatId.value, groupInviteLink: link });
        const outcome = classify(status, text, 'token');
        expect(outcome.kind === 'created').toBe(status === 200 && created.sound && chatId.sound);
        if (outcome.kind !== 'created') return;
        expect(outcome.chatId).toBe(chatId.value);
        const keepsLink = typeof link === 'string' && link.length <= MAX_INVITE_LINK_LENGTH;
        expect(outcome.groupInviteLink).toBe(keepsLink ? link : '');
      }),
      { numRuns: 500 },
    );
  });

  it('is not fooled by what a caller sent and an error repeats', () => {
    const names = fc
      .tuple(fc.string(), fc.constantFrom(...triggers), fc.string())
      .map((parts) => parts.join(''));
    const frames = [
      (name: string) => `Validation failed. Details: '${name}' is not allowed`,
      (name: string) => `Validation failed. Details: ${name}`,
      (name: string) => `Cannot create group ${name}`,
      (name: string) => `'${name}' is not allowed`,
      (name: string) => `Internal Server Error Timed Out ${name}`,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...frames), names, fc.boolean(), (frame, name, asJson) => {
        const message = frame(name);
        const text = asJson ? JSON.stringify({ path: `/${name}`, message }) : message;
        expect(classify(400, text, 'token')).toMatchObject({ kind: 'refused' });
        expect(classify(500, text, 'token')).toMatchObject({ kind: 'unknown', answered: true });
      }),
    );
  });
});
