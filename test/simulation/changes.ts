import type { Item } from '../../lambda/storage/table.ts';

/** What a trace tells of a write. */
const TOLD = [
  'status',
  'placeMs',
  'attemptId',
  'requestId',
  'freeAtMs',
  'coolUntilMs',
  'pausedBy',
  'erasedAtMs',
];

/** What it changed of that. */
export function changes(old: Item | undefined, item: Item): readonly string[] {
  return TOLD.filter((name) => item[name] !== old?.[name]).map((name) => `${name}=${item[name] ?? 'none'}`);
}
