import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { PROJECT_ROOT } from '../../infra/bundling.ts';
import type { Processes } from '../tools/processes.ts';

/** The stack of infra/app.ts. */
export const STACK = 'GroupPacer';
const CDK = join(PROJECT_ROOT, 'node_modules/.bin/cdk');
const CDK_LIMIT_MS = 120_000;
const AWS_LIMIT_MS = 30_000;

const outputsFile = z.object({
  [STACK]: z.object({
    Url: z.string(),
    InstancesSecretId: z.string(),
    CallerKeysSecretId: z.string(),
    UndeliveredQueueUrl: z.string(),
  }),
});
export type Outputs = z.output<typeof outputsFile>[typeof STACK];

const resourcesAnswer = z.object({
  StackResources: z.array(
    z.object({ LogicalResourceId: z.string(), ResourceType: z.string(), PhysicalResourceId: z.string() }),
  ),
});

/** Deploys and looks after the stack as a person does: with the CDK's command line and the AWS CLI. */
export class Operator {
  readonly #processes: Processes;
  readonly #aws: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #folder: string;

  /** @param folder for what the command lines write */
  constructor(
    processes: Processes,
    aws: string,
    environment: Readonly<Record<string, string>>,
    folder: string,
  ) {
    this.#processes = processes;
    this.#aws = aws;
    this.#environment = environment;
    this.#folder = folder;
  }

  /** @throws CommandError */
  cdk(...given: readonly string[]): Promise<string> {
    const command = {
      program: CDK,
      arguments: ['--no-notices', '--output', join(this.#folder, 'cdk.out'), ...given],
      environment: this.#environment,
      folder: PROJECT_ROOT,
    };
    return this.#processes.run(command, CDK_LIMIT_MS);
  }

  /** Deploys the stack with these settings. @throws CommandError */
  async deploy(settings: Readonly<Record<string, string | number | boolean>>): Promise<Outputs> {
    const outputs = join(this.#folder, 'outputs.json');
    const context = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    await this.cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs, ...context);
    return outputsFile.parse(JSON.parse(await readFile(outputs, 'utf8')))[STACK];
  }

  /** The AWS CLI's answer; undefined where it has none. @throws CommandError */
  async aws(service: string, operation: string, ...given: readonly string[]): Promise<unknown> {
    const command = {
      program: this.#aws,
      arguments: [service, operation, '--output', 'json', ...given],
      environment: this.#environment,
      folder: this.#folder,
    };
    const output = await this.#processes.run(command, AWS_LIMIT_MS);
    return output.trim() === '' ? undefined : JSON.parse(output);
  }

  /** The physical id of everything in the stack, by its type and logical id. @throws CommandError */
  async resources(): Promise<ReadonlyMap<string, string>> {
    const answer = await this.aws('cloudformation', 'describe-stack-resources', '--stack-name', STACK);
    const { StackResources } = resourcesAnswer.parse(answer);
    return new Map(
      StackResources.map(({ ResourceType, LogicalResourceId, PhysicalResourceId }) => [
        `${ResourceType} ${LogicalResourceId}`,
        PhysicalResourceId,
      ]),
    );
  }

  /** The text of a secret. @throws CommandError */
  async readSecret(secretId: string): Promise<string> {
    const answer = await this.aws('secretsmanager', 'get-secret-value', '--secret-id', secretId);
    return z.object({ SecretString: z.string() }).parse(answer).SecretString;
  }

  /** The name of the role that the function runs with. @throws CommandError */
  async roleOf(functionName: string): Promise<string> {
    const answer = await this.aws('lambda', 'get-function-configuration', '--function-name', functionName);
    const { Role } = z.object({ Role: z.string() }).parse(answer);
    return Role.slice(Role.lastIndexOf('/') + 1);
  }

  /** The names of the policies that stand in a role. @throws CommandError */
  async policiesOf(role: string): Promise<readonly string[]> {
    const answer = await this.aws('iam', 'list-role-policies', '--role-name', role);
    return z.object({ PolicyNames: z.array(z.string()) }).parse(answer).PolicyNames;
  }

  /** Every line in a log group. @throws CommandError */
  async logLines(logGroup: string): Promise<readonly string[]> {
    const answer = await this.aws('logs', 'filter-log-events', '--log-group-name', logGroup);
    const { events } = z.object({ events: z.array(z.object({ message: z.string() })) }).parse(answer);
    return events.map(({ message }) => message);
  }
}

/** The physical id of the one resource of a type. */
export function only(resources: ReadonlyMap<string, string>, type: string): string {
  const [found, ...others] = [...resources].filter(([name]) => name.startsWith(`${type} `));
  if (found === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
  return found[1];
}
