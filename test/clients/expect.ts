import { isDeepStrictEqual } from 'node:util';
import { GroupPacerError } from '../../lambda/errors.ts';

/** Something is not as it should be; the message is one line. */
export class ExpectationError extends GroupPacerError {}

/** @throws ExpectationError unless both are the same, deeply and strictly */
export function expectSame(what: string, got: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(got, expected))
    throw new ExpectationError(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
}

/** @throws ExpectationError unless it holds */
export function expectThat(what: string, holds: boolean): void {
  if (!holds) throw new ExpectationError(what);
}
