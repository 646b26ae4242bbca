import { SecretError, StorageError, UnknownInstanceError } from '../errors.ts';
import { sentences, type Trouble } from './causes.ts';
import { problem } from './problem.ts';

/** After a passing fault of AWS a caller is asked back soon; after one that a person must mend, later. */
const PASSING_RETRY_MS = 5_000;
const MENDED_RETRY_MS = 30_000;

const AGAIN = 'Send the same request again after Retry-After: it never makes a second group.';

/** What is wrong, and how long a caller should leave it alone. */
interface ErrorTrouble extends Trouble {
  readonly retryMs: number;
}

/** What a caller is told of an error: its message where it is one of ours, never a cause, never a stack. */
export function errorResponse(error: unknown, nowMs: number): Response {
  if (error instanceof UnknownInstanceError) return unknownInstance(error, nowMs);
  const { code, detail, remedy, retryMs } = troubleOfError(error);
  return problem(code, { detail, whatToDo: sentences(remedy, AGAIN), untilMs: nowMs + retryMs }, nowMs);
}

/** The same in parts, for those who have an answer all the same. */
export function troubleOfError(error: unknown): ErrorTrouble {
  if (error instanceof SecretError) return { ...SECRET[error.kind], detail: `${error.message}.` };
  if (error instanceof StorageError) return STORAGE[error.kind];
  return {
    code: 'internal-error',
    detail: 'An unexpected error; the function’s log has it.',
    retryMs: PASSING_RETRY_MS,
  };
}

const SECRET = {
  unavailable: {
    code: 'secret-unavailable',
    remedy: 'If it lasts, see the function’s log.',
    retryMs: MENDED_RETRY_MS,
  },
  malformed: {
    code: 'malformed-secret',
    remedy: 'Correct the field that is named in the secret.',
    retryMs: MENDED_RETRY_MS,
  },
  unfilled: {
    code: 'no-instances',
    remedy: 'Fill the secret as the detail says.',
    retryMs: MENDED_RETRY_MS,
  },
} as const satisfies Record<SecretError['kind'], Omit<ErrorTrouble, 'detail'>>;

const STORAGE: Readonly<Record<StorageError['kind'], ErrorTrouble>> = {
  'no-answer': {
    code: 'storage-unavailable',
    detail: 'DynamoDB gave no answer in time; without the creation lock nothing is sent to GREEN-API.',
    retryMs: PASSING_RETRY_MS,
  },
  misconfigured: {
    code: 'storage-misconfigured',
    detail: 'The function’s table is missing or may not be used; nothing was sent to GREEN-API.',
    remedy: 'Deploy the stack again; see the function’s log.',
    retryMs: MENDED_RETRY_MS,
  },
};

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
