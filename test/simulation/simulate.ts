import type { createGroup } from '../../lambda/creation/create-group.ts';
import type { CreationLock } from '../../lambda/creation/lock.ts';
import type { Instance } from '../../lambda/creation/ports.ts';
import type { readRequest } from '../../lambda/creation/read-request.ts';
import { ANY_INSTANCE } from '../../lambda/creation/request.ts';
import type { Service } from '../../lambda/creation/service.ts';
import type { Asker, Wish } from '../../lambda/creation/wish.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import type { nextOpening } from '../../lambda/pacing/opening.ts';
import type { PacePolicy } from '../../lambda/pacing/policy.ts';
import type { createStores } from '../../lambda/storage/stores.ts';
import { MemoryTable } from '../model/memory-table.ts';
import { FAIR, FaultyTable, type Weather } from './faulty-table.ts';
import { GreenApiModel } from './green-api-model.ts';
import { CALM, type Chaos, EXECUTION_MS, Process } from './process.ts';
import {
  doubledGroups,
  freeAgainMs,
  livenessViolation,
  ownershipViolation,
  spacingViolations,
  type Violation,
} from './promises.ts';
import { World } from './world.ts';

/** The code under simulation: the project's own, or a copy with a bug planted in it. */
export interface Code {
  readonly createGroup: typeof createGroup;
  readonly readRequest: typeof readRequest;
  readonly createStores: typeof createStores;
  readonly nextOpening: typeof nextOpening;
}

export interface Run {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly posts: number;
  readonly groups: number;
}

const START_MS = Date.UTC(2026, 0, 5, 9);
const INTERVAL_MS = 300_000;
const MINUTE_MS = 60_000;
const CHAOS_MS = 40 * MINUTE_MS;
/** A wish without a key of its own counts as the same until so long after its end. */
const LIKENESS_BINDS_MS = 15 * MINUTE_MS;
/** Around that instant the danger is greatest. */
const AROUND_MS = 10_000;
const PROBE_TRIES = 60;

const CHAOS: Chaos = { kill: 0.02, freeze: 0.05, longestFreezesMs: [5_000, MINUTE_MS, 15 * MINUTE_MS] };
/** An execution that lives, but again and again stands still. */
const SLUGGISH: Chaos = { kill: 0, freeze: 0.15, longestFreezesMs: [30_000] };
const STORM: Weather = { requestLost: 0.05, answerLost: 0.08, duplicate: 0.05, latestMs: 600_000 };

/** One run of many executions against one table and one GREEN-API, all of it determined by the seed. */
export async function simulate(code: Code, seed: number): Promise<Run> {
  const scene = new Scene(code, seed);
  await scene.play();
  return {
    violations: scene.violations,
    trace: scene.world.trace,
    posts: scene.greenApi.posts.length,
    groups: scene.greenApi.groups.length,
  };
}

interface Ask {
  readonly wish: Wish;
  readonly asker: Asker;
}

class Scene {
  readonly world: World;
  readonly greenApi: GreenApiModel;
  readonly violations: Violation[] = [];
  readonly #code: Code;
  readonly #table = new MemoryTable();
  readonly #instances: readonly Instance[];
  readonly #policy: PacePolicy;
  /** How often callers have no key of their own, and come back just when their likeness ends: it differs from run to run. */
  readonly #habits: { readonly keyless: number; readonly atTheEdge: number };
  readonly #attempts = new Map<Process, Set<string>>();
  readonly #used = new Set<string>();
  readonly #asks: Ask[] = [];
  #ids = 0;

