import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestKeys, nameOfKey } from '../../../lambda/credentials/caller-keys.ts';

describe('the name of a presented key', () => {
  const keys = fc
    .uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 10 })
    .map((values) => new Map(values.map((key, index) => [`name${index}`, key])));

  it('is found for every key, whatever its place', () => {
    fc.assert(
      fc.property(keys, (byName) => {
        const digests = digestKeys(byName);
        for (const [name, key] of byName) expect(nameOfKey(digests, key)).toBe(name);
      }),
    );
  });

  it('is undefined for anything that is not one of the keys, of any length', () => {
    fc.assert(
      fc.property(keys, fc.string(), (byName, presented) => {
        fc.pre(![...byName.values()].includes(presented));
        expect(nameOfKey(digestKeys(byName), presented)).toBeUndefined();
      }),
    );
  });

  it('leaves nothing of the keys in memory but their digests', () => {
    const [kept] = digestKeys(new Map([['default', 'correct-horse']]));
    expect(Object.keys(kept ?? {})).toEqual(['name', 'digest']);
    expect(kept?.digest).toHaveLength(32);
  });
});
