import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CreationAnswer, createGroup } from '../../../lambda/creation/create-group.ts';
import type { RequestMode } from '../../../lambda/creation/request.ts';
import type { Service } from '../../../lambda/creation/service.ts';
import { StorageError } from '../../../lambda/errors.ts';
import { Bench, instances, START_MS } from '../harness.ts';
import { NumberChecks, OTHER, QUOTA } from '../number-checks.ts';

const DAY_MS = 86_400_000;
const ASKER = { keyName: 'default' };
/** GREEN-API's checks that one execution has in hand at once. */
const IN_HAND = 10;

let bench: Bench;
let checks: NumberChecks;
beforeEach(() => {
  bench = new Bench();
  checks = new NumberChecks(bench);
});

const numbers = (count: number) =>
  Array.from({ length: count }, (_, index) => `79${String(index).padStart(9, '0')}@c.us`);
const [ONE, TWO, THREE] = ['79000000000@c.us', '79000000001@c.us', '79000000002@c.us'] as const;

interface Asking {
  readonly groupName?: string;
  readonly wanted?: string;
  readonly mode?: RequestMode;
  readonly notBeforeMs?: number;
  readonly service?: Service;
}

function create(chatIds: readonly string[], asking: Asking = {}): Promise<CreationAnswer> {
  const { groupName = 'Class 5b', wanted = 'any', mode = 'sync', notBeforeMs, service } = asking;
  const wish = { groupName, chatIds, wanted, ...(notBeforeMs !== undefined && { notBeforeMs }) };
  return createGroup(service ?? checks.service(), wish, ASKER, mode);
}

const askedOf = () => checks.asked.map(({ chatId }) => chatId);
const keysOf = (kind: string) => [...bench.memory.items.keys()].filter((key) => key.startsWith(`${kind}#`));

describe('with the numbers not checked', () => {
  it('nobody asks, and nothing is read of them', async () => {
    checks.mode = 'off';
    checks.absent.add(ONE);
    const service = checks.service();
    service.numbers.known = () => Promise.reject(new Error('was read'));
    expect(await create([ONE], { service })).toHaveProperty('request.status', 'created');
    expect(checks.asked).toEqual([]);
  });
});

describe('with requests refused for a number that is not on WhatsApp', () => {
  it('a group of numbers that are is created, and each was asked about once', async () => {
    const answer = await create([ONE, TWO]);
    expect(answer).toHaveProperty('request.status', 'created');
    expect(answer).not.toHaveProperty('request.droppedChatIds');
    expect(checks.posted).toEqual([[ONE, TWO]]);
    expect(askedOf()).toEqual([ONE, TWO]);
  });

  it('a number that is too short for GREEN-API to check passes, and is not asked about', async () => {
    const SHORT = '4512345678@c.us';
    checks.absent.add(SHORT);
    expect(await create([ONE, SHORT])).toHaveProperty('request.chatIds', [ONE, SHORT]);
    expect(askedOf()).toEqual([ONE]);
  });

  it('those that are not are named in the order of the wish; nothing is stored, and no lock is taken', async () => {
    checks.absent.add(THREE).add(ONE);
    const refused = { kind: 'not-on-whatsapp', chatIds: [THREE, ONE] };
    expect(await create([THREE, TWO, ONE])).toEqual(refused);
    expect([...keysOf('request'), ...keysOf('lock')]).toEqual([]);
    expect(keysOf('claim')).toHaveLength(1);
    expect(await create([THREE, TWO, ONE])).toEqual(refused);
    expect(checks.asked).toHaveLength(3);
    expect(checks.posted).toEqual([]);
  });

  it('one that is known not to be is told although others cannot be checked', async () => {
    checks.absent.add(ONE);
    checks.untold = (_idInstance, chatId) => (chatId === TWO ? QUOTA : undefined);
    expect(await create([ONE, TWO])).toEqual({ kind: 'not-on-whatsapp', chatIds: [ONE] });
  });

  it('who agreed to wait is refused as well, also where the group is for later', async () => {
    checks.absent.add(ONE);
    const later = { mode: 'queue', notBeforeMs: START_MS + DAY_MS } as const;
    expect(await create([ONE], { mode: 'queue' })).toMatchObject({ kind: 'not-on-whatsapp' });
    expect(await create([ONE, TWO], later)).toMatchObject({ kind: 'not-on-whatsapp' });
    expect(keysOf('request')).toEqual([]);
  });

  it('what failed for a cause not its own is checked before it runs again', async () => {
    checks.mode = 'off';
    bench.outcomes.push({ kind: 'throttled', limit: 'rate', detail: 'said' });
    expect(await create([ONE])).toHaveProperty('request.status', 'failed');
    bench.clock.advance(10_000);
    checks.mode = 'reject';
    checks.absent.add(ONE);
    expect(await create([ONE])).toEqual({ kind: 'not-on-whatsapp', chatIds: [ONE] });
    expect(checks.posted).toHaveLength(1);
  });
});

