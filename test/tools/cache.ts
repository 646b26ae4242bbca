import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Tools that are fetched for the deeper checks; never in git. */
const CACHE = join(import.meta.dirname, '../../.cache');
const DIGEST_DIGITS = 12;
/** Written last: a folder without it was left half made. */
const COMPLETE = 'complete';

/**
 * A folder of tools, made once for these pins and again when they change; older ones go.
 * @param pins all that decides what is in the folder.
 */
export async function cachedFolder(
  name: string,
  pins: string,
  make: (folder: string) => Promise<void>,
): Promise<{ readonly folder: string; readonly isNew: boolean }> {
  const digest = createHash('sha256').update(pins).digest('hex').slice(0, DIGEST_DIGITS);
  const folder = join(CACHE, `${name}-${digest}`);
  const isComplete = await stat(join(folder, COMPLETE)).then(
    () => true,
    () => false,
  );
  if (isComplete) return { folder, isNew: false };
  await mkdir(CACHE, { recursive: true });
  const older = (await readdir(CACHE)).filter((entry) => entry.startsWith(`${name}-`));
  await Promise.all(older.map((entry) => rm(join(CACHE, entry), { recursive: true })));
  await mkdir(folder);
  await make(folder);
  await writeFile(join(folder, COMPLETE), '');
  return { folder, isNew: true };
}
