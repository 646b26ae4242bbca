import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Change,
  removeRequest,
  resolveRequest,
  retryRequest,
} from '../../../lambda/creation/change-request.ts';
import { drain } from '../../../lambda/creation/drain.ts';
import { final } from '../../../lambda/creation/final.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { GroupRequest } from '../../../lambda/creation/request.ts';
import { Bench } from '../harness.ts';
import { aGroup, GreenApiAccount, groupId, MEMBER } from './green-api-account.ts';
import { ask, endedSo, HOUR_MS, MINUTE_MS, read } from './wishes.ts';

const UNKNOWN: Outcome = { kind: 'unknown', answered: false, detail: 'HTTP 504' };
const OVERLIMIT: Outcome = { kind: 'overlimit', detail: 'rate-overlimit' };
const ABSENT = '79009999999@c.us';
const CHAT_ID = groupId(7);

let bench: Bench;
let account: GreenApiAccount;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
});

const wish = { chatIds: [MEMBER, ABSENT] };
/** A request that nobody could find out. */
async function unconfirmed(): Promise<GroupRequest> {
  const lost = await endedSo(bench, UNKNOWN, wish);
  bench.clock.advance(11 * MINUTE_MS);
  await drain(bench.service());
  const request = await read(bench, lost);
  expect(request.status).toBe('unconfirmed');
  return request;
}
const resolve = ({ id }: GroupRequest, chatId?: string, by = 'operator', service = bench.service()) =>
  resolveRequest(service, id, chatId === undefined ? { notCreated: true } : { chatId }, by);
const kinds = (changes: readonly Change[]) => changes.map(({ kind }) => kind).toSorted();

describe('a person who names the group', () => {
  it('settles the request, and what was seen before stays', async () => {
    const lost = await unconfirmed();
    bench.clock.advance(HOUR_MS);
    const change = await resolve(lost, CHAT_ID);
    const nowMs = bench.clock.nowMs();
    const request = await read(bench, lost);
    expect(change).toEqual({ kind: 'changed', before: lost, request });
    expect(request).toMatchObject({
      id: lost.id,
      chatId: CHAT_ID,
      groupInviteLink: '',
      resolvedBy: 'operator',
      watchAtMs: nowMs,
      evidence: lost.evidence,
      ...final('created', nowMs),
    });
    for (const gone of ['outcome', 'detail', 'window', 'retryable']) expect(request).not.toHaveProperty(gone);
  });

  it('lets a tick look at its members and its link, once', async () => {
    const lost = await unconfirmed();
    account.add(aGroup({ chatId: CHAT_ID }));
    await resolve(lost, CHAT_ID);
    const askedMs = account.asked.length;
    await drain(bench.service());
    await drain(bench.service());
    expect(account.methods().slice(askedMs)).toEqual(['group']);
    expect(await read(bench, lost)).toMatchObject({
      chatId: CHAT_ID,
      groupInviteLink: aGroup().groupInviteLink,
      missingChatIds: [ABSENT],
      resolvedBy: 'operator',
    });
  });

  it('has the last word, though GREEN-API knows no such group', async () => {
    const lost = await unconfirmed();
    await resolve(lost, CHAT_ID);
    await drain(bench.service());
    const request = await read(bench, lost);
    expect(request).toMatchObject({ status: 'created', chatId: CHAT_ID, groupInviteLink: '' });
    expect(request).not.toHaveProperty('watchAtMs');
  });

  it('answers whoever sends the same again', async () => {
    const lost = await unconfirmed();
    await resolve(lost, CHAT_ID);
    expect(await ask(bench.service(), wish)).toMatchObject({
      id: lost.id,
      status: 'created',
      chatId: CHAT_ID,
    });
    expect(bench.posts).toHaveLength(1);
  });
});

