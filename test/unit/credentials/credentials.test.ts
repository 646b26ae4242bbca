import { describe, expect, it } from 'vitest';
import { CACHE_MS, REREAD_MS } from '../../../lambda/credentials/cached-secret.ts';
import { createCredentials } from '../../../lambda/credentials/credentials.ts';
import { ManualClock } from './manual-clock.ts';

const INSTANCE = { idInstance: '1', apiTokenInstance: 'a'.repeat(50), apiUrl: 'http://127.0.0.1:1' };

function setUp(secrets: Record<string, unknown>) {
  const clock = new ManualClock();
  const reads: string[] = [];
  const credentials = createCredentials({
    readSecret: async (secretId) => {
      reads.push(secretId);
      return JSON.stringify(secrets[secretId]);
    },
    instancesSecretId: 'Instances',
    callerKeysSecretId: 'CallerKeys',
    allowLoopback: true,
    clock,
  });
  return { clock, reads, credentials, secrets };
}

describe('credentials', () => {
  it('list the instances, and list them afresh when asked', async () => {
    const { clock, credentials, secrets } = setUp({ Instances: { instances: [INSTANCE] } });
    expect(await credentials.instances.list()).toEqual([INSTANCE]);
    secrets['Instances'] = { instances: [{ ...INSTANCE, idInstance: '2' }] };
    clock.advance(REREAD_MS);
    expect(await credentials.instances.list()).toEqual([INSTANCE]);
    expect(await credentials.instances.listAfresh()).toEqual([{ ...INSTANCE, idInstance: '2' }]);
  });

  it('read one secret without needing the other', async () => {
    const { credentials, reads } = setUp({ Instances: 5, CallerKeys: { default: 'correct-horse' } });
    expect(await credentials.callerName('correct-horse')).toBe('default');
    expect(reads).toEqual(['CallerKeys']);
    await expect(credentials.instances.list()).rejects.toThrow('The secret Instances is malformed');
  });

  it('find a key that was added a moment ago', async () => {
    const { clock, credentials, secrets } = setUp({ CallerKeys: { default: 'correct-horse' } });
    await credentials.callerName('correct-horse');
    secrets['CallerKeys'] = { default: 'correct-horse', crm: 'battery-staple' };
    clock.advance(REREAD_MS);
    expect(await credentials.callerName('battery-staple')).toBe('crm');
  });

  it('refuse a key that was taken away, five minutes later at the latest', async () => {
    const { clock, credentials, secrets } = setUp({ CallerKeys: { default: 'correct-horse' } });
    await credentials.callerName('correct-horse');
    secrets['CallerKeys'] = { crm: 'battery-staple' };
    clock.advance(CACHE_MS);
    expect(await credentials.callerName('correct-horse')).toBeUndefined();
  });

  it('do not let unknown keys make more than one read in 30 s', async () => {
    const { clock, credentials, reads } = setUp({ CallerKeys: { default: 'correct-horse' } });
    await credentials.callerName('correct-horse');
    clock.advance(REREAD_MS);
    const names = await Promise.all(
      Array.from({ length: 50 }, (_, index) => credentials.callerName(`unknown-${index}`)),
    );
    expect(names.every((name) => name === undefined)).toBe(true);
    clock.advance(REREAD_MS - 1);
    await credentials.callerName('unknown');
    expect(reads).toHaveLength(2);
  });

  it('pass on what is wrong with a secret', async () => {
    const { credentials } = setUp({ Instances: { instances: [] }, CallerKeys: {} });
    await expect(credentials.instances.list()).rejects.toMatchObject({ kind: 'unfilled' });
    await expect(credentials.callerName('correct-horse')).rejects.toMatchObject({ kind: 'unfilled' });
  });
});
