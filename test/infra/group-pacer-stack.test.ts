import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readSettings as readEnvironment } from '../../lambda/settings.ts';
import { only, synthesise } from './synthesise.ts';

const template = synthesise();
const table = only(template, 'AWS::DynamoDB::GlobalTable');
const logs = only(template, 'AWS::Logs::LogGroup');
const api = only(template, 'AWS::ApiGatewayV2::Api');
const handler = only(template, 'AWS::Lambda::Function');
const secrets = template.findResources('AWS::SecretsManager::Secret');
const outputs = template.findOutputs('*');
const instancesSecretId = outputs['InstancesSecretId']?.['Value'].Ref;
const callerKeysSecretId = outputs['CallerKeysSecretId']?.['Value'].Ref;

describe('the function', () => {
  it('runs on Node 24 and arm64, long enough for a tick, a call and the writes around it', () => {
    expect(handler.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 120 + 2 + 70 + 10,
      MemorySize: 512,
    });
  });

  it('is told by its environment all that it must know, and no secret', () => {
    expect(handler.properties.Environment.Variables).toEqual({
      TABLE_NAME: { Ref: table.id },
      INSTANCES_SECRET_ID: { Ref: instancesSecretId },
      CALLER_KEYS_SECRET_ID: { Ref: callerKeysSecretId },
      INTERVAL_SECONDS: '300',
      ALLOW_LOOPBACK: 'false',
      POWERTOOLS_SERVICE_NAME: 'group-pacer',
    });
  });

  it('gets the pace and the check of numbers that were set, as it reads them itself', () => {
    const set = synthesise({
      intervalSeconds: 20,
      jitterSeconds: '7',
      allowLoopback: true,
      timeZone: 'Europe/Moscow',
      activeHours: 'mon-fri 09:00-20:00',
      dailyLimit: '40',
      instancePolicies: '{"1101000001":{"intervalSeconds":30,"activeHours":null}}',
      verifyNumbers: 'reject',
    });
    const { TABLE_NAME, INSTANCES_SECRET_ID, CALLER_KEYS_SECRET_ID, ...variables } = only(
      set,
      'AWS::Lambda::Function',
    ).properties.Environment.Variables;
    expect(variables).toEqual({
      INTERVAL_SECONDS: '20',
      JITTER_SECONDS: '7',
      ALLOW_LOOPBACK: 'true',
      TIME_ZONE: 'Europe/Moscow',
      ACTIVE_HOURS: 'mon-fri 09:00-20:00',
      DAILY_LIMIT: '40',
      INSTANCE_POLICIES: '{"1101000001":{"intervalSeconds":30,"activeHours":null}}',
      VERIFY_NUMBERS: 'reject',
      POWERTOOLS_SERVICE_NAME: 'group-pacer',
    });
    const names = { TABLE_NAME: 'table', INSTANCES_SECRET_ID: 'instances', CALLER_KEYS_SECRET_ID: 'keys' };
    const { policyOf, verifyNumbers } = readEnvironment({ ...names, ...variables });
    expect(verifyNumbers).toBe('reject');
    const common = { jitterSeconds: 7, timeZone: 'Europe/Moscow', dailyLimit: 40 };
    expect(policyOf('1101000001')).toEqual({ ...common, intervalSeconds: 30 });
    expect(policyOf('1101000002')).toMatchObject({
      ...common,
      intervalSeconds: 20,
      activeHours: { fromMinute: 540 },
    });
  });

  it('logs to a group of its own that forgets after 30 days', () => {
    expect(handler.properties.LoggingConfig).toEqual({ LogGroup: { Ref: logs.id } });
    expect(logs.properties).toEqual({ RetentionInDays: 30 });
  });
});

