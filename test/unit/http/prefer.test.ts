import { describe, expect, it } from 'vitest';
import { asksForAsync } from '../../../lambda/http/prefer.ts';

describe('Prefer: respond-async is asked for by', () => {
  it.each([
    'respond-async',
    'Respond-Async',
    '  respond-async  ',
    'respond-async, wait=10',
    'wait=10,respond-async',
    'return=minimal; foo="a, b", handling=lenient , respond-async',
    'respond-async; foo=bar',
    'respond-async;',
    'respond-async=',
    'respond-async=""',
    'respond-async = "" ; x',
    'x="a \\" b", respond-async',
    ',respond-async,,',
  ])('%s', (header) => {
    expect(asksForAsync(header)).toBe(true);
  });
});

describe('Prefer: respond-async is not asked for by', () => {
  it.each([
    null,
    '',
    'wait=10',
    'respond',
    'respond-asynchronously',
    'not-respond-async',
    'respond-async=false',
    'respond-async="no"',
    'foo=respond-async',
    'foo; respond-async',
    'foo="a, respond-async"',
    'foo="a\\", respond-async',
    'foo="never closed, respond-async',
  ])('%s', (header) => {
    expect(asksForAsync(header)).toBe(false);
  });

  it('a long header full of quotes, which is read through once', () => {
    const startedMs = performance.now();
    expect(asksForAsync(`x="${'\\"'.repeat(100_000)}`)).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
