import { beforeEach, describe, expect, it } from 'vitest';
import { retryRequest } from '../../../lambda/creation/change-request.ts';
import { final } from '../../../lambda/creation/final.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { settleRequest } from '../../../lambda/creation/request-settlement.ts';
import type { Service } from '../../../lambda/creation/service.ts';
import { lookAfterWatched } from '../../../lambda/creation/watch.ts';
import type { Wish } from '../../../lambda/creation/wish.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { Bench, CREATED, instances } from '../harness.ts';
import { aGroup, GreenApiAccount, groupId } from './green-api-account.ts';
import { endedSo, FIRST, HOUR_MS, MINUTE_MS, read, SECOND } from './wishes.ts';

const UNKNOWN: Outcome = { kind: 'unknown', answered: true, detail: 'HTTP 500' };

let bench: Bench;
let account: GreenApiAccount;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
});

/** A request whose attempt had no clear end. */
const confirming = (more: Partial<Wish> = {}) => endedSo(bench, UNKNOWN, more);

async function lookAfter(ms: number, change: (service: Service) => void = () => undefined): Promise<void> {
  bench.clock.advance(ms);
  const service = bench.service();
  change(service);
  await lookAfterWatched(service);
}

describe('what happens to a request while it is looked for', () => {
  it('its own attempt’s late settle wins', async () => {
    const lost = await confirming();
    account.add(aGroup());
    account.once('group', () => {
      const settlement = settleRequest(lost, CREATED, bench.clock.nowMs());
      return bench.service().requests.settle(lost, lost.attemptId ?? '', settlement);
    });
    await lookAfter(MINUTE_MS);
    const request = await read(bench, lost);
    expect(request).toMatchObject({ status: 'created', chatId: '120363043968066561@g.us' });
    expect(request).not.toHaveProperty('evidence');
  });

  it.each(['queued', 'confirming'] as const)(
    'a person’s retry, %s by now, is not overwritten',
    async (status) => {
      const lost = await confirming();
      account.add(aGroup());
      account.once('group', async () => {
        const { requests } = bench.service();
        const nowMs = bench.clock.nowMs();
        await requests.conclude(await read(bench, lost), final('unconfirmed', nowMs));
        await retryRequest(bench.service(), lost.id);
        if (status === 'queued') return;
        const attempt = { attemptId: 'another', idInstance: FIRST, window: { startMs: nowMs, endMs: nowMs } };
        await requests.take(await read(bench, lost), { ...attempt, watchAtMs: nowMs, updatedAtMs: nowMs });
        await requests.markOverdue(await read(bench, lost), nowMs + MINUTE_MS, nowMs);
      });
      await lookAfter(MINUTE_MS);
      expect(await read(bench, lost)).toMatchObject({ status });
      expect(await read(bench, lost)).not.toHaveProperty('chatId');
    },
  );

  it('nobody is told to look for it once its own attempt has settled it', async () => {
    const lost = await confirming();
    bench.clock.advance(10 * MINUTE_MS);
    account.once('groupContacts', () => {
      const settlement = settleRequest(lost, CREATED, bench.clock.nowMs());
      return bench.service().requests.settle(lost, lost.attemptId ?? '', settlement);
    });
    await lookAfter(MINUTE_MS);
    expect(await read(bench, lost)).toHaveProperty('status', 'created');
    expect(bench.events.map(({ event }) => event)).not.toContain('request-unconfirmed');
  });

  it('what another look has ended stays so', async () => {
    const lost = await confirming();
    account.once('state', () => {
      account.once('state', () => account.add(aGroup()));
      return lookAfter(MINUTE_MS);
    });
    account.emptyLists.add('chats');
    await lookAfter(MINUTE_MS);
    const request = await read(bench, lost);
    expect(request).toMatchObject({ status: 'created', chatId: groupId(), lookups: 2 });
    expect(request).toHaveProperty('evidence.conclusion', 'found');
  });
});

