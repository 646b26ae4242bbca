import { CALL_TIMEOUT_MS, SETTLE_RESERVE_MS } from '../pacing/limits.ts';
import type { GroupFacts, Instance, ListedChat, LookedUp, LookUps } from './ports.ts';
import type { Service } from './service.ts';

/** What an answer keeps back of the execution: what follows from it may be a call. */
const RESERVE_MS = CALL_TIMEOUT_MS + SETTLE_RESERVE_MS;
/** GREEN-API's word for an instance that works. */
const WORKING_STATE = 'authorized';

/** An instance's account as GREEN-API's lists show it. */
export type Account =
  | {
      readonly kind: 'seen';
      /** When the lists were asked for: what they show may be older, never newer. */
      readonly atMs: number;
      readonly ownChatId: string;
      readonly chats: readonly ListedChat[];
      readonly contacts: readonly ListedChat[];
      readonly state: string;
    }
  /** What was told before something was not. */
  | { readonly kind: 'unseen'; readonly hindrance: string; readonly state?: string };

/** What one execution sees of one instance: asked once, however many requests are looked for. */
export class Sighting {
  readonly #service: Service;
  readonly #instance: Instance;
  readonly #groups = new Map<string, Promise<LookedUp<GroupFacts | undefined>>>();
  #account: Promise<Account> | undefined;

  constructor(service: Service, instance: Instance) {
    this.#service = service;
    this.#instance = instance;
  }

  get idInstance(): string {
    return this.#instance.idInstance;
  }

  /** One request after the other: what is not told spares the rest. */
  account(): Promise<Account> {
    this.#account ??= this.#readAccount();
    return this.#account;
  }

  group(chatId: string): Promise<LookedUp<GroupFacts | undefined>> {
    const known =
      this.#groups.get(chatId) ??
      this.#ask((lookUps, signal) => lookUps.group(this.#instance, chatId, signal));
    this.#groups.set(chatId, known);
    return known;
  }

  /** Not so late that the answer is of no use to this execution. */
  async #ask<T>(
    question: (lookUps: LookUps, signal: AbortSignal) => Promise<LookedUp<T>>,
  ): Promise<LookedUp<T>> {
    const { clock, execution, lookUps } = this.#service;
    if (clock.nowMs() + RESERVE_MS > execution.deadlineMs)
      return { kind: 'untold', cause: 'other', detail: 'the execution has no time left for it' };
    return question(lookUps, execution.signal);
  }

  async #readAccount(): Promise<Account> {
    const instance = this.#instance;
    const state = await this.#ask((lookUps, signal) => lookUps.state(instance, signal));
    if (state.kind === 'untold') return { kind: 'unseen', hindrance: `getStateInstance: ${state.detail}` };
    const unseen = (hindrance: string) => ({ kind: 'unseen' as const, hindrance, state: state.value });
    if (state.value !== WORKING_STATE) return unseen('the instance is not authorized');
    const own = await this.#ask((lookUps, signal) => lookUps.ownChatId(instance, signal));
    if (own.kind === 'untold') return unseen(`getSettings: ${own.detail}`);
    const atMs = this.#service.clock.nowMs();
    const chats = await this.#ask((lookUps, signal) => lookUps.chats(instance, signal));
    if (chats.kind === 'untold') return unseen(`getChats: ${chats.detail}`);
    const contacts = await this.#ask((lookUps, signal) => lookUps.groupContacts(instance, signal));
    if (contacts.kind === 'untold') return unseen(`getContacts: ${contacts.detail}`);
    return {
      kind: 'seen',
      atMs,
      ownChatId: own.value,
      chats: chats.value,
      contacts: contacts.value,
      state: state.value,
    };
  }
}
