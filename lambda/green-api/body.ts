/** The body of an answer as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What GREEN-API says in an answer that is no success: `message` of `{statusCode, timestamp, path, message}`, the string
 * where the body is a JSON string, else the body as it is: plain text, HTML of a proxy, nothing.
 */
export function messageIn(text: string): string {
  const body = parseJson(text);
  if (typeof body === 'string') return body.trim();
  const message = isObject(body) ? body['message'] : undefined;
  return (typeof message === 'string' ? message : text).trim();
}

/** The words of a 466. Its `description` may list phone numbers and is left out ("466 error example body"). */
export function quotaWordsIn(text: string): string {
  const body = parseJson(text);
  const parts = isObject(body) ? [body['invokeStatus'], body['correspondentsStatus']] : [];
  const words = parts.filter(isObject).flatMap(({ method, status }) => [method, status]);
  return ['quota', ...words.filter(isWord)].join(' ');
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z_]{1,64}$/.test(value);
}
