import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { GroupPacer } from './group-pacer.ts';
import type { Settings } from './settings.ts';

/** One deployment of Group Pacer, and what a person needs to know of it. */
export class GroupPacerStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      description: 'Group Pacer: creates WhatsApp groups through GREEN-API at a human pace',
    });
    const pacer = new GroupPacer(this, 'Pacer', settings);
    new CfnOutput(this, 'Url', { value: pacer.url, description: 'Where callers send their requests' });
    // ARNs, which `--secret-id` of the AWS CLI takes as it takes names.
    new CfnOutput(this, 'InstancesSecretId', {
      value: pacer.instancesSecret.secretArn,
      description: 'The secret to put the GREEN-API instances into',
    });
    new CfnOutput(this, 'CallerKeysSecretId', {
      value: pacer.callerKeysSecret.secretArn,
      description: "The secret that holds the callers' keys",
    });
    new CfnOutput(this, 'UndeliveredQueueUrl', {
      value: pacer.undeliveredQueueUrl,
      description: 'The queue of events for a group that could not be delivered',
    });
  }
}
