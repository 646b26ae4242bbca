import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { drain } from '../../../lambda/creation/drain.ts';
import { StorageError } from '../../../lambda/errors.ts';
import { readCursor, writeCursor } from '../../../lambda/http/cursor.ts';
import type { Bench } from '../harness.ts';
import { type Answer, BODY, Door } from './door.ts';

const DAY_MS = 86_400_000;
/** AWS docs, "Lambda quotas": request and response of a synchronous invocation. */
const LARGEST_ANSWER_BYTES = 6 * 1024 * 1024;

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

interface Listed {
  readonly id: string;
  readonly groupName?: string;
  readonly status: string;
}

const groupsOf = ({ json: { groups } }: Answer): readonly Listed[] => (Array.isArray(groups) ? groups : []);
const namesOf = (answer: Answer) => groupsOf(answer).map(({ groupName }) => groupName);

/** So many requests, one a day, over several months. */
async function ask(count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    await door.queue(`Class ${index}`);
    bench.clock.advance(DAY_MS);
  }
}

/** All pages, one after another. */
async function walk(query: string): Promise<{ readonly names: unknown[]; readonly pages: number }> {
  const names: unknown[] = [];
  let cursor: unknown;
  for (let pages = 1; pages <= 100; pages += 1) {
    const from = typeof cursor === 'string' ? `&cursor=${cursor}` : '';
    const answer = await door.get('/groups', `${query}${from}`);
    expect(answer.status).toBe(200);
    names.push(...namesOf(answer));
    cursor = answer.json['cursor'];
    if (cursor === null) return { names, pages };
    expect(cursor).toMatch(/^[\w-]+$/);
  }
  throw new Error('the list does not end');
}

const newestFirst = (count: number) => Array.from({ length: count }, (_, index) => `Class ${count - index}`);

