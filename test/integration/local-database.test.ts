import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttributeValue,
  DescribeTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HISTORY_INDEX, PARTITION_KEY, WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import { type Database, openDatabase, openMemoryDatabase } from '../../local/database/database.ts';
import { createEngineClient } from '../../local/database/engine.ts';
import { DataFolderError } from '../../local/database/level-folder.ts';
import { itemOf } from './local-database.item.ts';

type Item = Record<string, AttributeValue>;

let dataDir: string;
const open: Database[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'group-pacer-'));
});
afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Opens the database, calls `use`, and closes it again. */
async function withDatabase<T>(use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const database = await openDatabase({ dataDir, log: () => undefined });
  const client = createEngineClient(database);
  try {
    return await use(client);
  } finally {
    client.destroy();
    await database.close();
  }
}

const TABLE = { TableName: 'group-pacer' };

async function put(client: DynamoDBClient, ...items: readonly Item[]): Promise<void> {
  for (const item of items) await client.send(new PutItemCommand({ ...TABLE, Item: item }));
}

async function allItems(client: DynamoDBClient): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { ...TABLE, ConsistentRead: true }))
    items.push(...(page.Items ?? []));
  return items;
}

interface Index {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

async function queryIndex(client: DynamoDBClient, index: Index, partition: string): Promise<Item[]> {
  const entries: Item[] = [];
  for await (const page of paginateQuery(
    { client },
    {
      ...TABLE,
      IndexName: index.name,
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': index.partitionKey },
      ExpressionAttributeValues: { ':p': { S: partition } },
    },
  )) {
    entries.push(...(page.Items ?? []));
  }
  return entries;
}

/** What an index should answer, in its order. */
function expectedEntries(
  items: readonly Item[],
  { partitionKey, sortKey }: Index,
  partition: string,
): Item[] {
  const keys = [PARTITION_KEY, partitionKey, sortKey];
  return items
    .filter((item) => item[partitionKey]?.S === partition && item[sortKey] !== undefined)
    .map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name))))
    .toSorted((one, other) => ((one[sortKey]?.S ?? '') < (other[sortKey]?.S ?? '') ? -1 : 1));
}

/** Every item that should be in an index is there, and nothing else. */
async function expectSoundIndexes(client: DynamoDBClient): Promise<void> {
  const items = await allItems(client);
  for (const [index, partition] of [
    [WORK_INDEX, 'wait#any'],
    [WORK_INDEX, 'watch'],
    [HISTORY_INDEX, '2026-11'],
  ] as const) {
    expect(await queryIndex(client, index, partition)).toEqual(expectedEntries(items, index, partition));
  }
}

const manyItems = (count: number) =>
  Array.from({ length: count }, (_, index) => itemOf(`item-${index}`, index));
const folders = async () => (await readdir(dataDir)).filter((name) => name.startsWith('db-')).toSorted();

describe('a fresh database', () => {
  it('has the table with its key and both indexes, keys only, on disk and in memory', async () => {
    const inMemory = await openMemoryDatabase();
    open.push(inMemory);
    const onDisk = await openDatabase({ dataDir: join(dataDir, 'not', 'there'), log: () => undefined });
    open.push(onDisk);
    for (const database of open) {
      expect(new URL(database.endpoint).hostname).toBe('127.0.0.1');
      const { Table: table } = await createEngineClient(database).send(
        new DescribeTableCommand({ TableName: database.tableName }),
      );
      expect(table?.TableStatus).toBe('ACTIVE');
      expect(table?.KeySchema).toEqual([{ AttributeName: PARTITION_KEY, KeyType: 'HASH' }]);
      const indexes = table?.GlobalSecondaryIndexes?.map((index) => ({
        name: index.IndexName,
        partitionKey: index.KeySchema?.[0]?.AttributeName,
        sortKey: index.KeySchema?.[1]?.AttributeName,
      }));
      expect(indexes).toEqual(expect.arrayContaining([WORK_INDEX, HISTORY_INDEX]));
      expect(table?.GlobalSecondaryIndexes?.map((index) => index.Projection?.ProjectionType)).toEqual([
        'KEYS_ONLY',
        'KEYS_ONLY',
      ]);
    }
  });
});

