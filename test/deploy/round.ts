import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import * as z from 'zod/mini';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import { CANARIES, findLeaks } from '../leaks.ts';
import type { Processes } from '../tools/processes.ts';
import type { Report } from '../tools/report.ts';
import { refusesBadInput } from './bad-input.ts';
import { Caller } from './caller.ts';
import { asksForItsSecret, createsOneGroup, guardsItsDoor, PACE, seesItsSecret } from './contract.ts';
import { ACCOUNT, REGION, startEmulator } from './emulator.ts';
import { simulateInstances, writeInstancesJson } from './instances.ts';
import { Operator, only, STACK } from './operator.ts';
import { addAKey, speaksGreenApi } from './own-path.ts';
import { letPlainHttpIn, letReadSecrets, missesItsGrants } from './permissions.ts';
import type { PythonTools } from './python-tools.ts';
import { keepsTheUndelivered, pausesInstances } from './queue.ts';
import { survivesRaces } from './race.ts';
import { diesAfterItsPost, findsTheKilled, type Killed, keepsItsLock } from './recovery.ts';
import { runsOnNode24 } from './runtime.ts';
import type { Stage } from './stage.ts';
import { findsTheUnclear, tellsOfTrouble } from './trouble.ts';
import { keepsItsData, NEW_PACE } from './update.ts';

const SMOKE_LIMIT_MS = 60_000;
/** A throwaway stack whose GREEN-API is the simulator. */
const SETTINGS = { keepData: false, allowLoopback: true } as const;
const LOCAL_ADDRESS = /^http:\/\/([0-9a-z]+)\.execute-api\.localhost:\d+$/;

export interface RoundOptions {
  readonly enforcesPolicies: boolean;
  /** An empty folder. */
  readonly folder: string;
}

/** From an empty account to an empty account. @throws UnmetNeedError */
export async function walkRound(
  report: Report,
  processes: Processes,
  tools: PythonTools,
  { enforcesPolicies, folder }: RoundOptions,
): Promise<void> {
  mkdirSync(folder);
  const emulator = await report.need(`MiniStack starts with AUTH=${enforcesPolicies}`, () =>
    startEmulator(processes, { ministack: tools.ministack, enforcesPolicies, folder }),
  );
  const simulator = await simulateInstances(NEW_PACE.intervalSeconds);
  try {
    const operator = new Operator(processes, tools.aws, emulator.environment, folder);
    await report.need('cdk bootstrap', () => operator.cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`));
    if (enforcesPolicies) await letPlainHttpIn(report, operator);
    const outputs = await report.need('cdk deploy', () => operator.deploy({ ...SETTINGS, ...PACE }));
    if (enforcesPolicies) await letReadSecrets(report, operator);
    const key = await report.need('the caller’s key was generated', async () => {
      const text = await operator.readSecret(outputs.CallerKeysSecretId);
      return z.object({ default: z.string().check(z.minLength(48)) }).parse(JSON.parse(text)).default;
    });
    const url = `${emulator.endpoint}${pathOf(outputs.Url)}`;
    const caller = new Caller(url, key);
    const stage = { report, processes, emulator, operator, simulator, outputs, url, caller, key, folder };
    const killed = await walkStack(stage);
    if (!enforcesPolicies) {
      await keepsTheUndelivered(stage);
      await findsTheKilled(stage, killed);
    }
    await readsNoSecretsInLogs(stage);
    if (enforcesPolicies) await missesItsGrants(stage);
    await runsOnNode24(stage, tools.python);
    await isDestroyed(stage);
  } finally {
    await simulator.close();
    await emulator.stop();
  }
}

/** The whole contract, before and after an update. @returns what was killed on the way, and is to be found */
async function walkStack(stage: Stage): Promise<Killed> {
  const { report, operator, caller, simulator, outputs, folder } = stage;
  await guardsItsDoor(stage);
  const seenAtMs = await asksForItsSecret(stage);
  await report.need('the instances secret is filled with the README’s command', async () => {
    const file = await writeInstancesJson(folder, simulator.url);
    const secret = ['--secret-id', outputs.InstancesSecretId, '--secret-string', `file://${file}`];
    await operator.aws('secretsmanager', 'put-secret-value', ...secret);
  });
  await addAKey(stage);
  await refusesBadInput(report, caller);
  await seesItsSecret(stage, seenAtMs);
  const killed = await diesAfterItsPost(stage);
  await keepsItsLock(stage);
  await speaksGreenApi(stage);
  await pausesInstances(stage);
  await passesTheSmokeTest(stage);
  const created = await createsOneGroup(stage);
  const unclear = await tellsOfTrouble(stage);
  await survivesRaces(stage);
  await keepsItsData(stage, SETTINGS, created);
  await findsTheUnclear(stage, unclear);
  return killed;
}

/** What an operator runs after a deployment. */
async function passesTheSmokeTest({ report, processes, emulator, url }: Stage): Promise<void> {
  const command = {
    program: 'npm',
    arguments: ['run', '--silent', 'smoke', '--', url],
    environment: { ...emulator.environment, API_KEY: CANARIES.key },
    folder: PROJECT_ROOT,
  };
  await report.check('npm run smoke', async (note) => {
    const printed = await processes.run(command, SMOKE_LIMIT_MS);
    note(printed.trim().split('\n').at(-1) ?? '');
  });
}

async function readsNoSecretsInLogs({ report, operator, key }: Stage): Promise<void> {
  await report.check(
    'the function’s log tells of its attempts, and no token, key or number',
    async (note) => {
      const lines = await operator.logLines(only(await operator.resources(), 'AWS::Logs::LogGroup'));
      const told = lines.filter((line) => line.includes('attempt ended'));
      assert.ok(told.length > 0, `nothing among ${lines.length} lines`);
      assert.deepEqual(findLeaks(lines.join('\n')), []);
      assert.ok(!lines.some((line) => line.includes(key) || line.includes(JSON.stringify(key).slice(1, -1))));
      note(`${lines.length} lines, ${told.length} attempts`);
    },
  );
}

/** What the stack had of each kind, and nothing else in the account has. */
const LISTS: readonly (readonly [service: string, operation: string, empty: unknown])[] = [
  ['lambda', 'list-functions', { Functions: [] }],
  ['apigatewayv2', 'get-apis', { Items: [] }],
  ['dynamodb', 'list-tables', { TableNames: [] }],
  ['secretsmanager', 'list-secrets', { SecretList: [] }],
  ['logs', 'describe-log-groups', { logGroups: [] }],
  ['scheduler', 'list-schedules', { Schedules: [] }],
];

async function isDestroyed({ report, operator, emulator }: Stage): Promise<void> {
  await report.check('cdk destroy', () => operator.cdk('destroy', '--force', STACK));
  await report.check('nothing of the stack is left', async () => {
    const stack = operator.aws('cloudformation', 'describe-stacks', '--stack-name', STACK);
    await assert.rejects(stack, /does not exist/);
    for (const [service, operation, empty] of LISTS)
      assert.deepEqual(await operator.aws(service, operation), empty);
    // For SQS the AWS CLI does not heed the endpoint of its environment.
    const queues = await operator.aws('sqs', 'list-queues', '--endpoint-url', emulator.endpoint);
    assert.deepEqual(queues, { QueueUrls: [] });
  });
}

/** The emulator answers `/health` itself where the API's name is the host; so its path tells it which API is meant. */
function pathOf(url: string): string {
  const [, api] = LOCAL_ADDRESS.exec(url) ?? [];
  assert.ok(api, `${url} is none of the emulator's addresses`);
  return `/_aws/execute-api/${api}/$default`;
}
