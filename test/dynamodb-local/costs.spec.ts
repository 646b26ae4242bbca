import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGroup } from '../../lambda/creation/create-group.ts';
import { drain } from '../../lambda/creation/drain.ts';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { TABLE_NAME } from '../../local/database/table.ts';
import { Bench, EXECUTION_MS, instances, OWN_CHAT_ID } from '../unit/harness.ts';
import { type Meter, meterCapacity, type Share } from './capacity.ts';
import { openDatabase } from './database.ts';

/** From its acceptance to its end, with nothing else waiting. */
const MOST_READ_UNITS = 10;
const SOCKETS = 50;
/** With so many the record stays under 1 KB. */
const TEN_MEMBERS = Array.from({ length: 10 }, (_, index) => `7900000000${index}@c.us`);

let databases = 0;
let client: DynamoDBClient;
let bench: Bench;
let meter: Meter;

beforeEach(async () => {
  databases += 1;
  client = await openDatabase(`costs${databases}`, SOCKETS);
  meter = meterCapacity(client);
  bench = new Bench();
  bench.lookUps.group = async (_instance, chatId) => ({
    kind: 'told',
    value: {
      chatId,
      subject: '',
      createdAtMs: 0,
      creators: [OWN_CHAT_ID],
      members: [OWN_CHAT_ID, ...TEN_MEMBERS],
      isWhole: true,
      groupInviteLink: '',
    },
  });
});
afterEach(() => client.destroy());

function service() {
  const { clock } = bench;
  const execution = { deadlineMs: clock.nowMs() + EXECUTION_MS, signal: new AbortController().signal };
  return bench.service(new DynamoDbTable(client, TABLE_NAME, execution, () => clock.nowMs()));
}

const ask = (groupName: string, mode: 'sync' | 'queue') =>
  createGroup(
    service(),
    {
      groupName,
      chatIds: TEN_MEMBERS,
      wanted: '1101000001',
    },
    { keyName: 'default', idempotencyKey: groupName },
    mode,
  );

/** Table and indexes together, and what was refused, which DynamoDB bills too. */
function spent() {
  const { read, write, refusedWrites } = meter.read();
  return { read: all(read), write: all(write) + refusedWrites };
}

const all = ({ table, indexes }: Share) => Object.values(indexes).reduce((sum, units) => sum + units, table);

describe('a created group costs', () => {
  it('9 write units at once: claim, lock, record with two index entries, outcome and its index entry, lock, members', async () => {
    expect(await ask('Class 5b', 'sync')).toHaveProperty('request.missingChatIds', []);
    expect(spent().write).toBe(9);
  });

  it('12 out of the queue: 4 to be accepted, 8 to be served, for it moves once between lines', async () => {
    await ask('Class 5a', 'sync');
    meter.reset();
    expect(await ask('Class 5b', 'queue')).toHaveProperty('request.status', 'queued');
    const accepted = spent();
    bench.clock.advance(3_600_000);
    meter.reset();
    await drain(service());
    expect(bench.posts).toHaveLength(2);
    const served = spent();
    expect([accepted.write, served.write]).toEqual([4, 8]);
    expect(accepted.read + served.read).toBeLessThanOrEqual(MOST_READ_UNITS);
  });
});

describe('a tick that finds nothing', () => {
  it.each([1, 10, 100])(
    'with %i instances costs half a read unit for each, for any and for the watch, and no write',
    async (count) => {
      bench.instances = instances(count);
      let queries = 0;
      client.middlewareStack.add(
        (next, { commandName }) =>
          (given) => {
            if (commandName === 'QueryCommand') queries += 1;
            return next(given);
          },
        { step: 'initialize' },
      );
      await drain(service());
      expect({ queries, ...spent() }).toEqual({ queries: count + 2, read: (count + 2) / 2, write: 0 });
    },
  );
});
