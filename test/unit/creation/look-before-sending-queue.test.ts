import { beforeEach, describe, expect, it } from 'vitest';
import { retryRequest } from '../../../lambda/creation/change-request.ts';
import { drain } from '../../../lambda/creation/drain.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { lookAfterWatched } from '../../../lambda/creation/watch.ts';
import { Bench, instances, START_MS } from '../harness.ts';
import { aGroup, GreenApiAccount, groupId } from './green-api-account.ts';
import { ask, endedSo, FIRST, HOUR_MS, lockOf, MINUTE_MS, read, SECOND, SECOND_MS } from './wishes.ts';

const OVERLIMIT: Outcome = { kind: 'overlimit', detail: 'rate-overlimit' };
const WINDOW = { startMs: START_MS, endMs: START_MS + 2_000, idInstance: FIRST };
/** Of the first overlimit. */
const REST_MS = HOUR_MS + SECOND_MS;

let bench: Bench;
let account: GreenApiAccount;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
});

const tick = () => drain(bench.service());

describe('after an overlimit, what waits in the queue', () => {
  it('waits on, and becomes the group that was made, on the instance of the overlimit', async () => {
    const queued = await endedSo(bench, OVERLIMIT, {}, 'queue');
    expect(queued).toMatchObject({ status: 'queued', placeMs: START_MS, overlimitWindow: WINDOW });
    account.add(aGroup());
    await tick();
    expect(account.asked).toEqual([]);
    bench.clock.advance(REST_MS);
    await tick();
    expect(await read(bench, queued)).toMatchObject({ status: 'created', chatId: groupId() });
    expect(bench.posts).toHaveLength(1);
  });

  it('is sent once if none was made', async () => {
    const queued = await endedSo(bench, OVERLIMIT, {}, 'queue');
    bench.clock.advance(REST_MS);
    await tick();
    await tick();
    expect(await read(bench, queued)).toMatchObject({ status: 'created', mode: 'queue' });
    expect(bench.posts).toHaveLength(2);
  });

  it('is looked for by ticks while nobody can look, and goes back to its place once there is surely no group', async () => {
    const queued = await endedSo(bench, OVERLIMIT, {}, 'queue');
    account.emptyLists.add('chats');
    bench.clock.advance(REST_MS);
    await tick();
    expect(await read(bench, queued)).toMatchObject({ status: 'confirming', overlimitWindow: WINDOW });
    account.emptyLists.clear();
    bench.clock.advance(HOUR_MS);
    await lookAfterWatched(bench.service());
    const request = await read(bench, queued);
    expect(request).toMatchObject({ status: 'queued', mode: 'queue', placeMs: START_MS });
    expect(request).not.toHaveProperty('overlimitWindow');
    expect(bench.posts).toHaveLength(1);
    await tick();
    expect(await read(bench, queued)).toMatchObject({ status: 'created' });
    expect(bench.posts).toHaveLength(2);
  });

  it('of what is only unproved a person must decide, and it is not sent', async () => {
    const queued = await endedSo(bench, OVERLIMIT, {}, 'queue');
    account.add(aGroup({ members: ['79009999999@c.us'] }));
    bench.clock.advance(REST_MS);
    await tick();
    await tick();
    expect(await read(bench, queued)).toMatchObject({
      status: 'unconfirmed',
      evidence: { conclusion: 'unproved' },
    });
    expect(bench.posts).toHaveLength(1);
  });

  it('of any is looked for on the instance of the overlimit, whichever serves it', async () => {
    bench.instances = instances(2);
    const queued = await endedSo(bench, OVERLIMIT, { wanted: 'any' }, 'queue');
    account.add(aGroup());
    bench.clock.advance(15 * MINUTE_MS);
    await tick();
    expect(new Set(account.asked.map(({ idInstance }) => idInstance))).toEqual(new Set([FIRST]));
    expect(await read(bench, queued)).toMatchObject({ status: 'created', idInstance: FIRST });
    const other = await lockOf(bench, SECOND);
    expect(other).toMatchObject({ freeAtMs: bench.clock.nowMs(), attemptsByDay: { '2026-01-05': 0 } });
    expect(bench.posts).toHaveLength(1);
  });

  it('of any is sent by the one that is free if none was made', async () => {
    bench.instances = instances(2);
    const queued = await endedSo(bench, OVERLIMIT, { wanted: 'any' }, 'queue');
    bench.clock.advance(15 * MINUTE_MS);
    await tick();
    expect(await read(bench, queued)).toMatchObject({ status: 'created', idInstance: SECOND });
    expect(bench.posts.map(({ idInstance }) => idInstance)).toEqual([FIRST, SECOND]);
  });

  it('of any is not sent by another instance before the lists can show what the overlimit made', async () => {
    bench.instances = instances(2);
    const listedFromMs = START_MS + 5 * MINUTE_MS;
    account.add(aGroup(), { listedFromMs });
    const queued = await endedSo(bench, OVERLIMIT, { wanted: 'any' }, 'queue');
    for (let minutes = 0; minutes < 90; minutes += 1) {
      await tick();
      bench.clock.advance(MINUTE_MS);
    }
    expect(bench.posts).toHaveLength(1);
    expect(await read(bench, queued)).toMatchObject({ status: 'created', chatId: groupId() });
  });

  it('of any does not hold up other instances while its own cannot be asked', async () => {
    bench.instances = instances(2);
    await endedSo(bench, OVERLIMIT, { wanted: 'any' }, 'queue');
    account.stateName = 'suspended';
    bench.clock.advance(15 * MINUTE_MS);
    const other = await ask(bench.service(), { groupName: 'Class 6a', wanted: SECOND }, 'queue');
    for (let minutes = 0; minutes < 90; minutes += 1) {
      await tick();
      bench.clock.advance(MINUTE_MS);
    }
    expect(await read(bench, other)).toMatchObject({ status: 'created', idInstance: SECOND });
  });
});

describe('a person’s retry', () => {
  it('of what failed by an overlimit is looked for before it is sent', async () => {
    const failed = await endedSo(bench, OVERLIMIT);
    await retryRequest(bench.service(), failed.id);
    expect(await read(bench, failed)).toMatchObject({ status: 'queued', overlimitWindow: WINDOW });
    account.add(aGroup());
    bench.clock.advance(REST_MS);
    await tick();
    expect(await read(bench, failed)).toMatchObject({ status: 'created', chatId: groupId() });
    expect(bench.posts).toHaveLength(1);
  });

  it('of what nobody could find out is sent: the person has looked', async () => {
    const failed = await endedSo(bench, OVERLIMIT);
    account.add(aGroup());
    account.add(aGroup({ chatId: groupId(2) }));
    bench.clock.advance(REST_MS);
    await ask(bench.service());
    await tick();
    await retryRequest(bench.service(), failed.id);
    expect(await read(bench, failed)).not.toHaveProperty('overlimitWindow');
    await tick();
    expect(await read(bench, failed)).toMatchObject({ status: 'created' });
    expect(bench.posts).toHaveLength(2);
  });
});
