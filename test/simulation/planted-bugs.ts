import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Violation } from './promises.ts';
import type { Code } from './simulate.ts';

/** One line of the real code made wrong, and the promise that the simulation must then see broken. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  readonly breaks: Violation['promise'];
}

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'the lock is taken although its interval is not over',
    file: 'storage/lock-writes.ts',
    right: "any(missing('freeAtMs'), atMost('freeAtMs', beforeMs)),",
    wrong: '',
    breaks: 'S1',
  },
  {
    name: 'the clock margin is left out',
    file: 'storage/lock-writes.ts',
    right: 'wish.nowMs - CLOCK_MARGIN_MS',
    wrong: 'wish.nowMs',
    breaks: 'S1',
  },
  {
    name: 'a call without an answer frees the lock as if its end were known',
    file: 'creation/lock-settlement.ts',
    right: 'return ENGINE_MS + intervalMs(policy) + jitterMs(policy, random);',
    wrong: 'return intervalMs(policy) + jitterMs(policy, random);',
    breaks: 'S1',
  },
  {
    name: 'the interval counts from the start of the call',
    file: 'creation/lock-settlement.ts',
    right: 'end.endedAtMs + pauseMs(',
    wrong: 'end.acquiredAtMs + pauseMs(',
    breaks: 'S1',
  },
  {
    name: 'the bound of a crashed attempt forgets the interval',
    file: 'pacing/policy.ts',
    right: 'deadlineMs + ENGINE_MS + intervalMs(policy);',
    wrong: 'deadlineMs + ENGINE_MS + 0 * intervalMs(policy);',
    breaks: 'S1',
  },
  {
    name: 'a refused lock is used all the same',
    file: 'creation/take-lock.ts',
    right: 'return acquired\n',
    wrong: 'return acquired || !acquired\n',
    breaks: 'S2',
  },
  {
    name: 'a lock that may have been acquired counts as acquired',
    file: 'storage/stores.ts',
    right:
      'const answer = await table.update(lockWrites.lockKey(wish.idInstance), lockWrites.acquire(wish));',
    wrong:
      'const answer = await table.update(lockWrites.lockKey(wish.idInstance), lockWrites.acquire(wish)).catch(() => ({ applied: true, item: undefined }));',
    breaks: 'S2',
  },
  {
    name: 'an execution that woke up after its deadline sends all the same',
    file: 'creation/attempt.ts',
    right: 'mayStillSend: () => fits(service, CALL_TIMEOUT_MS),',
    wrong: 'mayStillSend: () => true,',
    breaks: 'S2',
  },
  {
    name: 'any attempt may settle the lock',
    file: 'storage/lock-writes.ts',
    right: "condition: equal('attemptId', attemptId),",
    wrong: "condition: any(missing('nothing'), equal('attemptId', attemptId)),",
    breaks: 'S1',
  },
  {
    name: 'a request is put over one that is being created',
    file: 'storage/request-writes.ts',
    right: '      : isNew,',
    wrong: "      : any(isNew, missing('nothing')),",
    breaks: 'S3',
  },
  {
    name: 'a refused put is ignored',
    file: 'creation/attempt.ts',
    right: 'if (!answer.put) {',
    wrong: 'if (!answer.put && answer.found === undefined) {',
    breaks: 'S3',
  },
  {
    name: 'a failed request runs again whatever has become of it since',
    file: 'storage/request-writes.ts',
    right: "all(equal('status', 'failed'), equal('retryable', true), equal('version', rerunOf.version))",
    wrong: "missing('nothing')",
    breaks: 'S3',
  },
  {
    name: 'an unknown outcome counts as a failure that may be tried again',
    file: 'creation/request-settlement.ts',
    right: "        status: 'confirming',\n        updatedAtMs: endedAtMs,",
    wrong: '        ...failed(endedAtMs, true),',
    breaks: 'S3',
  },
  {
    name: 'after an overlimit the request is sent again without a look',
    file: 'creation/create-group.ts',
    right: '    request.overlimitWindow === undefined &&\n',
    wrong: '',
    breaks: 'S3',
  },
  {
    name: 'after an overlimit the same wish soon counts as a new request',
    file: 'creation/claiming.ts',
    right: ' || request.overlimitWindow !== undefined',
    wrong: '',
    breaks: 'S3',
  },
  {
    name: 'a claim without a request is replaced instead of adopted',
    file: 'creation/claiming.ts',
    right:
      "const isAdopted = await claims.adopt(hash, found.requestId, fresh.expiresAtMs);\n      if (isAdopted) return { kind: 'open', requestId: found.requestId };",
    wrong:
      "const isReplaced = await claims.replace(hash, found, fresh);\n      if (isReplaced) return { kind: 'open', requestId: fresh.requestId };",
    breaks: 'S3',
  },
  {
    name: 'an overdue request counts as failed and may be tried again',
    file: 'storage/request-writes.ts',
    right: "status: 'confirming',\n    outcome: 'overdue',",
    wrong: "status: 'failed',\n    retryable: true,\n    outcome: 'overdue',",
    breaks: 'S3',
  },
  {
    name: 'the lock is held without an end',
    file: 'pacing/policy.ts',
    right: 'deadlineMs + ENGINE_MS + intervalMs(policy);',
    wrong: 'deadlineMs + ENGINE_MS + 1_000 * intervalMs(policy);',
    breaks: 'L1',
  },
  {
    name: 'a lock that a dead attempt holds is never taken over',
    file: 'storage/lock-writes.ts',
    right: "any(missing('freeAtMs'), atMost('freeAtMs', beforeMs)),",
    wrong: "missing('attemptId'), any(missing('freeAtMs'), atMost('freeAtMs', beforeMs)),",
    breaks: 'L1',
  },
];

const LAMBDA = fileURLToPath(new URL('../../lambda/', import.meta.url));
/** What the simulation drives; none of it imports a package. */
const SIMULATED = ['creation', 'pacing', 'storage', 'errors.ts'];

/** A copy of the code with the bug in it, loaded from a folder of its own. @throws if the right line is not there exactly once */
export async function plant(bug: PlantedBug): Promise<{ code: Code; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'planted-bug-'));
  for (const part of SIMULATED) await cp(join(LAMBDA, part), join(folder, part), { recursive: true });
  await rm(join(folder, 'storage/dynamodb-table.ts'));
  await mkdir(dirname(join(folder, bug.file)), { recursive: true });
  await writeFile(join(folder, bug.file), withBug(await readFile(join(folder, bug.file), 'utf8'), bug));
  return { code: await load(folder), remove: () => rm(folder, { recursive: true }) };
}

function withBug(source: string, { name, right, wrong, file }: PlantedBug): string {
  const parts = source.split(right);
  if (parts.length !== 2)
    throw new Error(`cannot plant "${name}": the line stands ${parts.length - 1} times in ${file}`);
  return parts.join(wrong);
}

async function load(folder: string): Promise<Code> {
  const from = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
  const { createGroup } = await from('creation/create-group.ts');
  const { readRequest } = await from('creation/read-request.ts');
  const { createStores } = await from('storage/stores.ts');
  const { nextOpening } = await from('pacing/opening.ts');
  return { createGroup, readRequest, createStores, nextOpening };
}
