import type { Outcome } from '../../lambda/creation/outcome.ts';
import type { GroupContent, GroupCreator, Instance } from '../../lambda/creation/ports.ts';
import { CALL_TIMEOUT_MS, ENGINE_MS } from '../../lambda/pacing/limits.ts';
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
  /** When it had surely ended for WhatsApp; Infinity while it is under way. */
  endMs: number;
  mayHaveReachedWhatsApp: boolean;
  outcome: Outcome['kind'] | 'cut-off' | 'open';
}

export interface CreatedGroup {
  readonly groupName: string;
  readonly idInstance: string;
  readonly atMs: number;
  /** The call that made it. */
  readonly post: Post;
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
  readonly outcome: Outcome;
  readonly callMs: number;
  /** After the start of the call. */
  readonly groupAfterMs?: number;
}

const DETAIL = 'simulated';

/** GREEN-API with every fault that protocol and fact sheet know. It has no idempotency, as the real one. */
export class GreenApiModel {
  readonly posts: Post[] = [];
  readonly groups: CreatedGroup[] = [];
  readonly #world: World;
  readonly #isFaulty: () => boolean;
  readonly #timing: Timing;
  /** How often GREEN-API cannot be reached while it is faulty: it differs from run to run. */
  readonly #unreachable: number;

  constructor(world: World, isFaulty: () => boolean, timing: Timing = VARIED) {
    this.#world = world;
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
        const plan = this.#plan(content);
        const post = this.#start(process, instance, content, plan);
        onPost(post);
        return process.step(plan.callMs, () => this.#end(post, plan.outcome));
      },
    };
  }

  #start(process: Process, { idInstance }: Instance, { groupName }: GroupContent, plan: Plan): Post {
    const startMs = this.#world.nowMs;
    const post: Post = {
      idInstance,
      groupName,
      process,
      startMs,
      attempt: undefined,
      endMs: Number.POSITIVE_INFINITY,
      mayHaveReachedWhatsApp: true,
      outcome: 'open',
    };
    this.posts.push(post);
    this.#world.note(`${process.name} POST "${groupName}" on ${idInstance} → ${plan.outcome.kind}`);
    if (plan.groupAfterMs !== undefined) {
      this.#world.at(startMs + plan.groupAfterMs, () => {
        this.groups.push({ groupName, idInstance, atMs: this.#world.nowMs, post });
        this.#world.note(`group "${groupName}" exists on ${idInstance}`);
      });
    }
    process.onGone(() => {
      if (post.outcome !== 'open') return;
      post.outcome = 'cut-off';
      post.endMs = this.#world.nowMs + ENGINE_MS;
    });
    return post;
  }

  #end(post: Post, outcome: Outcome): Outcome {
    if (post.outcome !== 'open') return outcome;
    post.outcome = outcome.kind;
    post.endMs = this.#world.nowMs + (outcome.kind === 'unknown' ? ENGINE_MS : 0);
    post.mayHaveReachedWhatsApp = ['created', 'rejected', 'overlimit', 'unknown'].includes(outcome.kind);
    return outcome;
  }

  #plan({ groupName }: GroupContent): Plan {
    const { chance } = this.#world;
    const callMs = this.#timing.callMs(chance);
    const created: Plan = {
      outcome: { kind: 'created', chatId: `${groupName}@g.us`, groupInviteLink: '' },
      callMs,
      groupAfterMs: chance.between(100, callMs),
    };
    if (!this.#isFaulty() || chance.is(0.45)) return created;
    const late = { groupAfterMs: chance.between(100, callMs + ENGINE_MS) };
    const unanswered: Outcome = { kind: 'unknown', answered: false, detail: DETAIL };
    return chance.pick<Plan>([
      { outcome: { kind: 'unknown', answered: true, detail: DETAIL }, callMs, ...late },
      { outcome: { kind: 'unknown', answered: true, detail: DETAIL }, callMs },
      { outcome: unanswered, callMs, ...late },
      {
        outcome: unanswered,
        callMs: CALL_TIMEOUT_MS,
        groupAfterMs: chance.between(100, CALL_TIMEOUT_MS + ENGINE_MS),
      },
      { outcome: { kind: 'refused', detail: DETAIL }, callMs },
      { outcome: { kind: 'rejected', detail: DETAIL }, callMs },
      { outcome: { kind: 'throttled', limit: 'rate', detail: DETAIL }, callMs },
      { outcome: { kind: 'overlimit', detail: DETAIL }, callMs },
      // On record: "500 under restriction, and the group exists".
      { outcome: { kind: 'overlimit', detail: DETAIL }, callMs, groupAfterMs: chance.between(100, callMs) },
      { outcome: { kind: 'blocked', cause: 'starting', detail: DETAIL }, callMs },
      { outcome: { kind: 'blocked', cause: 'token-rejected', detail: DETAIL }, callMs },
    ]);
  }
}
