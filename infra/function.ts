import { join } from 'node:path';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnEventInvokeConfig, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { CALL_TIMEOUT_MS, SETTLE_RESERVE_MS, TAKE_RESERVE_MS } from '../lambda/pacing/limits.ts';
import { HISTORY_INDEX, WORK_INDEX } from '../lambda/storage/table-layout.ts';
import { BUNDLING, PROJECT_ROOT } from './bundling.ts';
import type { Settings } from './settings.ts';

/** Timer ticks may be this far apart, and no slot may be lost between them (docs/lock-protocol.md). */
const LONGEST_BETWEEN_TICKS_SECONDS = 120;
const TIMEOUT_SECONDS =
  LONGEST_BETWEEN_TICKS_SECONDS + (TAKE_RESERVE_MS + CALL_TIMEOUT_MS + SETTLE_RESERVE_MS) / 1_000;

/**
 * The function needs far less (70 MB once loaded), but Lambda gives CPU in proportion to memory, a whole one at 1,769 MB
 * (AWS docs, "Configure Lambda function memory"): at 512 MB the 0.1 s of CPU for a cold start are about 0.3 s. More would
 * only make the waiting dearer, and it mostly waits for the network.
 */
const MEMORY_MB = 512;

/**
 * What Lambda does with an event for a group that the function has failed to take: as much as it can (its docs, "How Lambda handles
 * errors and retries with asynchronous invocation"). Deliveries of one event are one request, so trying again is safe,
 * and 6 h outlast a throttled account and most of a bad day. What is older a person finds in the queue.
 */
const ASYNCHRONOUS = { retries: 2, maxAge: Duration.hours(6) } as const;

/** All that the code does with the table, and with its indexes. */
const TABLE_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];
const INDEX_ACTIONS = ['dynamodb:Query'];

/** What the function works with. */
export interface Parts {
  readonly table: TableV2;
  readonly instancesSecret: Secret;
  readonly callerKeysSecret: Secret;
  readonly logGroup: LogGroup;
  readonly undelivered: Queue;
}

/** The function, its role, and what becomes of events that it could not take. */
export function createFunction(scope: Construct, parts: Parts, settings: Settings): NodejsFunction {
  const handler = new NodejsFunction(scope, 'Function', {
    description: 'Group Pacer: creates WhatsApp groups through GREEN-API at a human pace',
    entry: join(PROJECT_ROOT, 'lambda/handler.ts'),
    projectRoot: PROJECT_ROOT,
    depsLockFilePath: join(PROJECT_ROOT, 'package-lock.json'),
    bundling: BUNDLING,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(TIMEOUT_SECONDS),
    memorySize: MEMORY_MB,
    logGroup: parts.logGroup,
    role: createRole(scope, parts),
    environment: environment(parts, settings),
  });
  // The CDK's own destination would allow the function to look at the queue as well.
  new CfnEventInvokeConfig(scope, 'AsynchronousInvocation', {
    functionName: handler.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: ASYNCHRONOUS.retries,
    maximumEventAgeInSeconds: ASYNCHRONOUS.maxAge.toSeconds(),
    destinationConfig: { onFailure: { destination: parts.undelivered.queueArn } },
  });
  return handler;
}

/** Only what is set: the function has its own defaults (lambda/settings.ts). */
function environment(parts: Parts, settings: Settings): Record<string, string> {
  const { jitterSeconds, timeZone, activeHours, dailyLimit, instancePolicies, verifyNumbers } = settings;
  return {
    TABLE_NAME: parts.table.tableName,
    INSTANCES_SECRET_ID: parts.instancesSecret.secretArn,
    CALLER_KEYS_SECRET_ID: parts.callerKeysSecret.secretArn,
    INTERVAL_SECONDS: String(settings.intervalSeconds),
    ...(jitterSeconds !== undefined && { JITTER_SECONDS: String(jitterSeconds) }),
    ...(timeZone !== undefined && { TIME_ZONE: timeZone }),
    ...(activeHours !== undefined && { ACTIVE_HOURS: activeHours }),
    ...(dailyLimit !== undefined && { DAILY_LIMIT: String(dailyLimit) }),
    ...(instancePolicies !== undefined && { INSTANCE_POLICIES: JSON.stringify(instancePolicies) }),
    ...(verifyNumbers !== undefined && { VERIFY_NUMBERS: verifyNumbers }),
    ALLOW_LOOPBACK: String(settings.allowLoopback),
    POWERTOOLS_SERVICE_NAME: 'group-pacer',
  };
}

/** Single actions on single resources. The CDK's own role and grants would allow more: all log groups, all indexes. */
function createRole(scope: Construct, parts: Parts): Role {
  const { table, instancesSecret, callerKeysSecret, logGroup, undelivered } = parts;
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const allow = (actions: string[], ...resources: string[]) =>
    role.addToPolicy(new PolicyStatement({ actions, resources }));
  const indexArns = [WORK_INDEX, HISTORY_INDEX].map(({ name }) => `${table.tableArn}/index/${name}`);
  allow(TABLE_ACTIONS, table.tableArn);
  allow(INDEX_ACTIONS, ...indexArns);
  allow(['secretsmanager:GetSecretValue'], instancesSecret.secretArn, callerKeysSecret.secretArn);
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
  allow(['sqs:SendMessage'], undelivered.queueArn);
  return role;
}
