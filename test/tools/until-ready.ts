import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, type Running } from './processes.ts';

const POLL_MS = 100;

/**
 * Asks again and again until a program that has just been started gives an answer.
 * @throws CommandError with what it printed, when it has ended or the time is over
 */
export async function untilReady<T>(
  running: Running,
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  const ended = running.ended.then(() => 'ended' as const);
  while (!limit.aborted) {
    const answer = await ask(limit);
    if (answer !== undefined) return answer;
    if ((await Promise.race([ended, wait(POLL_MS)])) === 'ended') break;
  }
  throw new CommandError(`It is not ready after ${limitMs} ms, or has ended: ${running.output()}`);
}