describe('with numbers dropped that are not on WhatsApp', () => {
  beforeEach(() => {
    checks.mode = 'drop';
  });

  it('the others become the group; the record tells who is in it and who was left out', async () => {
    checks.absent.add(TWO);
    expect(await create([ONE, TWO, THREE])).toMatchObject({
      request: { status: 'created', chatIds: [ONE, THREE], droppedChatIds: [TWO] },
    });
    expect(checks.posted).toEqual([[ONE, THREE]]);
  });

  it('the same request sent again is still the same, whatever was dropped', async () => {
    checks.absent.add(TWO);
    await create([ONE, TWO]);
    expect(await create([TWO, ONE])).toMatchObject({ kind: 'request', replayed: true });
    expect(checks.posted).toHaveLength(1);
  });

  it('what has to wait waits with those that are kept', async () => {
    checks.absent.add(TWO);
    const notBeforeMs = START_MS + DAY_MS;
    expect(await create([ONE, TWO], { mode: 'queue', notBeforeMs })).toMatchObject({
      request: { status: 'queued', chatIds: [ONE], droppedChatIds: [TWO] },
    });
  });

  it('what runs again is checked from the whole wish: who has joined WhatsApp meanwhile is in', async () => {
    checks.absent.add(TWO);
    bench.outcomes.push({ kind: 'throttled', limit: 'rate', detail: 'said' });
    await create([ONE, TWO]);
    bench.clock.advance(10_000);
    checks.absent.clear();
    for (const key of keysOf('number')) bench.memory.items.delete(key);
    const answer = await create([ONE, TWO]);
    expect(answer).toMatchObject({ request: { status: 'created', chatIds: [ONE, TWO] } });
    expect(answer).not.toHaveProperty('request.droppedChatIds');
    expect(checks.posted).toEqual([[ONE], [ONE, TWO]]);
  });

  it('a group of nobody is refused', async () => {
    checks.absent.add(ONE).add(TWO);
    expect(await create([ONE, TWO])).toEqual({ kind: 'not-on-whatsapp', chatIds: [ONE, TWO] });
    expect(checks.posted).toEqual([]);
  });
});

describe('what was found out of a number', () => {
  it('counts for 30 days', async () => {
    await create([ONE], { groupName: 'Class 5a' });
    bench.clock.advance(29 * DAY_MS);
    await create([ONE], { groupName: 'Class 5b' });
    expect(checks.asked).toHaveLength(1);
    bench.clock.advance(DAY_MS);
    await create([ONE], { groupName: 'Class 5c' });
    expect(checks.asked).toHaveLength(2);
    expect(checks.posted).toHaveLength(3);
  });

  it('holds no number', async () => {
    await create([ONE]);
    const [key = ''] = keysOf('number');
    expect(`${key} ${JSON.stringify(bench.memory.items.get(key))}`).not.toMatch(/7900000/);
  });

  it('that cannot be remembered ends the asking, and nothing is sent', async () => {
    const service = checks.service();
    service.numbers.remember = () => Promise.reject(new StorageError('no-answer', 'throttled'));
    await expect(create(numbers(100), { service })).rejects.toBeInstanceOf(StorageError);
    // Whoever was not stopped would get his turn now.
    for (let turn = 0; turn < 100; turn += 1) await bench.clock.sleep(0);
    expect(checks.asked.length).toBeLessThanOrEqual(2 * IN_HAND);
    expect(checks.posted).toEqual([]);
  });
});

