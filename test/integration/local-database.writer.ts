/**
 * Writes to the database of a data folder until it is killed, and tells on standard output what it did:
 * `opening`, `ready`, `start <id> <version>` before each write and `done <id> <version>` after its answer.
 * Run as `node local-database.writer.ts <data folder>`.
 */
import { writeSync } from 'node:fs';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { openDatabase } from '../../local/database/database.ts';
import { itemOf } from './local-database.item.ts';

const WRITERS = 8;
const ITEMS_OF_A_WRITER = 5;

const tell = (line: string) => writeSync(1, `${line}\n`);

tell('opening');
const { endpoint, tableName } = await openDatabase({ dataDir: process.argv[2] ?? '', log: () => undefined });
tell('ready');

const client = new DynamoDBClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

async function writeOn(writer: number): Promise<never> {
  // Versions rise from start to start of this script too.
  for (let version = Date.now(); ; version += 1) {
    const id = `${writer}-${version % ITEMS_OF_A_WRITER}`;
    tell(`start ${id} ${version}`);
    await client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(id, version) }));
    tell(`done ${id} ${version}`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeOn(writer)));
