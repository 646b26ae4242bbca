import { beforeEach, describe, expect, it } from 'vitest';
import { drain } from '../../../lambda/creation/drain.ts';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import { sortKey, waitPartition } from '../../../lambda/storage/request-writes.ts';
import { WORK_INDEX } from '../../../lambda/storage/table-layout.ts';
import { CANARIES, findLeaks } from '../../leaks.ts';
import { type Bench, START_MS } from '../harness.ts';
import { type Answer, BODY, Door } from './door.ts';

const DAY_MS = 86_400_000;
const UNKNOWN: Outcome = { kind: 'unknown', answered: true, detail: 'x' };
const BLOCKED: Outcome = { kind: 'blocked', cause: 'expired', detail: 'x' };
const NOBODYS = '00000000-0000-4000-8000-00000000abcd';

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

const idOf = ({ json }: Answer) => String(json['id']);
const remove = (id: string, service = bench.service()) =>
  door.call({ method: 'DELETE', path: `/groups/${id}` }, service);
const retry = (id: string, body?: string) =>
  door.call({ method: 'POST', path: `/groups/${id}/retry`, ...(body !== undefined && { body }) });

async function queued(): Promise<string> {
  await door.post({ ...BODY, groupName: 'in front' });
  return idOf(await door.queue('Class 5b'));
}

async function created(): Promise<string> {
  return idOf(await door.post(BODY));
}

async function failed(): Promise<string> {
  bench.outcomes.push(BLOCKED);
  return idOf(await door.post(BODY));
}

async function creating(): Promise<string> {
  const stuck = bench.service();
  stuck.creator.createGroup = () => new Promise(() => undefined);
  void door.post(BODY, {}, stuck);
  await new Promise((resolve) => setImmediate(resolve));
  const { json } = await door.get('/groups');
  return String(Array.isArray(json['groups']) ? json['groups'][0].id : undefined);
}

async function confirming(): Promise<string> {
  bench.outcomes.push(UNKNOWN);
  return idOf(await door.post(BODY));
}

async function unconfirmed(): Promise<string> {
  const id = await confirming();
  bench.clock.advance(DAY_MS);
  await drain(bench.service());
  return id;
}

async function cancelled(): Promise<string> {
  const id = await queued();
  await remove(id);
  return id;
}

async function erased(): Promise<string> {
  const id = await created();
  await remove(id);
  return id;
}

