import type { CreationAnswer } from '../../lambda/creation/create-group.ts';
import { ANY_INSTANCE, type RequestMode } from '../../lambda/creation/request.ts';
import type { Asker, Wish } from '../../lambda/creation/wish.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import { KEYLESS, LIKENESS_BINDS_MS } from './chronicle.ts';
import type { Code } from './code.ts';
import { CLASS_NAMES, type Habits, MEMBERS, SLUGGISH } from './habits.ts';
import type { Chaos } from './process.ts';
import type { Stage } from './stage.ts';

/** Around the instant at which a likeness ends the danger is greatest. */
const AROUND_MS = 10_000;
const MINUTE_MS = 60_000;

/** What somebody wants, and how he asks for it. */
export interface Ask {
  readonly wish: Wish;
  readonly asker: Asker;
  readonly mode: RequestMode;
}

/** Those who ask for groups: once, twice at the same time, and again when they have heard nothing. */
export class Callers {
  readonly #stage: Stage;
  readonly #code: Code;
  readonly #habits: Habits;
  readonly #asks: Ask[] = [];
  readonly #accepted = new Set<string>();

  constructor(stage: Stage, code: Code, habits: Habits) {
    this.#stage = stage;
    this.#code = code;
    this.#habits = habits;
  }

  /** The requests that callers were told of. */
  get accepted(): ReadonlySet<string> {
    return this.#accepted;
  }

  /** A new wish, one of before again, or a whole list for one instance. */
  callSomebody(): void {
    const { world, idInstances } = this.#stage;
    const { chance } = world;
    if (chance.is(this.#habits.lists)) {
      const idInstance = chance.oneOf(idInstances);
      for (let left = chance.between(2, 5); left > 0; left -= 1) this.#ask(this.#newAsk('queue', idInstance));
      return;
    }
    const before = chance.is(0.45) ? chance.oneOf(this.#asks) : undefined;
    const ask = before ?? this.#newAsk(this.#drawMode());
    this.#ask(ask);
    for (let copies = chance.between(0, 2); copies > 0; copies -= 1)
      world.in(chance.between(0, 3_000), () => this.#ask(ask));
  }

  /** One call that must succeed by itself, if nothing is wrong. */
  probe(idInstance: string, done: (isCreated: boolean) => void): void {
    const wish = { groupName: `Probe of ${idInstance}`, chatIds: ['79001234568@c.us'], wanted: idInstance };
    const asker = { keyName: `prober of ${idInstance}`, idempotencyKey: 'probe' };
    this.#execute({ wish, asker, mode: 'sync' }, {}, (answer) => done(isCreated(answer)));
  }

  #ask(ask: Ask, chaos?: Chaos): void {
    // The same call from two places need not say the same about waiting.
    const mode = this.#stage.world.chance.is(0.1) ? this.#drawMode() : ask.mode;
    this.#execute({ ...ask, mode }, chaos ? { chaos } : {}, (answer) => {
      if (answer?.kind === 'request') this.#accepted.add(answer.request.id);
      if (!isCreated(answer)) this.#comeBack(ask, answer);
      else if (this.#stage.world.chance.is(0.5)) this.comeWhenFree();
    });
  }

  #execute(ask: Ask, { chaos }: { chaos?: Chaos }, done: (answer: CreationAnswer | undefined) => void): void {
    const { wish, asker, mode } = ask;
    this.#stage.execute({
      role: 'caller',
      ...(chaos && { chaos }),
      body: async (service) => {
        this.#stage.world.note(`${asker.keyName} asks for "${wish.groupName}" (${wish.wanted}, ${mode})`);
        const answer = await this.#code.createGroup(service, wish, asker, mode);
        this.#stage.world.note(() => `${asker.keyName} is answered ${said(answer)}`);
        return answer;
      },
      done,
      died: () => this.#comeBack(ask, undefined),
    });
  }

  /** A caller without his group asks again, sooner or later, perhaps from two places at once; seldom if it was accepted. */
  #comeBack(ask: Ask, answer: CreationAnswer | undefined): void {
    const { world, setting } = this.#stage;
    const { chance, nowMs } = world;
    const isAtTheEdge = ask.asker.idempotencyKey === undefined && chance.is(this.#habits.atTheEdge);
    const afterMs = isAtTheEdge
      ? LIKENESS_BINDS_MS + chance.between(-AROUND_MS, AROUND_MS)
      : chance.between(200, chance.pick([5_000, 400_000]));
    if (nowMs + afterMs > setting.chaosUntilMs || chance.is(patience(answer))) return;
    world.in(afterMs, () => this.#ask(ask, isAtTheEdge || chance.is(0.5) ? SLUGGISH : undefined));
    const apartMs = isAtTheEdge ? 2 * AROUND_MS : 100;
    if (chance.is(0.5)) world.in(afterMs + chance.between(0, apartMs), () => this.#ask(ask));
  }

  /** Somebody who comes in the very instant in which a lock opens, by a clock that may be wrong. */
  comeWhenFree(): void {
    const { world, setting, idInstances } = this.#stage;
    const { chance, nowMs } = world;
    const idInstance = chance.oneOf(idInstances) ?? '';
    const { freeAtMs = nowMs } = this.#stage.lockOf(idInstance);
    const atMs = freeAtMs + chance.between(-CLOCK_MARGIN_MS, CLOCK_MARGIN_MS);
    if (atMs > setting.chaosUntilMs) return;
    world.at(atMs, () => this.#ask(this.#newAsk(this.#drawMode(), idInstance)));
  }

  #newAsk(mode: RequestMode, idInstance?: string): Ask {
    const { world, idInstances } = this.#stage;
    const { chance, nowMs } = world;
    const isKeyless = chance.is(this.#habits.keyless);
    const number = this.#asks.length + 1;
    const isLater = mode === 'queue' && chance.is(this.#habits.later);
    const wanted = chance.is(this.#habits.forAny)
      ? ANY_INSTANCE
      : (chance.oneOf(idInstances) ?? ANY_INSTANCE);
    const ask: Ask = {
      wish: {
        groupName: this.#habits.sharedNames ? chance.pick(CLASS_NAMES) : `Group ${number}`,
        chatIds: chance.pick([MEMBERS, MEMBERS, MEMBERS.slice(0, 1)]),
        wanted: idInstance ?? wanted,
        ...(isLater && { notBeforeMs: nowMs + chance.between(-MINUTE_MS, 20 * MINUTE_MS) }),
      },
      asker: {
        keyName: `${isKeyless ? KEYLESS : 'caller'} ${number}`,
        ...(!isKeyless && { idempotencyKey: 'key' }),
      },
      mode,
    };
    this.#asks.push(ask);
    return ask;
  }

  #drawMode(): RequestMode {
    return this.#stage.world.chance.is(this.#habits.queued) ? 'queue' : 'sync';
  }
}

function isCreated(answer: CreationAnswer | undefined): boolean {
  return answer?.kind === 'request' && answer.request.status === 'created';
}

/** How often somebody does not ask again. */
function patience(answer: CreationAnswer | undefined): number {
  if (answer?.kind !== 'request') return 0.4;
  return answer.request.retryable ? 0.4 : 0.7;
}

function said(answer: CreationAnswer): string {
  if (answer.kind !== 'request') return answer.kind;
  const { id, status, outcome = '' } = answer.request;
  return `${id} ${status} ${outcome}`;
}
