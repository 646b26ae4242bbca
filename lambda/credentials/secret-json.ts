import type * as z from 'zod/mini';
import { SecretError } from '../errors.ts';

/** How many faults one error names. */
const MAX_FAULTS_NAMED = 5;
/** A field's name from here on may be a token or a key that got into the wrong place: it is not shown. */
const MAX_NAME_SHOWN_LENGTH = 20;
const BYTE_ORDER_MARK = '\uFEFF';

/** Something wrong in a secret: where, as the steps from its root, and what would be right. Never a value. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly shouldBe: string;
}

/**
 * The JSON text of a secret as its schema wants it. Every part of the schema must say in its own `error` what would be right,
 * as the end of a sentence that begins with the field.
 * @throws SecretError `malformed`, with neither a value nor a cause: what JSON.parse and zod throw quotes the text.
 */
export function parseSecretJson<T>(secretName: string, text: string, schema: z.ZodMiniType<T>): T {
  const json = parseJson(text);
  if (json === undefined)
    throw malformed(secretName, [{ path: [], shouldBe: 'must be JSON, and the text is not' }]);
  const parsed = schema.safeParse(json.value);
  if (!parsed.success) throw malformed(secretName, parsed.error.issues.flatMap(faultsOf));
  return parsed.data;
}

/** The error for a secret that was read and is wrong. */
export function malformed(secretName: string, faults: readonly Fault[]): SecretError {
  const named = faults.slice(0, MAX_FAULTS_NAMED).map(({ path, shouldBe }) => `${pointer(path)} ${shouldBe}`);
  const more = faults.length - named.length;
  if (more > 0) named.push(`and ${more} more`);
  return new SecretError('malformed', `The secret ${secretName} is malformed: ${named.join('; ')}`);
}

/** The error for a secret that nobody has filled yet, with the command that fills it. */
export function unfilled(secretName: string, what: string, fileName: string): SecretError {
  const command = `aws secretsmanager put-secret-value --secret-id ${secretName} --secret-string file://${fileName}`;
  return new SecretError(
    'unfilled',
    `The secret ${secretName} holds no ${what} yet: write them to ${fileName} and run \`${command}\` to fill it`,
  );
}

/** A JSON pointer (RFC 6901); the whole document, which RFC 6901 writes as nothing, is called by name. */
export function pointer(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the whole text';
  return path.map((step) => `/${shown(String(step))}`).join('');
}

function shown(name: string): string {
  if (name.length >= MAX_NAME_SHOWN_LENGTH) return '(a long name)';
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  // Editors on Windows put a byte order mark before the text; JSON.parse refuses it.
  const bare = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  try {
    return { value: JSON.parse(bare) };
  } catch {
    return undefined;
  }
}

/** zod reports unknown fields at their parent, and a record's bad name with an inner issue. */
function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], shouldBe: 'is not a field of it' }));
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path: issue.path, shouldBe: message }));
    default:
      return [{ path: issue.path, shouldBe: issue.message }];
  }
}