describe('a start over an existing database', () => {
  it('keeps every item as it was, of every type and over several pages', async () => {
    const items: Item[] = [
      {
        [PARTITION_KEY]: { S: 'request#1' },
        big: { N: '12345678901234567890123456789012345678' },
        empty: { S: '' },
        bytes: { B: new Uint8Array([0, 1, 255]) },
        list: { L: [{ S: 'Ünï' }, { BOOL: false }, { NULL: true }, { M: { deep: { N: '-1.5' } } }] },
        map: { M: {} },
        names: { SS: ['a', 'b'] },
        numbers: { NS: ['1', '2'] },
      },
      ...Array.from({ length: 60 }, (_, index) => ({
        ...itemOf(`big-${index}`, index),
        chatIds: { S: 'x'.repeat(40_000) },
      })),
    ];
    const lines: string[] = [];
    const before = await withDatabase(async (client) => {
      await put(client, ...items);
      return allItems(client);
    });
    const database = await openDatabase({ dataDir, log: (line) => lines.push(line) });
    open.push(database);
    expect(await allItems(createEngineClient(database))).toEqual(before);
    expect(before).toHaveLength(items.length);
    expect(lines).toEqual([expect.stringContaining('61 items')]);
    await expectSoundIndexes(createEngineClient(database));
    expect(await folders()).toEqual(['db-000002']);
  });

  it('mends index entries that are missing and drops those whose item is gone', async () => {
    await withDatabase((client) => put(client, ...manyItems(30)));
    const level = new ClassicLevel(join(dataDir, 'db-000001'));
    const keys = await level.keys().all();
    const lostEntries = keys.filter((key) => key.startsWith('index-')).slice(0, 20);
    const lostItems = keys.filter((key) => key.startsWith('item-')).slice(0, 10);
    expect([lostEntries.length, lostItems.length]).toEqual([20, 10]);
    await level.batch([...lostEntries, ...lostItems].map((key) => ({ type: 'del', key })));
    await level.close();

    await withDatabase(async (client) => {
      expect(await allItems(client)).toHaveLength(20);
      await expectSoundIndexes(client);
    });
  });
});

describe('a start after a crash', () => {
  beforeEach(() => withDatabase((client) => put(client, ...manyItems(10))));

  it('throws away a copy that was not finished', async () => {
    await cp(join(dataDir, 'db-000001'), join(dataDir, 'db-building'), { recursive: true });
    await rm(join(dataDir, 'db-building', 'CURRENT'));
    await writeFile(join(dataDir, 'db-building', '000099.log'), 'torn');
    await withDatabase(async (client) => expect(await allItems(client)).toHaveLength(10));
    expect(await folders()).toEqual(['db-000002']);
  });

  it('makes an empty database when the very first copy was not finished', async () => {
    await rename(join(dataDir, 'db-000001'), join(dataDir, 'db-building'));
    await withDatabase(async (client) => expect(await allItems(client)).toEqual([]));
    expect(await folders()).toEqual(['db-000001']);
  });

  it('takes the copy that was published and removes the whole old folder', async () => {
    await cp(join(dataDir, 'db-000001'), join(dataDir, 'old'), { recursive: true });
    await withDatabase((client) => put(client, itemOf('written-later', 1)));
    await rename(join(dataDir, 'old'), join(dataDir, 'db-000001'));
    expect(await folders()).toEqual(['db-000001', 'db-000002']);
    await withDatabase(async (client) => expect(await allItems(client)).toHaveLength(11));
    expect(await folders()).toEqual(['db-000003']);
  });

  it('takes the copy that was published and removes what is left of the old folder', async () => {
    await withDatabase(async () => undefined);
    await mkdir(join(dataDir, 'db-000001'));
    await writeFile(join(dataDir, 'db-000001', 'MANIFEST-000004'), 'torn');
    await withDatabase(async (client) => expect(await allItems(client)).toHaveLength(10));
    expect(await folders()).toEqual(['db-000003']);
  });

  it('counts on by numbers, not by names, and leaves other files alone', async () => {
    await rename(join(dataDir, 'db-000001'), join(dataDir, 'db-999999'));
    await mkdir(join(dataDir, 'db-old'));
    await withDatabase(async (client) => expect(await allItems(client)).toHaveLength(10));
    await withDatabase(async (client) => expect(await allItems(client)).toHaveLength(10));
    expect(await folders()).toEqual(['db-1000001', 'db-old']);
  });
});

