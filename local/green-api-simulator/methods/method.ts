import type { Account } from '../account.ts';
import { type Answer, type ErrorBody, jsonError } from '../answers.ts';
import type { Body } from '../body.ts';
import type { CallLog } from '../call-log.ts';
import type { Faults } from '../faults.ts';
import type { Journal, Note, Stage } from '../journal.ts';
import type { Timers } from '../timers.ts';

/** What all calls share. */
export interface World {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly journal: Journal;
  /** The calls of all other methods. */
  readonly callLog: CallLog;
  readonly timers: Timers;
  readonly nowMs: () => number;
  readonly random: () => number;
  /** The body of 403, which belongs to no instance. */
  readonly errorBody: ErrorBody;
  readonly onEvent: ((line: string) => void) | undefined;
  /** True from the moment that the simulator is being closed. */
  readonly closing: () => boolean;
}

/** One call of a method on an instance that exists. */
export interface Call {
  readonly world: World;
  readonly account: Account;
  readonly method: Method;
  readonly token: string;
  /** As it came, token included: GREEN-API repeats it in its errors. */
  readonly path: string;
  readonly body: Body;
  /** Those that hold for this call, whatever is set while it is under way. */
  readonly faults: Faults;
  readonly note: Note;
}

/** What a call came to. */
export interface Handled {
  readonly stage: Stage;
  readonly answer: Answer;
}

/** A GREEN-API method. To add one: a file of its own, and a line in `methods/index.ts`. */
export interface Method {
  /** With its first letter in lower case. */
  readonly name: string;
  readonly verb: 'GET' | 'POST';
  /** GREEN-API docs, rate limiter [C]. */
  readonly callsPerSecond: number;
  /** Its POSTs create groups: they stand in the log, and use up the faults that are limited by `times`. */
  readonly creates: boolean;
  /** How many calls are let through until 466; missing, or undefined: as many as like (GREEN-API docs, tariffs [C]). */
  readonly quota?: (faults: Faults) => number | undefined;
  /** Called once the checks that all methods share are passed. */
  handle(call: Call): Promise<Handled>;
}

/** GREEN-API's JSON error in answer to a call. */
export function callError(call: Call, status: number, message: string): Answer {
  return jsonError(status, call.path, message, call.world.nowMs());
}

/** What GREEN-API says of a call whose fields are wrong. */
export function validationError(call: Call, fault: string): Handled {
  return { stage: 'validation', answer: callError(call, 400, `Validation failed. Details: ${fault}`) };
}
