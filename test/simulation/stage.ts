import type { CreationEvent } from '../../lambda/creation/events.ts';
import type { CreationLock } from '../../lambda/creation/lock.ts';
import type { Numbers } from '../../lambda/creation/ports.ts';
import type { Service } from '../../lambda/creation/service.ts';
import { nextOpening } from '../../lambda/pacing/opening.ts';
import { attemptsByDay, lockKey } from '../../lambda/storage/lock-writes.ts';
import type { Item } from '../../lambda/storage/table.ts';
import { MemoryTable } from '../model/memory-table.ts';
import { changes } from './changes.ts';
import { Chronicle } from './chronicle.ts';
import type { Code } from './code.ts';
import { FAIR, FaultyTable, type Weather } from './faulty-table.ts';
import { GreenApiModel, type Post } from './green-api-model.ts';
import { OrderWatch } from './order.ts';
import { CALM, type Chaos, Process, type Role } from './process.ts';
import { freeAgainMs, livenessViolation, ownershipViolation } from './promises.ts';
import { requestOf } from './records.ts';
import { Secret } from './secret.ts';
import type { Deed, Setting } from './setting.ts';
import { TruthWatch } from './truth.ts';
import type { Violation } from './violation.ts';
import type { World } from './world.ts';

/** Nobody checks numbers here. */
const NO_NUMBERS: Numbers = {
  known: () => Promise.reject(new Error('no numbers are remembered')),
  remember: () => Promise.reject(new Error('no numbers are remembered')),
};
const NEVER_ANSWERED: Weather = { ...FAIR, requestLost: 1 };

/** One table, one GREEN-API, one secret, and the executions that share them; it sees what each of them does. */
export class Stage {
  readonly world: World;
  readonly setting: Setting;
  readonly table: MemoryTable;
  readonly greenApi: GreenApiModel;
  readonly chronicle = new Chronicle();
  readonly violations: Violation[] = [];
  /** Instances that somebody has taken from the secret. */
  readonly gone = new Set<string>();
  readonly #secret: Secret;
  readonly #code: Code;
  readonly #sought: Violation['promise'] | undefined;
  readonly #order: OrderWatch;
  readonly #truth: TruthWatch;
  readonly #used = new Set<string>();
  #processes = 0;
  #ids = 0;

  /** @param sought the run is over once this promise is seen broken */
  constructor(code: Code, world: World, setting: Setting, sought?: Violation['promise']) {
    this.#code = code;
    this.#sought = sought;
    this.world = world;
    this.setting = setting;
    this.#secret = new Secret(world.chance, setting.instances, this.gone, () => this.isChaotic);
    const lagMs = () => setting.indexLagMs(world.chance, this.isChaotic);
    this.table = new MemoryTable({ indexLater: (update) => world.in(lagMs(), update) });
    this.greenApi = new GreenApiModel(world, () => this.isChaotic, setting.timing);
    this.#order = new OrderWatch(this.table);
    this.#truth = new TruthWatch(this.greenApi, setting.intervalMs);
  }

  get isChaotic(): boolean {
    return this.world.nowMs < this.setting.chaosUntilMs;
  }

  get idInstances(): readonly string[] {
    return this.setting.instances.map(({ idInstance }) => idInstance);
  }

  /** Those that can create: in the secret, and with a table that answers. */
  get usableInstances(): readonly string[] {
    return this.idInstances.filter((id) => !this.gone.has(id) && id !== this.setting.brokenInstance);
  }

  lockOf(idInstance: string): CreationLock {
    const item = this.table.items.get(lockKey(idInstance)) ?? {};
    return { overlimitLevel: 0, troubleLevel: 0, ...item, attemptsByDay: attemptsByDay(item), idInstance };
  }

  /** When this instance opens; undefined while it is paused. */
  opensAtMs(idInstance: string): number | undefined {
    return nextOpening(this.setting.policyOf(idInstance), this.lockOf(idInstance), this.world.nowMs).atMs;
  }

