import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import { Processes } from '../tools/processes.ts';
import { Report, untilUnmet } from '../tools/report.ts';
import { scratchFolder } from '../tools/scratch.ts';
import { ENDPOINT_VARIABLE } from './database.ts';
import { fetchEngine, findJava, startEngine } from './engine.ts';

const TESTS_LIMIT_MS = 300_000;
const VITEST = join(PROJECT_ROOT, 'node_modules/.bin/vitest');
const CONFIG = join(import.meta.dirname, 'vitest.config.ts');

const counts = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  success: z.boolean(),
});

/* `npm run test:dynamodb-local`: Amazon's own engine in place of the embedded one, and many contenders at once. */
const report = new Report();
const folder = scratchFolder();
{
  await using processes = new Processes();
  await untilUnmet(report, async () => {
    await report.need('Java is at hand', async (note) => note(`version ${await findJava(processes)}`));
    const engine = await report.need('DynamoDB Local is at hand', async (note) => {
      const fetched = await fetchEngine(processes);
      note(fetched.isNew ? 'fetched anew' : 'from .cache');
      return fetched;
    });
    const endpoint = await report.need('it starts, in memory and on loopback', () =>
      startEngine(processes, engine.folder, folder),
    );
    await runTests(processes, endpoint);
  });
}
console.log(`\n${report.totals()}`);
process.exitCode = report.hasPassed ? 0 : 1;

/** The tests count one by one; a run without a report, or without a test, fails. */
async function runTests(processes: Processes, endpoint: string): Promise<void> {
  const results = join(folder, 'results.json');
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${results}`];
  const command = {
    program: VITEST,
    arguments: ['run', '--config', CONFIG, '--root', PROJECT_ROOT, ...reporters],
    environment: { ...process.env, [ENDPOINT_VARIABLE]: endpoint },
    folder: PROJECT_ROOT,
    isShown: true,
  };
  const ending = await processes.run(command, TESTS_LIMIT_MS).catch((error: unknown) => error);
  const told = counts.parse(JSON.parse(await readFile(results, 'utf8')));
  report.count(told.numPassedTests, told.numFailedTests);
  const isUntold = told.numFailedTests === 0 && (!told.success || ending instanceof Error);
  if (isUntold || told.numPassedTests === 0) report.unrun('the tests ended well', ending);
}
