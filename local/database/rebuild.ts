import { copyItems } from './copy-items.ts';
import { createEngineClient, type Engine, startEngine } from './engine.ts';
import {
  buildingFolder,
  newestNumber,
  numberedFolder,
  publishBuilding,
  removeBuilding,
  removeOlder,
} from './folders.ts';
import { openLevel } from './level-folder.ts';
import { createTable, TABLE_NAME } from './table.ts';

/**
 * Copies all items into a fresh database and lets it take the old one's place. Needed on every start: the engine writes index
 * entries before their item and apart from it, so a killed process leaves entries missing and stale, while each item is whole.
 *
 * Only one process does this at a time (the lock of the data folder), and nobody writes items meanwhile. A kill at any instant
 * loses nothing, because the items are always whole in the folder with the highest number, and only a rename makes a number:
 *
 * | killed | on the disk | the next start |
 * |---|---|---|
 * | before the first rename ever | perhaps `db-building` | removes it; nobody was told yet that anything was stored |
 * | while `db-building` is filled or synced | db-N whole (it is read, and LevelDB's own recovery of it is safe to repeat), a part of the copy | removes the part, copies db-N again |
 * | at the rename | one of the neighbours of this row: a rename is atomic | as they do |
 * | after the rename | db-N+1 whole, db-N whole | takes db-N+1, removes db-N: the two hold the same items, for nobody has written since |
 * | while db-N is removed | db-N+1 whole, a part of db-N | takes db-N+1, removes the rest of db-N |
 * | while it serves | db-N+1: every write that was answered is in LevelDB's log, which the operating system holds | copies the items, makes the index entries anew |
 *
 * The power may fail as well: the copy is synced before the rename and the rename before the old folder goes, so the highest
 * number is never an empty shell. What the engine wrote in the last seconds before a power cut may be lost all the same,
 * because dynalite does not sync its writes.
 *
 * @returns the folder of the new database, closed.
 */
export async function rebuild(dataDir: string, log: (line: string) => void): Promise<string> {
  await removeBuilding(dataDir);
  const number = await newestNumber(dataDir);
  await removeOlder(dataDir, number);

  const items = await buildCopy(dataDir, number);

  await publishBuilding(dataDir, number + 1);
  await removeOlder(dataDir, number + 1);
  const folder = numberedFolder(dataDir, number + 1);
  log(`database ${folder}: ${items} items, indexes built anew`);
  return folder;
}

/** Fills `db-building` with a table and the items of folder `number`, where 0 is an empty database. Closes both. */
async function buildCopy(dataDir: string, number: number): Promise<number> {
  const target = await startEngine(buildingFolder(dataDir));
  try {
    const client = createEngineClient(target);
    await createTable(client);
    return number === 0 ? 0 : await copyFrom(numberedFolder(dataDir, number), target);
  } finally {
    await target.close();
  }
}

async function copyFrom(folder: string, target: Engine): Promise<number> {
  // Tried first, so that a damaged or empty folder is an error that says so.
  const tried = await openLevel(folder, { createIfMissing: false });
  await tried.close();
  const source = await startEngine(folder);
  try {
    return await copyItems(createEngineClient(source), createEngineClient(target), TABLE_NAME);
  } finally {
    await source.close();
  }
}
