import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const BUILDING = 'db-building';
const FOLDER = /^db-(\d{6,})$/;
const NUMBER_DIGITS = 6;

/** Where the next copy of the database is built. It counts for nothing until it is published. */
export function buildingFolder(dataDir: string): string {
  return join(dataDir, BUILDING);
}

export function numberedFolder(dataDir: string, number: number): string {
  return join(dataDir, `db-${String(number).padStart(NUMBER_DIGITS, '0')}`);
}

/** The highest number of a folder, 0 when there is none. */
export async function newestNumber(dataDir: string): Promise<number> {
  return Math.max(0, ...(await numbersIn(dataDir)));
}

export async function removeBuilding(dataDir: string): Promise<void> {
  await rm(buildingFolder(dataDir), { recursive: true, force: true });
}

/** Removes the folders whose number is below `number`. */
export async function removeOlder(dataDir: string, number: number): Promise<void> {
  for (const older of (await numbersIn(dataDir)).filter((other) => other < number)) {
    await rm(numberedFolder(dataDir, older), { recursive: true, force: true });
  }
}

/** Gives the finished, closed copy its number: every byte of it is on the disk before the rename, and the rename before this returns. */
export async function publishBuilding(dataDir: string, number: number): Promise<void> {
  const building = buildingFolder(dataDir);
  for (const file of await readdir(building)) await syncFile(join(building, file));
  await syncDirectory(building);
  await rename(building, numberedFolder(dataDir, number));
  await syncDirectory(dataDir);
}

async function numbersIn(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir);
  return names.flatMap((name) => {
    const digits = FOLDER.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot sync a directory, and writes its entries in order by itself.
  if (process.platform === 'win32') return;
  await using directory = await open(path, 'r');
  await directory.sync();
}