describe('a person who says that there is no group', () => {
  it('lets it fail, retryable, with what it had come to', async () => {
    const lost = await unconfirmed();
    await resolve(lost);
    const request = await read(bench, lost);
    expect(request).toMatchObject({
      retryable: true,
      outcome: 'unknown',
      detail: 'HTTP 504',
      resolvedBy: 'operator',
      evidence: lost.evidence,
      ...final('failed', bench.clock.nowMs()),
    });
    for (const gone of ['window', 'watchAtMs', 'chatId']) expect(request).not.toHaveProperty(gone);
  });

  it('lets the same request, sent again, run again under the same id', async () => {
    const lost = await unconfirmed();
    await resolve(lost);
    const request = await ask(bench.service(), wish);
    expect(request).toMatchObject({ id: lost.id, status: 'created' });
    for (const gone of ['resolvedBy', 'evidence', 'outcome']) expect(request).not.toHaveProperty(gone);
    expect(bench.posts).toHaveLength(2);
  });

  it('lets a retry be served, and nobody looks first, not even after an overlimit', async () => {
    const failed = await endedSo(bench, OVERLIMIT, wish);
    account.add(aGroup());
    account.add(aGroup({ chatId: groupId(2) }));
    bench.clock.advance(HOUR_MS + 1_000);
    await ask(bench.service(), wish);
    await drain(bench.service());
    await resolve(failed);
    expect(await read(bench, failed)).toMatchObject({ status: 'failed', outcome: 'overlimit' });
    expect(await read(bench, failed)).not.toHaveProperty('overlimitWindow');
    await retryRequest(bench.service(), failed.id);
    await drain(bench.service());
    expect(await read(bench, failed)).toMatchObject({ status: 'created' });
    expect(bench.posts).toHaveLength(2);
  });
});

describe('nobody resolves', () => {
  it('what is not there', async () => {
    expect(await resolveRequest(bench.service(), 'x', { notCreated: true }, 'operator')).toEqual({
      kind: 'not-found',
    });
  });

  const created = () => ask(bench.service(), wish);
  const later = () => ask(bench.service(), { ...wish, notBeforeMs: bench.clock.nowMs() + HOUR_MS }, 'queue');
  const states: readonly [GroupRequest['status'], () => Promise<GroupRequest>][] = [
    ['created', created],
    ['failed', () => endedSo(bench, { kind: 'rejected', detail: '' }, wish)],
    ['confirming', () => endedSo(bench, UNKNOWN, wish)],
    ['queued', later],
    [
      'cancelled',
      async () => {
        const request = await later();
        await removeRequest(bench.service(), request.id);
        return request;
      },
    ],
  ];
  it.each(states)('what is %s', async (status, made) => {
    const before = await read(bench, await made());
    expect(before.status).toBe(status);
    for (const chatId of [CHAT_ID, undefined])
      expect(await resolve(before, chatId)).toEqual({ kind: 'refused', request: before });
    expect(await read(bench, before)).toEqual(before);
  });

  it('what is being created', async () => {
    const stuck = bench.service();
    stuck.creator.createGroup = () => new Promise(() => undefined);
    void ask(stuck, wish);
    await new Promise((turn) => setImmediate(turn));
    const [id = ''] = await bench.service().queue.watched(Number.MAX_SAFE_INTEGER, 1);
    const request = await read(bench, { id });
    expect(await resolve(request, CHAT_ID)).toMatchObject({
      kind: 'refused',
      request: { status: 'creating' },
    });
  });

  it('what is erased', async () => {
    const lost = await unconfirmed();
    await removeRequest(bench.service(), lost.id);
    expect(await resolve(lost, CHAT_ID)).toMatchObject({
      kind: 'refused',
      request: { status: 'unconfirmed' },
    });
    expect(await read(bench, lost)).not.toHaveProperty('chatId');
  });
});

describe('of two persons at once', () => {
  it.each(['resolve', 'retry'] as const)('exactly one wins, if %s comes first', async (first) => {
    const lost = await unconfirmed();
    const both = [() => resolve(lost, CHAT_ID), () => retryRequest(bench.service(), lost.id)];
    const changes = await Promise.all((first === 'resolve' ? both : both.toReversed()).map((one) => one()));
    expect(kinds(changes)).toEqual(['changed', 'refused']);
    const request = await read(bench, lost);
    const won = changes.find(({ kind }) => kind === 'changed');
    expect(won).toMatchObject({ request });
    expect('chatId' in request).toBe(request.status === 'created');
  });

  it('the first to name a group wins, and the other learns it', async () => {
    const lost = await unconfirmed();
    const changes = await Promise.all([resolve(lost, CHAT_ID), resolve(lost, groupId(8), 'another')]);
    expect(kinds(changes)).toEqual(['changed', 'refused']);
    expect(changes.find(({ kind }) => kind === 'changed')).toMatchObject({
      request: await read(bench, lost),
    });
  });

  it('who named it and who says there is none: one wins', async () => {
    const lost = await unconfirmed();
    expect(kinds(await Promise.all([resolve(lost, CHAT_ID), resolve(lost)]))).toEqual(['changed', 'refused']);
  });
});
