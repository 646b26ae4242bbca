import { beforeEach, describe, expect, it } from 'vitest';
import { lookUp } from '../../../lambda/creation/look-up.ts';
import type { GroupRequest } from '../../../lambda/creation/request.ts';
import { Sighting } from '../../../lambda/creation/sighting.ts';
import { aRequest } from '../../storage/samples.ts';
import { Bench, START_MS } from '../harness.ts';
import { ASKED_FIRST, aGroup, GreenApiAccount } from './green-api-account.ts';

const STRANGER = '79009999999@c.us';
const WINDOW = { startMs: START_MS, endMs: START_MS + 62_000 };

let bench: Bench;
let account: GreenApiAccount;
let sighting: Sighting;

beforeEach(() => {
  bench = new Bench();
  account = new GreenApiAccount(bench);
  const [instance] = bench.instances;
  if (!instance) throw new Error('there is an instance');
  sighting = new Sighting(bench.service(), instance);
});

const look = (more: Partial<GroupRequest> = {}) =>
  lookUp(bench.service(), sighting, { ...aRequest('a', 'mine'), ...more }, [WINDOW]);

describe('what a look-up asks', () => {
  it('is the state, the own number, both lists, and then each candidate', async () => {
    account.add(aGroup());
    await look();
    expect(account.methods()).toEqual([...ASKED_FIRST, 'group']);
  });

  it.each(ASKED_FIRST.map((method, index) => [method, index + 1] as const))(
    'is nothing more once %s is not told, and nothing follows from it',
    async (method, asked) => {
      account.add(aGroup());
      account.untold.add(method);
      const { kind, evidence } = await look();
      expect(account.methods()).toEqual(ASKED_FIRST.slice(0, asked));
      const names = { state: 'getStateInstance', ownChatId: 'getSettings', chats: 'getChats' } as const;
      const name = method === 'groupContacts' ? 'getContacts' : names[method];
      expect({ kind, evidence }).toEqual({
        kind: 'unclear',
        evidence: {
          atMs: START_MS,
          conclusion: 'unclear',
          hindrance: `${name}: no ${method} today`,
          ...(method !== 'state' && { state: 'authorized' }),
        },
      });
    },
  );

  it.each(['notAuthorized', 'suspended', 'yellowCard', 'Authorized', ''])(
    'is nothing more of an instance that is %j',
    async (state) => {
      account.stateName = state;
      expect(await look()).toEqual({
        kind: 'unclear',
        evidence: {
          atMs: START_MS,
          conclusion: 'unclear',
          hindrance: 'the instance is not authorized',
          state,
        },
      });
      expect(account.methods()).toEqual(['state']);
    },
  );

  it('is nothing of an instance that is not in the secret', async () => {
    expect(await lookUp(bench.service(), undefined, aRequest('a', 'mine'), [WINDOW])).toEqual({
      kind: 'unclear',
      evidence: {
        atMs: START_MS,
        conclusion: 'unclear',
        hindrance: 'the instance is not in the secret',
      },
    });
    expect(account.asked).toEqual([]);
  });

  it('is asked once for many requests, each group once too', async () => {
    account.add(aGroup());
    const found = await Promise.all([look(), look(), look({ chatIds: [STRANGER] })]);
    expect(found.map(({ kind }) => kind)).toEqual(['found', 'found', 'unproved']);
    expect(account.methods()).toEqual([...ASKED_FIRST, 'group']);
  });
});