describe('DELETE /groups/{id}', () => {
  it('cancels what waits: it is never served', async () => {
    const id = await queued();
    const { status, json } = await remove(id);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, status: 'cancelled', created: false, reason: 'cancelled' });
    expect(json).not.toHaveProperty('position');
    bench.clock.advance(DAY_MS);
    await drain(bench.service());
    expect(bench.posts).toHaveLength(1);
    expect((await door.get(`/groups/${id}`)).json).toEqual(json);
  });

  it('warns that a group may exist after an overlimit: nobody looks for it any more', async () => {
    const id = await queued();
    bench.outcomes.push({ kind: 'overlimit', detail: 'x' });
    bench.clock.advance(331_000);
    await drain(bench.service());
    expect((await door.get(`/groups/${id}`)).json).toMatchObject({ status: 'queued', reason: 'overlimit' });
    const { json } = await remove(id);
    expect(json).toMatchObject({
      status: 'cancelled',
      warning: expect.stringMatching(
        /may exist all the same.* of instance 1101000001 for a group “Class 5b” created between 2026-01-05 09:05 UTC and 2026-01-05 09:06 UTC\.$/,
      ),
    });
    // What is erased is not to be looked for.
    expect((await remove(id)).json).not.toHaveProperty('warning');
  });

  it('warns of nothing else: what was never sent has no group', async () => {
    expect((await remove(await queued())).json).not.toHaveProperty('warning');
  });

  it.each([
    ['created', created],
    ['failed', failed],
    ['unconfirmed', unconfirmed],
    ['cancelled', cancelled],
  ])('erases what is %s: nothing personal is left', async (status, make) => {
    const id = await make();
    expect(await remove(id)).toMatchObject({
      status: 200,
      json: { id, status, erased: true, erasedAt: new Date(bench.clock.nowMs()).toISOString() },
    });
    const item = JSON.stringify(bench.memory.items.get(`request#${id}`));
    expect(item).not.toMatch(/79001234568|Class 5b|120363|whatsapp|default/);
  });

  it('410 from then on, on every path', async () => {
    const id = await erased();
    const gone = {
      status: 410,
      json: { code: 'erased', id, requestStatus: 'created', erasedAt: expect.stringMatching(/^2026/) },
    };
    expect(await door.get(`/groups/${id}`)).toMatchObject(gone);
    expect(await remove(id)).toMatchObject(gone);
    expect(await retry(id)).toMatchObject(gone);
  });

  it.each([{}, { prefer: 'respond-async' }])(
    '410 for its Idempotency-Key too: no second group, %o',
    async (prefer) => {
      const headers = { 'idempotency-key': 'k1', ...prefer };
      const id = idOf(await door.post(BODY, headers));
      await remove(id);
      bench.clock.advance(DAY_MS);
      const { status, json, text } = await door.post(BODY, headers);
      expect({ status, code: json['code'], id: json['id'] }).toEqual({ status: 410, code: 'erased', id });
      expect(text).not.toMatch(/79001234568|Class 5b/);
      expect(bench.posts).toHaveLength(1);
    },
  );

  it('an erased wish without a key may be made anew, a quarter of an hour after its end', async () => {
    await erased();
    expect((await door.post(BODY)).status).toBe(410);
    bench.clock.advance(15 * 60_000);
    expect((await door.post(BODY)).status).toBe(201);
  });

  it('a cancelled wish under a key stays cancelled', async () => {
    await door.post({ ...BODY, groupName: 'in front' });
    const headers = { 'idempotency-key': 'k1' };
    await remove(idOf(await door.queue('Class 5b', {}, headers)));
    const { status, json } = await door.queue('Class 5b', {}, headers);
    expect({ status, code: json['code'] }).toEqual({ status: 409, code: 'cancelled' });
  });

  it.each([
    ['being created', creating, '5', /being created right now/],
    ['being confirmed', confirming, '60', /found out/],
  ])(
    '409 while it is %s: too late to cancel, too early to erase',
    async (_name, make, retryAfter, detail) => {
      const id = await make();
      const { status, headers, json } = await remove(id);
      expect(status).toBe(409);
      expect(headers).toMatchObject({ 'retry-after': retryAfter, location: `/groups/${id}` });
      expect(json).toMatchObject({ code: 'in-flight', id, detail: expect.stringMatching(detail) });
    },
  );

  it.each([NOBODYS, 'x', 'x'.repeat(3_000), '%00'])('404 for %s', async (id) => {
    expect(await remove(id)).toMatchObject({ status: 404, json: { code: 'not-found' } });
  });

  it('409 if others change it again and again', async () => {
    const id = await queued();
    const service = bench.service();
    const request = await service.requests.read(id);
    service.requests.cancel = async () => ({ applied: false, request });
    expect(await remove(id, service)).toMatchObject({ status: 409, json: { code: 'changed-meanwhile', id } });
  });
});

