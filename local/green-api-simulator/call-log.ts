import type { Stage } from './journal.ts';

/** One call of a method that changes nothing: who was asked about does not stand in it. */
export interface RecordedCall {
  readonly idInstance: string;
  readonly method: string;
  readonly atMs: number;
  /** The check that refused it; `rate`: it came too soon. `whatsapp`: it passed them all. */
  readonly stage: Stage;
  /** The HTTP status; missing where the call was left hanging. */
  readonly status?: number;
}

/** The oldest calls are forgotten beyond this. */
const MAX_CALLS = 50_000;

/** The calls that change nothing, in the order in which they were answered. */
export class CallLog {
  readonly #calls: RecordedCall[] = [];

  add(call: RecordedCall): void {
    this.#calls.push(call);
    if (this.#calls.length > MAX_CALLS) this.#calls.shift();
  }

  calls(idInstance?: string): readonly RecordedCall[] {
    return this.#calls.filter((call) => idInstance === undefined || call.idInstance === idInstance);
  }

  /** How many of them came too soon for GREEN-API's rate. */
  rateViolations(idInstance?: string): number {
    return this.calls(idInstance).filter(({ stage }) => stage === 'rate').length;
  }

  clear(): void {
    this.#calls.length = 0;
  }
}
