import { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, SecretValue } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { HISTORY_INDEX, PARTITION_KEY, TTL_ATTRIBUTE, WORK_INDEX } from '../lambda/storage/table-layout.ts';
import { createAlarms } from './alarms.ts';
import { createFunction } from './function.ts';
import { createSchedules } from './schedules.ts';
import type { Settings } from './settings.ts';
import { createUndeliveredQueue } from './undelivered.ts';

/** Letters and digits: about 285 bits. */
const CALLER_KEY_LENGTH = 48;

/** Group Pacer: an HTTP API and schedules, the function behind them, its table, its two secrets, and a queue of what could not be delivered. */
export class GroupPacer extends Construct {
  /** Where callers send their requests; without a slash at the end. */
  readonly url: string;
  /** The GREEN-API instances; filled by a person after the first deployment. */
  readonly instancesSecret: Secret;
  /** The callers' keys by name; the first is generated. */
  readonly callerKeysSecret: Secret;
  /** Where events for a group lie that could not be delivered. */
  readonly undeliveredQueueUrl: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const table = createTable(this, settings);
    this.instancesSecret = createInstancesSecret(this, settings);
    this.callerKeysSecret = createCallerKeysSecret(this, settings);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    const undelivered = createUndeliveredQueue(this);
    this.undeliveredQueueUrl = undelivered.queueUrl;
    const { instancesSecret, callerKeysSecret } = this;
    const parts = { table, instancesSecret, callerKeysSecret, logGroup, undelivered };
    const handler = createFunction(this, parts, settings);
    createSchedules(this, { handler, undelivered }, settings.schedules);
    createAlarms(this, { handler, undelivered }, settings);
    this.url = createApi(this, handler, settings).apiEndpoint;
  }
}

function createTable(scope: Construct, settings: Settings): TableV2 {
  const stringKey = (name: string) => ({ name, type: AttributeType.STRING });
  return new TableV2(scope, 'Table', {
    partitionKey: stringKey(PARTITION_KEY),
    globalSecondaryIndexes: [WORK_INDEX, HISTORY_INDEX].map((index) => ({
      indexName: index.name,
      partitionKey: stringKey(index.partitionKey),
      sortKey: stringKey(index.sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    })),
    billing: Billing.onDemand(),
    timeToLiveAttribute: TTL_ATTRIBUTE,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: settings.keepData,
    removalPolicy: removalPolicy(settings),
  });
}

function removalPolicy(settings: Settings): RemovalPolicy {
  return settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/*
 * Both secrets:
 * The name stays generated: a fixed one would block a new deployment for as long as the old secret exists.
 * They are kept as the table is: CloudFormation deletes a secret at once, without Secrets Manager's days of grace
 * (aws-cloudformation/cloudformation-coverage-roadmap, issue 1999).
 * CloudFormation writes the value again whenever it changes in the template (AWS docs, AWS::SecretsManager::Secret), over
 * what people have put there since. So what stands here must never change.
 */

function createInstancesSecret(scope: Construct, settings: Settings): Secret {
  return new Secret(scope, 'Instances', {
    description: 'The GREEN-API instances of Group Pacer',
    // Unsafe for a secret; this is what a deployment without instances holds.
    secretStringValue: SecretValue.unsafePlainText('{"instances":[]}'),
    removalPolicy: removalPolicy(settings),
  });
}

function createCallerKeysSecret(scope: Construct, settings: Settings): Secret {
  return new Secret(scope, 'CallerKeys', {
    description: "The callers' keys of Group Pacer, by name",
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'default',
      passwordLength: CALLER_KEY_LENGTH,
      excludePunctuation: true,
    },
    removalPolicy: removalPolicy(settings),
  });
}

/**
 * One route: API Gateway cannot match `/waInstance{id}/…`, so the function routes.
 * No access log: on GREEN-API's own path a caller's key stands in the URL. What there is to tell of a request the
 * function logs itself, redacted, and CloudWatch's metrics count also those that the gateway turns away.
 */
function createApi(scope: Construct, handler: IFunction, settings: Settings): HttpApi {
  const api = new HttpApi(scope, 'Api', {
    apiName: 'group-pacer',
    defaultIntegration: new HttpLambdaIntegration('Integration', handler),
    // The default stage that it would create has no throttling.
    createDefaultStage: false,
  });
  new HttpStage(scope, 'Stage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    throttle: { rateLimit: settings.throttlingRatePerSecond, burstLimit: settings.throttlingBurst },
  });
  return api;
}
