import { beforeEach, describe, expect, it } from 'vitest';
import { lookUp } from '../../../lambda/creation/look-up.ts';
import type { GroupFacts } from '../../../lambda/creation/ports.ts';
import type { GroupRequest, Mismatches } from '../../../lambda/creation/request.ts';
import { Sighting } from '../../../lambda/creation/sighting.ts';
import { aRequest } from '../../storage/samples.ts';
import { Bench, OWN_CHAT_ID, START_MS } from '../harness.ts';
import { aGroup, GreenApiAccount, groupId, MEMBER } from './green-api-account.ts';

const STRANGER = '79009999999@c.us';
const WINDOW = { startMs: START_MS, endMs: START_MS + 62_000 };
const NO_MISMATCHES: Mismatches = { name: 0, time: 0, creator: 0, members: 0, gone: 0 };
const MOST_LOOKED_AT = 20;

let bench: Bench;
let account: GreenApiAccount;
let sighting: Sighting;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
  sighting = sightingOf(bench);
});

function sightingOf({ instances: [instance] }: Bench): Sighting {
  if (!instance) throw new Error('there is an instance');
  return new Sighting(bench.service(), instance);
}

const look = (more: Partial<GroupRequest> = {}, seen: Sighting | undefined = sighting) =>
  lookUp(bench.service(), seen, { ...aRequest('a', 'mine'), ...more }, [WINDOW]);
const addMany = (count: number, more: (index: number) => Partial<GroupFacts> = () => ({})) => {
  for (let index = 1; index <= count; index += 1)
    account.add(aGroup({ chatId: groupId(index), ...more(index) }));
};
/** The second group that is asked for. */
function tellNoSecond(): void {
  if (account.count('group') === 2) account.untold.add('group');
  else account.untold.delete('group');
}
const tooEarly = { createdAtMs: START_MS - 3_600_000 };

describe('a candidate', () => {
  it('is a group of this name, trimmed, or one whose name the list leaves out; once, though in both lists', async () => {
    const names = ['Class 5b', ' Class 5b ', '', '  ', 'Class 5c', 'class 5b'];
    for (const [index, listedName] of names.entries())
      account.add(aGroup({ chatId: groupId(index), ...tooEarly }), { listedName });
    account.add(aGroup({ chatId: '79001234568@c.us' }));
    const { evidence } = await look();
    expect(account.count('group')).toBe(4);
    expect(evidence).toMatchObject({ candidates: 4, lookedAt: 4, chats: 8, contacts: 8 });
  });

  it.each(['chats', 'groupContacts'] as const)('is enough in one list, %s', async (list) => {
    account.add(aGroup(), { listedIn: [list] });
    expect(await look()).toMatchObject({ kind: 'found', evidence: { candidates: 1 } });
  });

  it('of this name comes before one without a name, one of the chats before one of the contacts', async () => {
    const kinds = [
      ['', 'groupContacts'],
      ['', 'chats'],
      ['Class 5b', 'groupContacts'],
      ['Class 5b', 'chats'],
    ] as const;
    for (const [index, [listedName, list]] of kinds.entries())
      account.add(aGroup({ chatId: groupId(index) }), { listedName, listedIn: [list] });
    const { evidence } = await look();
    expect(evidence.fitting).toEqual([groupId(3), groupId(2), groupId(1), groupId(0)]);
  });

  it('has the name if one list has it, though the other leaves it out', async () => {
    account.add(aGroup(), { listedName: '', listedIn: ['chats'] });
    account.add(aGroup({ chatId: groupId(2) }), { listedName: '', listedIn: ['chats'] });
    account.add(aGroup({ chatId: groupId(2) }), { listedIn: ['groupContacts'] });
    expect((await look()).evidence).toMatchObject({ candidates: 2, fitting: [groupId(2), groupId(1)] });
  });
});

