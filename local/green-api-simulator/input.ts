import * as z from 'zod/mini';
import { GroupPacerError } from '../../lambda/errors.ts';

/** A test or an operator asked the simulator for something that it cannot do. */
export class SimulatorError extends GroupPacerError {}

/** Checks what a test or an operator asks for. @throws SimulatorError naming each field that is wrong. */
export function parseInput<Schema extends z.core.$ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = z.safeParse(schema, value, { error: z.locales.en().localeError });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new SimulatorError(problems.join('; '));
}
