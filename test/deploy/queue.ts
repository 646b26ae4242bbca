import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type Caller, expectAnswer } from './caller.ts';
import { ACCOUNT, REGION } from './emulator.ts';
import { INSTANCES } from './instances.ts';
import { only } from './operator.ts';
import type { Stage } from './stage.ts';
import { LOOK_EVERY_MS, until } from './until.ts';

/** So many are handed over at once; the first is created at once, the others wait. */
const HANDED_OVER = 4;
/** A tick comes every minute, and serves a slot of ten seconds after the other. */
const SERVED_WITHIN_MS = 150_000;
const FIRED_WITHIN_MS = 120_000;
/** The emulator tries again after 1 s and 2 s, AWS after 1 and 2 minutes. */
const GIVEN_UP_WITHIN_MS = 30_000;

const SCHEDULE_ARN = `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/default/weekly-5b`;

/** What queues and schedules are tried with. */
const KEPT = [INSTANCES.queue, INSTANCES.schedule, INSTANCES.fired] as const;

/** Until it is their turn, nobody who asks for any instance gets one of these. */
export async function pausesInstances({ report, caller }: Stage): Promise<void> {
  await report.check(`${KEPT.length} instances are paused, and say so`, async () => {
    for (const idInstance of KEPT) {
      expectAnswer(await caller.ask({ method: 'POST', path: `/instances/${idInstance}/pause` }), 200);
      expectAnswer(await caller.create('Class 11.1', { idInstance }), 503, 'instance-paused');
    }
  });
}

export async function resumesInstances({ report, caller }: Stage): Promise<void> {
  await report.check('they are resumed, and free', async () => {
    for (const idInstance of KEPT) {
      const answer = await caller.ask({ method: 'POST', path: `/instances/${idInstance}/resume` });
      expectAnswer(answer, 200);
      assert.equal(answer.json['state'], 'free');
    }
  });
}

/** The stack's own schedule, and nobody who calls. */
export async function servesItsQueue({ report, caller, simulator }: Stage): Promise<void> {
  const names = Array.from({ length: HANDED_OVER }, (_, index) => `Class 12.${index + 1}`);
  await report.check(
    `${HANDED_OVER} groups are handed over: 201, then 202 with place and time`,
    async (note) => {
      for (const [index, name] of names.entries()) {
        const answer = await handOver(caller, name, INSTANCES.queue);
        expectAnswer(answer, index === 0 ? 201 : 202);
        if (index === 0) continue;
        assert.equal(answer.json['position'], index);
        assert.equal(answer.headers.get('preference-applied'), 'respond-async');
        assert.ok(Date.parse(String(answer.json['expectedAt'])) > Date.now());
        note(`place ${index}: ${answer.json['expectedAt']}`);
      }
    },
  );
  await report.check('the deployed schedule serves them by itself, in their order', async (note) => {
    const startedMs = Date.now();
    const created = () => simulator.groups(INSTANCES.queue).map(({ groupName }) => groupName);
    await until(SERVED_WITHIN_MS, async () => created().length >= HANDED_OVER);
    assert.deepEqual(created(), names);
    assert.equal(simulator.posts(INSTANCES.queue).length, HANDED_OVER);
    note(`after ${Math.round((Date.now() - startedMs) / 1_000)} s`);
  });
  await report.check('GET /groups tells the story, and the instance that nothing waits', async () => {
    const { json } = await caller.ask({ path: '/groups?status=created&limit=100' });
    const groups = z.array(z.object({ groupName: z.string(), idInstance: z.string() })).parse(json['groups']);
    const told = groups.filter(({ idInstance }) => idInstance === INSTANCES.queue);
    assert.deepEqual(told.map(({ groupName }) => groupName).toReversed(), names);
    const { json: list } = await caller.ask({ path: '/instances' });
    const states = z
      .array(z.object({ idInstance: z.string(), waiting: z.number() }))
      .parse(list['instances']);
    assert.equal(states.find(({ idInstance }) => idInstance === INSTANCES.queue)?.waiting, 0);
  });
}

