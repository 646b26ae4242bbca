import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import packageJson from '../../package.json' with { type: 'json' };
import { type Answer, expectAnswer, expectWithin, MEMBERS, secondsLeft } from './caller.ts';
import { INSTANCES } from './instances.ts';
import type { Stage } from './stage.ts';

const MS_IN_A_SECOND = 1_000;
const WRONG_KEY = 'wrong-key-of-this-test';
/** GREEN-API's five minutes; the jitter adds up to a fifth. */
export const PACE = { intervalSeconds: 300, jitterSeconds: 60 } as const;
/** One for the clocks of two hosts, one for the rounding. */
const MARGINS_SECONDS = 2;
/** How long the walk up to a refusal may take. */
const WALK_SECONDS = 60;

/** What a stranger sees. */
export async function guardsItsDoor({ report, caller }: Stage): Promise<void> {
  await report.check('alive without a key, and tells its version', async (note) => {
    const answer = await caller.send({ path: '/health' });
    expectAnswer(answer, 200);
    assert.deepEqual(answer.json, { status: 'ok', version: packageJson.version });
    note(packageJson.version);
  });
  const strangers: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['no key', {}, 'There is no header X-Api-Key.'],
    ['a wrong key', { 'x-api-key': WRONG_KEY }, 'not known'],
    ['a key in the wrong header', { authorization: `Bearer ${WRONG_KEY}` }, 'in the header authorization'],
  ];
  for (const [name, headers, said] of strangers) {
    await report.check(`${name}: 401`, async () => {
      for (const path of ['/groups', '/instances', '/nothing']) {
        const answer = await caller.send({ method: path === '/groups' ? 'POST' : 'GET', path, headers });
        expectAnswer(answer, 401, 'unauthorized');
        assert.ok(String(answer.json['detail']).includes(said), `it says ${answer.json['detail']}`);
      }
    });
  }
}

/** Before anybody has filled the secret. @returns when a filled one will be seen, in milliseconds since the epoch */
export function asksForItsSecret({ report, caller, outputs }: Stage): Promise<number> {
  return report.need('unfilled secret: 503 no-instances, with the command to run', async (note) => {
    const answer = await caller.create('Class 5a');
    expectAnswer(answer, 503, 'no-instances');
    const told = JSON.stringify(answer.json);
    assert.ok(told.includes('aws secretsmanager put-secret-value'), told);
    assert.ok(told.includes(outputs.InstancesSecretId), told);
    const seconds = secondsLeft(answer);
    note(`Retry-After ${seconds}`);
    return Date.now() + seconds * MS_IN_A_SECOND;
  });
}

/** After the secret has been filled. */
export async function seesItsSecret({ report, caller }: Stage, seenAtMs: number): Promise<void> {
  await report.need('the filled secret is seen once Retry-After is over', async (note) => {
    await wait(Math.max(0, seenAtMs - Date.now()));
    const answer = await caller.ask({ path: '/instances' });
    expectAnswer(answer, 200);
    const { instances } = answer.json;
    assert.ok(Array.isArray(instances));
    const states = instances.map(({ idInstance, state }) => `${idInstance} ${state}`);
    assert.deepEqual(
      states,
      Object.values(INSTANCES)
        .flat()
        .map((id) => `${id} free`),
    );
    note(`${states.length} instances, all free`);
  });
}

/** Created, looked at, refused with the time left, replayed. @returns the group as it was created */
export async function createsOneGroup(stage: Stage): Promise<Answer> {
  const { report, caller, simulator } = stage;
  const idInstance = INSTANCES.contract;
  const create = (name: string, headers = {}) => caller.create(name, { idInstance }, headers);
  const key = { 'idempotency-key': '"class-5b"' };
  const created = await report.need('created: 201, and the group exists at GREEN-API', async (note) => {
    const answer = await create('Class 5b — Grün 🟢', key);
    expectAnswer(answer, 201);
    const [group, ...others] = simulator.groups(idInstance);
    assert.deepEqual(others, []);
    const { chatId, groupInviteLink, ...rest } = answer.json;
    assert.deepEqual(
      { chatId, groupInviteLink },
      { chatId: group?.chatId, groupInviteLink: group?.groupInviteLink },
    );
    const said = { status: 'created', created: true, idInstance, groupName: 'Class 5b — Grün 🟢' };
    assert.deepEqual(rest, { ...rest, ...said, chatIds: MEMBERS, missingChatIds: [] });
    note(String(chatId));
    return answer;
  });
  await report.check('Location leads to it', async () => {
    const answer = await caller.ask({ path: created.headers.get('location') ?? '' });
    expectAnswer(answer, 200);
    assert.deepEqual(answer.json, created.json);
  });
  await report.check('refused with the time left: 429', async (note) => {
    const answer = await create('Class 5c');
    expectAnswer(answer, 429, 'busy');
    const seconds = secondsLeft(answer);
    expectTimeLeft(seconds);
    note(`Retry-After ${seconds}`);
  });
  await report.check('replay: the same group again, and one POST in all', async () => {
    await isReplayed(await create('Class 5b — Grün 🟢', key), created);
    assert.equal(simulator.posts(idInstance).length, 1);
  });
  await report.check('the key with another name: 422 idempotency-key-reused', async () =>
    expectAnswer(await create('Class 5d', key), 422, 'idempotency-key-reused'),
  );
  await report.check('an instance that is not in the secret: 400 unknown-instance', async () =>
    expectAnswer(await caller.create('Class 5e', { idInstance: '999' }), 400, 'unknown-instance'),
  );
  return created;
}

/** What is told of an instance whose creation ended a short while ago. */
export function expectTimeLeft(seconds: number): void {
  const { intervalSeconds, jitterSeconds } = PACE;
  const most = intervalSeconds + jitterSeconds + MARGINS_SECONDS;
  expectWithin(seconds, intervalSeconds - WALK_SECONDS, most, 'Retry-After');
}

export async function isReplayed(answer: Answer, created: Answer): Promise<void> {
  expectAnswer(answer, 201);
  assert.deepEqual(answer.json, created.json);
  assert.equal(answer.headers.get('idempotent-replayed'), 'true');
}
