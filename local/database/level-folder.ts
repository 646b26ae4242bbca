import { ClassicLevel } from 'classic-level';
import { GroupPacerError } from '../../lambda/errors.ts';

/** The data folder cannot be used. The message says why and what to do. */
export class DataFolderError extends GroupPacerError {}

/** A LevelDB folder that is open, and so is locked against every other process until it is closed or this process ends. */
export interface OpenFolder {
  close(): Promise<void>;
}

/**
 * Opens a LevelDB folder.
 * @throws DataFolderError when another process has it open, when it is no sound database, or when it is missing and not to be made.
 */
export async function openLevel(
  folder: string,
  options: { readonly createIfMissing: boolean },
): Promise<OpenFolder> {
  const level = new ClassicLevel(folder, options);
  try {
    await level.open();
  } catch (error) {
    throw new DataFolderError(whyNot(folder, error), { cause: error });
  }
  return level;
}

function whyNot(folder: string, error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return `the database in ${folder} cannot be opened`;
  return 'code' in cause && cause.code === 'LEVEL_LOCKED'
    ? `another process is running with the data in ${folder}: end it, or choose another data folder`
    : `the database in ${folder} cannot be opened: ${cause.message}`;
}
