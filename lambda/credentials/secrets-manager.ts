import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SecretError } from '../errors.ts';

export const SECRETS_MAX_ATTEMPTS = 3;
export const SECRETS_CONNECT_TIMEOUT_MS = 1_000;
export const SECRETS_REQUEST_TIMEOUT_MS = 3_000;

/** Reads a secret's text. Throws SecretError. */
export type ReadSecret = (secretId: string) => Promise<string>;

/** What to check, by the name of the error. */
const WHAT_TO_CHECK: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'it does not exist in this region, or has no value yet',
  InvalidRequestException: 'it must not be marked for deletion',
  AccessDeniedException: "the function's role must be allowed secretsmanager:GetSecretValue on it",
  DecryptionFailure: "its KMS key must be enabled, and the function's role allowed kms:Decrypt on it",
  TimeoutError: 'Secrets Manager did not answer in time: check the network between the function and it',
};
const WHAT_TO_CHECK_ELSE =
  'Secrets Manager did not answer as it should: if this lasts, check its health in this region';

/** The SDK client with pinned tries and time-outs; region and endpoint come from the environment. */
export function createSecretsManagerClient(): SecretsManagerClient {
  return new SecretsManagerClient({
    maxAttempts: SECRETS_MAX_ATTEMPTS,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: SECRETS_CONNECT_TIMEOUT_MS,
      requestTimeout: SECRETS_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  });
}

/** Reads the current value of secrets. Its errors name the secret and what to check. */
export function createSecretReader(client = createSecretsManagerClient()): ReadSecret {
  return async (secretId) => {
    const { SecretString: text } = await client
      .send(new GetSecretValueCommand({ SecretId: secretId }))
      .catch((error: unknown) => {
        throw unavailable(secretId, error);
      });
    if (typeof text !== 'string')
      throw new SecretError(
        'malformed',
        `The secret ${secretId} is malformed: it must hold text, and holds binary data`,
      );
    return text;
  };
}

function unavailable(secretId: string, error: unknown): SecretError {
  const name = error instanceof Error ? error.name : 'unknown error';
  const check = WHAT_TO_CHECK[name] ?? WHAT_TO_CHECK_ELSE;
  const message = `The secret ${secretId} could not be read (${name}): ${check}`;
  // An answer that cannot be read is quoted in the error, and it may be the secret.
  return error instanceof SyntaxError
    ? new SecretError('unavailable', message)
    : new SecretError('unavailable', message, { cause: error });
}
