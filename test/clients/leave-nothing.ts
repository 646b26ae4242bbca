import { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** From now on nothing that this process starts, by whichever module and however far it has come, outlives it. */
export function leaveNothingRunning(): void {
  const children = new Set<ChildProcess>();
  subscribe('child_process', (message) => {
    const child = typeof message === 'object' && message && 'process' in message && message.process;
    if (!(child instanceof ChildProcess)) return;
    children.add(child);
    child.once('exit', () => children.delete(child));
  });
  process.on('exit', () => {
    for (const child of children) endGroup(child);
  });
  for (const [signal, code] of Object.entries(EXIT_CODES)) process.on(signal, () => process.exit(code));
}

/** Ends a process and, where it leads a process group, all that it started. */
export function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It leads no group, or nobody of the group is left.
    child.kill('SIGKILL');
  }
}
