import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambda/creation/outcome.ts';
import type { Evidence, GroupRequest } from '../../../lambda/creation/request.ts';
import { adviceOnRequest } from '../../../lambda/http/advice.ts';
import { lookForOf, lookOnThePhone } from '../../../lambda/http/look-for.ts';
import { type Bench, START_MS } from '../harness.ts';
import { BODY, Door } from './door.ts';
import { conclude, confirmingBy, unconfirmedBy } from './unknown.ts';

const UNKNOWN: Outcome = { kind: 'unknown', answered: true, detail: 'x' };
const ATTEMPT_MS = START_MS;
const LOOK_FOR = {
  groupName: 'Class 5b',
  idInstance: '1101000001',
  createdFrom: '2026-01-05T09:00:00.000Z',
  // The call ended after 2 s, and GREEN-API's engine may have worked on for a minute.
  createdTo: '2026-01-05T09:01:02.000Z',
};
const ON_THE_PHONE =
  'Look on the phone of instance 1101000001 for a group “Class 5b” created between 2026-01-05 09:00 UTC and 2026-01-05 09:02 UTC.';
const FITTING = ['120363043968066561@g.us', '120363043968066562@g.us'];
const SEVERAL: Evidence = {
  atMs: ATTEMPT_MS + 602_000,
  conclusion: 'several',
  state: 'authorized',
  chats: 40,
  contacts: 12,
  candidates: 3,
  lookedAt: 3,
  mismatches: { name: 0, time: 1, creator: 0, members: 0, gone: 0 },
  fitting: FITTING,
};
const NONE: Evidence = { ...SEVERAL, conclusion: 'none', fitting: [] };

let door: Door;
let bench: Bench;

beforeEach(() => {
  door = new Door();
  bench = door.bench;
});

const seen = async (id: string) => (await door.get(`/groups/${id}`)).json;

describe('GET /groups/{id} says of a request that is being confirmed', () => {
  it('what the program does by itself, when it looks next, and what it looks for', async () => {
    const { id } = await confirmingBy(door, UNKNOWN);
    expect(await seen(id)).toMatchObject({
      status: 'confirming',
      created: false,
      reason: 'outcome-unknown',
      detail:
        'GREEN-API gave no clear answer: the group may or may not exist. It is not sent again. The program looks for it by itself, about 1, 2, 4, 6 and 10 minutes after the attempt and then hourly for a day.',
      whatToDo: `Nothing yet: watch /groups/${id}. Do not create the group a second time meanwhile.`,
      until: '2026-01-05T09:01:02.000Z',
      nextLookAt: '2026-01-05T09:01:02.000Z',
      lookFor: LOOK_FOR,
      lookUp: null,
      lastOutcome: 'unknown',
    });
  });

  it.each([
    [NONE, 'saw no group that fits, which is no proof: GREEN-API’s lists lag, and leave groups out.'],
    [SEVERAL, 'saw several groups that fit: only a person can tell which of them is the one.'],
    [
      { atMs: SEVERAL.atMs, conclusion: 'unclear', hindrance: 'the list of chats is empty' },
      'could not see all that it needs: the list of chats is empty.',
    ],
  ] as const)('what it saw last: $0.conclusion', async (evidence, said) => {
    const request = await confirmingBy(door, UNKNOWN);
    await bench.service().requests.noteLookUp(request, evidence, evidence.atMs);
    const { atMs, ...rest } = evidence;
    const json = await seen(request.id);
    expect(json['lookUp']).toEqual({ at: '2026-01-05T09:10:02.000Z', ...rest });
    expect(String(json['detail']).endsWith(`The last look, at 2026-01-05 09:10 UTC, ${said}`)).toBe(true);
  });

  it('the same to whoever sends it again: 504, and the place to watch', async () => {
    const { id } = await confirmingBy(door, UNKNOWN);
    expect(await door.post(BODY)).toMatchObject({
      status: 504,
      headers: { location: `/groups/${id}` },
      json: { code: 'outcome-unknown', detail: expect.stringMatching(/looks for it by itself/) },
    });
    expect(bench.posts).toHaveLength(1);
  });
});

