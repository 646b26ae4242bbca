import { describe, expect, it } from 'vitest';
import { only, synthesise } from './synthesise.ts';

const template = synthesise();
const table = only(template, 'AWS::DynamoDB::GlobalTable');
const logs = only(template, 'AWS::Logs::LogGroup');
const api = only(template, 'AWS::ApiGatewayV2::Api');
const handler = only(template, 'AWS::Lambda::Function');
const queue = only(template, 'AWS::SQS::Queue');
const ticks = only(template, 'AWS::Lambda::Alias');
const role = only(template, 'AWS::IAM::Role', trusting('lambda.amazonaws.com'));
const schedulerRole = only(template, 'AWS::IAM::Role', trusting('scheduler.amazonaws.com'));
const outputs = template.findOutputs('*');
const instancesSecretId = outputs['InstancesSecretId']?.['Value'].Ref;
const callerKeysSecretId = outputs['CallerKeysSecretId']?.['Value'].Ref;

describe('the permissions of the function', () => {
  it('are single actions on single resources, and no others', () => {
    expect(only(template, 'AWS::IAM::Policy').properties).toEqual({
      PolicyName: expect.any(String),
      Roles: [{ Ref: role.id }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
            Resource: { 'Fn::GetAtt': [table.id, 'Arn'] },
          },
          {
            Effect: 'Allow',
            Action: 'dynamodb:Query',
            Resource: ['history', 'work'].map((index) => ({
              'Fn::Join': ['', [{ 'Fn::GetAtt': [table.id, 'Arn'] }, `/index/${index}`]],
            })),
          },
          {
            Effect: 'Allow',
            Action: 'secretsmanager:GetSecretValue',
            Resource: [{ Ref: callerKeysSecretId }, { Ref: instancesSecretId }],
          },
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: { 'Fn::GetAtt': [logs.id, 'Arn'] },
          },
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
          },
        ],
      },
    });
  });

  it('come from that one policy alone: no managed policy, none in the role, none on a resource', () => {
    expect(role.properties).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
    });
    expect(handler.properties.Role).toEqual({ 'Fn::GetAtt': [role.id, 'Arn'] });
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
    template.resourceCountIs('AWS::Logs::ResourcePolicy', 0);
    expect(JSON.stringify(table.properties)).not.toContain('ResourcePolicy');
  });

  it('let nobody call it but its own API', () => {
    const permission = only(template, 'AWS::Lambda::Permission').properties;
    expect(permission).toMatchObject({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [handler.id, 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
    });
    expect(permission.SourceArn['Fn::Join'][1]).toContainEqual({ Ref: api.id });
  });
});

describe('the permissions of the schedules', () => {
  it('are to call the function, by its two names, and to put into the queue what they could not deliver', () => {
    expect(schedulerRole.properties.Policies).toEqual([
      {
        PolicyName: expect.any(String),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'lambda:InvokeFunction',
              Resource: [{ 'Fn::GetAtt': [handler.id, 'Arn'] }, { Ref: ticks.id }],
            },
            {
              Effect: 'Allow',
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
            },
          ],
        },
      },
    ]);
    expect(Object.keys(schedulerRole.properties).sort()).toEqual(['AssumeRolePolicyDocument', 'Policies']);
  });

  it('are for the schedules of this stack in this account alone', () => {
    const group = only(template, 'AWS::Scheduler::ScheduleGroup');
    expect(schedulerRole.properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': [group.id, 'Arn'] },
          },
        },
      },
    ]);
    template.resourceCountIs('AWS::IAM::Role', 2);
  });
});

describe('the queue of what could not be delivered', () => {
  it('lets nobody in by itself, and refuses whoever comes without TLS', () => {
    expect(only(template, 'AWS::SQS::QueuePolicy').properties).toEqual({
      Queues: [{ Ref: queue.id }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Action: 'sqs:*',
            Principal: { AWS: '*' },
            Resource: { 'Fn::GetAtt': [queue.id, 'Arn'] },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    });
  });
});

function trusting(service: string) {
  return { AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: service } }] } };
}
