import * as z from 'zod/mini';

const MAX_NAME_LENGTH = 100;

const Body = z.strictObject({
  groupName: z.string().check(
    z.refine((name) => name.trim() !== '', { error: "'groupName' is not allowed to be empty", abort: true }),
    // In UTF-16 units, as Joi counts [I].
    z.refine((name) => name.length <= MAX_NAME_LENGTH, {
      error: `'groupName' length must be less than or equal to ${MAX_NAME_LENGTH} characters long`,
    }),
  ),
  // Only the ending is looked at: a wrongly formatted number gets as far as WhatsApp (issue 748 [O]).
  chatIds: z.array(z.string().check(z.regex(/.@(c|g)\.us$/))),
});

/** What createGroup is asked for. */
export type CreateGroupBody = z.output<typeof Body>;

/** Checks a body as GREEN-API does; `fault` is the first fault, in the wording of its validator (Joi [I]). */
export function parseCreateGroupBody(
  value: unknown,
):
  | { readonly valid: true; readonly body: CreateGroupBody }
  | { readonly valid: false; readonly fault: string } {
  const parsed = z.safeParse(Body, value, { reportInput: true });
  if (parsed.success) return { valid: true, body: parsed.data };
  const [issue] = parsed.error.issues;
  return { valid: false, fault: issue === undefined ? 'invalid' : joiWording(issue) };
}

function joiWording(issue: z.core.$ZodIssue): string {
  const field = `'${fieldName(issue.path)}'`;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${field} is required`
        : `${field} must be ${withArticle(issue.expected)}`;
    case 'unrecognized_keys':
      return `'${issue.keys[0] ?? ''}' is not allowed`;
    case 'invalid_format':
      return `${field} must be one of the next formats: 'phone_number@c.us' or 'group_id@g.us'`;
    default:
      return issue.message;
  }
}

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'value';
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : String(step))).join('');
}

function withArticle(type: string): string {
  if (type === 'object') return 'of type object';
  return type === 'array' ? 'an array' : `a ${type}`;
}
