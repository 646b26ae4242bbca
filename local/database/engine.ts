import type { IncomingMessage, Server } from 'node:http';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { listenOnLoopback } from '../http/loopback.ts';

/** How long closing waits for requests under way before it cuts them off. */
const CLOSE_GRACE_MS = 250;

/** dynalite, listening on loopback. */
export interface Engine {
  readonly endpoint: string;
  /** Resolves once the database's files are closed. */
  close(): Promise<void>;
}

/**
 * Starts dynalite over a LevelDB folder, or in memory without one. The folder must be known to open (`openLevel`): dynalite
 * answers one that does not by throwing where nobody can catch it.
 */
export async function startEngine(folder?: string): Promise<Engine> {
  const server = dynalite({ createTableMs: 0, ...(folder !== undefined && { path: folder }) });
  server.on('request', outliveClient);
  const endpoint = await listenOnLoopback(server, 0);
  return { endpoint, close: () => close(server) };
}

/** A client of the engine, which checks no signature: any credentials will do. */
export function createEngineClient({ endpoint }: { readonly endpoint: string }): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** dynalite throws when a client breaks off in the midst of a request, which would end the whole process (its issue 183). */
function outliveClient(request: IncomingMessage): void {
  request.removeAllListeners('error');
  request.on('error', () => undefined);
}

async function close(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  try {
    await promisify(server.close.bind(server))();
  } finally {
    clearTimeout(cut);
  }
}
