import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { GroupPacerError } from '../../lambda/errors.ts';
import { endGroup } from './leave-nothing.ts';

/** So much of the beginning and of the end of what a failed command said is told: some say the cause first, others last. */
const TOLD_LENGTH = 250;

/** A command is missing, failed, or took too long. The message says which and why. */
export class CommandError extends GroupPacerError {}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  readonly cwd?: string;
  /** Missing: our own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/**
 * Runs a command to its end, as a process group of its own, so that nothing it started outlives it.
 * @returns what it wrote to its standard output
 * @throws CommandError
 */
export async function run({ file, args, limitMs, cwd, env, input = '' }: Command): Promise<string> {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: 'pipe' });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, limitMs);
  try {
    // One that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    if (isLate) throw new CommandError(`${file} did not end within ${limitMs / 1_000} s`);
    if (code !== 0)
      throw new CommandError(
        `${file} ${args.join(' ')} ended with ${code}: ${shortened(`${errors}\n${output}`.trim())}`,
      );
    return output;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new CommandError(`${file} is not installed, or not on the PATH`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    endGroup(child);
  }
}

function shortened(said: string): string {
  return said.length > 2 * TOLD_LENGTH ? `${said.slice(0, TOLD_LENGTH)} … ${said.slice(-TOLD_LENGTH)}` : said;
}
