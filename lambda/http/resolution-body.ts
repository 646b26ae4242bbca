import * as z from 'zod/mini';
import type { Resolution } from '../creation/change-request.ts';
import { parseGroupChatId } from './chat-id.ts';
import type { BodyHints } from './json-body.ts';
import { type Fault, faultsIn } from './schemas.ts';

const BODIES = '{"chatId":"120363043968066561@g.us"} or {"notCreated":true}';

export const RESOLUTION_HINTS: BodyHints = {
  example: BODIES,
  ifTooLarge: `Send ${BODIES}.`,
};

const chatId = z.pipe(
  z.string('must be a string such as 120363043968066561@g.us'),
  z.transform((written: string, context) => {
    const result = parseGroupChatId(written);
    if ('chatId' in result) return result.chatId;
    context.issues.push({ code: 'custom', input: written, message: result.fault });
    return z.NEVER;
  }),
);

const notCreated = z.literal(true, 'must be true, or left out where a chatId is given');

const fields = z.strictObject(
  { chatId: z.optional(chatId), notCreated: z.optional(notCreated) },
  `must be a JSON object: ${BODIES}`,
);

/** The body of `POST /groups/{id}/resolve`: what a person has seen on the phone. */
const resolution = z.pipe(
  fields,
  z.transform((given, context): Resolution => {
    if (given.chatId !== undefined && given.notCreated === undefined) return { chatId: given.chatId };
    if (given.chatId === undefined && given.notCreated) return { notCreated: true };
    context.issues.push({ code: 'custom', input: given, message: `must hold exactly one: ${BODIES}` });
    return z.NEVER;
  }),
);

/** What a person says became of an attempt, or everything that is wrong with the body. */
export function parseResolution(
  body: unknown,
): { readonly resolution: Resolution } | { readonly faults: readonly Fault[] } {
  const parsed = resolution.safeParse(body);
  return parsed.success
    ? { resolution: parsed.data }
    : { faults: faultsIn(parsed.error, Object.keys(fields.shape)) };
}
