import type { GroupFacts, Instance, ListedChat, LookedUp, LookUps } from '../../../lambda/creation/ports.ts';
import { type Bench, OWN_CHAT_ID, START_MS } from '../harness.ts';

/** What recovery asks of GREEN-API, in the names of the port. */
export type Method = 'state' | 'ownChatId' | 'chats' | 'groupContacts' | 'group';

/** What every look-up asks before it looks at a group, in this order. */
export const ASKED_FIRST = [
  'state',
  'ownChatId',
  'chats',
  'groupContacts',
] as const satisfies readonly Method[];

/** A group of the account, and how its lists show it. */
interface AccountGroup extends GroupFacts {
  /** Its name in the lists; they leave it out now and then. */
  readonly listedName: string;
  readonly listedIn: readonly ('chats' | 'groupContacts')[];
  /** The lists lag. */
  readonly listedFromMs: number;
}

export const MEMBER = '79001234568@c.us';
export const GROUP_NAME = 'Class 5b';
const A_PERSON: ListedChat = { chatId: '79005550001@c.us', name: 'Anna' };
const OLD_GROUP: ListedChat = { chatId: '120363000000000001@g.us', name: 'Neighbours' };

/** The chat id of the nth group that a test makes. */
export const groupId = (index = 1) => `1203630000000001${String(index).padStart(2, '0')}@g.us`;

/** A group as an attempt at `START_MS` leaves it. */
export function aGroup(more: Partial<GroupFacts> = {}): GroupFacts {
  return {
    chatId: groupId(),
    subject: GROUP_NAME,
    createdAtMs: START_MS + 1_000,
    creators: [OWN_CHAT_ID],
    members: [OWN_CHAT_ID, MEMBER],
    isWhole: true,
    groupInviteLink: 'https://chat.whatsapp.com/AAAAAAAAAAAAAAAAAAAAAA',
    ...more,
  };
}

/** A small GREEN-API account behind a bench: it tells of its groups as the test wants, and records what it was asked. */
export class GreenApiAccount implements Omit<LookUps, 'suspendedUntilMs' | 'isOnWhatsApp'> {
  readonly asked: { readonly idInstance: string; readonly method: Method; readonly atMs: number }[] = [];
  /** What is told in vain. */
  readonly untold = new Set<Method>();
  readonly emptyLists = new Set<Method>();
  readonly groups: AccountGroup[] = [];
  stateName = 'authorized';
  /** Runs before an answer: what happens meanwhile. */
  meanwhile: (method: Method) => unknown = () => undefined;
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
    Object.assign(bench.lookUps, {
      state: (instance: Instance) => this.state(instance),
      ownChatId: (instance: Instance) => this.ownChatId(instance),
      chats: (instance: Instance) => this.chats(instance),
      groupContacts: (instance: Instance) => this.groupContacts(instance),
      group: (instance: Instance, chatId: string) => this.group(instance, chatId),
    });
  }

  add(facts: GroupFacts, listing: Partial<AccountGroup> = {}): void {
    const listedIn = ['chats', 'groupContacts'] as const;
    this.groups.push({ listedName: facts.subject, listedIn, listedFromMs: 0, ...facts, ...listing });
  }

  /** What happens only during the next question of this kind. */
  once(method: Method, happens: () => unknown): void {
    this.meanwhile = (asked) => {
      if (asked !== method) return undefined;
      this.meanwhile = () => undefined;
      return happens();
    };
  }

  methods(): readonly Method[] {
    return this.asked.map(({ method }) => method);
  }

  count(method: Method): number {
    return this.methods().filter((asked) => asked === method).length;
  }

  state(instance: Instance): Promise<LookedUp<string>> {
    return this.#answer(instance, 'state', () => this.stateName);
  }

  ownChatId(instance: Instance): Promise<LookedUp<string>> {
    return this.#answer(instance, 'ownChatId', () => OWN_CHAT_ID);
  }

  chats(instance: Instance): Promise<LookedUp<readonly ListedChat[]>> {
    return this.#answer(instance, 'chats', () => this.#list('chats', A_PERSON));
  }

  groupContacts(instance: Instance): Promise<LookedUp<readonly ListedChat[]>> {
    return this.#answer(instance, 'groupContacts', () => this.#list('groupContacts', OLD_GROUP));
  }

  group(instance: Instance, chatId: string): Promise<LookedUp<GroupFacts | undefined>> {
    return this.#answer(instance, 'group', () => {
      const group = this.groups.find((one) => one.chatId === chatId);
      if (!group) return undefined;
      const { listedName: _name, listedIn: _in, listedFromMs: _from, ...facts } = group;
      return facts;
    });
  }

  #list(method: 'chats' | 'groupContacts', other: ListedChat): readonly ListedChat[] {
    if (this.emptyLists.has(method)) return [];
    const nowMs = this.#bench.clock.nowMs();
    const listed = this.groups.filter(
      ({ listedIn, listedFromMs }) => listedIn.includes(method) && nowMs >= listedFromMs,
    );
    return [other, ...listed.map(({ chatId, listedName }) => ({ chatId, name: listedName }))];
  }

  async #answer<T>({ idInstance }: Instance, method: Method, tell: () => T): Promise<LookedUp<T>> {
    this.asked.push({ idInstance, method, atMs: this.#bench.clock.nowMs() });
    await this.meanwhile(method);
    return this.untold.has(method)
      ? { kind: 'untold', cause: 'other', detail: `no ${method} today` }
      : { kind: 'told', value: tell() };
  }
}
