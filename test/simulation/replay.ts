import { OWN_CODE } from './own-code.ts';
import { simulate } from './simulate.ts';

/** `npm run simulate -- <seed> [count]`: plays one seed and prints all that happens, or many and prints what is violated. */
const [seedText = '1', countText = '1'] = process.argv.slice(2);
const first = Number(seedText);
const count = Number(countText);
let bad = 0;
for (let seed = first; seed < first + count; seed += 1) {
  const { trace, violations, posts, groups } = await simulate(OWN_CODE, seed);
  if (count === 1) console.log(trace().join('\n'));
  for (const { promise, what } of violations) console.log(`seed ${seed}: ${promise} violated: ${what}`);
  if (count === 1) console.log(`${posts} POSTs, ${groups} groups, ${violations.length} violations`);
  bad += violations.length > 0 ? 1 : 0;
}
if (count > 1) console.log(`${count} seeds, ${bad} with violations`);
process.exitCode = bad > 0 ? 1 : 0;
