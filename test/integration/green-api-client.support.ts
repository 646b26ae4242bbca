import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { GroupContent, Instance } from '../../lambda/creation/ports.ts';

export const TOKEN = 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345';
export const CHAT_ID = '120363043968066561@g.us';
export const LINK = 'https://chat.whatsapp.com/JPo3obfZ4zDGF7hOTqlVY4';
export const CREATED = { kind: 'created', chatId: CHAT_ID, groupInviteLink: LINK } as const;
export const CREATED_BODY = JSON.stringify({ created: true, chatId: CHAT_ID, groupInviteLink: LINK });

export const CONTENT: GroupContent = {
  groupName: 'Deal 7',
  chatIds: ['79001234568@c.us', '79001234569@c.us'],
};

export function instanceAt(apiUrl: string, apiTokenInstance: string = TOKEN): Instance {
  return { idInstance: '1101000001', apiTokenInstance, apiUrl };
}

/** A guard that lets everything pass, and the means to end the execution. */
export function openGuard() {
  const execution = new AbortController();
  return { mayStillSend: () => true, signal: execution.signal, end: () => execution.abort() };
}

export function httpAnswer(status: string, body: string, headers: readonly string[] = []): string {
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

export interface Loopback {
  readonly port: number;
  readonly url: string;
  /** What each connection has received so far. */
  readonly received: readonly string[];
  /** How many connections are open. */
  readonly open: () => number;
}

/**
 * A server on a free port of 127.0.0.1 that is closed when the test ends.
 * @param onRequest called once for each whole request
 * @param connectionEvent `secureConnection` where `server` speaks TLS
 */
export async function loopback(
  onRequest: (socket: Socket) => void,
  server: Server = createServer(),
  connectionEvent: 'connection' | 'secureConnection' = 'connection',
): Promise<Loopback> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  server.on(connectionEvent, (socket: Socket) => {
    const index = received.push('') - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    let unread = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('latin1');
      unread = Buffer.concat([unread, chunk]);
      for (let length = requestLength(unread); length > 0; length = requestLength(unread)) {
        unread = unread.subarray(length);
        onRequest(socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, received, open: () => sockets.size };
}

/** The length of the first whole request in `bytes`, 0 if there is none. */
function requestLength(bytes: Buffer): number {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return 0;
  const contentLength = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, headEnd))?.[1] ?? '0';
  const length = headEnd + 4 + Number(contentLength);
  return bytes.length < length ? 0 : length;
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
