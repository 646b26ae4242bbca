import { beforeEach, describe, expect, it } from 'vitest';
import { final } from '../../lambda/creation/final.ts';
import type { Evidence, GroupRequest, RequestSettlement } from '../../lambda/creation/request.ts';
import { createStores, type Stores } from '../../lambda/storage/stores.ts';
import type { Table } from '../../lambda/storage/table.ts';
import { aRequest } from './samples.ts';

/** An index lags: so long what is written is waited for. */
const MAX_LAG_MS = 5_000;
const EVIDENCE: Evidence = {
  atMs: 7_000,
  conclusion: 'several',
  state: 'authorized',
  chats: 3,
  contacts: 2,
  candidates: 2,
  lookedAt: 2,
  mismatches: { name: 0, time: 0, creator: 0, members: 0, gone: 0 },
  fitting: ['120363000000000001@g.us', '120363000000000002@g.us'],
};
const OVERLIMIT_WINDOW = { startMs: 100, endMs: 200, idInstance: '1101000001' };
const UNCONFIRMED: RequestSettlement = {
  ...final('unconfirmed', 8_000),
  evidence: EVIDENCE,
  outcome: 'unknown',
};
const FOUND: RequestSettlement = {
  ...final('created', 8_000),
  idInstance: '1101000002',
  chatId: '120363000000000001@g.us',
  groupInviteLink: '',
  missingChatIds: [],
};

/** What the writes of recovery do, and refuse, in every engine alike. */
export function describeRecovery(engine: string, open: () => Promise<Table>): void {
  let stores: Stores;
  let round = 0;
  /** Rounds share a table: each has ids of its own. */
  const own = () => `recovery-${round}`;

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

  async function confirming(more: Partial<GroupRequest> = {}): Promise<GroupRequest> {
    const creating = { ...aRequest(own(), 'mine'), ...more };
    await stores.requests.put(creating, undefined);
    await stores.requests.markOverdue(creating, 5_000, 2_000);
    return read();
  }
  async function ended(as: RequestSettlement, more: Partial<GroupRequest> = {}): Promise<GroupRequest> {
    await stores.requests.conclude(await confirming(more), as);
    return read();
  }
  /** The same record with another attempt under way, whose end is not clear either. */
  async function runAgain(): Promise<GroupRequest> {
    await stores.requests.conclude(await read(), UNCONFIRMED);
    await stores.requests.retry(await read(), 9_000);
    await stores.requests.take(await read(), {
      attemptId: 'another',
      idInstance: '1101000001',
      window: { startMs: 9_000, endMs: 9_500 },
      watchAtMs: 9_600,
      updatedAtMs: 9_000,
    });
    await stores.requests.markOverdue(await read(), 9_700, 9_600);
    return read();
  }

  describe(`${engine}: recovery`, () => {
    it('what a look-up saw is noted whole, and ends nothing', async () => {
      const request = await confirming();
      const answer = await stores.requests.noteLookUp(request, EVIDENCE, 7_500);
      expect(answer).toEqual({
        applied: true,
        request: { ...request, evidence: EVIDENCE, updatedAtMs: 7_500, version: request.version + 1 },
      });
      expect(answer.request).toEqual(await read());
      await eventually(isWatched).toBe(true);
    });

    it('what a look-up saw is not noted once another has looked, or it has ended, or runs again', async () => {
      const request = await confirming();
      await stores.requests.lookLater(request, 6_000, 5_000);
      const refused = async () => {
        const before = await read();
        expect(await stores.requests.noteLookUp(request, EVIDENCE, 7_500)).toEqual({
          applied: false,
          request: before,
        });
        expect(await read()).toEqual(before);
      };
      await refused();
      await runAgain();
      await refused();
      await stores.requests.conclude(await read(), FOUND);
      await refused();
    });

    it('a lease is had by one', async () => {
      const request = await confirming();
      expect(await stores.requests.lookLater(request, 6_000, 5_000)).toMatchObject({ applied: true });
      expect(await stores.requests.lookLater(request, 6_000, 5_000)).toMatchObject({
        applied: false,
        request: { lookups: 1, watchAtMs: 6_000 },
      });
    });

    it('the end replaces what was, leaves the watch and can be collected', async () => {
      const request = await confirming({ overlimitWindow: OVERLIMIT_WINDOW, detail: 'x' });
      await eventually(isWatched).toBe(true);
      const answer = await stores.requests.conclude(request, FOUND);
      const { window: _window, overlimitWindow: _overlimit, outcome: _outcome, ...rest } = request;
      const { watchAtMs: _watchAtMs, detail: _detail, ...kept } = rest;
      expect(answer).toEqual({ applied: true, request: { ...kept, ...FOUND, version: request.version + 1 } });
      expect(await read()).toEqual(answer.request);
      await eventually(isWatched).toBe(false);
    });

    it('the end counts though others have looked or noted since', async () => {
      const request = await confirming();
      const { request: leased = request } = await stores.requests.lookLater(request, 6_000, 5_000);
      await stores.requests.noteLookUp(leased, EVIDENCE, 7_500);
      expect(await stores.requests.conclude(request, FOUND)).toMatchObject({ applied: true });
    });

    it('the end without an instance keeps the attempt’s', async () => {
      expect(await ended(UNCONFIRMED)).toMatchObject({
        status: 'unconfirmed',
        idInstance: '1101000001',
        evidence: EVIDENCE,
      });
    });

    it('the end may be back in its place', async () => {
      const request = await confirming({ mode: 'queue', overlimitWindow: OVERLIMIT_WINDOW, wanted: own() });
      const end = { status: 'queued', updatedAtMs: 8_000, evidence: EVIDENCE } as const;
      expect(await stores.requests.conclude(request, end)).toMatchObject({ applied: true, request: end });
      await eventually(() => stores.queue.waiting(own(), { limit: 1 })).toEqual([
        { placeMs: 1_000, id: own() },
      ]);
      await eventually(isWatched).toBe(false);
      expect(await read()).not.toHaveProperty('overlimitWindow');
    });

    it('the end of one attempt is no end of a later one', async () => {
      const request = await confirming();
      const later = await runAgain();
      expect(await stores.requests.conclude(request, FOUND)).toEqual({ applied: false, request: later });
      expect(await read()).toEqual(later);
    });

    it('the end does not replace another end; the same end sent twice is a success', async () => {
      const request = await confirming();
      await stores.requests.conclude(request, UNCONFIRMED);
      expect(await stores.requests.conclude(request, FOUND)).toMatchObject({ applied: false });
      expect(await stores.requests.conclude(request, UNCONFIRMED)).toMatchObject({ applied: true });
      expect(await read()).toMatchObject({ status: 'unconfirmed', version: request.version + 1 });
    });

    it('an attempt’s late settle counts before the end, and no more after it', async () => {
      const request = await confirming();
      await stores.requests.settle(request, 'mine', FOUND);
      expect(await stores.requests.conclude(request, UNCONFIRMED)).toMatchObject({ applied: false });
      expect(await stores.requests.settle(request, 'mine', UNCONFIRMED)).toMatchObject({ status: 'created' });
    });
  });
}
