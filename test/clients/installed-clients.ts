import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, clientOf } from './client.ts';
import { run } from './command.ts';

const FOLDER = fileURLToPath(new URL('../../.cache/clients/', import.meta.url));
const INSTALL_LIMIT_MS = 180_000;
const LOOK_LIMIT_MS = 20_000;
/** The clients that take another host (`host`). */
const NPM_VERSION = '0.4.4';
const PYTHON_VERSION = '0.0.52';
/** Holds the recipe of a finished installation; it is written last. */
const DONE = 'installed-from.txt';

/** What speaks HTTP for a client is pinned as well: a new release of it must not break a push that did not touch it. */
const JS_PACKAGE = {
  private: true,
  dependencies: { '@green-api/whatsapp-api-client': NPM_VERSION },
  overrides: {
    axios: '1.21.1',
    // The client depends on `fs@0.0.1-security`, an empty placeholder that guards the name of Node's own module, which is what
    // `require('fs')` gets in any case. Not every registry serves a package of that name; `mime`, which the client needs anyway,
    // stands in for it, so that nothing is installed for nothing.
    fs: 'npm:mime@3.0.0',
  },
};
const PYTHON_PACKAGES = [
  `whatsapp-api-client-python==${PYTHON_VERSION}`,
  'requests==2.34.2',
  'urllib3==2.8.0',
];

/** @throws CommandError without npm or network */
export async function installJs(): Promise<Client> {
  const folder = join(FOLDER, 'js');
  const recipe = JSON.stringify(JS_PACKAGE, undefined, 2);
  await installOnce(folder, recipe, async () => {
    await writeFile(join(folder, 'package.json'), recipe);
    const flags = ['--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'];
    const args = ['install', '--prefix', folder, ...flags];
    await run({ file: 'npm', args, cwd: folder, limitMs: INSTALL_LIMIT_MS });
  });
  return clientOf(`npm client ${NPM_VERSION}`, process.execPath, [
    fileURLToPath(new URL('npm-client.ts', import.meta.url)),
    folder,
  ]);
}

/** @throws CommandError without python3, its venv module, or network */
export async function installPython(): Promise<Client> {
  const folder = join(FOLDER, 'python');
  const python = join(folder, 'bin', 'python');
  const version = await run({ file: 'python3', args: ['--version'], limitMs: LOOK_LIMIT_MS });
  await installOnce(folder, [version.trim(), ...PYTHON_PACKAGES].join('\n'), async () => {
    await run({ file: 'python3', args: ['-m', 'venv', folder], limitMs: INSTALL_LIMIT_MS });
    const args = ['-m', 'pip', 'install', '--quiet', ...PYTHON_PACKAGES];
    await run({ file: python, args, limitMs: INSTALL_LIMIT_MS });
  });
  return clientOf(`Python client ${PYTHON_VERSION}`, python, [
    fileURLToPath(new URL('python_client.py', import.meta.url)),
  ]);
}

/** Installs anew unless the folder holds a finished installation of this very recipe. */
async function installOnce(folder: string, recipe: string, install: () => Promise<void>): Promise<void> {
  const done = join(folder, DONE);
  const installed = await readFile(done, 'utf8').catch(() => undefined);
  if (installed === recipe) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await install();
  await writeFile(done, recipe);
}