describe('ticks that did not come for more than a day', () => {
  it('are made up for by one look, and then a person must', async () => {
    const lost = await confirming();
    account.stateName = 'notAuthorized';
    await lookAfter(25 * HOUR_MS);
    expect(await read(bench, lost)).toMatchObject({
      status: 'unconfirmed',
      lookups: 1,
      evidence: { state: 'notAuthorized' },
    });
  });

  it('are made up for by one look that finds the group', async () => {
    const lost = await confirming();
    account.add(aGroup());
    await lookAfter(25 * HOUR_MS);
    expect(await read(bench, lost)).toMatchObject({ status: 'created', chatId: groupId() });
  });
});

describe('what hinders recovery', () => {
  it('an instance that is gone from the secret: after a day a person must', async () => {
    const lost = await confirming();
    bench.instances = instances(2).slice(1);
    await lookAfter(11 * MINUTE_MS);
    const evidence = { conclusion: 'unclear', hindrance: 'the instance is not in the secret' };
    expect(await read(bench, lost)).toMatchObject({ status: 'confirming', evidence });
    await lookAfter(24 * HOUR_MS);
    expect(await read(bench, lost)).toMatchObject({ status: 'unconfirmed', evidence });
    expect(account.asked).toEqual([]);
  });

  it('a secret that cannot be read: the look is over, and after a day a person must', async () => {
    const lost = await confirming();
    const endMs = bench.clock.nowMs();
    const noSecret = ({ instances: secret }: Service) => {
      secret.list = () => Promise.reject(new SecretError('unavailable', 'x'));
    };
    await lookAfter(MINUTE_MS, noSecret);
    expect(bench.events).toContainEqual(
      expect.objectContaining({ event: 'look-failed', requestId: lost.id }),
    );
    expect(await read(bench, lost)).toMatchObject({ status: 'confirming', watchAtMs: endMs + 2 * MINUTE_MS });
    await lookAfter(24 * HOUR_MS, noSecret);
    expect(await read(bench, lost)).toMatchObject({
      status: 'unconfirmed',
      outcome: 'unknown',
      evidence: { conclusion: 'unclear', hindrance: 'the instances secret could not be read' },
    });
  });

  it('is reported of one and stops no other', async () => {
    bench.instances = instances(2);
    const one = await confirming();
    const other = await confirming({ wanted: SECOND });
    account.add(aGroup());
    await lookAfter(MINUTE_MS, ({ requests }) => {
      const { lookLater } = requests;
      requests.lookLater = (request, ...more) =>
        request.id === one.id
          ? Promise.reject(new StorageError('no-answer', 'x'))
          : lookLater(request, ...more);
    });
    expect([await read(bench, one), await read(bench, other)]).toMatchObject([
      { status: 'confirming' },
      { status: 'created', idInstance: SECOND },
    ]);
    expect(bench.events.filter(({ event }) => event === 'look-failed')).toMatchObject([
      { requestId: one.id },
    ]);
  });
});

it('the lists of an instance are asked once for all its requests, and each group once too', async () => {
  bench.instances = instances(2);
  const lost = [];
  for (const [index, groupName] of ['Class 1', 'Class 2', 'Class 3'].entries()) {
    const group = aGroup({ chatId: groupId(index), subject: groupName, createdAtMs: bench.clock.nowMs() });
    account.add(group, { listedName: '' });
    lost.push(await confirming({ groupName }));
    bench.clock.advance(10 * MINUTE_MS);
  }
  await confirming({ groupName: 'Class 1', wanted: SECOND });
  await lookAfter(MINUTE_MS);
  const found = await Promise.all(lost.map((request) => read(bench, request)));
  expect(found.map(({ chatId }) => chatId)).toEqual([groupId(0), groupId(1), groupId(2)]);
  const asked = (wanted: string, method: string) =>
    account.asked.filter((one) => one.idInstance === wanted && one.method === method).length;
  expect([asked(FIRST, 'state'), asked(FIRST, 'chats'), asked(FIRST, 'group')]).toEqual([1, 1, 3]);
  expect([asked(SECOND, 'state'), asked(SECOND, 'chats'), asked(SECOND, 'group')]).toEqual([1, 1, 3]);
});
