import * as z from 'zod/mini';
import { json } from '../answers.ts';
import { lookUp } from './look-up.ts';
import { callError } from './method.ts';

const Body = z
  .strictObject({
    phoneNumber: z.optional(z.number()),
    /** The newer form. */
    chatId: z.optional(z.string().check(z.regex(/^\d+@c\.us$/, "'phone_number@c.us'"))),
  })
  .check(
    z.refine(({ phoneNumber, chatId }) => phoneNumber !== undefined || chatId !== undefined, {
      error: "'value' must have at least 1 key",
    }),
  );

/** Whether a number is on WhatsApp: all are, but those that the faults name. */
export const checkWhatsapp = lookUp({
  name: 'checkWhatsapp',
  verb: 'POST',
  callsPerSecond: 10,
  quota: ({ checkWhatsappQuota }) => checkWhatsappQuota,
  asksWhatsApp: true,
  asked: Body,
  answer(call, { phoneNumber, chatId }) {
    const asked = chatId ?? `${phoneNumber}@c.us`;
    if (!/^\d{11,16}@c\.us$/.test(asked)) {
      return callError(call, 400, 'bad phone number, valid from 11 to 16 digits');
    }
    return json({ existsWhatsapp: !call.faults.unknownNumbers.includes(asked) });
  },
});
