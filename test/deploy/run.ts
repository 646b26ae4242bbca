import { join } from 'node:path';
import { Processes } from '../tools/processes.ts';
import { Report, untilUnmet } from '../tools/report.ts';
import { scratchFolder } from '../tools/scratch.ts';
import { pythonTools } from './python-tools.ts';
import { walkRound } from './round.ts';
import { isCleanTemplate } from './template.ts';

/*
 * `npm run test:deploy`: the real stack, deployed by the real command line into an AWS emulator on loopback.
 * What the emulator only pretends is in docs/what-the-emulator-does-not-check.md.
 */
const report = new Report();
const folder = scratchFolder();
{
  await using processes = new Processes();
  await untilUnmet(report, async () => {
    const tools = await report.need('MiniStack, AWS CLI and cfn-lint are at hand', async (note) => {
      const found = await pythonTools(processes);
      note(found.isNew ? 'installed anew' : 'from .cache');
      return found;
    });
    await isCleanTemplate(report, processes, tools, join(folder, 'template'));
    for (const enforcesPolicies of [false, true]) {
      console.log(
        `\nAUTH=${enforcesPolicies}: ${enforcesPolicies ? 'policies are enforced' : 'every call is allowed'}`,
      );
      const options = { enforcesPolicies, folder: join(folder, `auth-${enforcesPolicies}`) };
      await untilUnmet(report, () => walkRound(report, processes, tools, options));
    }
  });
}
console.log(`\n${report.totals()}`);
process.exitCode = report.hasPassed ? 0 : 1;
