import type { GroupFacts, Instance, ListedChat, LookedUp, LookUps } from '../../lambda/creation/ports.ts';
import { factsOf, type Group, type Groups, ownChatId } from './groups.ts';
import type { Process } from './process.ts';
import type { Chance, World } from './world.ts';

const SECOND_MS = 1_000;
/** Its turn, one a second, and the answer; the client gives up after ten. */
const LONGEST_MS = 10 * SECOND_MS;
/** Each number has chatted with somebody, and has been in a group for years: lists are empty only by a fault. */
const PERSON: ListedChat = { chatId: '79990000001@c.us', name: 'Anna' };
const OLD_GROUP: ListedChat = { chatId: '120363999999999999@g.us', name: 'Family' };

/** One of GREEN-API's lists as an execution was shown it. */
export interface Listing {
  readonly idInstance: string;
  readonly list: 'chats' | 'contacts';
  readonly entries: readonly ListedChat[];
}

/** GREEN-API's look-ups: lists that lag, and while it is faulty are now and then empty, cut short, without names, or not told. */
export class LookUpsModel {
  readonly #world: World;
  readonly #groups: Groups;
  readonly #isFaulty: () => boolean;
  readonly #listings = new Map<Process, Listing[]>();
  /** The instances that an execution was told to be working. */
  readonly #fit = new Map<Process, Set<string>>();
  /** The groups that an execution was told of one by one. */
  readonly #told = new Map<Process, Set<string>>();
  readonly #shownInCalm = new Set<string>();
  /** How often an answer is faulty: it differs from run to run. */
  readonly #faults: number;

  constructor(world: World, groups: Groups, isFaulty: () => boolean) {
    this.#world = world;
    this.#groups = groups;
    this.#isFaulty = isFaulty;
    this.#faults = world.chance.pick([0, 0.05, 0.15]);
  }

  /** All that an execution was shown of an instance. */
  listingsOf(process: Process, idInstance: string): readonly Listing[] {
    return (this.#listings.get(process) ?? []).filter((listing) => listing.idInstance === idInstance);
  }

  wasFit(process: Process, idInstance: string): boolean {
    return this.#fit.get(process)?.has(idInstance) ?? false;
  }

  wasTold(process: Process, chatId: string): boolean {
    return this.#told.get(process)?.has(chatId) ?? false;
  }

  /** In a list without a fault. */
  wasShownInCalm(chatId: string): boolean {
    return this.#shownInCalm.has(chatId);
  }

  /** The port, as this process sees it. */
  lookUpsFor(process: Process): LookUps {
    const ask = <T>(tell: () => T): Promise<LookedUp<T>> =>
      process.step(durationMs(this.#world.chance), () => this.#answer(process, tell));
    return {
      state: (instance) => ask(() => this.#state(process, instance)),
      ownChatId: ({ idInstance }) => ask(() => ownChatId(idInstance)),
      chats: (instance) => ask(() => this.#list(process, instance, 'chats')),
      groupContacts: (instance) => ask(() => this.#list(process, instance, 'contacts')),
      group: ({ idInstance }, chatId) => ask(() => this.#group(process, idInstance, chatId)),
      suspendedUntilMs: notSimulated,
      isOnWhatsApp: notSimulated,
    };
  }

  #answer<T>({ execution }: Process, tell: () => T): LookedUp<T> {
    return execution.signal.aborted || this.#stumbles()
      ? { kind: 'untold', cause: 'other', detail: 'simulated' }
      : { kind: 'told', value: tell() };
  }

  #stumbles(): boolean {
    return this.#isFaulty() && this.#world.chance.is(this.#faults);
  }

  #state(process: Process, { idInstance }: Instance): string {
    if (this.#stumbles()) return 'notAuthorized';
    this.#fit.set(process, (this.#fit.get(process) ?? new Set<string>()).add(idInstance));
    return 'authorized';
  }

  #list(process: Process, { idInstance }: Instance, list: Listing['list']): readonly ListedChat[] {
    const { chance } = this.#world;
    const whole = this.#wholeList(idInstance, list);
    // An empty list is a fault that can be seen; one that is cut short cannot.
    const length = this.#stumbles() ? chance.between(0, whole.length - 1) : whole.length;
    const isNameless = () => this.#isFaulty() && chance.is(this.#faults);
    const entries = whole.slice(0, length).map((entry) => (isNameless() ? { ...entry, name: '' } : entry));
    const listings = this.#listings.get(process) ?? [];
    this.#listings.set(process, [...listings, { idInstance, list, entries }]);
    if (!this.#isFaulty()) for (const { chatId } of entries) this.#shownInCalm.add(chatId);
    return entries;
  }

  /** The chats newest first, people and groups; the contacts in the order in which they came. */
  #wholeList(idInstance: string, list: Listing['list']): readonly ListedChat[] {
    const { nowMs } = this.#world;
    const shownFromMs = list === 'chats' ? 'inChatsFromMs' : 'inContactsFromMs';
    const shown = this.#groups.all
      .filter((group) => group.idInstance === idInstance && group[shownFromMs] <= nowMs)
      .map(({ chatId, groupName }) => ({ chatId, name: groupName }));
    return list === 'chats' ? [...shown.toReversed(), PERSON, OLD_GROUP] : [OLD_GROUP, ...shown];
  }

  #group(process: Process, idInstance: string, chatId: string): GroupFacts | undefined {
    this.#told.set(process, (this.#told.get(process) ?? new Set<string>()).add(chatId));
    const group = chatId === OLD_GROUP.chatId ? oldGroupOf(idInstance) : this.#groups.find(chatId);
    return group?.idInstance === idInstance ? factsOf(group) : undefined;
  }
}

function oldGroupOf(idInstance: string): Group {
  const creator = ownChatId(idInstance);
  return {
    chatId: OLD_GROUP.chatId,
    groupName: OLD_GROUP.name,
    idInstance,
    creator,
    members: [creator, PERSON.chatId],
    atMs: Date.UTC(2020, 0, 1),
    inChatsFromMs: 0,
    inContactsFromMs: 0,
  };
}

function durationMs(chance: Chance): number {
  return chance.between(100, chance.is(0.05) ? LONGEST_MS : 2 * SECOND_MS);
}

function notSimulated(): never {
  throw new Error('the simulation has no numbers to check and no suspended instances');
}
