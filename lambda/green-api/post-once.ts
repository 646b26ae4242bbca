import type { GroupCreator } from '../creation/ports.ts';
import type { MethodUrl } from './method-url.ts';
import { type RequestEnd, requestOnce } from './one-request.ts';
import { WriteWatch } from './write-watch.ts';

/** The longest answer that is read. GREEN-API's are below 1 KB. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** How a POST ended: with a whole answer, or without one. */
export type PostEnd =
  | Extract<RequestEnd, { kind: 'answered' }>
  | (Extract<RequestEnd, { kind: 'broken-off' }> & {
      /** False: not a byte of the request was written. */
      readonly written: boolean;
    });

export interface Post extends MethodUrl {
  /** JSON. */
  readonly body: string;
}

/** When a POST must not be sent, or must not go on. */
export type PostGuard = Parameters<GroupCreator['createGroup']>[2];

/** Sends one POST as `requestOnce` does, and tells whether any of it was written. */
export async function postOnce(post: Post, guard: PostGuard, callTimeoutSeconds: number): Promise<PostEnd> {
  using watch = new WriteWatch();
  const end = await requestOnce(
    { ...post, method: 'POST' },
    { timeoutSeconds: callTimeoutSeconds, maxAnswerBytes: MAX_ANSWER_BYTES, signal: guard.signal },
    { mayStillSend: guard.mayStillSend, during: (dispatch) => watch.during(dispatch) },
  );
  return end.kind === 'answered' ? end : { ...end, written: watch.hasWritten };
}
