import { expect, it } from 'vitest';
import { READS_AT_ONCE, readEach } from '../../../lambda/creation/at-once.ts';

const MANY = 3 * READS_AT_ONCE;
const items = Array.from({ length: MANY }, (_, index) => index);
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('reads so many at once and no more, and gives the results in order', async () => {
  let underWay = 0;
  let most = 0;
  const results = await readEach(items, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await turn();
    underWay -= 1;
    return item;
  });
  expect(results).toEqual(items);
  expect(most).toBe(READS_AT_ONCE);
});

it('reads no further once one has failed', async () => {
  let reads = 0;
  const failing = readEach(items, async (item) => {
    reads += 1;
    await turn();
    if (item === 0) throw new Error('none');
  });
  await expect(failing).rejects.toThrow('none');
  for (let turns = 0; turns < 10; turns += 1) await turn();
  expect(reads).toBeLessThan(MANY);
});
