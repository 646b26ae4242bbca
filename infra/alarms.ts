import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

const PERIOD = Duration.minutes(5);
/** One failure mends itself with the next tick; a quarter of an hour of them does not. */
const FAILING_PERIODS = 3;

/** What is watched. */
export interface Watched {
  readonly handler: IFunction;
  readonly undelivered: Queue;
}

/** What a person must hear of, at the topic that is set. */
export function createAlarms(scope: Construct, { handler, undelivered }: Watched, settings: Settings): void {
  const alarms = [
    createAlarm(scope, 'UndeliveredAlarm', {
      alarmDescription:
        'A group that a schedule or an event asked for was not taken by Group Pacer: the event lies in the queue of the stack’s output UndeliveredQueueUrl',
      metric: undelivered.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: Stats.MAXIMUM,
      }),
      evaluationPeriods: 1,
    }),
    createAlarm(scope, 'FailingAlarm', {
      alarmDescription:
        'Group Pacer fails again and again, and its queues may stand still: the function’s log says why',
      metric: handler.metricErrors({ period: PERIOD }),
      evaluationPeriods: FAILING_PERIODS,
    }),
  ];
  if (settings.alarmTopicArn === undefined) return;
  const topic = Topic.fromTopicArn(scope, 'AlarmTopic', settings.alarmTopicArn);
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
}

/** It rises when anything is counted. What has nothing to tell is well: SQS falls silent on a queue that nobody uses. */
function createAlarm(
  scope: Construct,
  id: string,
  props: Pick<AlarmProps, 'alarmDescription' | 'metric' | 'evaluationPeriods'>,
): Alarm {
  return new Alarm(scope, id, {
    ...props,
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}
