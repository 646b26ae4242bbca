import { GroupPacerError } from '../lambda/errors.ts';
import { readSettings } from '../lambda/settings.ts';
import packageJson from '../package.json' with { type: 'json' };
import { type LocalService, runLocally } from './run.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';

/** The pace of the demo that the greeting offers. */
const QUICK_SECONDS = 5;

const say = (line: string) => console.log(line);

try {
  const settings = readLocalSettings(process.env);
  const service = await runLocally(settings, sayWithTime, (reason) => fail(reason));
  stopOnSignal(service);
  greet(settings, service);
} catch (error) {
  // Ours are written for people; anything else is a bug, and shown whole.
  if (!(error instanceof GroupPacerError)) throw error;
  fail(error.message);
}

function greet(settings: LocalSettings, { url, simulator }: LocalService): void {
  const { intervalSeconds, jitterSeconds } = readSettings(process.env).policy;
  const key = settings.isDefaultKey ? settings.apiKey : '$API_KEY';
  const headers = `-H "X-Api-Key: ${key}" -H "Content-Type: application/json"`;
  const create = (name: string, more = '') =>
    `curl -i -X POST ${url}/groups ${headers}${more} -d '{"groupName":"${name}","chatIds":["79001234568@c.us"]}'`;
  say(`Group Pacer ${packageJson.version} listens on ${url}

  key          ${settings.isDefaultKey ? key : 'as given in API_KEY'}  (header X-Api-Key)
  pace         one group every ${intervalSeconds} s and up to ${jitterSeconds} s more, for each number
  GREEN-API    ${simulator ? `simulated at ${simulator.url}: no real group is created` : 'the instances of GREEN_API_INSTANCES: groups are REAL'}
  data         ${settings.dataDir}/  (kept over restarts; remove it to start anew)

Create a group, then a second one, which is told the time left:

  ${create('Class 5b')}
  ${create('Class 5c')}

Or hand it over, to be created when its turn comes:

  ${create('Class 5d', ' -H "Prefer: respond-async"')}

Look at the groups and the instances:

  curl -s ${url}/groups -H "X-Api-Key: ${key}"
  curl -s ${url}/instances -H "X-Api-Key: ${key}"
${intervalSeconds > QUICK_SECONDS && simulator ? `\nFor a quick demo, start with a group every five seconds:\n\n  INTERVAL_SECONDS=${QUICK_SECONDS} npm start\n` : ''}
Ctrl-C stops. What happens is told below.
`);
}

function sayWithTime(line: string): void {
  say(`${new Date().toISOString().slice(11, 19)}  ${line}`);
}

/** The first signal lets the calls under way end; the second does not wait. */
function stopOnSignal(service: LocalService): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    const running = service.running();
    say(
      running === 0
        ? '\nStopping.'
        : `\nStopping once ${running} call(s) have ended; press Ctrl-C again not to wait.`,
    );
    await service.close();
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
}

function fail(reason: string): never {
  console.error(`Group Pacer cannot run: ${reason}`);
  process.exit(1);
}
