import { join } from 'node:path';
import { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy, SecretValue } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CALL_TIMEOUT_MS, SETTLE_RESERVE_MS } from '../lambda/pacing/limits.ts';
import { HISTORY_INDEX, PARTITION_KEY, TTL_ATTRIBUTE, WORK_INDEX } from '../lambda/storage/table-layout.ts';
import { BUNDLING, PROJECT_ROOT } from './bundling.ts';
import type { Settings } from './settings.ts';

/** Timer ticks may be this far apart, and no slot may be lost between them (docs/lock-protocol.md). */
const LONGEST_BETWEEN_TICKS_SECONDS = 120;
const TIMEOUT_SECONDS = LONGEST_BETWEEN_TICKS_SECONDS + (CALL_TIMEOUT_MS + SETTLE_RESERVE_MS) / 1_000;

/**
 * The function needs far less (70 MB once loaded), but Lambda gives CPU in proportion to memory, a whole one at 1,769 MB
 * (AWS docs, "Configure Lambda function memory"): at 512 MB the 0.1 s of CPU for a cold start are about 0.3 s. More would
 * only make the waiting dearer, and it mostly waits for the network.
 */
const MEMORY_MB = 512;

/** Letters and digits: about 285 bits. */
const CALLER_KEY_LENGTH = 48;

/** All that the code does with the table; no index is queried yet. */
const TABLE_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
];

/** Group Pacer: an HTTP API, the function behind it, its table and its two secrets. */
export class GroupPacer extends Construct {
  /** Where callers send their requests; without a slash at the end. */
  readonly url: string;
  /** The GREEN-API instances; filled by a person after the first deployment. */
  readonly instancesSecret: Secret;
  /** The callers' keys by name; the first is generated. */
  readonly callerKeysSecret: Secret;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const table = createTable(this, settings);
    this.instancesSecret = createInstancesSecret(this, settings);
    this.callerKeysSecret = createCallerKeysSecret(this, settings);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicy(settings),
    });
    const handler = new NodejsFunction(this, 'Function', {
      description: 'Group Pacer: creates WhatsApp groups through GREEN-API at a human pace',
      entry: join(PROJECT_ROOT, 'lambda/handler.ts'),
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: join(PROJECT_ROOT, 'package-lock.json'),
      bundling: BUNDLING,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(TIMEOUT_SECONDS),
      memorySize: MEMORY_MB,
      logGroup,
      role: this.createRole(table, logGroup),
      environment: {
        TABLE_NAME: table.tableName,
        INSTANCES_SECRET_ID: this.instancesSecret.secretArn,
        CALLER_KEYS_SECRET_ID: this.callerKeysSecret.secretArn,
        INTERVAL_SECONDS: String(settings.intervalSeconds),
        JITTER_SECONDS: String(settings.jitterSeconds),
        ALLOW_LOOPBACK: String(settings.allowLoopback),
        POWERTOOLS_SERVICE_NAME: 'group-pacer',
      },
    });
    this.url = createApi(this, handler, settings).apiEndpoint;
  }

  /** Single actions on single resources. The CDK's own role and grants would allow more: all log groups, all indexes. */
  private createRole(table: TableV2, logGroup: LogGroup): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: TABLE_ACTIONS, resources: [table.tableArn] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['secretsmanager:GetSecretValue'],
        resources: [this.instancesSecret.secretArn, this.callerKeysSecret.secretArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    return role;
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
function createApi(scope: Construct, handler: NodejsFunction, settings: Settings): HttpApi {
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
