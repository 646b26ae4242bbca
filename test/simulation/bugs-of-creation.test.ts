import { describe, expect, it } from 'vitest';
import { BUGS_OF_CREATION } from './bugs-of-creation.ts';
import { firstSeen } from './sight.ts';

const SLOW_TEST_MS = 90_000;

describe('a bug planted in the creation breaks a promise', () => {
  it.each(BUGS_OF_CREATION)('$breaks: $name', { timeout: SLOW_TEST_MS }, async (bug) => {
    expect(await firstSeen(bug)).toBeDefined();
  });
});
