import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import type { Processes } from '../tools/processes.ts';
import type { Report } from '../tools/report.ts';
import { STACK } from './operator.ts';
import type { PythonTools } from './python-tools.ts';

const SYNTH_LIMIT_MS = 60_000;
const LINT_LIMIT_MS = 60_000;
/** W3005: the CDK writes `DependsOn` besides a `GetAtt` that says the same, on every function with a role. */
const IGNORED = ['W3005'];
/** Where people deploy to: what is possible differs. */
const REGIONS = ['us-east-1', 'eu-central-1'];

/** What `cdk synth` writes without any setting of ours is what AWS would take. */
export async function isCleanTemplate(
  report: Report,
  processes: Processes,
  { cfnLint }: PythonTools,
  folder: string,
): Promise<void> {
  await report.check('cfn-lint finds nothing in the synthesised template', async (note) => {
    const synth = ['synth', '--quiet', '--no-notices', '--output', folder];
    const cdk = join(PROJECT_ROOT, 'node_modules/.bin/cdk');
    await processes.run({ program: cdk, arguments: synth, folder: PROJECT_ROOT }, SYNTH_LIMIT_MS);
    const template = join(folder, `${STACK}.template.json`);
    const lint = ['--ignore-checks', ...IGNORED, '--regions', ...REGIONS, '--', template];
    await processes.run({ program: cfnLint, arguments: lint }, LINT_LIMIT_MS);
    note(`but for ${IGNORED.join(', ')}, which the CDK writes itself`);
  });
}
