import { ExecutionEndedError } from '../errors.ts';

/**
 * Ends a call early: at the execution's deadline, or when the call has taken its time.
 * Its signal belongs to this call alone, because a socket never takes its listener off the signal that it is given.
 */
export class CutOff implements Disposable {
  readonly #controller = new AbortController();
  readonly #deadline: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  readonly #onDeadline = (): void => {
    this.#controller.abort(deadlinePassed());
  };

  constructor(deadline: AbortSignal, callTimeoutSeconds: number) {
    this.#deadline = deadline;
    deadline.addEventListener('abort', this.#onDeadline, { once: true });
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`no whole answer within ${callTimeoutSeconds} s`));
    }, callTimeoutSeconds * 1_000);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#deadline.removeEventListener('abort', this.#onDeadline);
  }
}

export function deadlinePassed(): ExecutionEndedError {
  return new ExecutionEndedError('the deadline of the execution has passed');
}
