import { SecretError, StorageError, UnknownInstanceError } from '../errors.ts';
import { type ProblemCode, problem } from './problem.ts';

/** After a passing fault of AWS a caller is asked back soon; after one that a person must mend, later. */
const PASSING_RETRY_MS = 5_000;
const MENDED_RETRY_MS = 30_000;

const AGAIN = 'Send the same request again after Retry-After: it never makes a second group.';

/** What a caller is told of an error: its message where it is one of ours, never a cause, never a stack. */
export function errorResponse(error: unknown, nowMs: number): Response {
  if (error instanceof UnknownInstanceError) return unknownInstance(error, nowMs);
  if (error instanceof SecretError) {
    const [code, whatToDo] = SECRET[error.kind];
    const detail = `${error.message}.`;
    return problem(code, { detail, whatToDo, untilMs: nowMs + MENDED_RETRY_MS }, nowMs);
  }
  if (error instanceof StorageError) {
    const [code, detail, whatToDo, retryMs] = STORAGE[error.kind];
    return problem(code, { detail, whatToDo, untilMs: nowMs + retryMs }, nowMs);
  }
  const detail = 'An unexpected error; the function’s log has it.';
  return problem('internal-error', { detail, whatToDo: AGAIN, untilMs: nowMs + PASSING_RETRY_MS }, nowMs);
}

const SECRET = {
  unavailable: ['secret-unavailable', `${AGAIN} If it lasts, see the function’s log.`],
  malformed: ['malformed-secret', 'Correct the field that is named in the secret.'],
  unfilled: ['no-instances', 'Fill the secret as the detail says.'],
} as const satisfies Record<SecretError['kind'], readonly [ProblemCode, string]>;

const STORAGE = {
  'no-answer': [
    'storage-unavailable',
    'DynamoDB gave no answer in time; without the creation lock nothing is sent to GREEN-API.',
    AGAIN,
    PASSING_RETRY_MS,
  ],
  misconfigured: [
    'storage-misconfigured',
    'The function’s table is missing or may not be used; nothing was sent to GREEN-API.',
    'Deploy the stack again; see the function’s log.',
    MENDED_RETRY_MS,
  ],
} as const satisfies Record<StorageError['kind'], readonly [ProblemCode, string, string, number]>;

function unknownInstance(error: UnknownInstanceError, nowMs: number): Response {
  const detail = `names ${error.idInstance}, which is not in the instances secret`;
  return problem(
    'unknown-instance',
    {
      detail: `/idInstance ${detail}.`,
      whatToDo: 'Ask for one that GET /instances lists, or leave idInstance out for whichever is free first.',
      more: { errors: [{ pointer: '/idInstance', detail }] },
    },
    nowMs,
  );
}
