import { afterEach, expect, vi } from 'vitest';
import {
  type FaultsInput,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../local/green-api-simulator/simulator.ts';

/** Two instances, the second with an id of the newer length. */
export const ANNA = {
  idInstance: '1101000001',
  apiTokenInstance: 'd75b3a66374942c5b3c019c6',
  ownPhone: '79000000001',
};
export const BORIS = {
  idInstance: '710722748969',
  apiTokenInstance: 'a11ce0ff374942c5b3c019c6',
  ownPhone: '79000000002',
};
export const MEMBERS = ['79001234568@c.us', '79001234569@c.us'];
export const GROUP = { groupName: 'Class 5B', chatIds: MEMBERS };
/** Anna's own number, and a group that it made long ago. */
export const OWN = `${ANNA.ownPhone}@c.us`;
export const OLD_OWN = `${ANNA.ownPhone}-1589000000@g.us`;
/** A group that nobody is in. */
export const NOBODY = '120363000000000000@g.us';
/** What an invitation looks like. */
export const LINK = expect.stringMatching(/^https:\/\/chat\.whatsapp\.com\/[0-9A-Za-z]{22}$/);
export const START_MS = Date.UTC(2026, 10, 23, 12);
export const SECOND_MS = 1000;

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulator of two instances on a clock that only moves when told, and calls upon it. */
export async function start(options: Partial<SimulatorOptions> = {}) {
  const clock = { nowMs: START_MS };
  const simulator = await startSimulator({ instances: [ANNA, BORIS], nowMs: () => clock.nowMs, ...options });
  running.push(simulator);
  const urlOf = (method: string, { idInstance, apiTokenInstance } = ANNA) =>
    `${simulator.url}/waInstance${idInstance}/${method}/${apiTokenInstance}`;
  const send = (url: string, body: unknown, init: RequestInit = {}) =>
    fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), ...init });
  const create = (body: unknown = GROUP, init: RequestInit = {}) => {
    clock.nowMs += SECOND_MS;
    return send(urlOf('createGroup'), body, init);
  };
  const underWay = (index: number) => soon(() => expect(simulator.posts()[index]?.stage).toBe('whatsapp'));
  return {
    clock,
    simulator,
    urlOf,
    send,
    /** A createGroup that keeps GREEN-API's own rate. */
    create,
    /** Resolves once the POST of that index has passed to WhatsApp. */
    underWay,
    /** A createGroup whose client goes away while WhatsApp works on it. */
    abandon: async () => {
      const client = new AbortController();
      const index = simulator.posts().length;
      const call = expect(create(GROUP, { signal: client.signal })).rejects.toThrow('aborted');
      await underWay(index);
      client.abort();
      await call;
      await soon(() => expect(simulator.posts()[index]?.ending).toBe('client-gone'));
    },
    /** A look-up that keeps GREEN-API's own rate: a POST if it has a body. `method` may have a query. */
    look: async (method: string, body?: unknown, instance = ANNA) => {
      clock.nowMs += SECOND_MS;
      const [name = '', query] = method.split('?');
      const url = `${urlOf(name, instance)}${query === undefined ? '' : `?${query}`}`;
      return said(await (body === undefined ? fetch(url) : send(url, body)));
    },
    setFaults: (faults: FaultsInput) => simulator.setFaults(ANNA.idInstance, faults),
    admin: async (method: string, path: string, body?: unknown) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await fetch(`${simulator.url}/simulator/${path}`, init);
      return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
    },
  };
}

/** What becomes true within moments. */
export const soon = (check: () => void) => vi.waitFor(check, { interval: 5 });

/** The status and the body of an answer, as JSON where it is. */
export async function said(response: Response) {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}

/** The ids of a list's entries. */
export const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

/** A simulator with one group that was created just now. */
export async function startWithGroup(faults: FaultsInput = {}) {
  const stage = await start();
  stage.setFaults(faults);
  await stage.create();
  const [group] = stage.simulator.groups();
  if (group === undefined) throw new Error('no group was created');
  const { look } = stage;
  return {
    ...stage,
    group,
    chatIds: async (query = '') => idsOf((await look(`getChats${query}`)).body),
    contactIds: async (query = '') => idsOf((await look(`getContacts${query}`)).body),
    data: async (groupId = group.chatId) => (await look('getGroupData', { groupId })).body,
  };
}
