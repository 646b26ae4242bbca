import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isObject } from './body.ts';

const REQUEST_CREATED = 'undici:request:create';
const HEADERS_SENT = 'undici:client:sendHeaders';

/**
 * Tells whether undici has begun to write a request. undici says so on a diagnostics channel, right before the first byte;
 * a channel is one for the whole process, so the request is known by its identity.
 */
export class WriteWatch implements Disposable {
  readonly #requests = new Set<unknown>();
  #hasWritten = false;

  readonly #onCreated = (message: unknown): void => {
    this.#requests.add(requestIn(message));
  };

  readonly #onSent = (message: unknown): void => {
    if (this.#requests.has(requestIn(message))) this.#hasWritten = true;
  };

  constructor() {
    subscribe(HEADERS_SENT, this.#onSent);
  }

  /** True from right before the first byte of a request that `dispatch` made. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  /** Runs `dispatch`, which makes the request to watch before it returns. */
  during(dispatch: () => void): void {
    subscribe(REQUEST_CREATED, this.#onCreated);
    try {
      dispatch();
    } finally {
      unsubscribe(REQUEST_CREATED, this.#onCreated);
    }
  }

  [Symbol.dispose](): void {
    unsubscribe(HEADERS_SENT, this.#onSent);
  }
}

function requestIn(message: unknown): unknown {
  return isObject(message) ? message['request'] : undefined;
}
