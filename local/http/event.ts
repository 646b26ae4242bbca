import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they stand in the request's first line. */
  readonly target: string;
  readonly httpVersion: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly sourceIp: string;
  readonly body: Buffer;
}

/** Bodies of these types arrive as text, all others in base64, a missing type too (seen on AWS; its docs say only "binary"). */
const TEXT_TYPE = /^(text\/[^;]+|application\/(json|xml|javascript))\s*(;|$)/i;
/** AWS docs: HTTP API Lambda integrations. The route that catches all. */
const ROUTE_KEY = '$default';

/**
 * The event that an HTTP API sends to the function: payload format 2.0 (AWS docs: HTTP API Lambda integrations).
 * @returns undefined for a path that API Gateway refuses with 400.
 */
export function toEvent(
  request: ReceivedRequest,
  { requestId, nowMs }: { readonly requestId: string; readonly nowMs: number },
): APIGatewayProxyEventV2 | undefined {
  const { method, target, httpVersion, sourceIp, body } = request;
  const [path = '', rawQueryString = ''] = splitOnce(target, '?');
  const rawPath = decodedPath(path);
  if (rawPath === undefined) return undefined;

  const sent = headerPairs(request.rawHeaders);
  const cookies = sent.flatMap(([name, value]) => (name === 'cookie' ? value.split(/; */) : []));
  const headers = joinPairs(sent.filter(([name]) => name !== 'cookie'));
  const queryStringParameters = joinPairs(new URLSearchParams(rawQueryString));
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '');
  const domainName = headers['host'] ?? '';
  return {
    version: '2.0',
    routeKey: ROUTE_KEY,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(rawQueryString !== '' && { queryStringParameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split(/[.:]/, 1).join(),
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: ROUTE_KEY,
      stage: '$default',
      time: commonLogTime(nowMs),
      timeEpoch: nowMs,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/**
 * HTTP APIs decode a path twice, and cut it at a question mark that the first time brought to light (seen on AWS:
 * `%3Fx` is cut off, `%253F` arrives as `?`, `%252F` as `/`, and a lone `%25` is refused).
 */
function decodedPath(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  try {
    const [once = ''] = splitOnce(decodeURIComponent(path), '?');
    return decodeURIComponent(once);
  } catch {
    return undefined;
  }
}

/** Headers in their order, with their names in lower case. */
function headerPairs(rawHeaders: readonly string[]): (readonly [name: string, value: string])[] {
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return names.map((name, index) => [name.toLowerCase(), rawHeaders[index * 2 + 1] ?? ''] as const);
}

/** Several values of one name are joined by commas. */
function joinPairs(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** As `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(nowMs: number): string {
  const [, day, month, year, time] = new Date(nowMs).toUTCString().split(/,? /);
  return `${day}/${month}/${year}:${time} +0000`;
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
