import type { CreationLock } from '../../lambda/creation/lock.ts';
import type { Instance } from '../../lambda/creation/ports.ts';
import type { Service } from '../../lambda/creation/service.ts';
import { SecretError } from '../../lambda/errors.ts';
import { nextOpening } from '../../lambda/pacing/opening.ts';
import { attemptsByDay, lockKey } from '../../lambda/storage/lock-writes.ts';
import type { Item } from '../../lambda/storage/table.ts';
import { MemoryTable } from '../model/memory-table.ts';
import { Chronicle } from './chronicle.ts';
import type { Code } from './code.ts';
import { FAIR, FaultyTable, type Weather } from './faulty-table.ts';
import { GreenApiModel, type Post } from './green-api-model.ts';
import { OrderWatch } from './order.ts';
import { CALM, type Chaos, Process, type Role } from './process.ts';
import { freeAgainMs, livenessViolation, ownershipViolation } from './promises.ts';
import type { Deed, Setting } from './setting.ts';
import type { Violation } from './violation.ts';
import type { World } from './world.ts';

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
  readonly #code: Code;
  readonly #sought: Violation['promise'] | undefined;
  readonly #order: OrderWatch;
  readonly #used = new Set<string>();
  #processes = 0;
  #ids = 0;

  /** @param sought the run is over once this promise is seen broken */
  constructor(code: Code, world: World, setting: Setting, sought?: Violation['promise']) {
    this.#code = code;
    this.#sought = sought;
    this.world = world;
    this.setting = setting;
    const lagMs = () => setting.indexLagMs(world.chance, this.isChaotic);
    this.table = new MemoryTable({ indexLater: (update) => world.in(lagMs(), update) });
    this.greenApi = new GreenApiModel(world, () => this.isChaotic, setting.timing);
    this.#order = new OrderWatch(this.table);
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
        list: async () => this.#secret(0.02),
        listAfresh: () => process.step(chance.between(5, 2_000), () => this.#secretAfresh()),
      },
      creator: this.greenApi.creatorFor(process, (post) => this.#sending(process, post)),
      report: ({ event }) => this.world.note(`${process.name} reports ${event}`),
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
    this.note(this.chronicle.wrote(process, key, old, item, this.world.nowMs));
    this.world.note(() => `${process.name} writes ${key} ${changes(old, item).join(' ')}`);
  }

  #sending(process: Process, post: Post): void {
    post.attempt = this.#order.lastOf(process, post.idInstance);
    const lock = this.table.items.get(lockKey(post.idInstance));
    const unowned = ownershipViolation(post, lock, this.#order.attemptsOf(process), this.#used);
    if (unowned) this.note([unowned]);
    if (post.attempt) this.note(this.#order.violations(process, post.attempt));
  }

  /** Now and then the secret cannot be read. */
  #secret(failing: number): readonly Instance[] {
    if (this.isChaotic && this.world.chance.is(failing))
      throw new SecretError('unavailable', 'the secret cannot be read');
    return this.setting.instances.filter(({ idInstance }) => !this.gone.has(idInstance));
  }

  /** Now and then somebody has just rotated the tokens. */
  #secretAfresh(): readonly Instance[] {
    const isRotated = this.world.chance.is(0.3);
    return this.#secret(0.1).map((instance) =>
      isRotated ? { ...instance, apiTokenInstance: 'b'.repeat(50) } : instance,
    );
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

const TOLD = [
  'status',
  'placeMs',
  'attemptId',
  'requestId',
  'freeAtMs',
  'coolUntilMs',
  'pausedBy',
  'erasedAtMs',
];

function changes(old: Item | undefined, item: Item): readonly string[] {
  return TOLD.filter((name) => item[name] !== old?.[name]).map((name) => `${name}=${item[name] ?? 'none'}`);
}
