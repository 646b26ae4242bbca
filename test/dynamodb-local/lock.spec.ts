import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_TIMEOUT_MS, CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import { nextOpening } from '../../lambda/pacing/opening.ts';
import { holdBoundMs, intervalMs, maxJitterMs } from '../../lambda/pacing/policy.ts';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { createStores } from '../../lambda/storage/stores.ts';
import { any, missing, type Table } from '../../lambda/storage/table.ts';
import { TABLE_NAME } from '../../local/database/table.ts';
import { acquireWish } from '../storage/samples.ts';
import { openDatabase } from './database.ts';

const CONTENDERS = 500;
const ROUNDS = 10;
const INSTANCE = '1101000001';
const POLICY = { intervalSeconds: 300, jitterSeconds: 60, timeZone: 'UTC' };
const EXECUTION_MS = 202_000;
const DAY = '1970-01-01';
const ALIVE = { deadlineMs: Number.POSITIVE_INFINITY, signal: new AbortController().signal };

let client: DynamoDBClient;
let table: Table;

beforeAll(async () => {
  client = await openDatabase('lock', CONTENDERS);
  table = new DynamoDbTable(client, TABLE_NAME, ALIVE, Date.now);
});

afterAll(() => client.destroy());

/** All contenders at once, each with an attempt of its own and the same clock. */
function contend(over: Table, idInstance: string, nowMs: number) {
  const { locks } = createStores(over);
  const boundMs = holdBoundMs(POLICY, nowMs + EXECUTION_MS);
  return Promise.all(
    Array.from({ length: CONTENDERS }, (_, contender) =>
      locks.acquire(acquireWish(idInstance, `${nowMs}-${contender}`, nowMs, boundMs)),
    ),
  );
}

describe(`${CONTENDERS} contenders for one lock`, () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => round + 1))(
    'round %i: one winner, every loser is told the time left',
    async (round) => {
      const nowMs = round * 1_000_000;
      const answers = await contend(table, INSTANCE, nowMs);
      const [winner, ...others] = answers.filter(({ acquired }) => acquired);
      expect(others).toEqual([]);
      const losers = answers.filter(({ acquired }) => !acquired);
      expect(losers).toHaveLength(CONTENDERS - 1);
      const atMs = nowMs + CALL_TIMEOUT_MS + intervalMs(POLICY) + maxJitterMs(POLICY);
      for (const { lock } of losers) {
        expect(lock).toEqual(winner?.lock);
        expect(nextOpening(POLICY, lock, nowMs)).toEqual({ why: 'in-flight', atMs });
      }
      expect(winner?.lock.attemptsByDay).toEqual({ [DAY]: round });
      const freeAtMs = nowMs + intervalMs(POLICY);
      expect(freeAtMs + CLOCK_MARGIN_MS).toBeLessThan((round + 1) * 1_000_000);
      const { locks } = createStores(table);
      await locks.settle(INSTANCE, winner?.lock.attemptId ?? '', {
        freeAtMs,
        givenBack: false,
        day: DAY,
        staleDays: [],
      });
    },
  );

  it('without its condition the very same write has many winners: the rounds above would see it', async () => {
    const answers = await contend(withoutConditions(table), '1101000002', 1_000_000);
    const winners = answers.filter(({ acquired }) => acquired);
    expect(winners.length).toBeGreaterThan(1);
    expect(winners.at(-1)?.lock.attemptsByDay).not.toEqual({ [DAY]: 1 });
  });
});

/** The unsafe twin: whoever writes last has it. */
function withoutConditions(safe: Table): Table {
  const always = any(missing('an attribute that nobody has'));
  return {
    read: (key) => safe.read(key),
    readMany: (keys) => safe.readMany(keys),
    query: (query) => safe.query(query),
    count: (query) => safe.count(query),
    put: (key, put) => safe.put(key, { ...put, condition: always }),
    update: (key, update) => safe.update(key, { ...update, condition: always }),
  };
}
