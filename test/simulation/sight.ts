import { type PlantedBug, plant } from './plant.ts';
import { simulate } from './simulate.ts';

/** A bug that no seed up to here shows is one that the simulation cannot see. */
const SEEDS_FOR_A_BUG = 3_000;

/** The first run of the code with this bug that breaks the promise that it must break; undefined if none does. */
export async function firstSeen(bug: PlantedBug): Promise<number | undefined> {
  const { code, remove } = await plant(bug);
  try {
    for (const seed of seedsFor(bug)) {
      const { violations } = await simulate(code, seed, bug.breaks);
      if (violations.some(({ promise }) => promise === bug.breaks)) return seed;
    }
    return undefined;
  } finally {
    await remove();
  }
}

function* seedsFor({ seenAt }: PlantedBug): Generator<number> {
  if (seenAt !== undefined) yield seenAt;
  for (let seed = 1; seed <= SEEDS_FOR_A_BUG; seed += 1) yield seed;
}
