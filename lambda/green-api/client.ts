import type { Outcome } from '../creation/outcome.ts';
import type { GroupContent, GroupCreator } from '../creation/ports.ts';
import { CALL_TIMEOUT_MS } from '../pacing/limits.ts';
import { byStatus, classify } from './classify.ts';
import { deadlinePassed } from './cut-off.ts';
import { toDetail } from './detail.ts';
import { methodUrl, NO_URL } from './method-url.ts';
import { type PostEnd, postOnce } from './post-once.ts';

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
      const url = methodUrl(instance, 'createGroup');
      if (url === undefined) return { kind: 'not-sent', cause: 'unreachable', detail: NO_URL };
      const post = { ...url, body: bodyFor(content) };
      return outcomeOf(await postOnce(post, guard, callTimeoutSeconds), instance.apiTokenInstance);
    },
  };
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
