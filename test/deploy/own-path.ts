import assert from 'node:assert/strict';
import { CANARIES } from '../leaks.ts';
import { expectAnswer, MEMBERS } from './caller.ts';
import { expectTimeLeft } from './contract.ts';
import { INSTANCES } from './instances.ts';
import type { Stage } from './stage.ts';

/** As the README says: more keys are more fields of the secret. */
export async function addAKey({ report, operator, outputs, key }: Stage): Promise<void> {
  await report.need('a second key is added to the callers’ keys', () => {
    const keys = JSON.stringify({ default: key, client: CANARIES.key });
    const secret = ['--secret-id', outputs.CallerKeysSecretId, '--secret-string', keys];
    return operator.aws('secretsmanager', 'put-secret-value', ...secret);
  });
}

/** GREEN-API's own path, with a caller's key in the place of its token: the generated one of the emulator cannot stand in a path. */
export async function speaksGreenApi({ report, caller, simulator }: Stage): Promise<void> {
  const idInstance = INSTANCES.ownPath;
  const post = (groupName: string, token: string = CANARIES.key, method = 'createGroup') =>
    caller.send({
      method: 'POST',
      path: `/waInstance${idInstance}/${method}/${token}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ groupName, chatIds: MEMBERS }),
    });
  await report.check(
    'the added key is known, and GREEN-API’s own path creates with it: 200',
    async (note) => {
      const answer = await post('Class 12');
      expectAnswer(answer, 200);
      const [group] = simulator.groups(idInstance);
      const { chatId, groupInviteLink } = group ?? {};
      assert.deepEqual(Object.entries(answer.json), [
        ['created', true],
        ['chatId', chatId],
        ['groupInviteLink', groupInviteLink],
      ]);
      assert.deepEqual(
        await post('Class 12', CANARIES.key, 'CreateGroup').then(({ json }) => json),
        answer.json,
      );
      assert.equal(simulator.posts(idInstance).length, 1);
      note('and again: the same, one POST');
    },
  );
  await report.check('another one on that path: 429 with the true Retry-After', async (note) => {
    const answer = await post('Class 13');
    expectAnswer(answer, 429);
    const seconds = Number(answer.headers.get('retry-after'));
    expectTimeLeft(seconds);
    note(`Retry-After ${seconds}`);
  });
  await report.check('a wrong key on that path: 401 in GREEN-API’s words, the key not repeated', async () => {
    const answer = await post('Class 12', 'wrong-key-of-this-test');
    expectAnswer(answer, 401);
    const path = `/waInstance${idInstance}/createGroup/***`;
    const { timestamp } = answer.json;
    assert.deepEqual(answer.json, { statusCode: 401, timestamp, path, message: 'Unauthorized' });
  });
}
