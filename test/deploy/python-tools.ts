import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../tools/cache.ts';
import { CommandError, type Processes } from '../tools/processes.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const PYTHON = 'python3';
const LOOK_LIMIT_MS = 20_000;
/** A minute and a half on a slow network. */
const INSTALL_LIMIT_MS = 240_000;
/** Debian packs the module `venv` without `ensurepip`, which it needs. */
const LOOK = 'import ensurepip, sys, venv; print(sys.prefix, sys.version)';

/** The programs of requirements.txt. */
export interface PythonTools {
  readonly ministack: string;
  readonly aws: string;
  readonly cfnLint: string;
  readonly python: string;
  readonly isNew: boolean;
}

/** Made once for these pins and this Python. @throws CommandError that says what is missing */
export async function pythonTools(processes: Processes): Promise<PythonTools> {
  const python = await processes
    .run({ program: PYTHON, arguments: ['-c', LOOK] }, LOOK_LIMIT_MS)
    .catch((error: unknown) => {
      throw new CommandError(
        'Python 3 with its module venv is needed (on Debian: apt-get install python3-venv)',
        { cause: error },
      );
    });
  // A virtual environment cannot be moved: its programs name their folder.
  const pins = [await readFile(REQUIREMENTS, 'utf8'), python, import.meta.dirname].join('\n');
  const { folder, isNew } = await cachedFolder('python', pins, (empty) => install(processes, empty));
  const bin = join(folder, 'bin');
  return {
    ministack: join(bin, 'ministack'),
    aws: join(bin, 'aws'),
    cfnLint: join(bin, 'cfn-lint'),
    python: join(bin, 'python'),
    isNew,
  };
}

async function install(processes: Processes, folder: string): Promise<void> {
  await processes.run({ program: PYTHON, arguments: ['-m', 'venv', folder] }, INSTALL_LIMIT_MS);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS];
  await processes.run({ program: join(folder, 'bin/python'), arguments: pip }, INSTALL_LIMIT_MS);
}
