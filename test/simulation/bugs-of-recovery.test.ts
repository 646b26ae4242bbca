import { describe, expect, it } from 'vitest';
import { BUGS_OF_RECOVERY } from './bugs-of-recovery.ts';
import { firstSeen } from './sight.ts';

const SLOW_TEST_MS = 90_000;

describe('a bug planted in the recovery breaks a promise', () => {
  it.each(BUGS_OF_RECOVERY)('$breaks: $name', { timeout: SLOW_TEST_MS }, async (bug) => {
    expect(await firstSeen(bug)).toBeDefined();
  });
});
