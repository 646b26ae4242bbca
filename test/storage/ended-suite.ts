import { beforeEach, describe, expect, it } from 'vitest';
import { final } from '../../lambda/creation/final.ts';
import type { Evidence, GroupRequest, RequestSettlement } from '../../lambda/creation/request.ts';
import { createStores, type Stores } from '../../lambda/storage/stores.ts';
import type { Table } from '../../lambda/storage/table.ts';
import { aRequest } from './samples.ts';

/** An index lags: so long what is written is waited for. */
const MAX_LAG_MS = 5_000;
const EVIDENCE: Evidence = { atMs: 7_000, conclusion: 'none', chats: 3, contacts: 2 };
const OVERLIMIT_WINDOW = { startMs: 100, endMs: 200, idInstance: '1101000001' };
const UNCONFIRMED: RequestSettlement = {
  ...final('unconfirmed', 8_000),
  evidence: EVIDENCE,
  outcome: 'unknown',
};
const CREATED: RequestSettlement = {
  ...final('created', 8_000),
  chatId: '120363000000000001@g.us',
  groupInviteLink: '',
};

/** What is written on a request that has ended, and refused, in every engine alike. */
export function describeEnded(engine: string, open: () => Promise<Table>): void {
  let stores: Stores;
  let round = 0;
  /** Rounds share a table: each has ids of its own. */
  const own = () => `ended-${round}`;

  beforeEach(async () => {
    round += 1;
    stores = createStores(await open());
  });

  const read = async (): Promise<GroupRequest> => {
    const request = await stores.requests.read(own());
    if (!request) throw new Error('it was put');
    return request;
  };
  const isWatched = async () => (await stores.queue.watched(60_001, 1_000)).includes(own());
  const eventually = <T>(ask: () => Promise<T>) => expect.poll(ask, { timeout: MAX_LAG_MS });

  async function confirming(): Promise<GroupRequest> {
    const creating = aRequest(own(), 'mine');
    await stores.requests.put(creating, undefined);
    await stores.requests.markOverdue(creating, 5_000, 2_000);
    return read();
  }
  async function ended(as: RequestSettlement): Promise<GroupRequest> {
    await stores.requests.conclude(await confirming(), as);
    return read();
  }

  describe(`${engine}: the look at the members`, () => {
    const watched = { ...CREATED, watchAtMs: 50_000 };

    it('is noted once, and nobody looks again', async () => {
      const request = await ended(watched);
      await eventually(isWatched).toBe(true);
      const seen = { missingChatIds: ['79001234568@c.us'], groupInviteLink: 'https://chat.whatsapp.com/A' };
      const answer = await stores.requests.noteMembers(request, seen, 51_000);
      const { watchAtMs: _watchAtMs, ...kept } = request;
      expect(answer).toEqual({
        applied: true,
        request: { ...kept, ...seen, updatedAtMs: 51_000, version: request.version + 1 },
      });
      await eventually(isWatched).toBe(false);
      expect(await stores.requests.noteMembers(await read(), {}, 52_000)).toMatchObject({ request: seen });
    });

    it('is not noted on a record that has moved on, or is not created', async () => {
      const request = await ended(watched);
      await stores.requests.noteMembers(request, {}, 51_000);
      await stores.requests.noteMembers(await read(), {}, 51_500);
      const before = await read();
      const seen = { missingChatIds: [] };
      expect(await stores.requests.noteMembers(request, seen, 52_000)).toEqual({
        applied: false,
        request: before,
      });
      round += 1;
      const erased = await ended(watched);
      await stores.requests.erase(erased, 51_000);
      expect(await stores.requests.noteMembers(erased, seen, 52_000)).toMatchObject({ applied: false });
      round += 1;
      const other = await ended(UNCONFIRMED);
      expect(await stores.requests.noteMembers(other, seen, 52_000)).toMatchObject({ applied: false });
    });
  });

  describe(`${engine}: a person’s word`, () => {
    it('settles what is unconfirmed and as it was read', async () => {
      const request = await ended(UNCONFIRMED);
      const resolution = { ...CREATED, resolvedBy: 'operator', watchAtMs: 50_000, evidence: EVIDENCE };
      const { outcome: _outcome, ...kept } = request;
      expect(await stores.requests.resolve(request, resolution)).toEqual({
        applied: true,
        request: { ...kept, ...resolution, version: request.version + 1 },
      });
      await eventually(isWatched).toBe(true);
    });

    it('is the first that came: another’s, at the same instant, is refused', async () => {
      const request = await ended(UNCONFIRMED);
      const resolution = { ...CREATED, resolvedBy: 'operator' };
      await stores.requests.resolve(request, resolution);
      const others = [
        { ...resolution, resolvedBy: 'another' },
        { ...resolution, chatId: '120363000000000002@g.us' },
      ];
      for (const other of others)
        expect(await stores.requests.resolve(request, other)).toMatchObject({
          applied: false,
          request: resolution,
        });
      // The SDK sent it twice.
      expect(await stores.requests.resolve(request, resolution)).toMatchObject({ applied: true });
    });

    it('is refused once the record has moved on, or was never unconfirmed', async () => {
      const request = await ended(UNCONFIRMED);
      await stores.requests.retry(request, 9_000);
      expect(await stores.requests.resolve(request, CREATED)).toMatchObject({
        applied: false,
        request: { status: 'queued' },
      });
      round += 1;
      const other = await confirming();
      expect(await stores.requests.resolve(other, CREATED)).toMatchObject({ applied: false });
    });

    it.each([
      ['failed', { ...final('failed', 8_000), retryable: true, overlimitWindow: OVERLIMIT_WINDOW }, true],
      ['unconfirmed', { ...UNCONFIRMED, overlimitWindow: OVERLIMIT_WINDOW }, false],
    ] as const)('retry of what is %s, and whether somebody looks before', async (_name, end, isKept) => {
      const request = await ended(end);
      await stores.requests.retry(request, 9_000);
      const queued = await read();
      expect(queued).toMatchObject({ status: 'queued', mode: 'queue', placeMs: 9_000 });
      const gone = ['attemptId', 'idInstance', 'window', 'evidence', 'retryable', 'outcome', 'expiresAtMs'];
      for (const name of gone) expect(queued).not.toHaveProperty(name);
      expect(queued.overlimitWindow).toEqual(isKept ? OVERLIMIT_WINDOW : undefined);
    });

    it('what is taken keeps the window of its overlimit, and nothing of what was seen', async () => {
      const end = { ...final('failed', 8_000), retryable: true, overlimitWindow: OVERLIMIT_WINDOW };
      await stores.requests.retry(await ended(end), 9_000);
      const taking = { attemptId: 'another', idInstance: '1101000001', window: { startMs: 1, endMs: 2 } };
      const times = { watchAtMs: 50_000, updatedAtMs: 10_000 };
      await stores.requests.take(await read(), { ...taking, ...times });
      expect(await read()).toMatchObject({
        status: 'creating',
        ...taking,
        overlimitWindow: OVERLIMIT_WINDOW,
      });
      const unclear = {
        status: 'queued',
        updatedAtMs: 11_000,
        evidence: EVIDENCE,
        overlimitWindow: OVERLIMIT_WINDOW,
      } as const;
      await stores.requests.settle(await read(), 'another', {
        ...unclear,
        cause: 'no-time-left',
        outcome: 'not-sent',
        detail: 'x',
      });
      await stores.requests.take(await read(), { ...taking, ...times });
      for (const name of ['evidence', 'outcome', 'cause', 'detail'])
        expect(await read()).not.toHaveProperty(name);
    });
  });
}
