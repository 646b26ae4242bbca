import { describe, expect, it } from 'vitest';
import { parseScheduleEvent } from '../../lambda/schedule/payload.ts';
import { only, synthesise } from './synthesise.ts';

const WEEKLY = {
  name: 'weekly-5b',
  expression: 'cron(0 9 ? * MON *)',
  timeZone: 'Europe/Moscow',
  request: {
    groupName: 'Class 5b {date}',
    chatIds: ['+7 900 123-45-68', '79001234569@c.us', '79001234568@c.us'],
    idInstance: 1101000001,
  },
};
const ONCE = {
  name: 'open.day_1',
  expression: 'at(2027-03-01T08:00:00)',
  timeZone: 'UTC',
  request: { groupName: 'Open day', chatIds: ['79001234568@c.us'] },
};

const template = synthesise({ schedules: [WEEKLY, ONCE] });
const handler = only(template, 'AWS::Lambda::Function');
const queue = only(template, 'AWS::SQS::Queue');
const ticks = only(template, 'AWS::Lambda::Alias');
const group = only(template, 'AWS::Scheduler::ScheduleGroup');
const role = only(template, 'AWS::IAM::Role', { Policies: [{}] });
const schedule = (name: string) => only(template, 'AWS::Scheduler::Schedule', { Name: name }).properties;
const arnOf = ({ id }: { readonly id: string }) => ({ 'Fn::GetAtt': [id, 'Arn'] });

describe('the drain', () => {
  it('is called every minute, whatever is configured, under a name of the function of its own', () => {
    expect(only(synthesise(), 'AWS::Scheduler::Schedule').properties).toEqual(schedule('drain'));
    expect(schedule('drain')).toEqual({
      Name: 'drain',
      Description: expect.any(String),
      GroupName: group.properties.Name,
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: { Ref: ticks.id },
        RoleArn: arnOf(role),
        Input: '{"action":"drain"}',
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    });
    expect(parseScheduleEvent(JSON.parse(schedule('drain').Target.Input))).toEqual({ kind: 'drain' });
  });

  it('is never tried again and never kept: the next tick comes in a minute', () => {
    expect(ticks.properties).toEqual({
      FunctionName: { Ref: handler.id },
      FunctionVersion: '$LATEST',
      Name: 'tick',
    });
    const config = only(template, 'AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 }).properties;
    expect(config).toEqual({
      FunctionName: { Ref: handler.id },
      // The last part of the alias's ARN.
      Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', { Ref: ticks.id }] }] },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});

describe('a configured schedule', () => {
  it('calls the function in its zone, with few tries and a queue for what they cannot deliver', () => {
    expect(schedule('weekly-5b')).toEqual({
      Name: 'weekly-5b',
      Description: expect.any(String),
      GroupName: group.properties.Name,
      ScheduleExpression: 'cron(0 9 ? * MON *)',
      ScheduleExpressionTimezone: 'Europe/Moscow',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: arnOf(handler),
        RoleArn: arnOf(role),
        Input: expect.any(String),
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3_600 },
        DeadLetterConfig: { Arn: arnOf(queue) },
      },
    });
  });

  it('sends the request, its members normalised, and what EventBridge Scheduler fills in', () => {
    expect(JSON.parse(schedule('weekly-5b').Target.Input)).toEqual({
      action: 'create',
      groupName: 'Class 5b {date}',
      chatIds: ['79001234568@c.us', '79001234569@c.us'],
      idInstance: '1101000001',
      scheduleArn: '<aws.scheduler.schedule-arn>',
      scheduledTime: '<aws.scheduler.scheduled-time>',
      timeZone: 'Europe/Moscow',
    });
  });

  it('sends what the function understands once it is filled, and refuses while it is not', () => {
    const input: string = schedule('open.day_1').Target.Input;
    const filled = input
      .replace(
        '<aws.scheduler.schedule-arn>',
        `arn:aws:scheduler:eu-central-1:123456789012:schedule/${group.properties.Name}/open.day_1`,
      )
      .replace('<aws.scheduler.scheduled-time>', '2027-03-01T08:00:00Z');
    expect(parseScheduleEvent(JSON.parse(filled))).toMatchObject({
      kind: 'create',
      wish: { groupName: 'Open day', chatIds: ['79001234568@c.us'], wanted: 'any' },
      askedBy: 'schedule:open.day_1',
    });
    expect(parseScheduleEvent(JSON.parse(input))).toMatchObject({
      kind: 'malformed',
      faults: [{ pointer: '/scheduleArn' }, { pointer: '/scheduledTime' }],
    });
  });

  it('stands beside the others and the drain, and there are no more', () => {
    template.resourceCountIs('AWS::Scheduler::Schedule', 3);
    template.resourceCountIs('AWS::Events::Rule', 0);
  });
});

describe('an event that the function cannot take', () => {
  it('is tried twice more, kept for 6 h, and then put into the queue', () => {
    const config = only(template, 'AWS::Lambda::EventInvokeConfig', { Qualifier: '$LATEST' });
    expect(config.properties).toEqual({
      FunctionName: { Ref: handler.id },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 6 * 3_600,
      DestinationConfig: { OnFailure: { Destination: arnOf(queue) } },
    });
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 2);
  });
});

describe('the queue of what could not be delivered', () => {
  it('is encrypted and keeps events for two weeks', () => {
    expect(queue.properties).toEqual({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });
});

describe('the alarms', () => {
  const rises = {
    Period: 300,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  };
  const alarmOf = (from: typeof template, Namespace: string) =>
    only(from, 'AWS::CloudWatch::Alarm', { Namespace }).properties;

  it('of the queue raises an alarm when there is anything in it', () => {
    expect(alarmOf(template, 'AWS/SQS')).toEqual({
      ...rises,
      AlarmDescription: expect.stringContaining('UndeliveredQueueUrl'),
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue.id, 'QueueName'] } }],
      Statistic: 'Maximum',
      EvaluationPeriods: 1,
    });
  });

  it('of the function rises when it has failed for a quarter of an hour, as ticks do whose secret cannot be read', () => {
    expect(alarmOf(template, 'AWS/Lambda')).toEqual({
      ...rises,
      AlarmDescription: expect.stringContaining('log'),
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: handler.id } }],
      Statistic: 'Sum',
      EvaluationPeriods: 3,
    });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
  });

  it('tell the topic that is set, and no other', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-central-1:123456789012:alarms';
    const set = synthesise({ alarmTopicArn });
    for (const namespace of ['AWS/SQS', 'AWS/Lambda']) {
      expect(alarmOf(set, namespace)).toEqual({
        ...alarmOf(template, namespace),
        AlarmActions: [alarmTopicArn],
      });
    }
    set.resourceCountIs('AWS::SNS::Topic', 0);
  });
});
