import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectAnswer } from './caller.ts';
import { only } from './operator.ts';
import type { Stage } from './stage.ts';

const ZIP_LIMIT_MS = 20_000;
const PROBE = `export const handler = async () => ({
  statusCode: 200,
  body: JSON.stringify({ version: process.version, table: process.env.TABLE_NAME }),
});`;

/**
 * Gives the deployed function other code, which tells what runs it; its configuration stays. Nothing of the function's own
 * works after this.
 */
export async function runsOnNode24(stage: Stage, python: string): Promise<void> {
  const { report, processes, operator, caller, folder } = stage;
  await report.check('process.version of the deployed function is Node 24', async (note) => {
    await writeFile(join(folder, 'index.mjs'), PROBE);
    const zip = { program: python, arguments: ['-m', 'zipfile', '-c', 'probe.zip', 'index.mjs'], folder };
    await processes.run(zip, ZIP_LIMIT_MS);
    const resources = await operator.resources();
    const deployed = ['--function-name', only(resources, 'AWS::Lambda::Function')];
    await operator.aws('lambda', 'update-function-code', ...deployed, '--zip-file', 'fileb://probe.zip');
    const answer = await caller.send({ path: '/health' });
    expectAnswer(answer, 200);
    assert.equal(answer.json['table'], only(resources, 'AWS::DynamoDB::GlobalTable'));
    assert.match(String(answer.json['version']), /^v24\./);
    note(String(answer.json['version']));
  });
}