  constructor(code: Code, seed: number) {
    this.#code = code;
    this.world = new World(seed, START_MS);
    this.#policy = { intervalSeconds: INTERVAL_MS / 1_000, jitterSeconds: this.world.chance.pick([0, 60]) };
    this.#habits = {
      keyless: this.world.chance.pick([0.2, 0.9]),
      atTheEdge: this.world.chance.pick([0.1, 0.8]),
    };
    this.greenApi = new GreenApiModel(this.world, () => this.#isChaotic());
    this.#instances = Array.from({ length: this.world.chance.pick([1, 2, 3, 3]) }, (_, index) => ({
      idInstance: `110100000${index + 1}`,
      apiTokenInstance: 'a'.repeat(50),
      apiUrl: 'https://api.green-api.com',
    }));
  }

  async play(): Promise<void> {
    const { chance } = this.world;
    const executions = chance.between(4, 16);
    for (let count = 0; count < executions; count += 1) {
      this.world.at(START_MS + chance.between(0, CHAOS_MS), () => this.#callSomebody());
    }
    await this.world.run(START_MS + CHAOS_MS + freeAgainMs(INTERVAL_MS) + MINUTE_MS);
    await this.#probe();
    this.violations.push(
      ...spacingViolations(this.greenApi.posts, INTERVAL_MS),
      ...doubledGroups(this.greenApi.groups, this.#bindsMsByName()),
    );
  }

  /** How far apart two groups of one name must be to be of two requests. */
  #bindsMsByName(): ReadonlyMap<string, number> {
    return new Map(
      this.#asks.map(({ wish, asker }) => [
        wish.groupName,
        asker.idempotencyKey === undefined ? LIKENESS_BINDS_MS - CLOCK_MARGIN_MS : Number.POSITIVE_INFINITY,
      ]),
    );
  }

  #isChaotic(): boolean {
    return this.world.nowMs < START_MS + CHAOS_MS;
  }

  /** A new wish, or one of before again: by its caller, by another at the same time, or only looked at. */
  #callSomebody(): void {
    const { chance } = this.world;
    const [first, ...others] = this.#asks;
    if (chance.is(0.15)) this.#lookAtOne();
    const ask = first && chance.is(0.45) ? chance.pick([first, ...others]) : this.#newAsk();
    this.#execute(ask);
    for (let copies = chance.between(0, 2); copies > 0; copies -= 1) {
      this.world.at(this.world.nowMs + chance.between(0, 3_000), () => this.#execute(ask));
    }
  }

  /** A caller without his group asks again, sooner or later, perhaps from two places at once. */
  #comeBack(ask: Ask): void {
    const { chance, nowMs } = this.world;
    const isAtTheEdge = ask.asker.idempotencyKey === undefined && chance.is(this.#habits.atTheEdge);
    const afterMs = isAtTheEdge
      ? LIKENESS_BINDS_MS + chance.between(-AROUND_MS, AROUND_MS)
      : chance.between(200, chance.pick([5_000, 400_000]));
    const atMs = nowMs + afterMs;
    if (atMs > START_MS + CHAOS_MS || chance.is(0.4)) return;
    this.world.at(atMs, () => this.#execute(ask, isAtTheEdge || chance.is(0.5) ? SLUGGISH : CHAOS));
    const apartMs = isAtTheEdge ? 2 * AROUND_MS : 100;
    if (chance.is(0.7)) this.world.at(atMs + chance.between(0, apartMs), () => this.#execute(ask));
  }

  /** Somebody who comes back in the very instant in which a lock opens, by a clock that may be wrong. */
  #comeWhenFree(): void {
    const { chance, nowMs } = this.world;
    const idInstance = chance.pick(this.#idInstances());
    const { freeAtMs = nowMs } = this.#lockOf(idInstance);
    const atMs = freeAtMs + chance.between(-2 * CLOCK_MARGIN_MS, 2 * CLOCK_MARGIN_MS);
    if (atMs > START_MS + CHAOS_MS) return;
    this.world.at(atMs, () => this.#execute(this.#newAsk(idInstance)));
  }

  #lookAtOne(): void {
    const ids = [...this.#table.items.keys()].filter((key) => key.startsWith('request#'));
    const [first, ...others] = ids;
    if (first === undefined) return;
    const process = this.#newProcess();
    const id = this.world.chance.pick([first, ...others]).slice('request#'.length);
    this.#code.readRequest(this.#serviceOf(process), id).then(
      (request) => {
        this.world.note(`${process.name} sees ${id} ${request?.status}`);
        process.end();
      },
      () => process.end(),
    );
  }

  #newAsk(idInstance?: string): Ask {
    const { chance } = this.world;
    const number = this.#asks.length + 1;
    const isForAny = chance.is(0.6);
    const ask: Ask = {
      wish: {
        groupName: `Group ${number}`,
        chatIds: ['79001234568@c.us'],
        wanted: idInstance ?? (isForAny ? ANY_INSTANCE : chance.pick(this.#idInstances())),
      },
      asker: {
        keyName: 'default',
        ...(!chance.is(this.#habits.keyless) && { idempotencyKey: `key-${number}` }),
      },
    };
    this.#asks.push(ask);
    return ask;
  }

  #idInstances(): [string, ...string[]] {
    const [first, ...others] = this.#instances.map(({ idInstance }) => idInstance);
    if (first === undefined) throw new Error('a scene has at least one instance');
    return [first, ...others];
  }

  #execute(ask: Ask, chaos: Chaos = CHAOS): Promise<unknown> {
    const { wish, asker } = ask;
    const process = this.#newProcess(chaos);
    process.onDeath(() => this.#comeBack(ask));
    const service = this.#serviceOf(process);
    this.world.note(`${process.name} asks for "${wish.groupName}" (${wish.wanted})`);
    return this.#code.createGroup(service, wish, asker).then(
      (answer) => {
        const said =
          answer.kind === 'request'
            ? `${answer.request.status} ${answer.request.outcome ?? ''}`
            : answer.kind;
        this.world.note(`${process.name} is answered ${said}`);
        process.end();
        if (!isCreatedAnswer(answer)) this.#comeBack(ask);
        else if (this.world.chance.is(0.5)) this.#comeWhenFree();
        return answer;
      },
      (error: Error) => {
        this.world.note(`${process.name} fails: ${error.name} ${error.message}`);
        process.end();
        this.#comeBack(ask);
      },
    );
  }

  #newProcess(chaos: Chaos = CHAOS): Process {
    const isLambda = this.world.chance.is(0.7);
    const process = new Process(this.world, `p${this.#attempts.size + 1}`, {
      isLambda,
      chaos: () => (this.#isChaotic() ? chaos : CALM),
    });
    const attempts = new Set<string>();
    this.#attempts.set(process, attempts);
    process.onDeath(() =>
      this.world.at(this.world.nowMs + freeAgainMs(INTERVAL_MS), () => this.#checkLiveness(attempts)),
    );
    return process;
  }

  #serviceOf(process: Process): Service {
    const { chance } = this.world;
    const weather = () => (this.#isChaotic() ? STORM : FAIR);
    const table = new FaultyTable(this.#table, process, this.world, weather);
    const stores = this.#code.createStores(table);
    const attempts = this.#attempts.get(process) ?? new Set<string>();
    return {
      ...stores,
      locks: {
        ...stores.locks,
        acquire: (wish) => {
          attempts.add(wish.attemptId);
          return stores.locks.acquire(wish);
        },
      },
      clock: process.clock,
      random: () => chance.next(),
      newId: () => {
        this.#ids += 1;
        return `id-${this.#ids}`;
      },
      policy: this.#policy,
      instances: {
        list: async () => this.#instances,
        listAfresh: () => process.step(chance.between(5, 2_000), () => this.#instancesAfresh()),
      },
      creator: this.greenApi.creatorFor(process, (post) => {
        const lock = this.#table.items.get(`lock#${post.idInstance}`);
        const violation = ownershipViolation(post, lock, attempts, this.#used);
        if (violation) this.violations.push(violation);
      }),
      report: ({ event }) => this.world.note(`${process.name} reports ${event}`),
      execution: process.execution,
    };
  }

  /** Now and then somebody has just rotated the tokens. */
  #instancesAfresh(): readonly Instance[] {
    const isRotated = this.world.chance.is(0.3);
    return this.#instances.map((instance) =>
      isRotated ? { ...instance, apiTokenInstance: 'b'.repeat(50) } : instance,
    );
  }

  #checkLiveness(attempts: ReadonlySet<string>): void {
    for (const { idInstance } of this.#instances) {
      const lock = this.#table.items.get(`lock#${idInstance}`);
      const violation = livenessViolation(lock, attempts, this.world.nowMs, idInstance);
      if (violation) this.violations.push(violation);
    }
  }

  /** Once the faults have stopped every instance creates again, for a caller who comes back when he is told to. */
  async #probe(): Promise<void> {
    for (const { idInstance } of this.#instances) {
      const ask: Ask = {
        wish: { groupName: `Probe of ${idInstance}`, chatIds: ['79001234568@c.us'], wanted: idInstance },
        asker: { keyName: 'default', idempotencyKey: `probe-${idInstance}` },
      };
      if (!(await this.#isCreatedInTime(ask)))
        this.violations.push({
          promise: 'L1',
          what: `${idInstance} does not create although nothing is wrong`,
        });
    }
  }

  async #isCreatedInTime(ask: Ask): Promise<boolean> {
    const lockNow = () => this.#lockOf(ask.wish.wanted);
    for (let tries = 0; tries < PROBE_TRIES; tries += 1) {
      let isCreated = false;
      this.#execute(ask).then((answer) => {
        isCreated = isCreatedAnswer(answer);
      });
      await this.world.run(this.world.nowMs + EXECUTION_MS);
      if (isCreated) return true;
      const opening = this.#code.nextOpening(this.#policy, lockNow(), this.world.nowMs);
      await this.world.run(opening.atMs ?? this.world.nowMs);
    }
    return false;
  }

  #lockOf(idInstance: string): CreationLock {
    const fields = this.#table.items.get(`lock#${idInstance}`) ?? {};
    return { overlimitLevel: 0, troubleLevel: 0, attemptsByDay: {}, ...fields, idInstance };
  }
}

function isCreatedAnswer(answer: unknown): boolean {
  const found = answer as Awaited<ReturnType<Code['createGroup']>> | undefined;
  return found?.kind === 'request' && found.request.status === 'created';
}
