import type { Dispatcher } from 'undici';
// Not undici's index, which doubles the size of the bundle and its share of the cold start.
import Client from 'undici/lib/dispatcher/client.js';
import { CutOff, deadlinePassed } from './cut-off.ts';

/** The longest wait for a connection: DNS, TCP and TLS together. */
export const CONNECT_TIMEOUT_SECONDS = 10;

export interface OneRequest {
  readonly method: 'GET' | 'POST';
  /** `https://host`, with a port where it has one of its own. */
  readonly origin: string;
  readonly path: string;
  /** JSON; undefined for a GET. */
  readonly body: string | undefined;
}

export interface RequestBounds {
  /** For the whole of it, from the look-up of the host's name to the last byte of the answer. */
  readonly timeoutSeconds: number;
  readonly maxAnswerBytes: number;
  /** Fires at the execution's deadline and destroys the socket. */
  readonly signal: AbortSignal;
}

/** A say in the sending, for a request that must not be sent too late. */
export interface Sending {
  /** Asked synchronously right before the first byte is written. */
  readonly mayStillSend: () => boolean;
  /** Runs `dispatch`, which makes the request before it returns. */
  readonly during: (dispatch: () => void) => void;
}

/** How a request ended: with a whole answer, or without one. */
export type RequestEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  | {
      readonly kind: 'broken-off';
      /** Set where the answer had begun. */
      readonly status: number | undefined;
      readonly reason: string;
    };

const AT_ONCE: Sending = { mayStillSend: () => true, during: (dispatch) => dispatch() };

/**
 * Sends one request over a connection of its own and waits for the answer. Never sends it twice, follows no redirect, never throws.
 * HTTP/1.1 only: over HTTP/2 undici sends a POST again after GOAWAY or REFUSED_STREAM. No kept-alive connection: one that
 * went stale would make it unclear whether the request was received.
 */
export async function requestOnce(
  request: OneRequest,
  bounds: RequestBounds,
  sending: Sending = AT_ONCE,
): Promise<RequestEnd> {
  using cutOff = new CutOff(bounds.signal, bounds.timeoutSeconds);
  const brokenOff = (error: unknown, status?: number): RequestEnd => ({
    kind: 'broken-off',
    status,
    reason: messageOf(cutOff.signal.aborted ? cutOff.signal.reason : error),
  });
  if (bounds.signal.aborted) return brokenOff(deadlinePassed());
  try {
    const client = clientFor(request, bounds, cutOff.signal);
    try {
      return await new Promise((resolve) => {
        const handler = new AnswerReader(sending.mayStillSend, resolve, brokenOff);
        sending.during(() => client.dispatch(dispatchOf(request), handler));
      });
    } finally {
      await client.destroy();
    }
  } catch (error) {
    return brokenOff(error);
  }
}

function clientFor({ origin }: OneRequest, { maxAnswerBytes }: RequestBounds, signal: AbortSignal) {
  return new Client(origin, {
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_SECONDS * 1_000,
    // The signal bounds the whole call, so undici need not bound its parts. It destroys the socket in whatever phase it is.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { signal },
    maxResponseSize: maxAnswerBytes,
  });
}

function dispatchOf({ method, path, body }: OneRequest): Dispatcher.DispatchOptions {
  return {
    method,
    path,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      // Some firewalls refuse a request that does not say who sends it; undici by itself does not.
      'User-Agent': 'group-pacer',
    },
    body: body ?? null,
    // `Connection: close`.
    reset: true,
  };
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #mayStillSend: () => boolean;
  readonly #end: (end: RequestEnd) => void;
  readonly #brokenOff: (error: Error, status?: number) => RequestEnd;
  readonly #chunks: Buffer[] = [];
  #status: number | undefined;

  constructor(
    mayStillSend: () => boolean,
    end: (end: RequestEnd) => void,
    brokenOff: (error: Error, status?: number) => RequestEnd,
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