describe('when GREEN-API does not tell', () => {
  it('a quota that is used up ends the asking until the turn of the month, for a day at most', async () => {
    checks.untold = () => (checks.asked.length > 20 ? QUOTA : undefined);
    const members = numbers(100);
    const answer = await create(members);
    expect(answer).toMatchObject({ kind: 'unverified', cause: 'quota', detail: QUOTA.detail });
    expect(answer).toHaveProperty('untilMs', bench.clock.nowMs() + DAY_MS);
    expect(checks.asked.length).toBeLessThanOrEqual(20 + IN_HAND);
    const remembered = keysOf('number').length;
    expect(remembered).toBeGreaterThan(0);
    expect([...keysOf('request'), ...keysOf('lock')]).toEqual([]);

    checks.asked.length = 0;
    checks.untold = () => undefined;
    expect(await create(members)).toHaveProperty('request.status', 'created');
    expect(checks.asked).toHaveLength(100 - remembered);
  });

  it('close to the turn of the month the quota is new before a day is over', async () => {
    bench.clock.advance(Date.UTC(2026, 0, 31, 23) - START_MS);
    checks.untold = () => QUOTA;
    expect(await create([ONE])).toMatchObject({ cause: 'quota', untilMs: Date.UTC(2026, 1, 1) });
  });

  it('anything else ends the asking for half a minute, with its own words', async () => {
    checks.untold = () => OTHER;
    const answer = await create(numbers(100));
    expect(answer).toMatchObject({ kind: 'unverified', cause: 'other', detail: OTHER.detail });
    expect(answer).toHaveProperty('untilMs', bench.clock.nowMs() + 30_000);
    expect(checks.asked.length).toBeLessThanOrEqual(IN_HAND);
    expect(checks.posted).toEqual([]);
  });

  it('the next instance is asked, so that one in trouble does not stop a pool', async () => {
    bench.instances = instances(3);
    checks.untold = (idInstance) => (idInstance === '1101000001' ? OTHER : undefined);
    expect(await create([ONE, TWO])).toHaveProperty('request.status', 'created');
    expect(checks.asked.map(({ idInstance }) => idInstance.at(-1))).toEqual(['1', '1', '2', '2']);
  });

  it('only the wanted instance is asked, where there is one', async () => {
    bench.instances = instances(3);
    checks.untold = () => OTHER;
    expect(await create([ONE], { wanted: '1101000002' })).toMatchObject({ kind: 'unverified' });
    expect(checks.asked).toEqual([{ idInstance: '1101000002', chatId: ONE }]);
  });

  it('of several causes the one that may pass soon is told', async () => {
    bench.instances = instances(3);
    checks.untold = (idInstance) => (idInstance === '1101000002' ? OTHER : QUOTA);
    expect(await create([ONE])).toMatchObject({ kind: 'unverified', cause: 'other' });
    expect(checks.asked).toHaveLength(3);
  });
});

