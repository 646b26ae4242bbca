import { problem } from './problem.ts';
import type { Fault } from './schemas.ts';

/** GREEN-API takes 100 KB (its documentation, common errors: request entity too large). */
export const MAX_BODY_BYTES = 100 * 1024;
/** Enough to correct a request by; every member of a long list can be wrong. */
const MAX_FAULTS_TOLD = 20;
/** No body, or the `{}` of programs that always send JSON. */
const EMPTY = /^\s*(?:\{\s*\}\s*)?$/;
const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** How a body is to look: what a caller is told who sends another. */
export interface BodyHints {
  readonly example: string;
  readonly ifTooLarge: string;
}

/** The JSON of a request's body, or the problem to answer with. */
export async function readJson(
  request: Request,
  { example, ifTooLarge }: BodyHints,
  nowMs: number,
): Promise<{ readonly body: unknown } | { readonly problem: Response }> {
  const contentType = request.headers.get('content-type');
  if (contentType === null || !JSON_TYPE.test(contentType)) {
    const detail = contentType === null ? 'There is no Content-Type.' : 'The Content-Type is not JSON.';
    const whatToDo = 'Send JSON with the header Content-Type: application/json.';
    return { problem: problem('unsupported-media-type', { detail, whatToDo }, nowMs) };
  }
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > MAX_BODY_BYTES) {
    const detail = `The body has ${bytes.byteLength} bytes; at most ${MAX_BODY_BYTES} are possible.`;
    return { problem: problem('body-too-large', { detail, whatToDo: ifTooLarge }, nowMs) };
  }
  const parsed = parseJson(bytes);
  if (parsed) return parsed;
  const detail = bytes.byteLength === 0 ? 'The body is empty.' : 'The body is not valid JSON in UTF-8.';
  const whatToDo = `Send a JSON object such as ${example}.`;
  return { problem: problem('invalid-json', { detail, whatToDo }, nowMs) };
}

/** The JSON in these bytes; undefined if they are no JSON in UTF-8. */
export function parseJson(bytes: ArrayBuffer): { readonly body: unknown } | undefined {
  try {
    return { body: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

/** The problem to answer with where a body says something to a route that is told nothing. */
export async function refuseBody(request: Request, nowMs: number): Promise<Response | undefined> {
  const isEmpty = EMPTY.test(await request.text());
  const detail = 'must be empty: its path says all that there is to say';
  return isEmpty ? undefined : invalidRequest([{ pointer: '', detail }], nowMs);
}

/** Everything that is wrong with a request, a pointer for each. */
export function invalidRequest(faults: readonly Fault[], nowMs: number): Response {
  const told = faults.slice(0, MAX_FAULTS_TOLD);
  const said = told
    .map(({ pointer, place = 'the body', detail }) => `${pointer || place} ${detail}`)
    .join('; ');
  const untold = faults.length - told.length;
  return problem(
    'invalid-request',
    {
      detail: untold > 0 ? `${said}; and ${untold} more.` : `${said}.`,
      whatToDo: 'Correct what is named and send the request again; nothing was created and no slot was used.',
      more: { errors: told },
    },
    nowMs,
  );
}