  note(violations: readonly Violation[]): void {
    this.violations.push(...violations);
    if (violations.some(({ promise }) => promise === this.#sought)) this.world.stop();
  }

  /** Lets an execution run, from now on and for as long as it takes. */
  execute<T>({ role, chaos = this.setting.chaos, body, done, died, acquiring }: Deed<T>): void {
    const process = this.#newProcess(role, chaos);
    process.onDeath(() => died?.());
    const end = (said: string, answer: T | undefined) => {
      this.world.note(`${process.name} ${said}`);
      process.end();
      done?.(answer);
    };
    body(this.#serviceOf(process, acquiring)).then(
      (answer) => end('ends', answer),
      (error: Error) => end(`fails: ${error.name} ${error.message}`, undefined),
    );
  }

  #newProcess(role: Role, chaos: Chaos): Process {
    this.#processes += 1;
    const process = new Process(this.world, `${role}-${this.#processes}`, {
      role,
      isLambda: this.world.chance.is(0.7),
      chaos: () => (this.isChaotic ? chaos : CALM),
    });
    process.onDeath(() =>
      this.world.in(freeAgainMs(this.setting.intervalMs), () => this.#checkLiveness(process)),
    );
    return process;
  }

  #serviceOf(process: Process, acquiring?: (requestId: string) => void): Service {
    const { chance } = this.world;
    const stores = this.#code.createStores(this.#tableFor(process));
    return {
      ...stores,
      locks: {
        ...stores.locks,
        acquire: async (wish) => {
          const attempt = this.#order.acquiring(process, wish);
          acquiring?.(wish.requestId);
          const answer = await stores.locks.acquire(wish);
          this.#order.acquired(process, attempt, answer.acquired);
          return answer;
        },
      },
      clock: process.clock,
      random: () => chance.next(),
      newId: () => {
        this.#ids += 1;
        return `id-${String(this.#ids).padStart(4, '0')}`;
      },
      policyOf: this.setting.policyOf,
      instances: {
        list: async () => this.#secret.read(),
        listAfresh: () => process.step(chance.between(5, 2_000), () => this.#secret.readAfresh()),
      },
      creator: this.greenApi.creatorFor(process, (post) => this.#sending(process, post)),
      lookUps: this.greenApi.lookUps.lookUpsFor(process),
      numbers: NO_NUMBERS,
      verifyNumbers: 'off',
      report: (event) => this.world.note(`${process.name} reports ${told(event)}`),
      execution: process.execution,
    };
  }

  #tableFor(process: Process): FaultyTable {
    const { brokenInstance, weather } = this.setting;
    const weatherOf = (key: string) => {
      if (brokenInstance !== undefined && key.includes(brokenInstance)) return NEVER_ANSWERED;
      return this.isChaotic ? weather : FAIR;
    };
    return new FaultyTable(this.table, process, this.world, weatherOf, {
      wrote: (writer, key, old, item) => this.#wrote(writer, key, old, item),
      asks: (asker, query) => this.#order.asks(asker, this.idInstances, query),
      asked: (asker, query) => this.#order.asked(asker, query),
      askedInVain: (asker, query) => this.#order.askedInVain(asker, query),
    });
  }

  #wrote(process: Process, key: string, old: Item | undefined, item: Item): void {
    const { nowMs } = this.world;
    this.note(this.chronicle.wrote(process, key, old, item, nowMs));
    this.note(this.#truth.wrote(process, key, old && requestOf(old), requestOf(item), nowMs));
    this.world.note(() => `${process.name} writes ${key} ${changes(old, item).join(' ')}`);
  }

  #sending(process: Process, post: Post): void {
    post.attempt = this.#order.lastOf(process, post.idInstance);
    const lock = this.table.items.get(lockKey(post.idInstance));
    const unowned = ownershipViolation(post, lock, this.#order.attemptsOf(process), this.#used);
    if (unowned) this.note([unowned]);
    if (post.attempt) this.note(this.#order.violations(process, post.attempt));
  }

  #checkLiveness(process: Process): void {
    for (const idInstance of this.idInstances) {
      const lock = this.table.items.get(lockKey(idInstance));
      const attempts = this.#order.attemptsOf(process);
      const violation = livenessViolation(lock, attempts, this.world.nowMs, idInstance);
      if (violation) this.note([violation]);
    }
  }
}

function told(event: CreationEvent): string {
  return 'conclusion' in event ? `${event.event}: ${event.conclusion}` : event.event;
}
