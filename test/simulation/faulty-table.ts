import { ExecutionEndedError, StorageError } from '../../lambda/errors.ts';
import type { Item, Put, Table, Update, WriteAnswer } from '../../lambda/storage/table.ts';
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

const SDK_TRIES = 3;
const TRY_TIMEOUT_MS = 3_000;
const FASTEST_MS = 2;
const SLOWEST_MS = 40;

/** The table as one process sees it through the SDK: tried again, answers lost, requests applied late or twice. */
export class FaultyTable implements Table {
  readonly #memory: MemoryTable;
  readonly #process: Process;
  readonly #world: World;
  readonly #weather: () => Weather;

  constructor(memory: MemoryTable, process: Process, world: World, weather: () => Weather) {
    this.#memory = memory;
    this.#process = process;
    this.#world = world;
    this.#weather = weather;
  }

  read(key: string): Promise<Item | undefined> {
    return this.#ask(() => this.#memory.items.get(key), false);
  }

  readMany(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    return this.#ask(() => this.#memory.readManyNow(keys), false);
  }

  put(key: string, put: Put): Promise<WriteAnswer> {
    return this.#ask(() => this.#memory.putNow(key, put), true);
  }

  update(key: string, update: Update): Promise<WriteAnswer> {
    return this.#ask(() => this.#memory.updateNow(key, update), true);
  }

  async #ask<T>(apply: () => T, isWrite: boolean): Promise<T> {
    const { chance } = this.#world;
    for (let tries = 0; tries < SDK_TRIES; tries += 1) {
      const { execution, clock } = this.#process;
      if (execution.signal.aborted || clock.nowMs() >= execution.deadlineMs)
        throw new ExecutionEndedError('past the deadline');
      const weather = this.#weather();
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
    this.#world.at(this.#world.nowMs + this.#world.chance.between(1, latestMs), apply);
  }
}
