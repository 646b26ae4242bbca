import type { Outcome } from '../../lambda/creation/outcome.ts';
import type { GroupContent, GroupCreator, Instance } from '../../lambda/creation/ports.ts';
import { CALL_TIMEOUT_MS, ENGINE_MS } from '../../lambda/pacing/limits.ts';
import { Groups, ownChatId } from './groups.ts';
import { LookUpsModel } from './look-ups-model.ts';
import type { Attempt } from './order.ts';
import type { Process } from './process.ts';
import type { Chance, World } from './world.ts';

/** One createGroup POST, in true time. */
export interface Post {
  readonly idInstance: string;
  readonly groupName: string;
  readonly process: Process;
  readonly startMs: number;
  /** What it was sent for; none if it was sent without asking for the lock. */
  attempt: Attempt | undefined;
  /** When the call had its answer, or was cut off; Infinity while it is under way. */
  callEndMs: number;
  /** When it had surely ended for WhatsApp; Infinity while it is under way. */
  endMs: number;
  mayHaveReachedWhatsApp: boolean;
  outcome: Outcome['kind'] | 'cut-off' | 'open';
}

/** How long things take at GREEN-API, in milliseconds. */
export interface Timing {
  readonly connectMs: (chance: Chance) => number;
  readonly callMs: (chance: Chance) => number;
}

export const VARIED: Timing = {
  connectMs: (chance) => chance.between(5, chance.is(0.1) ? 9_000 : 200),
  callMs: (chance) => chance.between(300, chance.is(0.2) ? 60_000 : 4_000),
};

/** How one call goes: what is answered, when, and whether a group comes into being, perhaps late. */
interface Plan {
  readonly chatId: string;
  readonly outcome: Outcome;
  readonly callMs: number;
  /** After the start of the call. */
  readonly groupAfterMs?: number;
}

const DETAIL = 'simulated';

/** GREEN-API with every fault that protocol and fact sheet know. It has no idempotency, as the real one. */
export class GreenApiModel {
  readonly posts: Post[] = [];
  readonly groups: Groups;
  readonly lookUps: LookUpsModel;
  readonly #world: World;
  readonly #isFaulty: () => boolean;
  readonly #timing: Timing;
  /** How often GREEN-API cannot be reached while it is faulty: it differs from run to run. */
  readonly #unreachable: number;

  constructor(world: World, isFaulty: () => boolean, timing: Timing = VARIED) {
    this.#world = world;
    this.groups = new Groups(world);
    this.lookUps = new LookUpsModel(world, this.groups, isFaulty);
    this.#isFaulty = isFaulty;
    this.#timing = timing;
    this.#unreachable = world.chance.pick([0.05, 0.4]);
  }

  /** The port, as this process sees it. `onPost` is called in the instant of the write. */
  creatorFor(process: Process, onPost: (post: Post) => void): GroupCreator {
    return {
      createGroup: async (instance, content, guard) => {
        const { chance } = this.#world;
        await process.step(this.#timing.connectMs(chance), () => undefined);
        if (this.#isFaulty() && chance.is(this.#unreachable))
          return { kind: 'not-sent', cause: 'unreachable', detail: DETAIL };
        if (!guard.mayStillSend()) return { kind: 'not-sent', cause: 'no-time-left', detail: DETAIL };
        const plan = this.#plan();
        const post = this.#start(process, instance, content, plan);
        onPost(post);
        return process.step(plan.callMs, () => this.#end(post, plan.outcome));
      },
    };
  }

  #start(process: Process, { idInstance }: Instance, content: GroupContent, plan: Plan): Post {
    const { groupName } = content;
    const startMs = this.#world.nowMs;
    const post: Post = {
      idInstance,
      groupName,
      process,
      startMs,
      attempt: undefined,
      callEndMs: Number.POSITIVE_INFINITY,
      endMs: Number.POSITIVE_INFINITY,
      mayHaveReachedWhatsApp: true,
      outcome: 'open',
    };
    this.posts.push(post);
    this.#world.note(`${process.name} POST "${groupName}" on ${idInstance} → ${plan.outcome.kind}`);
    if (plan.groupAfterMs !== undefined) {
      this.#world.at(startMs + plan.groupAfterMs, () => this.#make(post, content, plan.chatId));
    }
    process.onGone(() => {
      if (post.outcome !== 'open') return;
      post.outcome = 'cut-off';
      post.callEndMs = this.#world.nowMs;
      post.endMs = this.#world.nowMs + ENGINE_MS;
    });
    return post;
  }

  /** Now and then not all get in whom was asked for. */
  #make(post: Post, { groupName, chatIds }: GroupContent, chatId: string): void {
    const { chance, nowMs } = this.#world;
    const creator = ownChatId(post.idInstance);
    const letIn = this.#isFaulty() && chance.is(0.2) ? chatIds.slice(1) : chatIds;
    this.groups.add({
      chatId,
      groupName,
      idInstance: post.idInstance,
      creator,
      members: [creator, ...letIn],
      atMs: nowMs,
      post,
    });
  }

  #end(post: Post, outcome: Outcome): Outcome {
    if (post.outcome !== 'open') return outcome;
    post.outcome = outcome.kind;
    post.callEndMs = this.#world.nowMs;
    post.endMs = this.#world.nowMs + (outcome.kind === 'unknown' ? ENGINE_MS : 0);
    post.mayHaveReachedWhatsApp = ['created', 'rejected', 'overlimit', 'unknown'].includes(outcome.kind);
    return outcome;
  }

  #plan(): Plan {
    const { chance } = this.#world;
    const callMs = this.#timing.callMs(chance);
    const chatId = this.groups.newChatId();
    const created: Outcome = { kind: 'created', chatId, groupInviteLink: '' };
    const soon = { groupAfterMs: chance.between(100, callMs) };
    if (!this.#isFaulty() || chance.is(0.45)) return { chatId, outcome: created, callMs, ...soon };
    const answered: Outcome = { kind: 'unknown', answered: true, detail: DETAIL };
    const unanswered: Outcome = { kind: 'unknown', answered: false, detail: DETAIL };
    const overlimit: Outcome = { kind: 'overlimit', detail: DETAIL };
    const late = { groupAfterMs: chance.between(100, callMs + ENGINE_MS) };
    const fault = chance.pick<Omit<Plan, 'chatId'>>([
      { outcome: answered, callMs, ...late },
      { outcome: answered, callMs },
      { outcome: unanswered, callMs, ...late },
      {
        outcome: unanswered,
        callMs: CALL_TIMEOUT_MS,
        groupAfterMs: chance.between(100, CALL_TIMEOUT_MS + ENGINE_MS),
      },
      { outcome: { kind: 'refused', detail: DETAIL }, callMs },
      { outcome: { kind: 'rejected', detail: DETAIL }, callMs },
      { outcome: { kind: 'throttled', limit: 'rate', detail: DETAIL }, callMs },
      { outcome: overlimit, callMs },
      // On record: "500 under restriction, and the group exists".
      { outcome: overlimit, callMs, ...soon },
      { outcome: { kind: 'blocked', cause: 'starting', detail: DETAIL }, callMs },
      { outcome: { kind: 'blocked', cause: 'token-rejected', detail: DETAIL }, callMs },
    ]);
    return { chatId, ...fault };
  }
}
