import { afterAll, expect } from 'vitest';
import { findLeaks } from './leaks.ts';

/** Everything that the code under test prints in this file's tests is read for tokens, keys and phone numbers. */
let printed = '';

for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
    printed += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return write(chunk, ...rest);
  }) as typeof stream.write;
}

for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
  const original = console[level].bind(console);
  console[level] = (...parts: unknown[]) => {
    printed += `${parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ')}\n`;
    original(...parts);
  };
}

afterAll(() => {
  expect(findLeaks(printed)).toEqual([]);
});
