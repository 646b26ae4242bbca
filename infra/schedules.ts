import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { DRAIN_NAME, type ScheduleSettings } from './schedule-settings.ts';

/** A tick is worth nothing once the next one is there: none is tried again, none outlives its minute, none is kept. */
const TICK = { retries: 0, maxAge: Duration.minutes(1) } as const;

/**
 * Handing an event to Lambda fails only when a service is in trouble. Three tries more, further and further apart, outlast most of it;
 * an hour later a group for a certain time is news to a person (the defaults are 185 tries in a day).
 */
const DELIVERY = { retries: 3, maxAge: Duration.hours(1) } as const;

/** EventBridge Scheduler puts the values in their place (its user guide, "Adding context attributes"). */
const CONTEXT_ATTRIBUTES = {
  scheduleArn: '<aws.scheduler.schedule-arn>',
  scheduledTime: '<aws.scheduler.scheduled-time>',
};

/** What the schedules call, and where their events go that could not be delivered. */
export interface Targets {
  readonly handler: LambdaFunction;
  readonly undelivered: Queue;
}

/** The schedule that serves the queues every minute, and the configured ones, in a group of their own. */
export function createSchedules(
  scope: Construct,
  targets: Targets,
  schedules: readonly ScheduleSettings[],
): void {
  const group = new ScheduleGroup(scope, 'Schedules', { removalPolicy: RemovalPolicy.DESTROY });
  const ticks = createTicks(scope, targets.handler);
  const role = createRole(scope, group, targets, ticks);
  const common = {
    groupName: group.scheduleGroupName,
    flexibleTimeWindow: { mode: 'OFF' },
  };
  new CfnSchedule(scope, 'Drain', {
    ...common,
    name: DRAIN_NAME,
    description: 'Group Pacer: serves what waits',
    scheduleExpression: 'rate(1 minute)',
    target: {
      arn: ticks.functionArn,
      roleArn: role.roleArn,
      input: JSON.stringify({ action: 'drain' }),
      retryPolicy: retryPolicy(TICK),
    },
  });
  for (const { name, expression, timeZone, request } of schedules) {
    new CfnSchedule(scope, `Schedule-${name}`, {
      ...common,
      name,
      description: 'Group Pacer: creates a group',
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      target: {
        arn: targets.handler.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ action: 'create', ...request, ...CONTEXT_ATTRIBUTES, timeZone }),
        retryPolicy: retryPolicy(DELIVERY),
        deadLetterConfig: { arn: targets.undelivered.queueArn },
      },
    });
  }
}

/**
 * The function under a name of its own, which has settings of its own for what Lambda does with an event that cannot be served:
 * under the function's, a throttled account would pile up ticks for hours and then run them all, and each failed tick would be a
 * message in the queue in which a person looks for lost groups.
 */
function createTicks(scope: Construct, handler: LambdaFunction): Alias {
  return new Alias(scope, 'Ticks', {
    aliasName: 'tick',
    version: handler.latestVersion,
    retryAttempts: TICK.retries,
    maxEventAge: TICK.maxAge,
  });
}

/** Single actions on single resources, for schedules of this group only; the CDK's own targets would allow all versions of the function. */
function createRole(scope: Construct, group: ScheduleGroup, targets: Targets, ticks: Alias): Role {
  const statements = [
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [targets.handler.functionArn, ticks.functionArn],
    }),
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [targets.undelivered.queueArn] }),
  ];
  return new Role(scope, 'SchedulerRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: {
          'aws:SourceAccount': Stack.of(scope).account,
          'aws:SourceArn': group.scheduleGroupArn,
        },
      },
    }),
    // In the role itself: the first tick may come before a policy beside it.
    inlinePolicies: { Targets: new PolicyDocument({ statements }) },
  });
}

function retryPolicy({ retries, maxAge }: { readonly retries: number; readonly maxAge: Duration }) {
  return { maximumRetryAttempts: retries, maximumEventAgeInSeconds: maxAge.toSeconds() };
}
