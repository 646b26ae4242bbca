import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import { MAX_INSTANCE_POLICIES_BYTES, readSettings } from '../../infra/settings.ts';
import { HTTP_API_LIMITS } from '../../local/http/server.ts';
import { only, synthesise } from './synthesise.ts';

/*
 * What an emulator takes and AWS would not (docs/what-the-emulator-does-not-check.md), where the other tests of the
 * template do not say it already. Each limit is from AWS's documentation.
 */
const template = synthesise();
const handler = only(template, 'AWS::Lambda::Function').properties;

/** AWS docs, "Lambda quotas": all environment variables together. */
const ENVIRONMENT_BYTES = 4 * 1024;
const LONGEST_TIMEOUT_SECONDS = 900;
/** AWS docs: a table's name has at most 255 characters; a secret's name 512, before which its ARN has about 70 and after which 7. */
const LONGEST = { tableName: 255, secretArn: 600 } as const;

/** Nearly all that the setting may have. */
const MANY_POLICIES = Object.fromEntries(
  Array.from({ length: 117 }, (_, index) => [`11010000${index + 100}`, {}] as const),
);
const LONGEST_SETTINGS = {
  intervalSeconds: 86_400,
  jitterSeconds: 86_400,
  timeZone: 'America/Argentina/ComodRivadavia',
  activeHours: `${'mon,'.repeat(21)}mon 09:00-20:00`,
  dailyLimit: 10_000,
  instancePolicies: MANY_POLICIES,
  verifyNumbers: 'reject',
};

describe('the function', () => {
  it('has environment variables that fit, however long the names of what they refer to become', () => {
    const longest = only(synthesise(LONGEST_SETTINGS), 'AWS::Lambda::Function').properties;
    const variables: Record<string, unknown> = longest.Environment.Variables;
    const bytes = Object.entries(variables).map(([name, value]) => {
      if (typeof value === 'string') return name.length + value.length;
      return name.length + (name === 'TABLE_NAME' ? LONGEST.tableName : LONGEST.secretArn);
    });
    const spareBytes = MAX_INSTANCE_POLICIES_BYTES - JSON.stringify(MANY_POLICIES).length;
    expect(spareBytes).toBeGreaterThanOrEqual(0);
    expect(bytes.reduce((sum, length) => sum + length, spareBytes)).toBeLessThan(ENVIRONMENT_BYTES);
  });

  it('runs on after the gateway has cut its caller off, and no longer than Lambda allows', () => {
    expect(handler.Timeout * 1_000).toBeGreaterThan(HTTP_API_LIMITS.answerMs);
    expect(handler.Timeout).toBeLessThanOrEqual(LONGEST_TIMEOUT_SECONDS);
  });

  it('counts on nothing of a template that the emulator drops without a word', () => {
    for (const dropped of ['DeadLetterConfig', 'ReservedConcurrentExecutions'])
      expect(handler).not.toHaveProperty(dropped);
  });

  it('is invoked by nobody else than its API and its schedules', () => {
    for (const type of ['AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Url', 'AWS::Events::Rule'])
      template.resourceCountIs(type, 0);
  });
});

describe('the permissions', () => {
  // `Ref` of a secret is its ARN on AWS and its name on the emulator; of a table it is the name on both.
  it('name resources by ARN: by their attribute, or by a reference that is one', () => {
    const arns = ['AWS::SecretsManager::Secret', 'AWS::Lambda::Alias'].flatMap((type) =>
      Object.keys(template.findResources(type)),
    );
    const inRoles = Object.values(template.findResources('AWS::IAM::Role')).flatMap(
      (role) => role['Properties'].Policies ?? [],
    );
    const policies = [only(template, 'AWS::IAM::Policy').properties, ...inRoles];
    for (const { Resource: resource } of policies.flatMap((policy) => policy.PolicyDocument.Statement)) {
      for (const named of [resource].flat()) {
        if ('Ref' in named) expect(arns).toContain(named.Ref);
        // An index is named by what follows the ARN of its table.
        else expect((named['Fn::Join']?.[1][0] ?? named)['Fn::GetAtt']?.[1]).toBe('Arn');
      }
    }
  });
});

describe('the settings', () => {
  it('take no term for the logs that CloudWatch does not know', () => {
    const days = Array.from({ length: RetentionDays.TEN_YEARS }, (_, index) => index + 1);
    const taken = days.filter((logRetentionDays) => isTaken({ logRetentionDays }));
    expect(taken.length).toBeGreaterThan(1);
    expect(taken.filter((term) => RetentionDays[term] === undefined)).toEqual([]);
  });
});

describe('the table of what the emulator does not check', () => {
  const page = read('docs/what-the-emulator-does-not-check.md');
  const files = new Map(
    [...page.matchAll(/^\| `([\w-]+)` \| `([^`]+)` \|$/gm)].map(([, short, file]) => [short, file]),
  );
  /** A short name, and then the titles of tests of that file. */
  const cited = [...page.matchAll(/`([\w-]+)`: (“[^”]+”(?:(?:, | and )“[^”]+”)*)/g)].flatMap(
    ([, short, titles = '']) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({
        file: files.get(short) ?? `no file ${short}`,
        title,
      })),
  );

  it('cites only tests that exist', () => {
    expect(cited.length).toBeGreaterThan(40);
    expect(cited).toHaveLength(page.match(/“/g)?.length ?? 0);
    expect(cited.filter(({ file, title }) => !read(file).includes(title))).toEqual([]);
  });
});

function read(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), 'utf8');
}

function isTaken(settings: Readonly<Record<string, unknown>>): boolean {
  try {
    readSettings(settings);
    return true;
  } catch {
    return false;
  }
}