describe('a folder that cannot be used', () => {
  it('is refused while it is in use, and can be used afterwards', async () => {
    await withDatabase(async () => {
      const second = openDatabase({ dataDir, log: () => undefined });
      await expect(second).rejects.toThrow(DataFolderError);
      await expect(second).rejects.toThrow('another process is running with the data in');
    });
    await withDatabase(async () => undefined);
  });

  it.each([
    ['empty', 'create_if_missing'],
    ['damaged', 'cannot be opened'],
  ])('is refused when its database is %s, and nothing is taken away', async (state, words) => {
    const folder = join(dataDir, 'db-000007');
    await mkdir(folder);
    if (state === 'damaged') await writeFile(join(folder, 'CURRENT'), 'MANIFEST-000001\n');
    const opening = openDatabase({ dataDir, log: () => undefined });
    await expect(opening).rejects.toThrow(DataFolderError);
    await expect(opening).rejects.toThrow(words);
    expect(await folders()).toContain('db-000007');
  });
});

describe('the engine', () => {
  it('outlives a client that breaks off in the midst of a request', async () => {
    const database = await openMemoryDatabase();
    open.push(database);
    const socket = connect(Number(new URL(database.endpoint).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{');
    await pause(20);
    socket.destroy();
    await pause(20);
    expect(await allItems(createEngineClient(database))).toEqual([]);
  });

  it('is closed soon although a client keeps a request open', async () => {
    const database = await openMemoryDatabase();
    const socket = connect(Number(new URL(database.endpoint).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{');
    await pause(20);
    const startedMs = performance.now();
    await database.close();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

describe('a process that is killed', () => {
  /** What the writer said before it was killed, as `verb id version`. */
  type Said = (readonly [verb: string, id: string, version: number])[];

  /** Starts a writer, waits until it says `verb`, then for `meanwhile`, and kills it. */
  async function runAndKill(verb: 'opening' | 'ready', meanwhile: () => Promise<unknown>): Promise<Said> {
    const script = join(import.meta.dirname, 'local-database.writer.ts');
    const writer: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(writer, 'exit');
    const said: Said = [];
    const killed = Promise.withResolvers<void>();
    for await (const line of createInterface(writer.stdout)) {
      const [heard = '', id = '', version] = line.split(' ');
      said.push([heard, id, Number(version)]);
      if (heard === verb)
        meanwhile()
          .finally(() => writer.kill('SIGKILL'))
          .then(() => killed.resolve(), killed.reject);
    }
    expect(await exited).toEqual([null, 'SIGKILL']);
    await killed.promise;
    return said;
  }

  /** Each item is a version that was begun, and none older than the last one that was answered. */
  async function expectNothingLost(client: DynamoDBClient, said: Said): Promise<void> {
    const versions = new Map(
      (await allItems(client)).map((item) => [item[PARTITION_KEY]?.S ?? '', Number(item['version']?.N)]),
    );
    const begun = new Set(
      said.filter(([verb]) => verb === 'start').map(([, id, version]) => `${id} ${version}`),
    );
    const answered = new Map(
      said.filter(([verb]) => verb === 'done').map(([, id, version]) => [id, version]),
    );
    for (const [id, version] of answered) expect(versions.get(id)).toBeGreaterThanOrEqual(version);
    for (const [id, version] of versions) expect(begun).toContain(`${id} ${version}`);
  }

  it('loses no write that was answered, and the next start mends the indexes', async () => {
    const said: Said = [];
    for (const [verb, delayMs] of [
      ['ready', 60],
      ['opening', 30],
      ['ready', 120],
      ['opening', 80],
      ['ready', 30],
    ] as const) {
      said.push(...(await runAndKill(verb, () => pause(delayMs))));
      await withDatabase(async (client) => {
        await expectNothingLost(client, said);
        await expectSoundIndexes(client);
      });
    }
    // How many is up to the machine; without any, nothing would be shown.
    expect(said.some(([verb]) => verb === 'done')).toBe(true);
  }, 30_000);

  it('locks out others while it lives, and nobody once it is dead', async () => {
    await runAndKill('ready', () =>
      expect(openDatabase({ dataDir, log: () => undefined })).rejects.toThrow('another process is running'),
    );
    await withDatabase(expectSoundIndexes);
  }, 30_000);
});
