import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of this run's own, gone when the process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'group-pacer-checks-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
