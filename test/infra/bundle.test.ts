import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT, UNUSED_CREDENTIAL_PROVIDERS } from '../../infra/bundling.ts';

/** It is read and compiled on every cold start. A tenth above the 726 KB that were measured in November 2026. */
const BUNDLE_BUDGET_BYTES = 800_000;
const SYNTH_TIMEOUT_MS = 60_000;

const run = promisify(execFile);

let assembly: string;
/** The very file that `cdk deploy` would upload: the app is run as the CDK's command line runs it. */
let bundle: string;

beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'group-pacer-bundle-'));
  const { app, context } = JSON.parse(await readFile(join(PROJECT_ROOT, 'cdk.json'), 'utf8'));
  const [, entry] = app.split(' ');
  await run(process.execPath, [entry], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
  const [asset, ...others] = (await readdir(assembly)).filter((name) => name.startsWith('asset.'));
  if (asset === undefined || others.length > 0) throw new Error('not exactly one asset');
  bundle = join(assembly, asset, 'index.mjs');
}, SYNTH_TIMEOUT_MS);

afterAll(() => rm(assembly, { recursive: true }));

describe('the bundle that is deployed', () => {
  it('keeps within its budget of bytes', async () => {
    expect((await stat(bundle)).size).toBeLessThanOrEqual(BUNDLE_BUDGET_BYTES);
  });

  it('is imported in a fresh Node without any package beside it, and exports the handler', async () => {
    const script = `const { handler } = await import('${pathToFileURL(bundle)}'); console.log(typeof handler);`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: assembly,
      env: {
        AWS_REGION: 'eu-central-1',
        TABLE_NAME: 'table',
        INSTANCES_SECRET_ID: 'instances',
        CALLER_KEYS_SECRET_ID: 'caller-keys',
        INTERVAL_SECONDS: '300',
        JITTER_SECONDS: '60',
        ALLOW_LOOPBACK: 'false',
        POWERTOOLS_SERVICE_NAME: 'group-pacer',
      },
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'function\n', stderr: '' });
  });

  it('asks for nothing outside itself but Node, and credential providers that Lambda never comes to', async () => {
    const { metafile } = await build({
      entryPoints: [bundle],
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      write: false,
      metafile: true,
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const outside = imports.filter(({ path }) => !path.startsWith('node:'));
    expect(new Set(outside.map(({ kind, path }) => `${kind} ${path}`))).toEqual(
      new Set(UNUSED_CREDENTIAL_PROVIDERS.map((name) => `dynamic-import ${name}`)),
    );
  });
});
