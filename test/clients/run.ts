// `npm run test:clients`: GREEN-API's own clients against our own path through a whole service. It needs npm, python3 and the package registries.

import { redactToken } from '../../lambda/telemetry/redaction.ts';
import { CANARIES, findLeaks } from '../leaks.ts';
import { type Bench, startBench } from './bench.ts';
import type { Client } from './client.ts';
import { expectSame, expectThat } from './expect.ts';
import { installJs, installPython } from './installed-clients.ts';
import { leaveNothingRunning } from './leave-nothing.ts';
import { NPM_SCENARIOS, PYTHON_SCENARIOS, SCENARIOS, type Scenario } from './scenarios.ts';

const MS_IN_A_SECOND = 1_000;

let passed = 0;
let failed = 0;

leaveNothingRunning();
const [npmClient, pythonClient] = await Promise.all([
  check('GREEN-API’s npm client is there', installJs),
  check('GREEN-API’s Python client is there', installPython),
]);
const isSomeThere = npmClient !== undefined || pythonClient !== undefined;
const bench = isSomeThere && (await check('the service starts in front of the simulator', startBench));
if (bench) {
  await walk(bench, npmClient, [...SCENARIOS, ...NPM_SCENARIOS]);
  await walk(bench, pythonClient, [...SCENARIOS, ...PYTHON_SCENARIOS]);
  await check('no call came too soon to GREEN-API', async () => {
    expectSame('spacing violations', bench.simulator.violations(), []);
    return `${bench.simulator.groups().length} groups`;
  });
  await check('the service stops, and has told no key, token or phone number', () => stopAndLook(bench));
}
console.log(`${passed} passed, ${failed} failed`);
// A service that did not start in time would keep this process waiting.
process.exit(failed === 0 ? 0 : 1);

/** A client that is not there has been told of, and counted, already. */
async function walk(bench: Bench, client: Client | undefined, scenarios: readonly Scenario[]): Promise<void> {
  if (!client) return;
  for (const { name, run } of scenarios) await check(`${client.name}: ${name}`, () => run(client, bench));
}

async function stopAndLook(bench: Bench): Promise<string> {
  expectSame('its exit code', await bench.stop(), 0);
  const log = bench.log();
  expectSame('leaks', findLeaks(log), []);
  // What is silent leaks nothing.
  expectThat('it told of no attempt', log.includes('attempt ended'));
  return `${log.split('\n').length} lines`;
}

/** One line, and one in the totals; what it resolved with, or undefined if it failed. */
async function check<T>(name: string, act: () => Promise<T>): Promise<T | undefined> {
  const startedMs = Date.now();
  const tell = (verdict: string, figures: string) => {
    const seconds = ((Date.now() - startedMs) / MS_IN_A_SECOND).toFixed(1);
    console.log(`${verdict.padEnd(6)}  ${name}${figures}  [${seconds} s]`);
  };
  try {
    const result = await act();
    passed += 1;
    tell('ok', typeof result === 'string' ? `: ${result}` : '');
    return result;
  } catch (error) {
    failed += 1;
    tell('FAILED', `: ${whyOf(error)}`);
    return undefined;
  }
}

/** On one line. The clients put the token of the path into their own errors. */
function whyOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return redactToken(redactToken(text, CANARIES.key), CANARIES.token).replace(/\s+/g, ' ');
}