describe('GET /groups', () => {
  it('nothing yet', async () => {
    expect((await door.get('/groups')).json).toEqual({ groups: [], cursor: null });
  });

  it('newest first, each as it is, without its outlook', async () => {
    const { json: first } = await door.post(BODY);
    const { json: second } = await door.queue('Class 5c');
    const [waiting, created, ...others] = groupsOf(await door.get('/groups'));
    expect(others).toEqual([]);
    expect(created).toEqual(first);
    expect(waiting).toMatchObject({
      id: second['id'],
      status: 'queued',
      reason: 'waiting',
      whatToDo: expect.stringContaining(`/groups/${second['id']}`),
    });
    expect(waiting).not.toHaveProperty('position');
    expect(waiting).not.toHaveProperty('expectedAt');
  });

  it.each([1, 3, 7, 100])('in pages of %i, over the turns of months, each one once', async (limit) => {
    await ask(40);
    const { names, pages } = await walk(`limit=${limit}`);
    expect(names).toEqual(newestFirst(40));
    expect(pages).toBeGreaterThanOrEqual(Math.ceil(40 / limit));
  });

  it('50 a page unless asked otherwise', async () => {
    await ask(51);
    const first = await door.get('/groups');
    expect(namesOf(first)).toEqual(newestFirst(51).slice(0, 50));
    const second = await door.get('/groups', `cursor=${first.json['cursor']}`);
    expect(namesOf(second)).toEqual(['Class 1']);
  });

  it('what comes between two pages moves none of them', async () => {
    await ask(4);
    const first = await door.get('/groups', 'limit=2');
    await door.queue('Class 5');
    const second = await door.get('/groups', `limit=2&cursor=${first.json['cursor']}`);
    expect([...namesOf(first), ...namesOf(second)]).toEqual(newestFirst(4));
  });

  it('by status', async () => {
    await door.post(BODY);
    for (const name of ['a', 'b', 'c']) await door.queue(name);
    bench.clock.advance(331_000);
    // What is refused costs no slot: the next one follows at once.
    bench.outcomes.push({ kind: 'refused', detail: 'x' });
    await drain(bench.service());
    const listed = async (status: string) => (await walk(`limit=1&status=${status}`)).names;
    expect(await listed('queued')).toEqual(['c']);
    expect(await listed('failed')).toEqual(['a']);
    expect(await listed('created')).toEqual(['b', 'Class 5b']);
    for (const status of ['creating', 'confirming', 'unconfirmed', 'cancelled'])
      expect(await listed(status)).toEqual([]);
  });

  it('an erased one shows that it was there, and nothing else', async () => {
    const { json } = await door.post(BODY);
    await door.call({ method: 'DELETE', path: `/groups/${json['id']}` });
    const tombstone = {
      id: json['id'],
      status: 'created',
      erased: true,
      createdAt: '2026-01-05T09:00:00.000Z',
      erasedAt: '2026-01-05T09:00:02.000Z',
    };
    expect(groupsOf(await door.get('/groups'))).toEqual([tombstone]);
    expect(groupsOf(await door.get('/groups', 'status=created'))).toEqual([tombstone]);
  });

  it('fits into what Lambda returns, however many members there are', async () => {
    const chatIds = Array.from({ length: 1_023 }, (_, index) => `9${String(index).padStart(15, '0')}`);
    for (let index = 0; index < 100; index += 1)
      await door.queue(`${index} `.padEnd(100, 'я'), { chatIds, notBefore: '2026-02-01T00:00:00Z' });
    // The most that there is to tell: nobody who was asked for is in the group.
    const service = bench.service();
    const { readMany } = service.requests;
    service.requests.readMany = async (ids) =>
      (await readMany(ids)).map((request) => ({
        ...request,
        status: 'created',
        missingChatIds: request.chatIds,
      }));
    const answer = await door.call({ path: '/groups', query: 'limit=100' }, service);
    expect(groupsOf(answer)).toHaveLength(100);
    const bytes = Buffer.byteLength(JSON.stringify({ body: answer.text }));
    expect(bytes).toBeGreaterThan(2 * 100 * 1_023 * 21);
    expect(bytes).toBeLessThan(LARGEST_ANSWER_BYTES);
  });

  it('a request of another caller too: all keys are of one tenant', async () => {
    door.callerName = async () => 'crm';
    await door.post(BODY);
    door.callerName = async () => 'default';
    expect(groupsOf(await door.get('/groups'))).toMatchObject([{ askedBy: 'crm' }]);
  });

  it('503 if the index gives no answer', async () => {
    const service = bench.service();
    service.queue.history = () => Promise.reject(new StorageError('no-answer', 'no answer'));
    expect(await door.call({ path: '/groups' }, service)).toMatchObject({
      status: 503,
      json: { code: 'storage-unavailable' },
    });
  });

  const cursor = (text: string) => Buffer.from(text).toString('base64url');
  const ID = '00000000-0000-4000-8000-000000000001';
  it.each([
    ['a bad status', 'status=done', 'status', /must be one of queued, creating/],
    ['a status of another case', 'status=QUEUED', 'status', /must be one of/],
    ['an inherited name', 'status=toString', 'status', /must be one of/],
    ['no limit', 'limit=', 'limit', /1 to 100/],
    ['limit 0', 'limit=0', 'limit', /1 to 100/],
    ['limit 101', 'limit=101', 'limit', /1 to 100/],
    ['a limit that is no number', 'limit=1e1', 'limit', /1 to 100/],
    ['a limit below 0', 'limit=-1', 'limit', /1 to 100/],
    ['a limit twice', 'limit=1&limit=2', 'limit', /one whole number/],
    ['a cursor of nothing', 'cursor=', 'cursor', /of an answer/],
    ['a cursor that is none', 'cursor=abc', 'cursor', /of an answer/],
    ['a cursor that is no base64url', `cursor=${cursor('2026-01')}==`, 'cursor', /of an answer/],
    ['a month that there is not', `cursor=${cursor('2026-13')}`, 'cursor', /of an answer/],
    ['a place without its id', `cursor=${cursor('2026-01/5')}`, 'cursor', /of an answer/],
    ['a place before time', `cursor=${cursor(`2026-01/-5/${ID}`)}`, 'cursor', /of an answer/],
    ['a place with more', `cursor=${cursor(`2026-01/5/${ID}/x`)}`, 'cursor', /of an answer/],
    ['another parameter', 'page=2', 'page', /status, limit, cursor/],
    ['a prototype', '__proto__=1', '__proto__', /status, limit, cursor/],
  ])('400 for %s', async (_name, query, parameter, detail) => {
    const { status, json } = await door.get('/groups', query);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: 'invalid-request',
      errors: [
        { pointer: '', place: `the query parameter ${parameter}`, detail: expect.stringMatching(detail) },
      ],
      detail: expect.stringMatching(new RegExp(`^the query parameter ${parameter} `)),
    });
  });

  it('all that is wrong is told at once', async () => {
    const { json } = await door.get('/groups', 'limit=0&status=x&y=1');
    expect(json['errors']).toHaveLength(3);
  });
});

describe('a cursor', () => {
  const month = fc
    .tuple(fc.integer({ min: 2000, max: 9999 }), fc.integer({ min: 1, max: 12 }))
    .map(([year, number]) => `${year}-${String(number).padStart(2, '0')}`);
  const before = fc.record({ placeMs: fc.integer({ min: 0, max: 999_999_999_999_999 }), id: fc.uuid() });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.record({ month, before }, { requiredKeys: ['month'] }), (cursor) => {
        expect(readCursor(writeCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  it('is the only text that is read so', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        const read = readCursor(text);
        expect(read === undefined || writeCursor(read) === text).toBe(true);
      }),
    );
  });
});
