import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

export const LOOK_EVERY_MS = 1_000;

/** @throws AssertionError when it does not come true in time */
export async function until(limitMs: number, isTrue: () => Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + limitMs;
  while (!(await isTrue())) {
    assert.ok(Date.now() < untilMs, `not within ${limitMs / 1_000} s`);
    await wait(LOOK_EVERY_MS);
  }
}