describe('POST /groups/{id}/retry', () => {
  it('202: what failed waits for its turn again, and is created', async () => {
    const id = await failed();
    const { status, headers, json } = await retry(id);
    expect(status).toBe(202);
    expect(headers).toMatchObject({ location: `/groups/${id}`, 'retry-after': '61' });
    expect(headers).not.toHaveProperty('preference-applied');
    expect(json).toMatchObject({
      id,
      status: 'queued',
      position: 1,
      expectedAt: '2026-01-05T09:01:03.000Z',
      reason: 'instance-blocked',
    });
    expect(json).not.toHaveProperty('warning');
    bench.clock.advance(61_000);
    await drain(bench.service());
    expect((await door.get(`/groups/${id}`)).json).toMatchObject({ created: true });
  });

  it('warns where the group may exist already: of what nobody could confirm', async () => {
    const id = await unconfirmed();
    expect((await door.get(`/groups/${id}`)).json['whatToDo']).toContain(`POST /groups/${id}/retry`);
    const { status, json } = await retry(id);
    expect(status).toBe(202);
    expect(json['warning']).toMatch(/may exist already.*second one/);
    // The call ended at 09:00:02, and GREEN-API’s engine may have worked on for a minute.
    expect(json['warning']).toContain(
      'Look on the phone of instance 1101000001 for a group “Class 5b” created between 2026-01-05 09:00 UTC and 2026-01-05 09:02 UTC.',
    );
    expect(json['warning']).toContain(`DELETE /groups/${id} cancels`);
    expect((await door.get(`/groups/${id}`)).json).not.toHaveProperty('warning');
  });

  it('warns of nothing after an overlimit: the program itself looks before it sends again', async () => {
    bench.outcomes.push({ kind: 'overlimit', detail: 'x' });
    const id = idOf(await door.post(BODY));
    expect((await door.get(`/groups/${id}`)).json['whatToDo']).toMatch(/first looks whether/);
    const { json } = await retry(id);
    expect(json).toMatchObject({ id, status: 'queued' });
    expect(json).not.toHaveProperty('warning');
  });

  it.each(['', '{}', ' { } '])('takes the empty body %j', async (body) => {
    expect((await retry(await failed(), body)).status).toBe(202);
  });

  it.each(['{"notBefore":"2026-12-01T09:00:00Z"}', '[]', 'null', 'force=1', '{'])(
    '400 for %s: it would not be heeded',
    async (body) => {
      const id = await failed();
      const { status, json } = await retry(id, body);
      expect(status).toBe(400);
      expect(json['errors']).toMatchObject([{ pointer: '', detail: expect.stringMatching(/must be empty/) }]);
      expect((await door.get(`/groups/${id}`)).json).toMatchObject({ status: 'failed' });
    },
  );

  it.each([
    ['created', created, 'already-created', undefined],
    ['queued', queued, 'waiting', undefined],
    ['creating', creating, 'in-flight', '5'],
    ['confirming', confirming, 'in-flight', '60'],
    ['cancelled', cancelled, 'cancelled', undefined],
  ])('409 for what is %s', async (status, make, code, retryAfter) => {
    const id = await make();
    const { headers, ...answer } = await retry(id);
    expect(answer).toMatchObject({
      status: 409,
      json: { code, id, requestStatus: status, whatToDo: expect.stringMatching(/\w/) },
    });
    expect(headers['retry-after']).toBe(retryAfter);
    expect(headers['location']).toBe(`/groups/${id}`);
  });

  it('asked for twice, it waits once', async () => {
    const id = await failed();
    await retry(id);
    expect(await retry(id)).toMatchObject({ status: 409, json: { code: 'waiting' } });
  });

  it.each([NOBODYS, 'x'])('404 for %s', async (id) => {
    expect(await retry(id)).toMatchObject({ status: 404, json: { code: 'not-found' } });
  });

  it('429 if 10,000 wait already; it stays as it was', async () => {
    const id = await failed();
    for (let index = 0; index < 10_000; index += 1)
      bench.memory.items.set(`request#other-${index}`, {
        [WORK_INDEX.partitionKey]: waitPartition('any'),
        [WORK_INDEX.sortKey]: sortKey(START_MS + index, `other-${index}`),
      });
    expect(await retry(id)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '300' },
      json: { code: 'queue-full' },
    });
    expect((await door.get(`/groups/${id}`)).json).toMatchObject({ status: 'failed' });
  });
});

describe('nothing personal in a problem', () => {
  it('whatever state a request is in', async () => {
    const member = `${CANARIES.phonePrefix}001`;
    for (const [outcome, ...changes] of [
      [BLOCKED, remove],
      [UNKNOWN, remove, retry],
      [undefined, retry, remove, remove],
    ] as const) {
      const body = { groupName: `Class ${changes.length}`, chatIds: [member] };
      if (outcome) bench.outcomes.push(outcome);
      const answers = [await door.post(body)];
      const id = idOf(answers[0] ?? (await door.get('/groups')));
      for (const change of changes) answers.push(await change(id));
      answers.push(await door.post(body));
      bench.clock.advance(DAY_MS);
      const problems = answers.filter(
        ({ headers }) => headers['content-type'] === 'application/problem+json',
      );
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.flatMap(({ text }) => findLeaks(text))).toEqual([]);
    }
  });
});
