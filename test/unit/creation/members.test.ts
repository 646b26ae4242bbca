import { beforeEach, describe, expect, it } from 'vitest';
import { removeRequest } from '../../../lambda/creation/change-request.ts';
import { drain } from '../../../lambda/creation/drain.ts';
import { final } from '../../../lambda/creation/final.ts';
import { lookAtMembers, withMembersLook } from '../../../lambda/creation/members.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { GroupFacts } from '../../../lambda/creation/ports.ts';
import { SecretError, StorageError } from '../../../lambda/errors.ts';
import { Bench, instances, OWN_CHAT_ID } from '../harness.ts';
import { aGroup, GreenApiAccount, MEMBER } from './green-api-account.ts';
import { ask, endedSo, MINUTE_MS, read } from './wishes.ts';

const CHAT_ID = '120363043968066561@g.us';
const LINK = 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4';
const OTHER_LINK = 'https://chat.whatsapp.com/BBBBBBBBBBBBBBBBBBBBBB';
const ABSENT = '79009999999@c.us';
const CALL_MS = 2_000;
const LOOK_FITS_MS = 10_000;

let bench: Bench;
let account: GreenApiAccount;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
});

/** What GREEN-API tells of the group that a POST makes. */
const made = (more: Partial<GroupFacts> = {}) =>
  account.add(aGroup({ chatId: CHAT_ID, groupInviteLink: LINK, ...more }));
const create = (service = bench.service()) => ask(service, { chatIds: [MEMBER, ABSENT] });
const impatiently = () => {
  bench.patienceMs = CALL_MS + LOOK_FITS_MS - 1;
  return create();
};
async function tickAfter(ms: number, service = bench.service()): Promise<void> {
  bench.clock.advance(ms);
  await drain(service);
}

describe('after a creation, in the same execution', () => {
  it('the members are looked at once, by one question, and nobody looks again', async () => {
    made();
    bench.patienceMs = CALL_MS + LOOK_FITS_MS;
    const request = await create();
    expect(request).toMatchObject({ status: 'created', chatId: CHAT_ID, missingChatIds: [ABSENT] });
    expect(request).toEqual(await read(bench, request));
    expect(request).not.toHaveProperty('watchAtMs');
    await tickAfter(MINUTE_MS);
    expect(account.methods()).toEqual(['group']);
  });

  it('all are in: nobody is missing', async () => {
    made({ members: [OWN_CHAT_ID, MEMBER, ABSENT] });
    expect(await create()).toHaveProperty('missingChatIds', []);
  });

  it.each([
    ['not all members are told', { isWhole: false }],
    ['a member is hidden', { members: ['120650379300963@lid'] }],
  ])('nobody is called missing where %s', async (_name, group) => {
    made(group);
    const request = await create();
    expect(request).toHaveProperty('status', 'created');
    expect(request).not.toHaveProperty('missingChatIds');
  });

  it.each([
    ['', OTHER_LINK, OTHER_LINK],
    [LINK, OTHER_LINK, OTHER_LINK],
    [LINK, '', LINK],
    ['', '', ''],
  ])('the link %j is mended by %j', async (groupInviteLink, told, mended) => {
    const created: Outcome = { kind: 'created', chatId: CHAT_ID, groupInviteLink };
    made({ groupInviteLink: told, isWhole: false });
    const request = await endedSo(bench, created, { chatIds: [MEMBER, ABSENT] });
    expect(request.groupInviteLink).toBe(mended);
    expect((await read(bench, request)).groupInviteLink).toBe(mended);
  });

  it('there is no look without time for it: a tick looks a minute later, not before', async () => {
    made({ groupInviteLink: OTHER_LINK });
    const request = await impatiently();
    expect(request).toMatchObject({ status: 'created', watchAtMs: bench.clock.nowMs() + MINUTE_MS });
    expect(request).not.toHaveProperty('missingChatIds');
    await tickAfter(MINUTE_MS - 1);
    expect(account.asked).toEqual([]);
    await tickAfter(1);
    const looked = await read(bench, request);
    expect(looked).toMatchObject({ missingChatIds: [ABSENT], groupInviteLink: OTHER_LINK });
    expect(looked).not.toHaveProperty('watchAtMs');
    expect(looked.expiresAtMs).toBe(request.expiresAtMs);
    await tickAfter(MINUTE_MS);
    expect(account.methods()).toEqual(['group']);
  });

  it('there is no look in an execution that is about to die', async () => {
    made();
    bench.callMs = 202_000 - LOOK_FITS_MS + 1;
    bench.patienceMs = Number.MAX_SAFE_INTEGER;
    expect(await create()).toHaveProperty('watchAtMs', bench.clock.nowMs() + MINUTE_MS);
  });

  it('there is no look in an execution that has ended', () => {
    const service = bench.service();
    const execution = { ...service.execution, signal: AbortSignal.abort() };
    const settlement = final('created', bench.clock.nowMs());
    expect(withMembersLook({ ...service, execution }, settlement)).toHaveProperty('watchAtMs');
    expect(withMembersLook(service, settlement)).toBe(settlement);
  });

  it('whatever else the attempt came to, nobody looks', async () => {
    for (const outcome of [
      { kind: 'refused', detail: '' },
      { kind: 'unknown', answered: false, detail: '' },
    ] as const) {
      bench.patienceMs = CALL_MS;
      const { watchAtMs } = await endedSo(bench, outcome, { groupName: outcome.kind });
      expect(watchAtMs === undefined).toBe(outcome.kind === 'refused');
      bench.clock.advance(10 * MINUTE_MS);
    }
    expect(account.asked).toEqual([]);
  });

  it('the look ends when its caller hears nothing any more', async () => {
    bench.patienceMs = CALL_MS + LOOK_FITS_MS;
    const service = bench.service();
    const { settle } = service.requests;
    service.requests.settle = (...settlement) => {
      bench.clock.advance(LOOK_FITS_MS - 20);
      return settle(...settlement);
    };
    service.lookUps.group = (_instance, _chatId, signal) =>
      new Promise((resolve) => {
        const untold = { kind: 'untold', cause: 'other', detail: 'aborted' } as const;
        signal.addEventListener('abort', () => resolve(untold));
      });
    expect(await create(service)).toMatchObject({ status: 'created', chatId: CHAT_ID });
  });
});

