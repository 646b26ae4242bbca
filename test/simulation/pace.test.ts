import { describe, expect, it } from 'vitest';
import { BUGS_OF_PACE } from './bugs-of-pace.ts';
import { OWN_CODE } from './own-code.ts';
import { simulateFullQueue, simulateHours } from './pace.ts';
import { plant } from './plant.ts';

const SEEDS = [1, 2, 3];

describe('the pace in virtual time, with clocks that differ and ticks that come late or not at all', () => {
  it.each(SEEDS)('L2: one instance with a full queue keeps it for a day (seed %i)', async (seed) => {
    const { violations } = await simulateFullQueue(OWN_CODE, seed, false);
    expect(violations).toEqual([]);
  });

  it('L2: another instance for which DynamoDB never answers costs it nothing', async () => {
    const { violations } = await simulateFullQueue(OWN_CODE, 1, true);
    expect(violations).toEqual([]);
  });

  it.each(SEEDS)('active hours and a daily limit are kept to the minute (seed %i)', async (seed) => {
    expect(await simulateHours(OWN_CODE, seed)).toEqual([]);
  });
});

describe('a bug planted in the pace breaks a promise', () => {
  it.each(BUGS_OF_PACE)('$breaks: $name', async ({ breaks, ...bug }) => {
    const { code, remove } = await plant({ breaks, ...bug });
    try {
      const violations =
        breaks === 'hours'
          ? await simulateHours(code, 1)
          : (await simulateFullQueue(code, 1, true)).violations;
      expect(violations.map(({ promise }) => promise)).toContain(breaks);
    } finally {
      await remove();
    }
  });
});
