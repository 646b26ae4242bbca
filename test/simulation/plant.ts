import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Code } from './code.ts';
import type { Violation } from './violation.ts';

/** One line of the real code made wrong, and the promise that the simulation must then see broken. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  readonly breaks: Violation['promise'];
  /** A run that showed it when this was written: tried first, to save time. */
  readonly seenAt?: number;
}

const LAMBDA = fileURLToPath(new URL('../../lambda/', import.meta.url));
const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));
/** What the simulation drives. */
const SIMULATED = ['creation', 'pacing', 'storage', 'errors.ts'];

/** A copy of the code with the bug in it, loaded from a folder of its own. @throws if the right line is not there exactly once */
export async function plant(bug: PlantedBug): Promise<{ code: Code; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'planted-bug-'));
  const remove = () => rm(folder, { recursive: true });
  try {
    for (const part of SIMULATED) await cp(join(LAMBDA, part), join(folder, part), { recursive: true });
    // The copy finds its packages where the original does.
    await symlink(PACKAGES, join(folder, 'node_modules'), 'junction');
    const file = join(folder, bug.file);
    await writeFile(file, withBug(await readFile(file, 'utf8'), bug));
    return { code: await load(folder), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function withBug(source: string, { name, right, wrong, file }: PlantedBug): string {
  const parts = source.split(right);
  if (parts.length !== 2)
    throw new Error(`cannot plant "${name}": the line stands ${parts.length - 1} times in ${file}`);
  return parts.join(wrong);
}

async function load(folder: string): Promise<Code> {
  const from = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
  const { createGroup } = await from('creation/create-group.ts');
  const { drain } = await from('creation/drain.ts');
  const { removeRequest, resolveRequest, retryRequest } = await from('creation/change-request.ts');
  const { pauseInstance, resumeInstance } = await from('creation/change-instance.ts');
  const { readRequest } = await from('creation/read-request.ts');
  const { listRequests } = await from('creation/list-requests.ts');
  const { outlookOf } = await from('creation/outlook.ts');
  const { createStores } = await from('storage/stores.ts');
  return {
    createGroup,
    drain,
    removeRequest,
    retryRequest,
    resolveRequest,
    pauseInstance,
    resumeInstance,
    readRequest,
    listRequests,
    outlookOf,
    createStores,
  };
}
