import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  createSecretReader,
  createSecretsManagerClient,
  SECRETS_CONNECT_TIMEOUT_MS,
  SECRETS_MAX_ATTEMPTS,
  SECRETS_REQUEST_TIMEOUT_MS,
} from '../../../lambda/credentials/secrets-manager.ts';
import { SecretError } from '../../../lambda/errors.ts';

const TIMEOUT_MS = 300;
const CANARY = 'c4n4ry';

let server: Server | undefined;
afterEach(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
});

/** @returns the endpoint of a server that answers every request so. */
async function listen(answer: RequestListener): Promise<string> {
  server = createServer((request, response) => {
    request.resume().once('end', () => answer(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return `http://127.0.0.1:${address.port}`;
}

async function readFrom(answer: RequestListener): Promise<string> {
  const client = new SecretsManagerClient({
    endpoint: await listen(answer),
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true }),
  });
  return createSecretReader(client)('Instances').finally(() => client.destroy());
}

const answering =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);

async function errorFrom(answer: RequestListener): Promise<SecretError> {
  const error = await readFrom(answer).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SecretError)) throw new Error('no SecretError was thrown', { cause: error });
  return error;
}

describe('the reader of secrets', () => {
  it('returns the text of the secret', async () => {
    expect(await readFrom(answering(200, '{"SecretString":"{}"}'))).toBe('{}');
  });

  it.each([
    ['ResourceNotFoundException', 'does not exist in this region, or has no value yet'],
    ['AccessDeniedException', 'secretsmanager:GetSecretValue'],
    ['DecryptionFailure', 'kms:Decrypt'],
    ['InvalidRequestException', 'marked for deletion'],
    ['InternalServiceError', 'check its health'],
  ])('says what to check after %s, and keeps the cause', async (name, words) => {
    const error = await errorFrom(answering(400, JSON.stringify({ __type: name, message: 'no' })));
    expect(error.kind).toBe('unavailable');
    expect(error.message).toContain(`The secret Instances could not be read (${name})`);
    expect(error.message).toContain(words);
    expect(error.cause).toMatchObject({ name });
  });

  it('gives up after its time-out', async () => {
    const error = await errorFrom(() => undefined);
    expect(error).toMatchObject({ kind: 'unavailable', cause: { name: 'TimeoutError' } });
    expect(error.message).toContain('did not answer in time');
  });

  it('calls a binary secret malformed', async () => {
    const error = await errorFrom(answering(200, `{"SecretBinary":"${btoa(CANARY)}"}`));
    expect(error).toMatchObject({ kind: 'malformed', message: expect.stringContaining('binary') });
  });

  it.each([
    ['cut short', `{"SecretString":"${CANARY} and more`],
    ['no JSON', CANARY],
  ])('shows nothing of an answer that is %s', async (_, body) => {
    const error = await errorFrom(answering(200, body));
    expect(error.kind).toBe('unavailable');
    expect(inspect(error, { depth: null, showHidden: true })).not.toContain(CANARY);
  });
});

describe('the client of the function', () => {
  it('has pinned tries and time-outs, and takes its endpoint from the environment', async () => {
    let requests = 0;
    const endpoint = await listen((request, response) => {
      requests += 1;
      answering(500, '{"__type":"InternalServiceError"}')(request, response);
    });
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', endpoint);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const client = createSecretsManagerClient();
    await expect(createSecretReader(client)('Instances')).rejects.toThrow('InternalServiceError');
    expect(requests).toBe(SECRETS_MAX_ATTEMPTS);
    const { requestHandler } = client.config;
    if (!(requestHandler instanceof NodeHttpHandler)) throw new Error('it is another handler');
    expect(requestHandler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: SECRETS_CONNECT_TIMEOUT_MS,
      requestTimeout: SECRETS_REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    });
    client.destroy();
  });
});
