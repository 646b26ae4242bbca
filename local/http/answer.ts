import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod/mini';

/** What the client is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** What API Gateway itself answers, in its own words. */
export const BAD_REQUEST = gatewayAnswer(400, 'Bad Request');
export const BODY_TOO_LARGE = gatewayAnswer(413, 'Request Entity Too Large');
export const INTERNAL_SERVER_ERROR = gatewayAnswer(500, 'Internal Server Error');
export const SERVICE_UNAVAILABLE = gatewayAnswer(503, 'Service Unavailable');

/** What HTTP APIs put where a function names no type. */
const DEFAULT_TYPE = 'text/plain; charset=utf-8';
/** The server's own business, whatever the function says. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding']);

const headerValue = z.pipe(z.union([z.string(), z.number(), z.boolean()]), z.transform(String));
const structuredResult = z.object({
  statusCode: z.int().check(z.gte(200), z.lte(599)),
  headers: z._default(z.record(z.string(), headerValue).check(z.refine(areHeaders)), {}),
  cookies: z._default(z.array(z.string()).check(z.refine((cookies) => cookies.every(isHeaderValue))), []),
  body: z._default(z.string(), ''),
  isBase64Encoded: z._default(z.boolean(), false),
});

/**
 * The answer that a function's result stands for: the structured result of payload format 2.0, seen through JSON as Lambda
 * sends it.
 * @throws Error for any other result. HTTP APIs make a 200 of some of them; ours always says its status.
 */
export function toAnswer(result: unknown): Answer {
  const parsed = structuredResult.safeParse(JSON.parse(JSON.stringify(result ?? null)));
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => `/${path.join('/')}`);
    throw new Error(`the function returned no structured result of payload 2.0; wrong: ${fields.join(', ')}`);
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    status: statusCode,
    headers: {
      'content-type': DEFAULT_TYPE,
      ...Object.fromEntries(named.filter(([name]) => !OWN_HEADERS.has(name))),
    },
    cookies,
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** Sends it whole; Node adds the length. */
export function sendAnswer(response: ServerResponse, { status, headers, cookies, body }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.end(body);
}

function gatewayAnswer(status: number, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(JSON.stringify({ message })),
  };
}

function areHeaders(headers: Record<string, string>): boolean {
  return Object.entries(headers).every(([name, value]) => isHeaderName(name) && isHeaderValue(value));
}

const isHeaderName = (name: string) => doesNotThrow(() => validateHeaderName(name));
const isHeaderValue = (value: string) => doesNotThrow(() => validateHeaderValue('name', value));

function doesNotThrow(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
