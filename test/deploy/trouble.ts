import assert from 'node:assert/strict';
import { expectAnswer } from './caller.ts';
import { INSTANCES } from './instances.ts';
import type { Stage } from './stage.ts';

/** What GREEN-API makes of a creation besides a group. */
export async function tellsOfTrouble({ report, caller, simulator }: Stage): Promise<void> {
  await report.check('WhatsApp rejects it: 422 rejected', async () => {
    simulator.setFaults(INSTANCES.rejected, { answer: 'bad-request' });
    expectAnswer(await caller.create('Class 6a', { idInstance: INSTANCES.rejected }), 422, 'rejected');
  });
  await report.check('a 500 though the group exists: 504 outcome-unknown, never sent again', async () => {
    simulator.setFaults(INSTANCES.unclear, { answer: 'error-500-after-creating' });
    for (const _ of ['first', 'again']) {
      const answer = await caller.create('Class 6b', { idInstance: INSTANCES.unclear });
      expectAnswer(answer, 504, 'outcome-unknown');
      assert.match(answer.headers.get('location') ?? '', /^\/groups\/[0-9a-f-]{36}$/);
    }
    assert.equal(simulator.posts(INSTANCES.unclear).length, 1);
  });
}
