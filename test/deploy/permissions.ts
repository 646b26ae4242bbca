import type { Note, Report } from '../tools/report.ts';
import { expectAnswer } from './caller.ts';
import { ACCOUNT, REGION } from './emulator.ts';
import { INSTANCES } from './instances.ts';
import { type Operator, only, STACK } from './operator.ts';
import type { Stage } from './stage.ts';

const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
const SECRETS_BY_NAME = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${STACK}-*-??????`;
const ADDED_POLICY = 'SecretsByNamePattern';

/** The bootstrap's bucket refuses plain HTTP, which is all that the emulator speaks. */
export async function letPlainHttpIn(report: Report, operator: Operator): Promise<void> {
  await report.need('the policy that demands TLS is taken from the staging bucket', () =>
    operator.aws('s3api', 'delete-bucket-policy', '--bucket', BUCKET),
  );
}

/**
 * In the template the grant names the secrets by `Ref`, their ARN on AWS and their bare name in MiniStack, where it grants
 * nothing. So this grant alone is added here; that the template has it is asserted in test/infra/permissions.test.ts.
 */
export async function letReadSecrets(report: Report, operator: Operator): Promise<void> {
  await report.need(
    'one policy is added: the two secrets by a pattern of their names',
    async (note: Note) => {
      const document = {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRETS_BY_NAME }],
      };
      const role = await operator.roleOf(only(await operator.resources(), 'AWS::Lambda::Function'));
      const policy = ['--policy-name', ADDED_POLICY, '--policy-document', JSON.stringify(document)];
      await operator.aws('iam', 'put-role-policy', '--role-name', role, ...policy);
      note('all other grants are the template’s own');
    },
  );
}

/** That the walk has passed says something only if a missing grant would have been noticed. */
export async function missesItsGrants({ report, operator, caller }: Stage): Promise<void> {
  await report.check('without the template’s own policy it may not use its table: 502', async () => {
    const role = await operator.roleOf(only(await operator.resources(), 'AWS::Lambda::Function'));
    for (const policy of await operator.policiesOf(role)) {
      if (policy === ADDED_POLICY) continue;
      await operator.aws('iam', 'delete-role-policy', '--role-name', role, '--policy-name', policy);
    }
    const answer = await caller.create('Class 11', { idInstance: INSTANCES.contract });
    expectAnswer(answer, 502, 'storage-misconfigured');
  });
}
