import type { Dispatcher } from 'undici';
// Not undici's index, which doubles the size of the bundle and its share of the cold start.
import Client from 'undici/lib/dispatcher/client.js';
import type { GroupCreator } from '../creation/ports.ts';
import { CutOff, deadlinePassed } from './cut-off.ts';
import { WriteWatch } from './write-watch.ts';

/** The longest wait for a connection: DNS, TCP and TLS together. */
export const CONNECT_TIMEOUT_SECONDS = 10;

/** The longest answer that is read. GREEN-API's are below 1 KB. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** How a POST ended: with a whole answer, or without one. */
export type PostEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  | {
      readonly kind: 'broken-off';
      /** False: not a byte of the request was written. */
      readonly written: boolean;
      /** Set where the answer had begun. */
      readonly status: number | undefined;
      readonly reason: string;
    };

export interface Post {
  /** `https://host`, with a port where it has one of its own. */
  readonly origin: string;
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

/** When a POST must not be sent, or must not go on. */
export type PostGuard = Parameters<GroupCreator['createGroup']>[2];

/**
 * Sends one POST over a connection of its own and waits for the answer. Never sends it twice, follows no redirect, never throws.
 * HTTP/1.1 only: over HTTP/2 undici sends a POST again after GOAWAY or REFUSED_STREAM. No kept-alive connection: one that
 * went stale would make it unclear whether the request was received.
 * @param callTimeoutSeconds for the whole call, from the look-up of the host's name to the last byte of the answer
 */
export async function postOnce(post: Post, guard: PostGuard, callTimeoutSeconds: number): Promise<PostEnd> {
  using watch = new WriteWatch();
  using cutOff = new CutOff(guard.signal, callTimeoutSeconds);
  const brokenOff = (error: unknown, status?: number): PostEnd => ({
    kind: 'broken-off',
    written: watch.hasWritten,
    status,
    reason: messageOf(cutOff.signal.aborted ? cutOff.signal.reason : error),
  });
  if (guard.signal.aborted) return brokenOff(deadlinePassed());
  try {
    const client = clientFor(post, cutOff.signal);
    try {
      return await new Promise((resolve) => {
        const handler = new AnswerReader(guard.mayStillSend, resolve, brokenOff);
        watch.during(() => client.dispatch(requestFor(post), handler));
      });
    } finally {
      await client.destroy();
    }
  } catch (error) {
    return brokenOff(error);
  }
}

function clientFor({ origin }: Post, signal: AbortSignal) {
  return new Client(origin, {
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_SECONDS * 1_000,
    // The signal bounds the whole call, so undici need not bound its parts. It destroys the socket in whatever phase it is.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { signal },
    maxResponseSize: MAX_ANSWER_BYTES,
  });
}

function requestFor({ path, body }: Post): Dispatcher.DispatchOptions {
  return {
    method: 'POST',
    path,
    // Some firewalls refuse a request that does not say who sends it; undici by itself does not.
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'group-pacer' },
    body,
    // `Connection: close`.
    reset: true,
  };
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #mayStillSend: () => boolean;
  readonly #end: (end: PostEnd) => void;
  readonly #brokenOff: (error: Error, status?: number) => PostEnd;
  readonly #chunks: Buffer[] = [];
  #status: number | undefined;

  constructor(
    mayStillSend: () => boolean,
    end: (end: PostEnd) => void,
    brokenOff: (error: Error, status?: number) => PostEnd,
  ) {
    this.#mayStillSend = mayStillSend;
    this.#end = end;
    this.#brokenOff = brokenOff;
  }

  /** undici calls this on the open connection and, unless it aborts, writes the request before it does anything else. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#mayStillSend()) controller.abort(deadlinePassed());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    // A 1xx, which only announces the answer, is overwritten by it.
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const text = new TextDecoder().decode(Buffer.concat(this.#chunks));
    this.#end({ kind: 'answered', status: this.#status ?? 0, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(this.#brokenOff(error, this.#status));
  }
}

/** Some of Node's network errors have a code and no message. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : error.name;
}
