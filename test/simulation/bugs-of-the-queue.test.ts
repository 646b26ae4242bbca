import { describe, expect, it } from 'vitest';
import { BUGS_OF_THE_QUEUE } from './bugs-of-the-queue.ts';
import { firstSeen } from './sight.ts';

const SLOW_TEST_MS = 90_000;

describe('a bug planted in the queue breaks a promise', () => {
  it.each(BUGS_OF_THE_QUEUE)('$breaks: $name', { timeout: SLOW_TEST_MS }, async (bug) => {
    expect(await firstSeen(bug)).toBeDefined();
  });
});
