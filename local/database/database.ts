import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createEngineClient, type Engine, startEngine } from './engine.ts';
import { openLevel } from './level-folder.ts';
import { rebuild } from './rebuild.ts';
import { createTable, TABLE_NAME } from './table.ts';

/** An empty LevelDB folder that is open as long as the data folder is in use. */
const LOCK = 'lock';
/** Records hold phone numbers: nobody else on the machine need read them. */
const DATA_DIR_MODE = 0o700;

/** DynamoDB with the table of Group Pacer, on loopback. */
export interface Database {
  readonly endpoint: string;
  readonly tableName: string;
  close(): Promise<void>;
}

/**
 * The database on disk, its indexes built anew from its items.
 * @throws DataFolderError when another process uses the folder, or when what is in it cannot be read.
 */
export async function openDatabase(options: {
  readonly dataDir: string;
  readonly log: (line: string) => void;
}): Promise<Database> {
  const { dataDir, log } = options;
  await mkdir(dataDir, { recursive: true, mode: DATA_DIR_MODE });
  const lock = await openLevel(join(dataDir, LOCK), { createIfMissing: true });
  try {
    const engine = await startEngine(await rebuild(dataDir, log));
    return toDatabase(engine, () => lock.close());
  } catch (error) {
    await lock.close();
    throw error;
  }
}

/** The database in memory: empty, and gone when it is closed. */
export async function openMemoryDatabase(): Promise<Database> {
  const engine = await startEngine();
  await createTable(createEngineClient(engine));
  return toDatabase(engine, async () => undefined);
}

function toDatabase(engine: Engine, afterwards: () => Promise<void>): Database {
  return {
    endpoint: engine.endpoint,
    tableName: TABLE_NAME,
    close: async () => {
      await engine.close();
      await afterwards();
    },
  };
}
