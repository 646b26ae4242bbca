import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../lambda/creation/ports.ts';
import { type Turn, Turns } from '../../../lambda/green-api/turns.ts';

/** A clock that only the test moves, and that wakes who sleeps. */
class TestClock implements Clock {
  #nowMs = Date.UTC(2026, 0, 5, 9);
  readonly #sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      this.#sleepers.delete(sleeper);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const sleeper = { atMs: this.#nowMs + ms, wake };
    this.#sleepers.add(sleeper);
    signal.addEventListener('abort', wake, { once: true });
    return promise;
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  async advance(ms: number): Promise<void> {
    this.#nowMs += ms;
    for (const { atMs, wake } of this.#sleepers) if (atMs <= this.#nowMs) wake();
    await settled();
  }
}

const A = '1101000001';
const B = '1101000002';
const forever = new AbortController().signal;

function bench(maxWaitMs = 60_000) {
  const clock = new TestClock();
  const turns = new Turns(clock, { spacingMs: 1_000, maxWaitMs });
  const log: string[] = [];
  const startMs = clock.nowMs();
  /** Notes when and how the wait ended. */
  const take = (name: string, idInstance: string, signal: AbortSignal = forever): Promise<Turn> =>
    turns.take(idInstance, signal).then((turn) => {
      log.push(`${name} ${turn} ${clock.nowMs() - startMs}`);
      return turn;
    });
  return { clock, turns, log, take };
}

describe('turns', () => {
  it('come at once to the first, then one after another in order of arrival', async () => {
    const { clock, log, take } = bench();
    for (const name of ['a', 'b', 'c']) void take(name, A);
    await settled();
    expect(log).toEqual(['a came 0']);
    await clock.advance(999);
    expect(log).toHaveLength(1);
    await clock.advance(1);
    await clock.advance(999);
    expect(log).toEqual(['a came 0', 'b came 1000']);
    await clock.advance(1);
    expect(log).toEqual(['a came 0', 'b came 1000', 'c came 2000']);
  });

  it('come at once again after the spacing, and not sooner', async () => {
    const { clock, log, take } = bench();
    await take('a', A);
    await clock.advance(1_000);
    await take('b', A);
    await clock.advance(400);
    void take('c', A);
    await clock.advance(599);
    expect(log).toEqual(['a came 0', 'b came 1000']);
    await clock.advance(1);
    expect(log).toEqual(['a came 0', 'b came 1000', 'c came 2000']);
  });

  it('keep their spacing from the turn that came late', async () => {
    const { clock, log, take } = bench();
    await take('a', A);
    for (const name of ['b', 'c']) void take(name, A);
    await clock.advance(1_700);
    await clock.advance(999);
    expect(log).toEqual(['a came 0', 'b came 1700']);
    await clock.advance(1);
    expect(log).toEqual(['a came 0', 'b came 1700', 'c came 2700']);
  });

  it('keep their order though the first wakes late', async () => {
    const { clock, log, take } = bench();
    await take('a', A);
    void take('b', A);
    clock.set(clock.nowMs() + 1_500);
    await take('x', B);
    void take('c', A);
    await clock.advance(0);
    await clock.advance(1_000);
    expect(log).toEqual(['a came 0', 'x came 1500', 'b came 1500', 'c came 2500']);
  });

  it('do not come early where a sleep ends early', async () => {
    const clock = new TestClock();
    const hasty: Clock = {
      nowMs: () => clock.nowMs(),
      sleep: (ms, signal) => clock.sleep(Math.max(1, ms - 1), signal),
    };
    const turns = new Turns(hasty, { spacingMs: 1_000, maxWaitMs: 60_000 });
    const came: number[] = [];
    await turns.take(A, forever);
    const startMs = clock.nowMs();
    const second = turns.take(A, forever).then(() => came.push(clock.nowMs() - startMs));
    await clock.advance(999);
    expect(came).toEqual([]);
    await clock.advance(1);
    await second;
    expect(came).toEqual([1_000]);
  });

  it('of one instance do not keep another waiting', async () => {
    const { log, take } = bench();
    await Promise.all([take('a', A), take('b', B)]);
    expect(log).toEqual(['a came 0', 'b came 0']);
  });

  it('end at once when the signal fires, and keep nobody waiting', async () => {
    const { clock, log, take } = bench();
    const [first, middle] = [new AbortController(), new AbortController()];
    await take('a', A);
    void take('first', A, first.signal);
    void take('middle', A, middle.signal);
    void take('last', A);
    await clock.advance(300);
    middle.abort();
    await settled();
    expect(log).toEqual(['a came 0', 'middle ended 300']);
    first.abort();
    await settled();
    expect(log.slice(2)).toEqual(['first ended 300']);
    await clock.advance(700);
    expect(log.slice(3)).toEqual(['last came 1000']);
  });

  it('go on after all have left', async () => {
    const { clock, log, take } = bench();
    const leaving = new AbortController();
    await take('a', A);
    const left = take('b', A, leaving.signal);
    leaving.abort();
    await left;
    void take('c', A);
    await clock.advance(1_000);
    expect(log).toEqual(['a came 0', 'b ended 0', 'c came 1000']);
  });

  it('are not given to one whose signal has fired', async () => {
    const { log, take, turns } = bench();
    await take('a', A, AbortSignal.abort());
    expect(turns.size).toBe(0);
    await take('b', A);
    expect(log).toEqual(['a ended 0', 'b came 0']);
  });

  it('are refused at once where the wait would be too long', async () => {
    const { clock, log, take } = bench(3_000);
    const leaving = new AbortController();
    for (const name of ['a', 'b', 'c']) void take(name, A);
    void take('d', A, leaving.signal);
    await take('e', A);
    expect(log).toEqual(['a came 0', 'e crowded 0']);
    leaving.abort();
    void take('f', A);
    await take('g', B);
    for (let second = 1; second <= 3; second += 1) await clock.advance(1_000);
    expect(log.filter((line) => line.includes('came'))).toEqual([
      'a came 0',
      'g came 0',
      'b came 1000',
      'c came 2000',
      'f came 3000',
    ]);
  });

  it('wait no longer than the spacing though the clock be set back', async () => {
    const { clock, log, take } = bench();
    await take('a', A);
    clock.set(clock.nowMs() - 3_600_000);
    void take('b', A);
    await clock.advance(1_000);
    expect(log).toEqual(['a came 0', 'b came -3599000']);
  });

  it('are forgotten once nobody waits for them', async () => {
    const { clock, turns, take } = bench();
    for (let index = 0; index < 1_000; index += 1) await take('a', String(index));
    void take('b', '0');
    expect(turns.size).toBe(1_000);
    await clock.advance(1_000);
    await take('c', B);
    // The 0 had its last turn just now.
    expect(turns.size).toBe(2);
    await clock.advance(1_000);
    await take('d', B);
    expect(turns.size).toBe(1);
  });

  it('leave nothing on the signal of an execution, and wake nobody in vain', async () => {
    const { clock, take } = bench(2_000_000);
    const execution = new AbortController();
    const taken = Array.from({ length: 100 }, (_, index) => take(String(index), A, execution.signal));
    expect(clock.sleepers).toBe(1);
    for (let second = 0; second < 50; second += 1) await clock.advance(1_000);
    // Of those who still wait, and of the one sleep for the first of them.
    expect(getEventListeners(execution.signal, 'abort')).toHaveLength(49 + 1);
    execution.abort();
    expect((await Promise.all(taken)).filter((turn) => turn === 'came')).toHaveLength(51);
    expect(getEventListeners(execution.signal, 'abort')).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });
});

/** When all that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
