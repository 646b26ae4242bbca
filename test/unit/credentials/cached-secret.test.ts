import { describe, expect, it } from 'vitest';
import { CACHE_MS, cacheSecret, REREAD_MS } from '../../../lambda/credentials/cached-secret.ts';
import { SecretError } from '../../../lambda/errors.ts';
import { ManualClock } from './manual-clock.ts';

/** A secret whose reads the test counts, answers and holds up. */
function setUp() {
  const clock = new ManualClock();
  const source = { reads: 0, answer: async (): Promise<string> => 'first' };
  const secret = cacheSecret(() => {
    source.reads += 1;
    return source.answer();
  }, clock);
  const answerWith = (value: string | SecretError) => {
    source.answer = async () => {
      if (value instanceof SecretError) throw value;
      return value;
    };
  };
  return { clock, source, secret, answerWith };
}

const unavailable = new SecretError('unavailable', 'down');
const malformed = new SecretError('malformed', 'wrong');

describe('a cached secret', () => {
  it('is read once in five minutes', async () => {
    const { clock, source, secret, answerWith } = setUp();
    expect(await secret.get()).toBe('first');
    answerWith('second');
    clock.advance(CACHE_MS - 1);
    expect(await secret.get()).toBe('first');
    expect(source.reads).toBe(1);
    clock.advance(1);
    expect(await secret.get()).toBe('second');
    expect(source.reads).toBe(2);
  });

  it('is read afresh when asked, but not within 30 s of the last try', async () => {
    const { clock, source, secret, answerWith } = setUp();
    await secret.get();
    answerWith('second');
    clock.advance(REREAD_MS - 1);
    expect(await secret.getAfresh()).toBe('first');
    clock.advance(1);
    expect(await secret.getAfresh()).toBe('second');
    expect(await secret.get()).toBe('second');
    expect(source.reads).toBe(2);
  });

  it('counts its age from the start of the read that brought it', async () => {
    const { clock, source, secret } = setUp();
    source.answer = async () => {
      clock.advance(10_000);
      return 'slow';
    };
    await secret.get();
    clock.advance(CACHE_MS - 10_000);
    await secret.get();
    expect(source.reads).toBe(2);
  });

  it('is read once for all who come while it is being read', async () => {
    const { source, secret } = setUp();
    const gate = Promise.withResolvers<string>();
    source.answer = () => gate.promise;
    const readers = [secret.get(), secret.getAfresh(), secret.get(), secret.getAfresh()];
    gate.resolve('shared');
    expect(await Promise.all(readers)).toEqual(['shared', 'shared', 'shared', 'shared']);
    expect(source.reads).toBe(1);
  });

  it('gives the new value to a second one who asks afresh while the first still waits for it', async () => {
    const { clock, source, secret } = setUp();
    await secret.get();
    clock.advance(REREAD_MS);
    const gate = Promise.withResolvers<string>();
    source.answer = () => gate.promise;
    const both = [secret.getAfresh(), secret.getAfresh()];
    expect(await secret.get()).toBe('first');
    gate.resolve('second');
    expect(await Promise.all(both)).toEqual(['second', 'second']);
    expect(source.reads).toBe(2);
  });
});

describe('a secret that cannot be read', () => {
  it('leaves what is cached in its place', async () => {
    const { clock, source, secret, answerWith } = setUp();
    await secret.get();
    answerWith(unavailable);
    clock.advance(REREAD_MS);
    await expect(secret.getAfresh()).rejects.toBe(unavailable);
    expect(await secret.get()).toBe('first');
    expect(await secret.getAfresh()).toBe('first');
    expect(source.reads).toBe(2);
  });

  it('fails all who wait for it, and the next one tries again', async () => {
    const { source, secret, answerWith } = setUp();
    answerWith(unavailable);
    const results = await Promise.allSettled([secret.get(), secret.get()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(source.reads).toBe(1);
    answerWith('back');
    expect(await secret.get()).toBe('back');
  });

  it('is not replaced by a value that is too old', async () => {
    const { clock, secret, answerWith } = setUp();
    await secret.get();
    answerWith(unavailable);
    clock.advance(CACHE_MS);
    await expect(secret.get()).rejects.toBe(unavailable);
    await expect(secret.getAfresh()).rejects.toBe(unavailable);
  });
});

describe('a secret that is malformed', () => {
  it('is read again after 30 s, so that a mended one is seen soon', async () => {
    const { clock, source, secret, answerWith } = setUp();
    answerWith(malformed);
    await expect(secret.get()).rejects.toBe(malformed);
    answerWith('mended');
    clock.advance(REREAD_MS - 1);
    await expect(secret.get()).rejects.toBe(malformed);
    await expect(secret.getAfresh()).rejects.toBe(malformed);
    expect(source.reads).toBe(1);
    clock.advance(1);
    expect(await secret.get()).toBe('mended');
  });

  it('takes the place of the good value before it', async () => {
    const { clock, secret, answerWith } = setUp();
    await secret.get();
    answerWith(malformed);
    clock.advance(REREAD_MS);
    await expect(secret.getAfresh()).rejects.toBe(malformed);
    await expect(secret.get()).rejects.toBe(malformed);
  });
});
