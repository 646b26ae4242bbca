import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { expectAnswer, MEMBERS } from './caller.ts';
import { INSTANCES } from './instances.ts';
import type { Stage } from './stage.ts';
import { until } from './until.ts';

/** The first look is a minute after the attempt, by a tick of the schedule. */
const FOUND_WITHIN_MS = 150_000;

const found = z.object({
  status: z.literal('created'),
  chatId: z.string(),
  groupInviteLink: z.string(),
  missingChatIds: z.array(z.string()),
  lookUp: z.object({
    conclusion: z.literal('found'),
    state: z.literal('authorized'),
    lookedAt: z.literal(1),
  }),
});

/** What GREEN-API makes of a creation besides a group. @returns the path of the request whose outcome is unknown */
export async function tellsOfTrouble(stage: Stage): Promise<string> {
  const { report, caller, simulator } = stage;
  await report.check('WhatsApp rejects it: 422 rejected', async () => {
    simulator.setFaults(INSTANCES.rejected, { answer: 'bad-request' });
    expectAnswer(await caller.create('Class 6a', { idInstance: INSTANCES.rejected }), 422, 'rejected');
  });
  await tellsWhoIsMissing(stage);
  await tellsOfTheInstance(stage);
  return report.need('a 500 though the group exists: 504 outcome-unknown, never sent again', async () => {
    simulator.setFaults(INSTANCES.unclear, { answer: 'error-500-after-creating' });
    const first = await caller.create('Class 6b', { idInstance: INSTANCES.unclear });
    const path = first.headers.get('location') ?? '';
    assert.match(path, /^\/groups\/[0-9a-f-]{36}$/);
    for (const answer of [first, await caller.create('Class 6b', { idInstance: INSTANCES.unclear })]) {
      expectAnswer(answer, 504, 'outcome-unknown');
      assert.equal(answer.headers.get('location'), path);
    }
    assert.equal(simulator.posts(INSTANCES.unclear).length, 1);
    const { json } = await caller.ask({ path });
    assert.equal(json['status'], 'confirming');
    assert.equal(json['nextLookAt'], json['until']);
    const lookFor = z.object({ groupName: z.string(), idInstance: z.string() }).parse(json['lookFor']);
    assert.deepEqual([lookFor.groupName, lookFor.idInstance], ['Class 6b', INSTANCES.unclear]);
    const resolution = { method: 'POST', path: `${path}/resolve`, body: '{"notCreated":true}' };
    expectAnswer(await caller.ask(resolution), 409, 'in-flight');
    return path;
  });
}

/** Who does not get in, GREEN-API does not say by itself; and its link may be another group's. */
async function tellsWhoIsMissing({ report, caller, simulator }: Stage): Promise<void> {
  await report.check(
    'a member is missing, the link is wrong: 201 with who it is, and the true link',
    async () => {
      const idInstance = INSTANCES.incomplete;
      const missing = MEMBERS.slice(1);
      simulator.setFaults(idInstance, { answer: 'wrong-link', missingMembers: missing });
      const answer = await caller.create('Class 6c', { idInstance });
      expectAnswer(answer, 201);
      const { missingChatIds, groupInviteLink } = answer.json;
      const [group] = simulator.groups(idInstance);
      assert.deepEqual(
        { missingChatIds, groupInviteLink },
        { missingChatIds: missing, groupInviteLink: group?.groupInviteLink },
      );
    },
  );
}

/** An instance that is logged out says so; it is paused then, so that it serves nobody in this walk. */
async function tellsOfTheInstance({ report, caller, simulator }: Stage): Promise<void> {
  const idInstance = INSTANCES.loggedOut;
  await report.check(
    'the instance is logged out: 503 instance-blocked, and GET /instances says why',
    async (note) => {
      simulator.setFaults(idInstance, { state: 'notAuthorized' });
      expectAnswer(await caller.create('Class 6d', { idInstance }), 503, 'instance-blocked');
      const { json } = await caller.ask({ path: '/instances' });
      const list = z.array(
        z.looseObject({ idInstance: z.string(), state: z.string(), whatToDo: z.optional(z.string()) }),
      );
      const told = list.parse(json['instances']).find((instance) => instance.idInstance === idInstance);
      assert.equal(told?.state, 'blocked');
      assert.deepEqual(told?.['greenApi'], { state: 'notAuthorized', suspendedUntil: null });
      expectAnswer(await caller.ask({ method: 'POST', path: `/instances/${idInstance}/pause` }), 200);
      note(told?.whatToDo ?? '');
    },
  );
}

/** By the deployed schedule alone. @param path of the request whose outcome was unknown */
export async function findsTheUnclear({ report, caller, simulator }: Stage, path: string): Promise<void> {
  await report.check('the group behind the 500 is found by the schedule: created, one POST', async (note) => {
    const read = () => caller.ask({ path });
    await until(FOUND_WITHIN_MS, async () => (await read()).json['status'] === 'created');
    const { json } = await read();
    const { chatId, groupInviteLink, missingChatIds } = found.parse(json);
    const [group, ...others] = simulator.groups(INSTANCES.unclear);
    assert.deepEqual(others, []);
    assert.deepEqual(
      { chatId, groupInviteLink },
      { chatId: group?.chatId, groupInviteLink: group?.groupInviteLink },
    );
    assert.deepEqual(missingChatIds, []);
    assert.equal(simulator.posts(INSTANCES.unclear).length, 1);
    const again = await caller.create('Class 6b', { idInstance: INSTANCES.unclear });
    expectAnswer(again, 201);
    assert.equal(again.json['chatId'], chatId);
    const resolution = { method: 'POST', path: `${path}/resolve`, body: JSON.stringify({ chatId }) };
    expectAnswer(await caller.ask(resolution), 409, 'already-created');
    note(`at ${String(json['updatedAt'])}, ${chatId}`);
  });
}