/** Schedules and events: the emulator does not fill context attributes, so the values are written out. */
export async function servesSchedules(stage: Stage): Promise<void> {
  const { report, operator, simulator } = stage;
  const deployed = only(await operator.resources(), 'AWS::Lambda::Function');
  await report.check(
    'a scheduled creation delivered twice makes one group, named after its day',
    async () => {
      const event = creation('Class 13 {date}', INSTANCES.schedule, '2026-11-23T22:30:00Z');
      await invoke(stage, deployed, event);
      await invoke(stage, deployed, event);
      await until(FIRED_WITHIN_MS, async () => simulator.groups(INSTANCES.schedule).length > 0);
      // Long enough for the second delivery, which finds the first.
      await wait(5 * LOOK_EVERY_MS);
      assert.deepEqual(
        simulator.groups(INSTANCES.schedule).map(({ groupName }) => groupName),
        ['Class 13 2026-11-24'],
      );
      assert.equal(simulator.posts(INSTANCES.schedule).length, 1);
    },
  );
  await report.check('a schedule of EventBridge Scheduler reaches the function', async (note) => {
    const startedMs = Date.now();
    const event = creation('Class 14 {date} {time}', INSTANCES.fired, '2026-11-30T06:00:00Z');
    await operator.aws('scheduler', 'create-schedule', ...scheduleOf(await targetOf(stage, deployed), event));
    await until(FIRED_WITHIN_MS, async () => simulator.groups(INSTANCES.fired).length > 0);
    assert.deepEqual(
      simulator.groups(INSTANCES.fired).map(({ groupName }) => groupName),
      ['Class 14 2026-11-30 09:00'],
    );
    await operator.aws('scheduler', 'delete-schedule', '--name', 'literal');
    note(`after ${Math.round((Date.now() - startedMs) / 1_000)} s`);
  });
}

/** Only where policies are not enforced: the queue's own refuses plain HTTP, which is all that the emulator speaks. */
export async function keepsTheUndelivered(stage: Stage): Promise<void> {
  const { report, operator, simulator, outputs, emulator } = stage;
  const deployed = only(await operator.resources(), 'AWS::Lambda::Function');
  await report.check('an event that cannot be taken ends in the queue of the undelivered', async () => {
    const unfilled = creation('Class 15', INSTANCES.schedule, '<aws.scheduler.scheduled-time>');
    await invoke(stage, deployed, unfilled);
    // For SQS the AWS CLI does not heed the endpoint of its environment.
    const receive = ['--queue-url', outputs.UndeliveredQueueUrl, '--endpoint-url', emulator.endpoint];
    let message: unknown;
    await until(GIVEN_UP_WITHIN_MS, async () => {
      message = await operator.aws('sqs', 'receive-message', ...receive);
      return message !== undefined;
    });
    assert.match(JSON.stringify(message), /Class 15/);
    assert.equal(simulator.posts(INSTANCES.schedule).length, 1);
  });
}

function handOver(caller: Caller, groupName: string, idInstance: string) {
  return caller.create(groupName, { idInstance }, { prefer: 'respond-async' });
}

function creation(groupName: string, idInstance: string, scheduledTime: string) {
  const request = { groupName, chatIds: ['79150000003@c.us'], idInstance };
  return {
    action: 'create',
    ...request,
    scheduleArn: SCHEDULE_ARN,
    scheduledTime,
    timeZone: 'Europe/Moscow',
  };
}

async function invoke({ operator }: Stage, deployed: string, event: object): Promise<void> {
  const payload = ['--payload', JSON.stringify(event)];
  const asynchronous = ['--function-name', deployed, '--invocation-type', 'Event'];
  await operator.aws('lambda', 'invoke', ...asynchronous, ...payload, 'invoked.json');
}

async function targetOf({ operator }: Stage, deployed: string) {
  const answer = await operator.aws('lambda', 'get-function-configuration', '--function-name', deployed);
  return z.object({ FunctionArn: z.string(), Role: z.string() }).parse(answer);
}

function scheduleOf(target: { FunctionArn: string; Role: string }, event: object): readonly string[] {
  const written = { Arn: target.FunctionArn, RoleArn: target.Role, Input: JSON.stringify(event) };
  return [
    '--name',
    'literal',
    '--schedule-expression',
    'rate(1 minute)',
    '--flexible-time-window',
    '{"Mode":"OFF"}',
    '--target',
    JSON.stringify(written),
  ];
}