describe('what a look-up finds', () => {
  it('is the one group that fits, with the evidence', async () => {
    addMany(
      5,
      (index) => [{}, tooEarly, { creators: [] }, { members: [STRANGER] }, { subject: 'x' }][index - 1] ?? {},
    );
    account.groups[4] = {
      ...aGroup({ chatId: groupId(5), subject: 'x' }),
      listedName: '',
      listedIn: ['chats'],
      listedFromMs: 0,
    };
    account.meanwhile = () => bench.clock.advance(1_000);
    const { group, ...finding } = { group: undefined, ...(await look()) };
    expect(group).toEqual(aGroup());
    expect(finding).toEqual({
      kind: 'found',
      evidence: {
        atMs: START_MS + 2_000,
        conclusion: 'found',
        state: 'authorized',
        chats: 6,
        contacts: 5,
        candidates: 5,
        lookedAt: 5,
        mismatches: { name: 1, time: 1, creator: 1, members: 1, gone: 0 },
        fitting: [groupId(1)],
      },
    });
  });

  it('is none if everything was seen and none fits', async () => {
    expect(await look()).toEqual({
      kind: 'none',
      evidence: {
        atMs: START_MS,
        conclusion: 'none',
        state: 'authorized',
        chats: 1,
        contacts: 1,
        candidates: 0,
        lookedAt: 0,
        mismatches: NO_MISMATCHES,
        fitting: [],
      },
    });
  });

  it('is none of a group that is gone, or that the number is not in', async () => {
    account.add(aGroup());
    account.meanwhile = (method) => method === 'group' && account.groups.pop();
    expect(await look()).toMatchObject({
      kind: 'none',
      evidence: { lookedAt: 1, mismatches: { ...NO_MISMATCHES, gone: 1 } },
    });
  });

  it.each(['chats', 'groupContacts'] as const)('is unclear if the list of %s is empty', async (list) => {
    account.emptyLists.add(list);
    const finding = await look();
    expect(finding).toMatchObject({
      kind: 'unclear',
      evidence: { conclusion: 'unclear', hindrance: 'an empty list says nothing', candidates: 0 },
    });
    expect(finding.evidence).toMatchObject(
      list === 'chats' ? { chats: 0, contacts: 1 } : { chats: 1, contacts: 0 },
    );
  });

  it('is the group in one list, though the other is empty', async () => {
    account.add(aGroup());
    account.emptyLists.add('groupContacts');
    expect(await look()).toMatchObject({ kind: 'found', evidence: { chats: 2, contacts: 0 } });
  });

  it('is several if two fit, whatever else is hidden', async () => {
    addMany(2);
    account.emptyLists.add('groupContacts');
    expect(await look()).toMatchObject({
      kind: 'several',
      evidence: { conclusion: 'several', fitting: [groupId(1), groupId(2)] },
    });
    expect((await look()).evidence).not.toHaveProperty('hindrance');
  });

  it('is several even if a third is not told', async () => {
    addMany(3);
    account.meanwhile = (method) =>
      method === 'group' && account.count('group') === 3 && account.untold.add('group');
    expect(await look()).toMatchObject({ kind: 'several', evidence: { lookedAt: 2 } });
  });

  it('is unclear if another of this name is not told, though one fits, and goes on with the others', async () => {
    addMany(3, (index) => (index === 3 ? tooEarly : {}));
    account.meanwhile = (method) => method === 'group' && tellNoSecond();
    expect(await look()).toMatchObject({
      kind: 'unclear',
      evidence: {
        conclusion: 'unclear',
        hindrance: 'getGroupData: no group today',
        candidates: 3,
        lookedAt: 2,
        mismatches: { ...NO_MISMATCHES, time: 1 },
        fitting: [groupId(1)],
      },
    });
    expect(account.count('group')).toBe(3);
  });

  it('is the one that fits, though another without a name is not told', async () => {
    account.add(aGroup());
    account.add(aGroup({ chatId: groupId(2) }), { listedName: '' });
    account.meanwhile = (method) => method === 'group' && tellNoSecond();
    const finding = await look();
    expect(finding).toMatchObject({
      kind: 'found',
      group: { chatId: groupId(1) },
      evidence: { lookedAt: 1 },
    });
    expect(finding.evidence).not.toHaveProperty('hindrance');
  });

  it('is unclear if the only one, without a name, is not told', async () => {
    account.add(aGroup(), { listedName: '' });
    account.untold.add('group');
    expect(await look()).toMatchObject({ kind: 'unclear', evidence: { lookedAt: 0 } });
  });

  it.each([
    ['creator', { creators: [] }],
    ['members', { members: [STRANGER] }],
  ] as const)('is unproved if only the %s speaks against one', async (against, group) => {
    addMany(2, (index) => (index === 1 ? tooEarly : group));
    expect(await look()).toMatchObject({
      kind: 'unproved',
      evidence: { conclusion: 'unproved', mismatches: { ...NO_MISMATCHES, time: 1, [against]: 1 } },
    });
  });

  it(`is none of ${MOST_LOOKED_AT} candidates, and unclear of one more`, async () => {
    addMany(MOST_LOOKED_AT, () => tooEarly);
    expect(await look()).toMatchObject({ kind: 'none', evidence: { lookedAt: MOST_LOOKED_AT } });
    addMany(1, () => ({ chatId: groupId(99), ...tooEarly }));
    expect(await look({}, sightingOf(bench))).toMatchObject({
      kind: 'unclear',
      evidence: {
        candidates: MOST_LOOKED_AT + 1,
        lookedAt: MOST_LOOKED_AT,
        hindrance: 'only the first 20 candidates were looked at',
        mismatches: { ...NO_MISMATCHES, time: MOST_LOOKED_AT },
      },
    });
    expect(account.count('group')).toBe(2 * MOST_LOOKED_AT);
  });

  it.each(['Class 5b', ''])(
    'is the one that fits, though one more, listed as %j, was not looked at',
    async (name) => {
      addMany(MOST_LOOKED_AT, (index) => (index === MOST_LOOKED_AT ? {} : tooEarly));
      account.add(aGroup({ chatId: groupId(99) }), { listedName: name });
      expect(await look()).toMatchObject({
        kind: 'found',
        group: { chatId: groupId(MOST_LOOKED_AT) },
        evidence: { candidates: MOST_LOOKED_AT + 1, lookedAt: MOST_LOOKED_AT },
      });
    },
  );
});

describe('what a group is measured by', () => {
  it('is whom the wish named, those who were left out since included', async () => {
    account.add(aGroup({ members: [OWN_CHAT_ID, MEMBER, STRANGER] }));
    expect(await look()).toMatchObject({ kind: 'unproved' });
    expect(await look({ droppedChatIds: [STRANGER] })).toMatchObject({ kind: 'found' });
  });

  it('is the window with the tolerance of the instance’s own pace', async () => {
    account.add(aGroup({ createdAtMs: START_MS - 100_000 }));
    expect(await look()).toMatchObject({ kind: 'found' });
    bench.ownPolicies.set('1101000001', { ...bench.policy, intervalSeconds: 200 });
    expect(await look()).toMatchObject({ kind: 'none' });
  });
});

it('the evidence holds no phone number and no name', async () => {
  account.add(aGroup());
  addMany(3, (index) => ({ chatId: groupId(10 + index), members: [STRANGER] }));
  const { evidence } = await look();
  const text = JSON.stringify(evidence);
  for (const personal of [MEMBER, OWN_CHAT_ID, STRANGER].map((chatId) => chatId.slice(0, 11)))
    expect(text).not.toContain(personal);
  expect(text).not.toMatch(/Class 5b|Anna|Neighbours/);
});
