import { problem } from './problem.ts';

export const KEY_HEADER = 'x-api-key';
/** Where keys are put by mistake. */
const WRONG_PLACES = ['authorization', 'api-key', 'apikey', 'x-apikey', 'x-api-token'] as const;
/** Keys are 8 to 256 characters; what is longer is none. */
const MAX_KEY_LENGTH = 256;
/** A secret that could not be used is read again after 30 s. */
const KEYS_RETRY_MS = 30_000;

/** What authentication asks, and tells of what it met. */
export interface KeyRing {
  readonly callerName: (presentedKey: string) => Promise<string | undefined>;
  readonly reportError: (error: unknown) => void;
}

/** The name of the caller's key, or the problem to answer with. A stranger is told nothing of what went wrong inside. */
export async function authenticate(
  request: Request,
  keyRing: KeyRing,
  nowMs: number,
): Promise<{ readonly keyName: string } | { readonly problem: Response }> {
  const key = request.headers.get(KEY_HEADER);
  try {
    const keyName = key && key.length <= MAX_KEY_LENGTH ? await keyRing.callerName(key) : undefined;
    return keyName === undefined ? { problem: unauthorized(request, key, nowMs) } : { keyName };
  } catch (error) {
    keyRing.reportError(error);
    return { problem: keysUnavailable(nowMs) };
  }
}

function unauthorized(request: Request, key: string | null, nowMs: number): Response {
  return problem(
    'unauthorized',
    {
      detail: key === null ? missingKey(request) : 'The key in X-Api-Key is not known.',
      whatToDo: 'Send a key of the callers’ keys secret in the header X-Api-Key.',
      headers: { 'www-authenticate': 'ApiKey header="X-Api-Key"' },
    },
    nowMs,
  );
}

function keysUnavailable(nowMs: number): Response {
  return problem(
    'keys-unavailable',
    {
      detail: 'The callers’ keys cannot be read; the function’s log says why.',
      whatToDo: 'The operator mends the callers’ keys secret; then send the same request again.',
      untilMs: nowMs + KEYS_RETRY_MS,
    },
    nowMs,
  );
}

function missingKey({ headers }: Request): string {
  const wrong = WRONG_PLACES.find((name) => headers.has(name));
  return wrong === undefined
    ? 'There is no header X-Api-Key.'
    : `There is no header X-Api-Key; a key in the header ${wrong} is not read.`;
}
