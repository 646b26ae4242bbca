import { createGroup } from '../creation/create-group.ts';
import type { Service } from '../creation/service.ts';
import type { KeyRing } from './authenticate.ts';
import { creationAnswer, errorAnswer, greenApiError } from './green-api-answer.ts';
import { MAX_BODY_BYTES, parseJson } from './json-body.ts';
import { type Fault, parseGreenApiBody } from './schemas.ts';
import { tellWaiting } from './waiting.ts';

/** GREEN-API's own path (its documentation, request format): its clients need another host and token, and nothing else. */
export const GREEN_API_PATH = '/:waInstance{waInstance\\d{1,20}}/:method/:token';
export const INSTANCE_PREFIX = 'waInstance';

/** The first letter is written either way: documentation and clients differ. */
const CREATE_GROUP = /^[cC]reateGroup$/;

/** What the path says. `token` is a caller's key of ours: GREEN-API's tokens never leave Secrets Manager. */
export interface PathParts {
  readonly idInstance: string;
  readonly method: string;
  readonly token: string;
}

/**
 * createGroup as GREEN-API answers it, error shapes included, in the order of its checks: path, token, size, JSON, fields.
 * The same POST sent again within its binding time makes no second group, as its Python client does after a time-out.
 */
export async function greenApiPath(
  keyRing: KeyRing,
  service: Service,
  request: Request,
  { idInstance, method, token }: PathParts,
): Promise<Response> {
  const nowMs = service.clock.nowMs();
  const isCreateGroup = CREATE_GROUP.test(method);
  // No key is repeated, not even one that stands in the method's place.
  const path = `/${INSTANCE_PREFIX}${idInstance}/${isCreateGroup ? method : '***'}/***`;
  const fail = (status: number, message: string) => greenApiError(status, message, path, nowMs);
  if (request.method !== 'POST' || !isCreateGroup) return fail(404, `Cannot ${request.method} ${path}`);
  try {
    const keyName = await keyRing.callerName(token);
    if (keyName === undefined) return fail(401, 'Unauthorized');
    const bytes = await request.arrayBuffer();
    if (bytes.byteLength > MAX_BODY_BYTES) return fail(500, 'request entity too large');
    const json = parseJson(bytes);
    if (!json) return fail(400, 'Unexpected token in JSON: the body must be JSON in UTF-8');
    const parsed = parseGreenApiBody(json.body, idInstance);
    if ('faults' in parsed) return fail(400, validationMessage(parsed.faults));
    const answer = await createGroup(service, parsed.wish, { keyName }, 'sync');
    const waiting =
      answer.kind === 'request' && answer.request.status === 'queued'
        ? await tellWaiting(service, answer.request, keyRing.reportError)
        : undefined;
    return creationAnswer(answer, path, service.clock.nowMs(), waiting?.expectedAtMs);
  } catch (error) {
    keyRing.reportError(error);
    return errorAnswer(error, path, service.clock.nowMs());
  }
}

/** In the words of GREEN-API's validation, e.g. `Validation failed. Details: 'chatIds/0' is no phone number`. */
function validationMessage(faults: readonly Fault[]): string {
  const [first, ...others] = faults;
  const named = first?.pointer ? `'${first.pointer.slice(1)}'` : 'the body';
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return `Validation failed. Details: ${named} ${first?.detail}${more}`;
}
