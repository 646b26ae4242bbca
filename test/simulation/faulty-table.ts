import { ExecutionEndedError, StorageError } from '../../lambda/errors.ts';
import type {
  CountQuery,
  IndexEntry,
  Item,
  Put,
  Query,
  Table,
  Update,
  WriteAnswer,
} from '../../lambda/storage/table.ts';
import type { MemoryTable } from '../model/memory-table.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** How the network between the function and DynamoDB fails, as probabilities of one try. */
export interface Weather {
  readonly requestLost: number;
  readonly answerLost: number;
  /** The request arrives, but a copy of it arrives again, up to `latestMs` later. */
  readonly duplicate: number;
  readonly latestMs: number;
}

export const FAIR: Weather = { requestLost: 0, answerLost: 0, duplicate: 0, latestMs: 0 };

/** Who must know what happens to the table, in the instant in which it does. */
export interface Observer {
  /** A write was applied, for the first time or as a late copy. */
  wrote(process: Process, key: string, old: Item | undefined, item: Item): void;
  /** A part of an index is going to be read. */
  asks(process: Process, query: Query): void;
  /** It has been read, in this instant, though the answer may be lost. */
  asked(process: Process, query: Query): void;
  /** It could not be read: no answer came. */
  askedInVain(process: Process, query: Query): void;
}

const SDK_TRIES = 3;
const TRY_TIMEOUT_MS = 3_000;
const FASTEST_MS = 2;
const SLOWEST_MS = 40;

/** The table as one process sees it through the SDK: tried again, answers lost, requests applied late or twice. */
export class FaultyTable implements Table {
  readonly #memory: MemoryTable;
  readonly #process: Process;
  readonly #world: World;
  readonly #weather: (key: string) => Weather;
  readonly #observer: Observer;

  constructor(
    memory: MemoryTable,
    process: Process,
    world: World,
    /** For this item, or this part of an index. */
    weather: (key: string) => Weather,
    observer: Observer,
  ) {
    this.#memory = memory;
    this.#process = process;
    this.#world = world;
    this.#weather = weather;
    this.#observer = observer;
  }

  read(key: string): Promise<Item | undefined> {
    return this.#ask(key, () => this.#memory.items.get(key), false);
  }

  readMany(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    if (keys.length === 0) return Promise.resolve(new Map());
    return this.#ask(keys.join(), () => this.#memory.readManyNow(keys), false);
  }

  put(key: string, put: Put): Promise<WriteAnswer> {
    return this.#ask(key, () => this.#observed(key, () => this.#memory.putNow(key, put)), true);
  }

  update(key: string, update: Update): Promise<WriteAnswer> {
    return this.#ask(key, () => this.#observed(key, () => this.#memory.updateNow(key, update)), true);
  }

  async query(query: Query): Promise<readonly IndexEntry[]> {
    this.#observer.asks(this.#process, query);
    const read = () => {
      this.#observer.asked(this.#process, query);
      return this.#memory.queryNow(query);
    };
    try {
      return await this.#ask(query.partition, read, false);
    } catch (error) {
      this.#observer.askedInVain(this.#process, query);
      throw error;
    }
  }

  count(query: CountQuery): Promise<number> {
    return this.#ask(query.partition, () => this.#memory.countNow(query), false);
  }

  #observed(key: string, write: () => WriteAnswer): WriteAnswer {
    const old = this.#memory.items.get(key);
    const answer = write();
    if (answer.applied) this.#observer.wrote(this.#process, key, old, answer.item);
    return answer;
  }

  async #ask<T>(key: string, apply: () => T, isWrite: boolean): Promise<T> {
    const { chance } = this.#world;
    for (let tries = 0; tries < SDK_TRIES; tries += 1) {
      const { execution, clock } = this.#process;
      if (execution.signal.aborted || clock.nowMs() >= execution.deadlineMs)
        throw new ExecutionEndedError('past the deadline');
      const weather = this.#weather(key);
      if (isWrite && chance.is(weather.duplicate)) this.#applyLater(apply, weather.latestMs);
      if (chance.is(weather.requestLost)) {
        await this.#process.step(TRY_TIMEOUT_MS, () => undefined);
        continue;
      }
      const isAnswerLost = chance.is(weather.answerLost);
      const answer = await this.#process.step(chance.between(FASTEST_MS, SLOWEST_MS), apply);
      if (!isAnswerLost) return answer;
      await this.#process.step(TRY_TIMEOUT_MS, () => undefined);
    }
    throw new StorageError('no-answer', 'no answer after all tries');
  }

  #applyLater(apply: () => unknown, latestMs: number): void {
    this.#world.in(this.#world.chance.between(1, latestMs), apply);
  }
}
