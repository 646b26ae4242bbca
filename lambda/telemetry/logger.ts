import { Logger } from '@aws-lambda-powertools/logger';
import type { CreationEvent } from '../creation/events.ts';
import { GroupPacerError } from '../errors.ts';
import { maskPhones } from './redaction.ts';

/** Fields that hold long numbers which are no phone numbers. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set([
  'idInstance',
  'requestId',
  'attemptId',
  'function_request_id',
  'function_arn',
  'timestamp',
  'xray_trace_id',
]);

/** How loud each event is told, and in which words. */
const TOLD: Readonly<Record<CreationEvent['event'], readonly ['debug' | 'info' | 'warn' | 'error', string]>> =
  {
    'attempt-ended': ['info', 'attempt ended'],
    'tick-ended': ['info', 'the queues were served'],
    'tick-idle': ['debug', 'nothing waits'],
    'schedule-taken': ['info', 'a scheduled creation was taken'],
    'request-overdue': ['warn', 'a request is overdue: its attempt must be looked up'],
    'request-unconfirmed': ['warn', 'a request ends unconfirmed: a person must look on the phone'],
    'secret-not-read': ['error', 'the instances secret could not be read again after a 401'],
    'settle-failed': ['error', 'an attempt could not be settled'],
    'looked-up': ['info', 'the group of an unclear attempt was looked for'],
    'look-failed': ['error', 'a request could not be looked after'],
    'watch-not-read': ['error', 'what is overdue could not be read'],
    'any-not-read': ['error', 'what waits for any could not be read'],
    'instance-not-served': ['error', 'the queue of an instance could not be served'],
  };

/** The log of the function: JSON lines; phone numbers are masked in every text, whoever wrote it. */
export interface FunctionLog {
  readonly event: (event: CreationEvent) => void;
  readonly error: (error: unknown) => void;
}

/** Level and service name come from Powertools' environment variables. */
export function createFunctionLog(): FunctionLog {
  const logger = new Logger({
    jsonReplacerFn: (field, value: unknown) =>
      typeof value === 'string' && !PLAIN_FIELDS.has(field) ? maskPhones(value) : value,
  });
  return {
    event: (event) => {
      const [level, text] = TOLD[event.event];
      logger[level](text, { ...event, ...('error' in event && { error: describe(event.error) }) });
    },
    error: (error) => {
      const level = error instanceof GroupPacerError ? 'warn' : 'error';
      logger[level]('an error was met', { error: describe(error) });
    },
  };
}

/** Name, message and place of an error and of what caused it. Other properties are left out: SDKs put requests there. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return { name: 'not an error' };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describe(error.cause) }),
  };
}
