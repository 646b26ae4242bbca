import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** SQS keeps a message no longer (AWS docs, "Amazon SQS message quotas"). */
const RETENTION = Duration.days(14);

/**
 * The dead-letter queue: events for a group that did not reach the function, or that it could not take, with the telephone
 * numbers in them. It goes with the stack: without the function there is nowhere to send them again.
 */
export function createUndeliveredQueue(scope: Construct): Queue {
  return new Queue(scope, 'Undelivered', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: RETENTION,
  });
}