describe('GET /groups/{id} says of a request that nobody could find out', () => {
  it('what to look for on the phone, and what to do in either case', async () => {
    const id = await unconfirmedBy(door, UNKNOWN, NONE);
    const { atMs, ...rest } = NONE;
    const json = await seen(id);
    expect(json).toMatchObject({
      status: 'unconfirmed',
      reason: 'outcome-unknown',
      detail: expect.stringMatching(/saw no group that fits/),
      until: null,
      lookFor: LOOK_FOR,
      lookUp: { at: '2026-01-05T09:10:02.000Z', ...rest },
      whatToDo: `${ON_THE_PHONE} If it is there, POST /groups/${id}/resolve {"chatId":"…@g.us"} with its chat id, which GREEN-API’s getChats shows beside its name. If it is not, POST {"notCreated":true} there; or POST /groups/${id}/retry, which makes a second group if it is there after all.`,
    });
    expect(json).not.toHaveProperty('nextLookAt');
    expect(json['detail']).not.toMatch(/looks for it by itself/);
  });

  it('several that fit: their chat ids', async () => {
    const id = await unconfirmedBy(door, UNKNOWN, SEVERAL);
    const json = await seen(id);
    expect(json['whatToDo']).toContain(`${ON_THE_PHONE} These fit: ${FITTING.join(', ')}. If it is there`);
    expect(json['lookUp']).toMatchObject({ conclusion: 'several', fitting: FITTING });
  });

  it('if nobody could look at all: what to look for all the same', async () => {
    expect(await seen(await unconfirmedBy(door, UNKNOWN))).toMatchObject({
      detail: expect.stringMatching(/not sent again\.$/),
      lookFor: LOOK_FOR,
      lookUp: null,
    });
  });
});

describe('GET /groups/{id} says of a created request', () => {
  it('who is missing: nobody could tell yet, nobody, or some', async () => {
    const { json } = await door.post(BODY);
    const id = String(json['id']);
    expect(json['missingChatIds']).toBeNull();
    for (const missingChatIds of [[], ['79001234569@c.us']]) {
      const { requests } = bench.service();
      const created = await requests.read(id);
      if (created) await requests.noteMembers(created, { missingChatIds }, bench.clock.nowMs());
      expect(await seen(id)).toMatchObject({ created: true, missingChatIds });
    }
    expect(json).not.toHaveProperty('droppedChatIds');
    expect(json).not.toHaveProperty('lookUp');
  });

  it('who was left out, in every state', async () => {
    const { json } = await door.post(BODY);
    const service = bench.service();
    const request = await service.requests.read(String(json['id']));
    if (!request) throw new Error('there is no such request');
    for (const status of ['created', 'failed', 'cancelled'] as const) {
      service.requests.read = async () => ({ ...request, status, droppedChatIds: ['79001234570@c.us'] });
      expect((await door.call({ path: `/groups/${request.id}` }, service)).json).toMatchObject({
        status,
        droppedChatIds: ['79001234570@c.us'],
      });
    }
  });

  it('that a look-up found it, and why', async () => {
    const evidence: Evidence = { ...NONE, conclusion: 'found', fitting: [FITTING[0] ?? ''] };
    const request = await confirmingBy(door, UNKNOWN);
    const id = await conclude(door, request, {
      status: 'created',
      chatId: FITTING[0] ?? '',
      groupInviteLink: '',
      missingChatIds: [],
      evidence,
    });
    const { atMs, ...rest } = evidence;
    expect(await seen(id)).toMatchObject({
      created: true,
      chatId: FITTING[0],
      missingChatIds: [],
      lookUp: { at: '2026-01-05T09:10:02.000Z', ...rest },
    });
  });
});

describe('what to look for', () => {
  const request: GroupRequest = {
    id: '00000000-0000-4000-8000-000000000001',
    groupName: 'Class 5b',
    chatIds: ['79001234568@c.us'],
    wanted: 'any',
    mode: 'queue',
    placeMs: START_MS,
    askedBy: 'default',
    createdAtMs: START_MS,
    status: 'unconfirmed',
    version: 3,
    updatedAtMs: START_MS,
    lookups: 0,
  };
  const window = { startMs: START_MS, endMs: START_MS + 120_000 };
  const overlimitWindow = {
    startMs: START_MS - 3_600_500,
    endMs: START_MS - 3_590_000,
    idInstance: '1101000001',
  };

  it('spans both windows, if an overlimit came before', () => {
    expect(lookForOf({ ...request, window, overlimitWindow, idInstance: '1101000001' })).toMatchObject({
      fromMs: overlimitWindow.startMs,
      toMs: window.endMs,
    });
    expect(lookForOf({ ...request, overlimitWindow })).toMatchObject({
      fromMs: overlimitWindow.startMs,
      toMs: overlimitWindow.endMs,
    });
  });

  it('spans only those of the number that it names', () => {
    expect(lookForOf({ ...request, window, overlimitWindow, idInstance: '1101000002' })).toMatchObject({
      idInstance: '1101000002',
      fromMs: window.startMs,
      toMs: window.endMs,
    });
  });

  it('is told in minutes that hold the whole span', () => {
    expect(lookOnThePhone({ ...request, window, overlimitWindow, idInstance: '1101000001' })).toBe(
      'Look on the phone of instance 1101000001 for a group “Class 5b” created between 2026-01-05 07:59 UTC and 2026-01-05 09:02 UTC.',
    );
  });

  it('says so where nothing is known', () => {
    expect(lookOnThePhone(request)).toMatch(/the group that \/groups\/[\w-]+ names\.$/);
  });

  it('after an overlimit, why it may exist', () => {
    const { detail } = adviceOnRequest('unconfirmed', { ...request, outcome: 'overlimit', window });
    expect(detail).toMatch(/WhatsApp has been seen to create the group all the same/);
  });
});
