import { Alarm, ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** SQS keeps a message no longer (AWS docs, "Amazon SQS message quotas"). */
const RETENTION = Duration.days(14);

/**
 * The dead-letter queue: events for a group that did not reach the function, or that it could not take, with the telephone
 * numbers in them. It goes with the stack: without the function there is nowhere to send them again.
 */
export function createUndeliveredQueue(scope: Construct, settings: Settings): Queue {
  const queue = new Queue(scope, 'Undelivered', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: RETENTION,
  });
  const alarm = new Alarm(scope, 'UndeliveredAlarm', {
    alarmDescription:
      'A group that a schedule or an event asked for was not taken by Group Pacer: the event lies in the queue of the stack’s output UndeliveredQueueUrl',
    metric: queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(5),
      statistic: Stats.MAXIMUM,
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    // SQS stops telling of a queue that nobody has used for hours.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  if (settings.alarmTopicArn !== undefined) {
    const topic = Topic.fromTopicArn(scope, 'AlarmTopic', settings.alarmTopicArn);
    alarm.addAlarmAction(new SnsAction(topic));
  }
  return queue;
}