describe('a look at the members that fails', () => {
  it.each([
    ['is not told', () => account.untold.add('group')],
    ['finds no group', () => undefined],
    ['finds that the instance is gone', () => (bench.instances = instances(2).slice(1))],
  ])('%s is the last all the same', async (_name, happens) => {
    const request = await impatiently();
    happens();
    await tickAfter(MINUTE_MS);
    const { watchAtMs: _watchAtMs, ...created } = request;
    expect(await read(bench, request)).toEqual({
      ...created,
      version: request.version + 1,
      updatedAtMs: bench.clock.nowMs(),
    });
    expect(await bench.service().queue.watched(Number.MAX_SAFE_INTEGER, 1)).toEqual([]);
  });

  it('finds no secret is the last all the same', async () => {
    const request = await impatiently();
    const service = bench.service();
    service.instances.list = () => Promise.reject(new SecretError('unavailable', 'x'));
    await expect(tickAfter(MINUTE_MS, service)).rejects.toBeInstanceOf(SecretError);
    expect(await read(bench, request)).not.toHaveProperty('watchAtMs');
  });

  it.each([
    ['is not told', () => account.untold.add('group')],
    ['sees nothing new', () => made({ isWhole: false })],
  ])('or that %s writes nothing where nobody would look again', async (_name, happens) => {
    happens();
    const request = await create();
    expect(request).toEqual(await read(bench, request));
    expect(request.version).toBe(2);
  });

  const failing: readonly [string, (service: ReturnType<Bench['service']>) => void][] = [
    [
      'DynamoDB',
      ({ requests }) => (requests.noteMembers = () => Promise.reject(new StorageError('no-answer', 'x'))),
    ],
    ['the look-up itself', ({ lookUps }) => (lookUps.group = () => Promise.reject(new Error('x')))],
  ];
  it.each(failing)('for %s is reported and harms nothing', async (_name, fail) => {
    made();
    const service = bench.service();
    fail(service);
    const request = await create(service);
    expect(request).toMatchObject({ status: 'created', chatId: CHAT_ID, groupInviteLink: LINK });
    expect(bench.events).toContainEqual(
      expect.objectContaining({ event: 'look-failed', requestId: request.id }),
    );
    expect(await read(bench, request)).toEqual(request);
  });
});

describe('a request that has changed while its members were looked at', () => {
  const CREATED_SO = { status: 'created', chatId: CHAT_ID };

  it('is not changed by the look', async () => {
    made();
    account.once('group', async () => {
      const [item] = [...bench.memory.items].filter(([key]) => key.startsWith('request#'));
      if (item) bench.memory.items.set(item[0], { ...item[1], version: 99 });
    });
    const request = await create();
    expect(request).toMatchObject({ ...CREATED_SO, version: 2 });
    expect(await read(bench, request)).not.toHaveProperty('missingChatIds');
  });

  it('stays erased, and its caller is told of the group that was made', async () => {
    made();
    account.once('group', async () => {
      const [place] = await bench.service().queue.history('2026-01', { limit: 1 });
      expect(await removeRequest(bench.service(), place?.id ?? '')).toHaveProperty('kind', 'changed');
    });
    const request = await create();
    const { erasedAtMs, ...record } = await read(bench, request);
    expect(erasedAtMs).toBe(bench.clock.nowMs());
    expect(record).not.toHaveProperty('chatId');
    expect(record).not.toHaveProperty('missingChatIds');
    expect(request).toMatchObject(CREATED_SO);
  });

  it('and was erased before a tick came is left alone', async () => {
    made();
    const request = await impatiently();
    await removeRequest(bench.service(), request.id);
    const erased = await read(bench, request);
    await tickAfter(MINUTE_MS);
    // An index that lags may still show it.
    const service = bench.service();
    expect(await lookAtMembers(service, bench.instances[0], erased)).toBe(erased);
    expect(await read(bench, request)).toEqual(erased);
    expect(account.asked).toEqual([]);
  });
});
