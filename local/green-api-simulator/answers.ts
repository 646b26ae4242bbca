import type { ServerResponse } from 'node:http';

/** What the simulator does to a response. `hang`: nothing, for as long as the client waits. */
export type Answer =
  | { readonly kind: 'text'; readonly status: number; readonly contentType: string; readonly text: string }
  | { readonly kind: 'cut-off' }
  | { readonly kind: 'hang' };

/** How a bare error comes; GREEN-API's docs do not say, both have been met [G]. */
export type ErrorBody = 'empty' | 'text';

const BARE_ERRORS = { 401: 'Unauthorized', 403: 'Forbidden', 429: 'Too Many Requests' } as const;

const GATEWAY_ERRORS = { 502: 'Bad Gateway', 504: 'Gateway Time-out' } as const;

/** A JSON answer. */
export function json(value: unknown, status = 200): Answer {
  return {
    kind: 'text',
    status,
    contentType: 'application/json; charset=utf-8',
    text: JSON.stringify(value),
  };
}

/** 204, as OPTIONS gets it (GREEN-API docs, common errors [C]). */
export function noContent(): Answer {
  return { kind: 'text', status: 204, contentType: 'text/plain; charset=utf-8', text: '' };
}

/** 401, 403 or 429: a word, or nothing at all. */
export function bareError(status: keyof typeof BARE_ERRORS, body: ErrorBody): Answer {
  return {
    kind: 'text',
    status,
    contentType: 'text/plain; charset=utf-8',
    text: body === 'text' ? BARE_ERRORS[status] : '',
  };
}

/**
 * GREEN-API's JSON error [C].
 * @param path repeated as it came, the token included: that is what a client has to redact.
 */
export function jsonError(status: number, path: string, message: string, nowMs: number): Answer {
  return json({ statusCode: status, timestamp: new Date(nowMs).toISOString(), path, message }, status);
}

/** The page of the gateway in front of GREEN-API [O]. */
export function gatewayError(status: keyof typeof GATEWAY_ERRORS): Answer {
  const title = `${status} ${GATEWAY_ERRORS[status]}`;
  const text = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n');
  return { kind: 'text', status, contentType: 'text/html', text };
}

/** Carries an answer out; does nothing where the client has gone. */
export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  switch (answer.kind) {
    case 'text':
      response.statusCode = answer.status;
      if (answer.text !== '') response.setHeader('Content-Type', answer.contentType);
      response.end(answer.text);
      return;
    case 'cut-off':
      response.destroy();
      return;
    case 'hang':
      return;
  }
}