describe('the time that the asking takes', () => {
  const MEMBERS = numbers(1_023);

  it('leaves a caller who waits 17 s of his 29; the same request sent again goes on, to a group', async () => {
    let answer = await create(MEMBERS);
    expect(answer).toMatchObject({ kind: 'unverified', cause: 'no-time' });
    // What was in hand when the 12 s were over came to its end.
    expect(bench.clock.nowMs() - START_MS).toBeLessThanOrEqual(12_000 + IN_HAND * checks.checkMs);
    let rounds = 1;
    for (; answer.kind === 'unverified' && rounds < 20; rounds += 1) {
      expect(answer.untilMs).toBe(bench.clock.nowMs() + 1_000);
      bench.clock.advance(1_000);
      answer = await create(MEMBERS);
    }
    expect(answer).toHaveProperty('request.status', 'created');
    expect(rounds).toBe(9);
    expect(new Set(askedOf()).size).toBe(checks.asked.length);
    expect(checks.posted).toEqual([MEMBERS]);
  });

  it('is for an event all that its execution has besides a call: the largest group in one go', async () => {
    const service = checks.eventService();
    expect(await create(MEMBERS, { service })).toHaveProperty('request.status', 'created');
    expect(checks.mostInHand).toBe(IN_HAND);
  });

  it('is over where no whole call would fit after it', async () => {
    checks.checkMs = 1_000;
    const service = checks.eventService();
    expect(await create(MEMBERS, { service })).toMatchObject({ cause: 'no-time' });
    const leftMs = service.execution.deadlineMs - bench.clock.nowMs();
    expect(leftMs).toBeGreaterThanOrEqual(82_000 - IN_HAND * checks.checkMs);
    expect(leftMs).toBeLessThanOrEqual(82_000);
  });

  it('lets others come to their turn: who has asked does not overtake them', async () => {
    const service = checks.service();
    const { isOnWhatsApp } = service.lookUps;
    const other = { groupName: 'Class 5a', chatIds: [TWO], wanted: '1101000001' };
    let isQueued = false;
    service.lookUps.isOnWhatsApp = async (...asked) => {
      if (!isQueued) {
        isQueued = true;
        const until = { ...other, notBeforeMs: bench.clock.nowMs() + 50 };
        checks.mode = 'off';
        await createGroup(checks.service(), until, ASKER, 'queue');
      }
      return isOnWhatsApp(...asked);
    };
    expect(await create([ONE], { service })).toMatchObject({
      kind: 'busy',
      soonest: { opening: { why: 'queue' } },
    });
    expect(checks.posted).toEqual([]);
  });
});

describe('whoever is on WhatsApp, and whatever GREEN-API tells when', () => {
  it('a request sent until it has its answer asks once about each, and sends exactly those that are', async () => {
    const members = fc
      .integer({ min: 1, max: 30 })
      .chain((count) => fc.array(fc.boolean(), { minLength: count, maxLength: count }));
    const faults = fc.infiniteStream(fc.constantFrom(undefined, undefined, undefined, QUOTA, OTHER));
    await fc.assert(
      fc.asyncProperty(members, faults, fc.constantFrom('reject', 'drop'), async (present, fault, mode) => {
        bench = new Bench();
        checks = new NumberChecks(bench);
        checks.mode = mode;
        const told: string[] = [];
        checks.untold = (_idInstance, chatId) => {
          const untold = fault.next().value;
          if (untold === undefined) told.push(chatId);
          return untold;
        };
        const chatIds = numbers(present.length);
        const absent = chatIds.filter((_, index) => !present[index]);
        const kept = chatIds.filter((_, index) => present[index]);
        for (const chatId of absent) checks.absent.add(chatId);

        let answer = await create(chatIds);
        for (let tries = 0; answer.kind === 'unverified' && tries < 200; tries += 1) {
          bench.clock.advance(1_000);
          answer = await create(chatIds);
        }
        expect(new Set(told).size).toBe(told.length);
        if (kept.length === 0 || (mode === 'reject' && absent.length > 0)) {
          expect(checks.posted).toEqual([]);
          expect(answer.kind).toBe('not-on-whatsapp');
        } else {
          expect(answer).toMatchObject({ kind: 'request', request: { status: 'created' } });
          expect(checks.posted).toEqual([kept]);
        }
      }),
      { numRuns: 60 },
    );
  });
});
