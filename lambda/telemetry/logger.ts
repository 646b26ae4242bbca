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
      switch (event.event) {
        case 'attempt-ended':
          return logger.info('attempt ended', { ...event });
        case 'request-overdue':
          return logger.warn('a request is overdue: its attempt must be looked up', { ...event });
        case 'secret-not-read':
          return logger.error('the instances secret could not be read again after a 401', {
            ...event,
            error: describe(event.error),
          });
        case 'settle-failed':
          return logger.error(`an attempt's ${event.what} could not be settled`, {
            ...event,
            error: describe(event.error),
          });
      }
    },
    error: (error) => {
      const level = error instanceof GroupPacerError ? 'warn' : 'error';
      logger[level]('a caller was answered with an error', { error: describe(error) });
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
