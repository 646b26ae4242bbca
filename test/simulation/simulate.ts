import { Callers } from './callers.ts';
import { settleDown } from './calm.ts';
import type { Code } from './code.ts';
import { VARIED } from './green-api-model.ts';
import {
  drawFaults,
  drawHabits,
  drawPace,
  type Habits,
  indexLagMs,
  LONGEST_LAG_MS,
  makeInstances,
} from './habits.ts';
import { Hands } from './hands.ts';
import { lostRequests } from './lost.ts';
import { People } from './people.ts';
import { EXECUTION_MS } from './process.ts';
import { doubledGroups, freeAgainMs, limitViolations, spacingViolations } from './promises.ts';
import { indexViolations, requestsIn } from './records.ts';
import { Stage } from './stage.ts';
import type { Violation } from './violation.ts';
import { Chance, World } from './world.ts';

export interface Run {
  readonly violations: readonly Violation[];
  /** All that happened. */
  readonly trace: () => readonly string[];
  readonly posts: number;
  readonly groups: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const CHAOS_MINUTES = 40;
const PROBE_TRIES = 20;

/**
 * One run of many executions against one table and one GREEN-API, all of it determined by the seed.
 * @param sought the run is over once this promise is seen broken
 */
export async function simulate(code: Code, seed: number, sought?: Violation['promise']): Promise<Run> {
  const scene = new Scene(code, seed, sought);
  await scene.play();
  const { world, greenApi, violations } = scene.stage;
  return {
    violations,
    trace: () => world.trace,
    posts: greenApi.posts.length,
    groups: greenApi.groups.created.length,
  };
}

class Scene {
  readonly stage: Stage;
  readonly #code: Code;
  readonly #habits: Habits;
  readonly #callers: Callers;
  readonly #people: People;
  readonly #hands: Hands;

  constructor(code: Code, seed: number, sought?: Violation['promise']) {
    const draw = new Chance(-seed);
    const intervalMs = draw.pick([100 * SECOND_MS, 300 * SECOND_MS]);
    const { startMs, policy } = drawPace(draw, intervalMs);
    const instances = makeInstances(draw.pick([1, 2, 3, 3]));
    this.#code = code;
    this.#habits = drawHabits(draw);
    const setting = {
      ...drawFaults(draw),
      instances,
      policyOf: () => policy,
      intervalMs,
      chaosUntilMs: startMs + CHAOS_MINUTES * MINUTE_MS,
      brokenInstance: instances.length > 1 && draw.is(0.05) ? instances[0]?.idInstance : undefined,
      indexLagMs,
      timing: VARIED,
    };
    this.stage = new Stage(code, new World(seed, startMs), setting, sought);
    this.#callers = new Callers(this.stage, code, this.#habits);
    this.#people = new People(this.stage, code, this.#habits);
    this.#hands = new Hands(this.stage, this.#habits);
  }

  async play(): Promise<void> {
    const { world, setting } = this.stage;
    this.#hands.prepare();
    this.#planChaos();
    await world.run(setting.chaosUntilMs + LONGEST_LAG_MS);
    await this.#checkIndex();
    await this.#settleDown();
    this.#people.settleAll();
    await world.run(world.nowMs + MINUTE_MS);
    await this.#settleDown();
    await world.run(setting.chaosUntilMs + freeAgainMs(setting.intervalMs) + MINUTE_MS);
    await this.#checkIndex();
    await this.#probe();
    await this.#settleDown();
    this.stage.note([...this.#posted(), ...lostRequests(this.stage, this.#callers.accepted)]);
  }

  #posted(): readonly Violation[] {
    const { greenApi, chronicle, setting } = this.stage;
    return [
      ...spacingViolations(greenApi.posts, setting.intervalMs),
      ...doubledGroups(greenApi.groups.created, chronicle),
      ...limitViolations(greenApi.posts, setting.policyOf),
    ];
  }

  #planChaos(): void {
    const { world, setting } = this.stage;
    const { chance, nowMs } = world;
    const calls = chance.between(4, 16);
    for (let count = 0; count < calls; count += 1)
      world.at(chance.between(nowMs, setting.chaosUntilMs), () => this.#callers.callSomebody());
    for (let atMs = nowMs; atMs < setting.chaosUntilMs; atMs += MINUTE_MS) {
      this.#planTick(atMs);
      world.at(atMs + chance.between(0, MINUTE_MS), () => this.#people.mayAct());
      world.at(atMs + chance.between(0, MINUTE_MS), () => this.#hands.mayAct());
      if (chance.is(this.#habits.newcomers)) world.at(atMs, () => this.#callers.comeWhenFree());
      if (chance.is(this.#habits.vanishing)) world.at(atMs, () => this.#vanish());
    }
  }

  /** Late, doubled, or not at all. */
  #planTick(atMs: number): void {
    const { world } = this.stage;
    const { chance } = world;
    if (chance.is(this.#habits.missedTicks)) return;
    const lateMs = chance.between(0, chance.pick([2 * SECOND_MS, 90 * SECOND_MS]));
    world.at(atMs + lateMs, () => this.#tick());
    if (chance.is(0.15)) world.at(atMs + lateMs + chance.between(0, SECOND_MS), () => this.#tick());
  }

  #tick(): void {
    this.stage.execute({
      role: 'tick',
      body: (service) => this.#code.drain(service),
      acquiring: (requestId) => this.#people.cancelInARace(requestId),
    });
  }

  /** Somebody takes an instance from the secret, for a while or for good; never the last one. */
  #vanish(): void {
    const { world, setting, gone, usableInstances } = this.stage;
    const idInstance = world.chance.oneOf(usableInstances);
    if (idInstance === undefined || usableInstances.length === 1) return;
    world.note(`${idInstance} is taken from the secret`);
    gone.add(idInstance);
    if (world.chance.is(0.7))
      world.at(world.chance.between(world.nowMs, setting.chaosUntilMs), () => gone.delete(idInstance));
  }

  async #settleDown(): Promise<void> {
    await settleDown(this.stage, () => {
      this.#resumeAll();
      this.#tick();
    });
  }

  #resumeAll(): void {
    for (const idInstance of this.stage.usableInstances)
      if (this.stage.lockOf(idInstance).pausedBy !== undefined) this.#people.resume(idInstance);
  }

  /** What has stood still for a second shows in the index as it is. */
  async #checkIndex(): Promise<void> {
    const { world, table } = this.stage;
    const before = new Set(requestsIn(table));
    await world.run(world.nowMs + SECOND_MS);
    this.stage.note(indexViolations(table, (request) => before.has(request)));
  }

  /** Once the faults have stopped every instance creates again, for a caller who comes back when he is told to. */
  async #probe(): Promise<void> {
    for (const idInstance of this.stage.usableInstances)
      if (!(await this.#isCreatedInTime(idInstance)))
        this.stage.note([{ promise: 'L1', what: `${idInstance} does not create although nothing is wrong` }]);
  }

  async #isCreatedInTime(idInstance: string): Promise<boolean> {
    const { world } = this.stage;
    for (let tries = 0; tries < PROBE_TRIES && !world.isStopped; tries += 1) {
      this.#resumeAll();
      let isCreated = false;
      this.#callers.probe(idInstance, (is) => {
        isCreated = is;
      });
      await world.run(world.nowMs + EXECUTION_MS);
      if (isCreated) return true;
      await world.run(this.stage.opensAtMs(idInstance) ?? world.nowMs);
    }
    return false;
  }
}