describe('the table', () => {
  const keys = (partitionKey: string, ...sortKeys: string[]) => [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    ...sortKeys.map((name) => ({ AttributeName: name, KeyType: 'RANGE' })),
  ];

  it('has the key and the two indexes of the protocol, keys only, all of them strings', () => {
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = table.properties;
    expect(KeySchema).toEqual(keys('pk'));
    expect(GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'work',
        KeySchema: keys('workPartition', 'workSort'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
      {
        IndexName: 'history',
        KeySchema: keys('historyMonth', 'historySort'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ]);
    expect(AttributeDefinitions).toEqual(
      ['pk', 'workPartition', 'workSort', 'historyMonth', 'historySort'].map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
    );
  });

  it('is paid for by use, lies in one region, can be restored to any second and collects old records', () => {
    expect(table.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttlEpochSeconds', Enabled: true },
      Replicas: [
        {
          Region: { Ref: 'AWS::Region' },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });
});

describe('what outlives the stack', () => {
  const DATA = ['AWS::DynamoDB::GlobalTable', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];
  /** What becomes of everything that holds data when it is deleted, and when it is replaced. */
  const fates = (of: Template) =>
    DATA.flatMap((type) => Object.values(of.findResources(type))).map((resource) => [
      resource['DeletionPolicy'],
      resource['UpdateReplacePolicy'],
    ]);

  it('is the table, which nobody can delete by mistake, both secrets and the logs', () => {
    expect(fates(template)).toEqual(Array(4).fill(['Retain', 'Retain']));
    expect(table.properties.Replicas[0].DeletionProtectionEnabled).toBe(true);
  });

  it('is nothing for a throwaway stack', () => {
    const throwaway = synthesise({ keepData: false });
    const itsTable = only(throwaway, 'AWS::DynamoDB::GlobalTable');
    expect(fates(throwaway)).toEqual(Array(4).fill(['Delete', 'Delete']));
    expect(itsTable.properties.Replicas[0].DeletionProtectionEnabled).toBe(false);
  });
});

describe('the secrets', () => {
  // CloudFormation writes a changed value over what people have put there: a change here destroys theirs.
  it('start without instances and with one generated key, and are never written again', () => {
    expect(secrets[instancesSecretId]?.['Properties']).toEqual({
      Description: expect.any(String),
      SecretString: '{"instances":[]}',
    });
    expect(secrets[callerKeysSecretId]?.['Properties']).toEqual({
      Description: expect.any(String),
      GenerateSecretString: {
        SecretStringTemplate: '{}',
        GenerateStringKey: 'default',
        PasswordLength: 48,
        ExcludePunctuation: true,
      },
    });
    expect(Object.keys(secrets).sort()).toEqual([callerKeysSecretId, instancesSecretId].sort());
  });
});

describe('the HTTP API', () => {
  it('has one route, $default, to the function, with payload 2.0', () => {
    const integration = only(template, 'AWS::ApiGatewayV2::Integration');
    expect(integration.properties).toMatchObject({
      ApiId: { Ref: api.id },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': [handler.id, 'Arn'] },
      PayloadFormatVersion: '2.0',
    });
    expect(only(template, 'AWS::ApiGatewayV2::Route').properties).toMatchObject({
      RouteKey: '$default',
      Target: { 'Fn::Join': ['', ['integrations/', { Ref: integration.id }]] },
    });
  });

  it('is throttled, and keeps no access log, for a key may stand in the path', () => {
    expect(only(template, 'AWS::ApiGatewayV2::Stage').properties).toEqual({
      ApiId: { Ref: api.id },
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
    });
  });

  it('is throttled as it was set', () => {
    const set = synthesise({ throttlingRatePerSecond: 3, throttlingBurst: 4, logRetentionDays: 7 });
    expect(only(set, 'AWS::ApiGatewayV2::Stage').properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 3,
      ThrottlingBurstLimit: 4,
    });
    expect(only(set, 'AWS::Logs::LogGroup').properties).toEqual({ RetentionInDays: 7 });
  });
});

describe('the stack', () => {
  it('tells the URL, the two secrets and the queue of what could not be delivered', () => {
    const values = Object.entries(outputs).map(([name, output]) => [name, output['Value']]);
    expect(Object.fromEntries(values)).toEqual({
      Url: { 'Fn::GetAtt': [api.id, 'ApiEndpoint'] },
      InstancesSecretId: { Ref: expect.stringContaining('Instances') },
      CallerKeysSecretId: { Ref: expect.stringContaining('CallerKeys') },
      UndeliveredQueueUrl: { Ref: only(template, 'AWS::SQS::Queue').id },
    });
  });

  it('fixes no name that would stand in the way of a second one; the secrets, above, have none either', () => {
    expect(table.properties).not.toHaveProperty('TableName');
    expect(logs.properties).not.toHaveProperty('LogGroupName');
    expect(handler.properties).not.toHaveProperty('FunctionName');
    expect(only(template, 'AWS::SQS::Queue').properties).not.toHaveProperty('QueueName');
    for (const alarm of Object.values(template.findResources('AWS::CloudWatch::Alarm')))
      expect(alarm['Properties']).not.toHaveProperty('AlarmName');
    for (const role of Object.values(template.findResources('AWS::IAM::Role')))
      expect(role['Properties']).not.toHaveProperty('RoleName');
    // The names of the schedules stand in their group, whose own name begins with the stack's.
    expect(only(template, 'AWS::Scheduler::ScheduleGroup').properties.Name).toMatch(/^GroupPacer-/);
  });
});
