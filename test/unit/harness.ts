import type { CreationEvent } from '../../lambda/creation/events.ts';
import type { Outcome } from '../../lambda/creation/outcome.ts';
import type { Clock, GroupCreator, Instance, LookUps } from '../../lambda/creation/ports.ts';
import type { Service, VerifyNumbers } from '../../lambda/creation/service.ts';
import type { PacePolicy } from '../../lambda/pacing/policy.ts';
import { createNumbers } from '../../lambda/storage/numbers.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import type { Table } from '../../lambda/storage/table.ts';
import { MemoryTable } from '../model/memory-table.ts';

export const START_MS = Date.UTC(2026, 0, 5, 9);
export const EXECUTION_MS = 202_000;
export const POLICY: PacePolicy = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' };

/** A clock that only the test moves; who sleeps moves it too. */
export class ManualClock implements Clock {
  #nowMs: number;

  constructor(nowMs: number = START_MS) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  async sleep(ms: number): Promise<void> {
    // Others get their turn meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    this.advance(ms);
  }

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** The number that all instances here have. */
export const OWN_CHAT_ID = '79990000001@c.us';

export const CREATED: Outcome = {
  kind: 'created',
  chatId: '120363043968066561@g.us',
  groupInviteLink: 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4',
};

export function instances(count: number): readonly Instance[] {
  return Array.from({ length: count }, (_, index) => ({
    idInstance: `110100000${index + 1}`,
    apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345',
    apiUrl: 'https://api.green-api.com',
  }));
}

/** An instance that works and tells nothing that anybody would find: no chats, no groups, every number on WhatsApp. */
function toldNothing(): LookUps {
  return {
    state: async () => ({ kind: 'told', value: 'authorized' }),
    suspendedUntilMs: async () => ({ kind: 'told', value: undefined }),
    ownChatId: async () => ({ kind: 'told', value: OWN_CHAT_ID }),
    chats: async () => ({ kind: 'told', value: [] }),
    groupContacts: async () => ({ kind: 'told', value: [] }),
    group: async () => ({ kind: 'told', value: undefined }),
    isOnWhatsApp: async () => ({ kind: 'told', value: true }),
  };
}

/** The real heart on the model of the table, with GREEN-API's answers as the test wants them. */
export class Bench {
  readonly clock = new ManualClock();
  readonly memory = new MemoryTable();
  readonly events: CreationEvent[] = [];
  readonly posts: { readonly idInstance: string; readonly groupName: string; readonly atMs: number }[] = [];
  /** What GREEN-API answers next; without any, that the group was created. */
  readonly outcomes: Outcome[] = [];
  callMs = 2_000;
  instances: readonly Instance[] = instances(1);
  instancesAfresh: readonly Instance[] | undefined;
  /** The pace of all instances but those with one of their own. */
  policy = POLICY;
  readonly ownPolicies = new Map<string, PacePolicy>();
  /** What GREEN-API tells besides; a test replaces what it needs. */
  readonly lookUps: LookUps = toldNothing();
  verifyNumbers: VerifyNumbers = 'off';
  /** How long whoever asks waits for an answer. */
  patienceMs = EXECUTION_MS;
  /** The jitter's draw. */
  random = 0.5;
  #ids = 0;

  /** A fresh execution's service. */
  service(table: Table = this.memory): Service {
    return {
      ...createStores(table),
      clock: this.clock,
      random: () => this.random,
      newId: () => {
        this.#ids += 1;
        return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
      },
      policyOf: (idInstance) => this.ownPolicies.get(idInstance) ?? this.policy,
      instances: {
        list: async () => this.instances,
        listAfresh: async () => this.instancesAfresh ?? this.instances,
      },
      creator: this.#creator(),
      lookUps: this.lookUps,
      numbers: createNumbers(table),
      verifyNumbers: this.verifyNumbers,
      report: (event) => this.events.push(event),
      execution: {
        deadlineMs: this.clock.nowMs() + EXECUTION_MS,
        answerByMs: this.clock.nowMs() + this.patienceMs,
        signal: new AbortController().signal,
      },
    };
  }

  #creator(): GroupCreator {
    return {
      createGroup: async ({ idInstance }, { groupName }, { mayStillSend }) => {
        if (!mayStillSend()) return { kind: 'not-sent', cause: 'no-time-left', detail: 'too late' };
        this.posts.push({ idInstance, groupName, atMs: this.clock.nowMs() });
        this.clock.advance(this.callMs);
        return this.outcomes.shift() ?? CREATED;
      },
    };
  }
}
