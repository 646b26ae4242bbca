import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { drain } from '../../lambda/creation/drain.ts';
import { outlookOf } from '../../lambda/creation/outlook.ts';
import { ANY_INSTANCE, type GroupRequest } from '../../lambda/creation/request.ts';
import type { Service } from '../../lambda/creation/service.ts';
import { DynamoDbTable } from '../../lambda/storage/dynamodb-table.ts';
import { put, requestKey } from '../../lambda/storage/request-writes.ts';
import { PARTITION_KEY } from '../../lambda/storage/table-layout.ts';
import { TABLE_NAME } from '../../local/database/table.ts';
import { meterCapacity } from '../dynamodb-local/capacity.ts';
import { ENDPOINT_VARIABLE, openDatabase } from '../dynamodb-local/database.ts';
import { fetchEngine, startEngine } from '../dynamodb-local/engine.ts';
import { Processes } from '../tools/processes.ts';
import { scratchFolder } from '../tools/scratch.ts';
import { Bench, EXECUTION_MS, instances } from '../unit/harness.ts';

/* `npm run bench:tick`: how the time and the read units of a tick, and of an answer to somebody who joins the queue, grow. */

/** Of so many the median is told; one before them warms up. */
const RUNS = 5;
const SOCKETS = 100;
/** BatchWriteItem's own limit. */
const ITEMS_IN_A_BATCH = 25;
const BATCHES_AT_ONCE = 16;

interface Scene {
  readonly instances: number;
  /** Requests waiting for each instance, and for any. */
  readonly waitingForEach: number;
  readonly waitingForAny: number;
}

const TICKS: readonly Scene[] = [
  { instances: 1, waitingForEach: 0, waitingForAny: 0 },
  { instances: 10, waitingForEach: 0, waitingForAny: 0 },
  { instances: 100, waitingForEach: 0, waitingForAny: 0 },
  { instances: 1_000, waitingForEach: 0, waitingForAny: 0 },
  { instances: 10, waitingForEach: 1_000, waitingForAny: 0 },
  { instances: 100, waitingForEach: 100, waitingForAny: 0 },
  { instances: 1_000, waitingForEach: 100, waitingForAny: 0 },
  { instances: 1_000, waitingForEach: 90, waitingForAny: 10_000 },
];
const ANSWERS: readonly Scene[] = [
  { instances: 1, waitingForEach: 10, waitingForAny: 0 },
  { instances: 1, waitingForEach: 9_999, waitingForAny: 0 },
  { instances: 10, waitingForEach: 1_000, waitingForAny: 1_000 },
  { instances: 1_000, waitingForEach: 90, waitingForAny: 9_999 },
];

{
  await using processes = new Processes();
  const { folder } = await fetchEngine(processes);
  process.env[ENDPOINT_VARIABLE] = await startEngine(processes, folder, scratchFolder());
  console.log('a tick over instances that all rest (DynamoDB Local; one process, loopback)\n');
  await tell(TICKS, 'tick', (service) => drain(service));
  console.log('\nwhere the last of a line stands, as its caller is told it\n');
  await tell(ANSWERS, 'answer', (service, last) => outlookOf(service, last));
}

async function tell(
  scenes: readonly Scene[],
  name: string,
  work: (service: Service, last: GroupRequest) => Promise<unknown>,
): Promise<void> {
  console.log(
    `| instances | waiting | queries and reads | read units | median ms of a ${name} |\n|---|---|---|---|---|`,
  );
  for (const [index, scene] of scenes.entries()) {
    const client = await openDatabase(`${name}${index}`, SOCKETS);
    const bench = new Bench();
    bench.instances = instances(scene.instances);
    const service = () => serviceOver(client, bench);
    const last = await fill(client, bench, scene);
    const meter = meterCapacity(client);
    const commands = countCommands(client);
    await work(service(), last);
    const { read } = meter.read();
    const units = Object.values(read.indexes).reduce((sum, some) => sum + some, read.table);
    const count = commands();
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const startedMs = performance.now();
      await work(service(), last);
      times.push(performance.now() - startedMs);
    }
    const waiting = scene.instances * scene.waitingForEach + scene.waitingForAny;
    const median = times.toSorted((one, other) => one - other)[Math.floor(RUNS / 2)] ?? 0;
    console.log(`| ${scene.instances} | ${waiting} | ${count} | ${units} | ${median.toFixed(0)} |`);
    client.destroy();
  }
}

function serviceOver(client: DynamoDBClient, bench: Bench): Service {
  const { clock } = bench;
  const execution = { deadlineMs: clock.nowMs() + EXECUTION_MS, signal: new AbortController().signal };
  return bench.service(new DynamoDbTable(client, TABLE_NAME, execution, () => clock.nowMs()));
}

function countCommands(client: DynamoDBClient): () => number {
  let count = 0;
  client.middlewareStack.add(
    (next) => (given) => {
      count += 1;
      return next(given);
    },
    { step: 'initialize' },
  );
  return () => count;
}

/** Locks that rest for another four minutes, and lines behind them. @returns the last of a line */
async function fill(client: DynamoDBClient, bench: Bench, scene: Scene): Promise<GroupRequest> {
  const nowMs = bench.clock.nowMs();
  const locks = bench.instances.map(({ idInstance }) => ({
    [PARTITION_KEY]: `lock#${idInstance}`,
    freeAtMs: nowMs + 240_000,
  }));
  const lineOf = (wanted: string, count: number) =>
    Array.from({ length: count }, (_, index) => queued(wanted, nowMs - count + index));
  const lines = [
    ...bench.instances.flatMap(({ idInstance }) => lineOf(idInstance, scene.waitingForEach)),
    ...lineOf(ANY_INSTANCE, scene.waitingForAny),
  ];
  const records = lines.map((request) => ({
    ...put(request, undefined).item,
    [PARTITION_KEY]: requestKey(request.id),
  }));
  await write(client, [...locks, ...records]);
  return lines.at(-1) ?? queued(ANY_INSTANCE, nowMs);
}

function queued(wanted: string, placeMs: number): GroupRequest {
  return {
    id: `${wanted}-${placeMs}`,
    groupName: 'Class 5b',
    chatIds: ['79001234568@c.us'],
    wanted,
    mode: 'queue',
    placeMs,
    askedBy: 'default',
    createdAtMs: placeMs,
    status: 'queued',
    version: 1,
    updatedAtMs: placeMs,
    lookups: 0,
  };
}

async function write(client: DynamoDBClient, items: readonly object[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / ITEMS_IN_A_BATCH) }, (_, index) =>
    items.slice(index * ITEMS_IN_A_BATCH, (index + 1) * ITEMS_IN_A_BATCH),
  );
  for (let first = 0; first < batches.length; first += BATCHES_AT_ONCE) {
    await Promise.all(
      batches.slice(first, first + BATCHES_AT_ONCE).map((batch) => {
        const requests = batch.map((item) => ({ PutRequest: { Item: marshall(item) } }));
        return client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE_NAME]: requests } }));
      }),
    );
  }
}
