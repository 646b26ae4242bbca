import { describe, expect, it } from 'vitest';
import { OWN_CODE } from './own-code.ts';
import { simulate } from './simulate.ts';

const SEEDS = 100;
const SLOW_TEST_MS = 90_000;

describe('the promises in virtual time', () => {
  it(
    `S1 to S5, L1 and the daily limit hold, and what the records say is true, in ${SEEDS} runs of crashes, freezes, lost answers, late writes, an index and lists that lag, and groups made by hand`,
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
      expect(groups).toBeGreaterThan(10 * SEEDS);
    },
    SLOW_TEST_MS,
  );

  it('the same seed plays the same run', async () => {
    for (const seed of [3, 17, 101]) {
      const [one, other] = [await simulate(OWN_CODE, seed), await simulate(OWN_CODE, seed)];
      expect(one.trace()).toEqual(other.trace());
    }
  });
});
