import * as z from 'zod/mini';

/** What a caller sent, or the first fault in it. */
export type Validated<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly fault: string };

/** Checks what a caller sent as GREEN-API does, in the wording of its validator (Joi [I]). */
export function validate<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
): Validated<z.output<Schema>> {
  const parsed = z.safeParse(schema, value, { reportInput: true });
  if (parsed.success) return { valid: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  return { valid: false, fault: issue === undefined ? 'invalid' : joiWording(issue) };
}

/** A schema says of a wrong format which formats there are, and of its own checks all there is to say. */
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
      return `${field} must be one of the next formats: ${issue.message}`;
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
