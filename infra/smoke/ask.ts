import { GroupPacerError } from '../../lambda/errors.ts';
import { redactToken } from '../../lambda/telemetry/redaction.ts';

/** The list of as many instances as a secret can hold (64 KB) is far below. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** No answer could be had, and why. */
export class NoAnswerError extends GroupPacerError {}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer to be shown to a person: whatever a strange server repeats, the key is taken out. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The JSON of the text; undefined if it is none. */
  readonly json: unknown;
}

/**
 * One request; a redirect is an answer like any other, so that a key goes to no other host.
 * @throws NoAnswerError
 */
export async function ask({ url, ...request }: Asked, key: string, signal: AbortSignal): Promise<Answer> {
  const hide = (text: string) => redactToken(redactToken(text, key), escapedInJson(key));
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    const text = await readText(response);
    return { status: response.status, text: hide(text), json: parse(text, hide) };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    throw new NoAnswerError(explain(error), { cause: error });
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) throw new NoAnswerError('the answer is longer than 1 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const escapedInJson = (key: string): string => JSON.stringify(key).slice(1, -1);

function parse(text: string, hide: (text: string) => string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value));
  } catch {
    return undefined;
  }
}

const REASONS: readonly (readonly [codes: RegExp, reason: string])[] = [
  [/^(ENOTFOUND|EAI_)/, 'DNS does not know the host: check the URL, and that the stack still exists'],
  [
    /^(ERR_(SSL|TLS)_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/,
    'TLS failed: the host does not speak it on this port, or its certificate is not valid for it',
  ],
  [/^ECONNREFUSED/, 'the connection was refused: nothing listens there'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)/, 'the connection was cut'],
  [/^(ENETUNREACH|EHOSTUNREACH)/, 'the host cannot be reached from this network'],
  [/^(UND_ERR_.*TIMEOUT|ETIMEDOUT|TimeoutError)/, 'there was no answer in time'],
];

/** Why there was no answer, for a person: the code of the error, or of what caused it, tells. */
export function explain(error: unknown): string {
  const codes = codesOf(error);
  const known = REASONS.find(([pattern]) => codes.some((code) => pattern.test(code)));
  return `${known?.[1] ?? 'the request failed'} (${codes.at(-1) ?? 'unknown error'})`;
}

/** Names and codes of an error and of what caused it, outermost first. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [error.name, ...code, ...codesOf(error.cause)];
}
