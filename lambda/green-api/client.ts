import type { Outcome } from '../creation/outcome.ts';
import type { GroupContent, GroupCreator, Instance } from '../creation/ports.ts';
import { CALL_TIMEOUT_MS } from '../pacing/limits.ts';
import { byStatus, classify } from './classify.ts';
import { deadlinePassed } from './cut-off.ts';
import { toDetail } from './detail.ts';
import { type Post, type PostEnd, postOnce } from './post-once.ts';

/** The longest a call takes, from the look-up of the host's name to the last byte of the answer. */
export const CALL_TIMEOUT_SECONDS = CALL_TIMEOUT_MS / 1_000;

export interface GreenApiClientOptions {
  /** Shorter only where a test cannot wait. */
  readonly callTimeoutSeconds?: number;
}

/** GREEN-API's createGroup over the network: one POST, one outcome. */
export function createGreenApiClient(options: GreenApiClientOptions = {}): GroupCreator {
  const callTimeoutSeconds = options.callTimeoutSeconds ?? CALL_TIMEOUT_SECONDS;
  return {
    async createGroup(instance, content, guard) {
      const post = postFor(instance, content);
      if (post === undefined)
        return { kind: 'not-sent', cause: 'unreachable', detail: 'apiUrl is not a URL' };
      return outcomeOf(await postOnce(post, guard, callTimeoutSeconds), instance.apiTokenInstance);
    },
  };
}

function postFor(
  { apiUrl, idInstance, apiTokenInstance }: Instance,
  content: GroupContent,
): Post | undefined {
  const base = URL.parse(apiUrl);
  if (base === null) return undefined;
  // Well-formed: `encodeURIComponent` throws at half a surrogate pair.
  const token = encodeURIComponent(apiTokenInstance.toWellFormed());
  const path = `${base.pathname.replace(/\/$/, '')}/waInstance${idInstance}/createGroup/${token}`;
  return { origin: base.origin, path, body: bodyFor(content) };
}

/** GREEN-API refuses fields that it does not know. */
function bodyFor({ groupName, chatIds }: GroupContent): string {
  return JSON.stringify({ groupName, chatIds });
}

function outcomeOf(end: PostEnd, apiTokenInstance: string): Outcome {
  switch (end.kind) {
    case 'answered':
      return classify(end.status, end.text, apiTokenInstance);
    case 'broken-off': {
      const { status } = end;
      const begun = status === undefined ? '' : `HTTP ${status}, but not the whole answer: `;
      const detail = toDetail(`${begun}${end.reason}`, apiTokenInstance);
      if (!end.written) {
        const cause = end.reason === deadlinePassed().message ? 'no-time-left' : 'unreachable';
        return { kind: 'not-sent', cause, detail };
      }
      const decided = status === undefined ? undefined : byStatus(status, detail);
      return decided ?? { kind: 'unknown', answered: false, detail };
    }
  }
}
