import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../tools/cache.ts';
import { CommandError, type Processes } from '../tools/processes.ts';
import { untilReady } from '../tools/until-ready.ts';

const POM = join(import.meta.dirname, 'pom.xml');
const LAUNCHER = join(import.meta.dirname, 'Loopback.java');
const LOOK_LIMIT_MS = 30_000;
/** 50 MB in 90 files: ten seconds, or some minutes on a slow network. */
const FETCH_LIMIT_MS = 300_000;
const START_LIMIT_MS = 60_000;
const LISTENING = /^listening on (http:\S+)$/m;
/** Of Java itself: it compiles Loopback.java as it starts it. */
const COMPILER = 'jdk.compiler@';
const LEAST_JAVA = 17;
const JAVA_VERSION = /^java\.base@(\d+)/m;

/** @throws CommandError that says what is missing */
export async function findJava(processes: Processes): Promise<string> {
  const modules = await missing(
    processes.run({ program: 'java', arguments: ['--list-modules'] }, LOOK_LIMIT_MS),
    `Java ${LEAST_JAVA} or later is needed (on Debian: apt-get install openjdk-17-jdk-headless)`,
  );
  const version = Number(JAVA_VERSION.exec(modules)?.[1]);
  if (!(version >= LEAST_JAVA)) throw new CommandError(`Java ${version} is too old: ${LEAST_JAVA} is needed`);
  if (!modules.includes(COMPILER))
    throw new CommandError('Java is there without its compiler: a JDK is needed, not only a JRE');
  return String(version);
}

/** Everything that pom.xml names, fetched once. @throws CommandError that says what is missing */
export async function fetchEngine(processes: Processes) {
  return cachedFolder('dynamodb-local', await readFile(POM, 'utf8'), async (folder) => {
    const maven = (...given: readonly string[]) => ({ program: 'mvn', arguments: given });
    await missing(
      processes.run(maven('--version'), LOOK_LIMIT_MS),
      'Maven is needed to fetch DynamoDB Local (on Debian: apt-get install maven)',
    );
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
    await processes.run(maven('-q', '-B', '-f', POM, ...goal), FETCH_LIMIT_MS);
  });
}

/** DynamoDB Local in memory, on loopback and a free port. @returns its address @throws CommandError */
export async function startEngine(processes: Processes, jars: string, scratch: string): Promise<string> {
  const running = await processes.start({
    program: 'java',
    // It unpacks its native library into the folder for temporary files.
    arguments: ['-Xmx512m', `-Djava.io.tmpdir=${scratch}`, '-cp', join(jars, '*'), LAUNCHER],
  });
  return untilReady(running, START_LIMIT_MS, async () => LISTENING.exec(running.output())?.[1]);
}

async function missing(looking: Promise<string>, message: string): Promise<string> {
  try {
    return await looking;
  } catch (error) {
    throw new CommandError(message, { cause: error });
  }
}
