import { describe, expect, it } from 'vitest';
import { OWN_CODE } from './own-code.ts';
import { PLANTED_BUGS, plant } from './planted-bugs.ts';
import { type Code, simulate } from './simulate.ts';

const SEEDS = 300;
/** A bug that no seed up to here shows is one that the simulation cannot see. */
const SEEDS_FOR_A_BUG = 3_000;
const SLOW_TEST_MS = 90_000;

describe('the promises in virtual time', () => {
  it(
    `S1, S2, S3 and L1 hold in ${SEEDS} runs of crashes, freezes, lost answers and late writes`,
    async () => {
      const broken: string[] = [];
      let groups = 0;
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        const run = await simulate(OWN_CODE, seed);
        groups += run.groups;
        broken.push(
          ...run.violations.map(
            ({ promise, what }) => `${promise}: ${what} — replay: npm run simulate -- ${seed}`,
          ),
        );
      }
      expect(broken).toEqual([]);
      // A simulation in which nothing happens keeps every promise.
      expect(groups).toBeGreaterThan(SEEDS);
    },
    SLOW_TEST_MS,
  );

  it('the same seed plays the same run', async () => {
    for (const seed of [3, 17, 101]) {
      expect(await simulate(OWN_CODE, seed)).toEqual(await simulate(OWN_CODE, seed));
    }
  });
});

describe('a bug planted in the code breaks a promise', () => {
  it.each(PLANTED_BUGS)('$breaks: $name', { timeout: SLOW_TEST_MS }, async (bug) => {
    const { code, remove } = await plant(bug);
    try {
      expect(await isSeen(code, bug.breaks)).toBe(true);
    } finally {
      await remove();
    }
  });
});

async function isSeen(code: Code, promise: string): Promise<boolean> {
  for (let seed = 1; seed <= SEEDS_FOR_A_BUG; seed += 1) {
    const { violations } = await simulate(code, seed);
    if (violations.some((violation) => violation.promise === promise)) return true;
  }
  return false;
}
