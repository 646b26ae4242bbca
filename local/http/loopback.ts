import { once } from 'node:events';
import type { Server } from 'node:http';
import { GroupPacerError } from '../../lambda/errors.ts';

const LOOPBACK = '127.0.0.1';

/** A port cannot be listened on. The message says which one and what to do. */
export class PortError extends GroupPacerError {}

/**
 * Listens on loopback; port 0 takes a free one.
 * @returns the server's URL, without a trailing slash.
 * @throws PortError
 */
export async function listenOnLoopback(server: Server, port: number): Promise<string> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new PortError(`port ${port} of ${LOOPBACK} cannot be used: ${whyNot(error)}`, { cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new PortError('the server listens on no port');
  return `http://${LOOPBACK}:${address.port}`;
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EADDRINUSE'
    ? 'another process listens on it; end it, or choose another port'
    : `${code ?? 'unknown error'}`;
}
