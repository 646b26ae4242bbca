import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { NewId } from '../../lambda/creation/ports.ts';
import {
  type Answer,
  BAD_REQUEST,
  BODY_TOO_LARGE,
  INTERNAL_SERVER_ERROR,
  SERVICE_UNAVAILABLE,
  sendAnswer,
  toAnswer,
} from './answer.ts';
import { toEvent } from './event.ts';
import { createExecutions, type Handler } from './executions.ts';
import { listenOnLoopback } from './loopback.ts';
import { type ReadBody, readBody } from './read-body.ts';

/** What HTTP APIs allow (AWS docs: quotas of HTTP APIs): 30 s for the function's answer, 10 MB of body. */
export const HTTP_API_LIMITS = { answerMs: 30_000, bodyBytes: 10 * 1024 * 1024 } as const;
/** How long a client may take to send its request. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long closing waits for clients to take their answers. */
const CLOSE_GRACE_MS = 250;

/** One request, for a line of the log. It holds no key: of the path, only the first step is told. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** What the client was answered. */
  readonly status: number;
  /** Until the function returned, which may be long after the client was cut off. */
  readonly durationMs: number;
  /** What the function threw. */
  readonly error?: unknown;
}

export interface HttpServerSettings {
  readonly handler: Handler<APIGatewayProxyEventV2>;
  /** 0 takes a free one. */
  readonly port: number;
  /** The function's time-out. */
  readonly executionSeconds: number;
  /** Called when all is over, the function too. */
  readonly onCall: (call: Call) => void;
  /** An execution outlived its deadline by a second: the process must end, and the reason says why. */
  readonly onOverdue: (reason: string) => void;
  readonly limits?: { readonly answerMs: number; readonly bodyBytes: number };
  /** Milliseconds since the Unix epoch. */
  readonly nowMs?: () => number;
  readonly newId?: NewId;
}

export interface HttpServer {
  readonly url: string;
  /** Executions under way, those whose client was cut off included. */
  running(): number;
  /** Takes no more requests and waits for the executions under way. */
  close(): Promise<void>;
}

/** How an execution ended, or a request that never became one. */
interface Ended {
  readonly answer: Answer;
  readonly error?: unknown;
}

/**
 * An HTTP API in front of the function: each request becomes an event of payload 2.0 and an execution with a deadline.
 * @throws PortError
 */
export async function startHttpServer(settings: HttpServerSettings): Promise<HttpServer> {
  const { onCall, limits = HTTP_API_LIMITS, nowMs = Date.now, newId = randomUUID } = settings;
  const executions = createExecutions({ ...settings, nowMs });
  let closing = false;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = nowMs();
    const body = await readBody(request, limits.bodyBytes);
    if (body === 'broken-off') return;
    const ended = execute(request, body);
    const answer = await cutOff(
      ended.then((end) => end.answer),
      limits.answerMs,
      SERVICE_UNAVAILABLE,
    );
    if (closing) response.shouldKeepAlive = false;
    sendAnswer(response, answer);
    const { error } = await ended;
    onCall({
      method: request.method ?? '',
      path: loggablePath(request.url ?? ''),
      status: answer.status,
      durationMs: nowMs() - startedMs,
      ...(error !== undefined && { error }),
    });
  }

  async function execute(request: IncomingMessage, body: Exclude<ReadBody, 'broken-off'>): Promise<Ended> {
    if (body === 'too-large') return { answer: BODY_TOO_LARGE };
    if (closing) return { answer: SERVICE_UNAVAILABLE };
    const requestId = newId();
    const event = toEvent(received(request, body), { requestId, nowMs: nowMs() });
    if (event === undefined) return { answer: BAD_REQUEST };
    try {
      return { answer: toAnswer(await executions.run(event, requestId)) };
    } catch (error) {
      return { answer: INTERNAL_SERVER_ERROR, error };
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  const url = await listenOnLoopback(server, settings.port);

  async function close(): Promise<void> {
    closing = true;
    const closed = promisify(server.close.bind(server))();
    await executions.settled();
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    await closed;
    clearTimeout(cut);
  }

  return { url, running: executions.running, close };
}

/** As HTTP APIs do: the client gets `otherwise` after `ms`, and what it waited for runs on. */
async function cutOff<T>(promise: Promise<T>, ms: number, otherwise: T): Promise<T> {
  const { promise: cut, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(resolve, ms, otherwise);
  try {
    return await Promise.race([promise, cut]);
  } finally {
    clearTimeout(timer);
  }
}

function received({ method, url, httpVersion, rawHeaders, socket }: IncomingMessage, body: Buffer) {
  return {
    method: method ?? '',
    target: url ?? '',
    httpVersion,
    rawHeaders,
    sourceIp: socket.remoteAddress ?? '',
    body,
  };
}

/** On GREEN-API's own path a key stands in the path: nothing after the first step is told. */
export function loggablePath(target: string): string {
  const [, first = '', ...rest] = target.split(/[/?#]/);
  return rest.length > 0 ? `/${first}/…` : `/${first}`;
}
