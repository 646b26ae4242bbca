import * as z from 'zod/mini';
import { ANY_INSTANCE } from '../creation/request.ts';
import type { Wish } from '../creation/wish.ts';
import { normaliseChatId } from './chat-id.ts';
import { ID_INSTANCE } from './paths.ts';

/** GREEN-API docs, CreateGroup: at most 100 characters. How it counts them is not documented, so both ways must fit. */
const MAX_NAME_LENGTH = 100;
/** WhatsApp's 1,024 less the creator. */
const MAX_MEMBERS = 1_023;

/** Blanks and what has no shape: a name of nothing else is none. */
const INVISIBLE = /[\s\p{Cf}]/gu;
const CONTROL = /\p{Cc}/u;

const groupName = z.string('must be a string of 1 to 100 characters').check((context) => {
  const { value, issues } = context;
  const say = (message: string) => issues.push({ code: 'custom', input: value, message });
  if (value.replace(INVISIBLE, '') === '') say('is empty; give 1 to 100 characters');
  else if (CONTROL.test(value)) say('holds a control character, such as a line break; leave it out');
  else if (!value.isWellFormed()) say('holds half of a surrogate pair; send well-formed Unicode');
  // UTF-16 units are never fewer than code points: this bound covers both.
  else if (value.length > MAX_NAME_LENGTH)
    say(`has ${value.length} characters (UTF-16 units); at most ${MAX_NAME_LENGTH} are possible`);
});

const chatId = z.pipe(
  z.string('must be a string such as 79001234568@c.us'),
  z.transform((written: string, context) => {
    const result = normaliseChatId(written);
    if ('chatId' in result) return result.chatId;
    context.issues.push({ code: 'custom', input: written, message: result.fault });
    return z.NEVER;
  }),
);

const chatIds = z.pipe(
  z.array(chatId, 'must be an array of 1 to 1023 members'),
  z.transform((members: string[], context) => {
    const distinct = [...new Set(members)];
    const say = (message: string) => context.issues.push({ code: 'custom', input: members, message });
    if (distinct.length === 0) say('is empty; a group needs at least one member');
    if (distinct.length > MAX_MEMBERS)
      say(
        `has ${distinct.length} members; a WhatsApp group takes at most ${MAX_MEMBERS} besides its creator`,
      );
    return distinct;
  }),
);

const idInstance = z.pipe(
  z.union([z.string(), z.number()], 'must be a string of digits'),
  z.transform((given: string | number, context) => {
    const text = typeof given === 'number' && !Number.isSafeInteger(given) ? '' : String(given);
    if (ID_INSTANCE.test(text)) return text;
    context.issues.push({ code: 'custom', input: given, message: 'must be a string of 1 to 20 digits' });
    return z.NEVER;
  }),
);

const NOT_BEFORE_RULE =
  'must be an instant with its time zone, such as 2026-12-01T09:00:00+03:00 or 2026-12-01T06:00:00Z';
/** ISO 8601 with `Z` or an offset; the seconds may be left out. */
const instant = z.union(
  [z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })],
  NOT_BEFORE_RULE,
);
const notBefore = z.pipe(instant, z.transform(Date.parse));

const NO_OBJECT = 'must be a JSON object with groupName and chatIds';

/** The body of GREEN-API's createGroup; the instance stands in the path. */
const greenApiBody = z.strictObject({ groupName, chatIds }, NO_OBJECT);

/** The body of `POST /groups`. */
const groupBody = z.strictObject(
  { groupName, chatIds, idInstance: z.optional(idInstance), notBefore: z.optional(notBefore) },
  NO_OBJECT,
);

/** One thing that is wrong with a request: where, as a JSON pointer (RFC 6901) into its body, and what would be right. */
export interface Fault {
  readonly pointer: string;
  /** Where, if not in the body. */
  readonly place?: string;
  readonly detail: string;
}

/** The wish in a body, or everything that is wrong with it. */
export type ParsedWish = { readonly wish: Wish } | { readonly faults: readonly Fault[] };

/** The wish in the body of `POST /groups`. */
export function parseGroupBody(body: unknown): ParsedWish {
  const parsed = groupBody.safeParse(body);
  if (!parsed.success) return { faults: faultsIn(parsed.error, Object.keys(groupBody.shape)) };
  const { idInstance: wanted = ANY_INSTANCE, notBefore: notBeforeMs, ...content } = parsed.data;
  return { wish: { ...content, wanted, ...(notBeforeMs !== undefined && { notBeforeMs }) } };
}

/** The wish in the body of GREEN-API's own createGroup for this instance. */
export function parseGreenApiBody(body: unknown, wanted: string): ParsedWish {
  const parsed = greenApiBody.safeParse(body);
  if (!parsed.success) return { faults: faultsIn(parsed.error, Object.keys(greenApiBody.shape)) };
  return { wish: { ...parsed.data, wanted } };
}

/** What zod found wrong with a body of these fields. */
export function faultsIn({ issues }: z.core.$ZodError, fields: readonly string[]): Fault[] {
  return issues.flatMap((issue) => faultsOf(issue, fields));
}

function faultsOf(issue: z.core.$ZodIssue, fields: readonly string[]): Fault[] {
  // Unknown keys are reported together, at their parent: each gets a pointer of its own.
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      detail: `is not a field of this request; the fields are ${fields.join(', ')}`,
    }));
  }
  return [{ pointer: pointerOf(issue.path), detail: issue.message }];
}

/** A JSON pointer (RFC 6901). */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
