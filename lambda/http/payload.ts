import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Methods whose requests have no body; one that came along is dropped. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What HTTP can put into a header; the rest cannot be looked at by a web Request, and nothing of ours reads such a header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Only path and query count; the host is that of whoever deployed us. */
const ANY_ORIGIN = 'https://group-pacer.invalid';

/** API Gateway's payload 2.0 as a web Request (AWS docs: HTTP API Lambda integrations, payload format 2.0). */
export function requestOf(event: APIGatewayProxyEventV2): Request {
  const { method } = event.requestContext.http;
  const url = new URL(ANY_ORIGIN);
  // API Gateway hands over the path decoded: the setters encode what would end it.
  url.pathname = event.rawPath;
  url.search = event.rawQueryString;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) {
    if (value !== undefined && HEADER_VALUE.test(value)) headers.set(name, value);
  }
  const hasBody = event.body !== undefined && !WITHOUT_BODY.has(method);
  return new Request(url, { method, headers, ...(hasBody && { body: bodyOf(event) }) });
}

/** The result that API Gateway makes an answer of. All our answers are text. */
export async function resultOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'));
}
