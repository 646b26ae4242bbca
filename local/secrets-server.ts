import { createServer, type IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { listenOnLoopback } from './http/loopback.ts';
import { readBody } from './http/read-body.ts';

const GET_SECRET_VALUE = 'secretsmanager.GetSecretValue';
/** A request holds little more than the name of the secret. */
const MAX_REQUEST_BYTES = 16 * 1024;

const requestSchema = z.object({ SecretId: z.string() });

/** An answer of Secrets Manager's JSON 1.1 protocol. */
interface Answer {
  readonly status: number;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface SecretsServer {
  /** For AWS_ENDPOINT_URL_SECRETS_MANAGER. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Secrets Manager's GetSecretValue on loopback, from texts by secret name, so that the function reads its secrets as on AWS.
 * It checks no signature: whoever finds the port on this machine may ask.
 */
export async function startSecretsServer(secrets: ReadonlyMap<string, string>): Promise<SecretsServer> {
  const server = createServer(async (request, response) => {
    const { status, content } = await answerTo(request, secrets);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(content));
  });
  const endpoint = await listenOnLoopback(server, 0);
  return {
    endpoint,
    close: async () => {
      const closed = promisify(server.close.bind(server))();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answerTo(request: IncomingMessage, secrets: ReadonlyMap<string, string>): Promise<Answer> {
  const body = await readBody(request, MAX_REQUEST_BYTES);
  if (request.headers['x-amz-target'] !== GET_SECRET_VALUE) {
    return failed('UnknownOperationException', `only ${GET_SECRET_VALUE} is known here`);
  }
  const secretId = Buffer.isBuffer(body) ? secretIdIn(body) : undefined;
  if (secretId === undefined) return failed('InvalidParameterException', 'the request names no SecretId');
  const text = secrets.get(secretId);
  if (text === undefined) {
    return failed('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  return { status: 200, content: { Name: secretId, SecretString: text, VersionStages: ['AWSCURRENT'] } };
}

function secretIdIn(body: Buffer): string | undefined {
  try {
    return requestSchema.parse(JSON.parse(body.toString())).SecretId;
  } catch {
    return undefined;
  }
}

function failed(type: string, message: string): Answer {
  return { status: 400, content: { __type: type, message } };
}
