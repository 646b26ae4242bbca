import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { createSecretReader } from '../../lambda/credentials/secrets-manager.ts';
import { type ReceivedRequest, toEvent } from '../../local/http/event.ts';
import { PortError } from '../../local/http/loopback.ts';
import {
  type Call,
  type HttpServer,
  type HttpServerSettings,
  startHttpServer,
} from '../../local/http/server.ts';
import { startSecretsServer } from '../../local/secrets-server.ts';

const NOW_MS = Date.UTC(2020, 2, 12, 19, 3, 58, 390);
const OK = { statusCode: 200, body: 'ok' };

interface SetUp {
  readonly server: HttpServer;
  readonly events: APIGatewayProxyEventV2[];
  readonly contexts: Context[];
  readonly calls: Call[];
  readonly overdue: string[];
}

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A server in front of `answer`, and what it told. */
async function start(
  answer: () => unknown = () => OK,
  settings: Partial<HttpServerSettings> = {},
): Promise<SetUp> {
  const setUp: Omit<SetUp, 'server'> = { events: [], contexts: [], calls: [], overdue: [] };
  const server = await startHttpServer({
    port: 0,
    executionSeconds: 200,
    handler: async (event, context) => {
      setUp.events.push(event);
      setUp.contexts.push(context);
      return answer();
    },
    onCall: (call) => setUp.calls.push(call),
    onOverdue: (reason) => setUp.overdue.push(reason),
    ...settings,
  });
  servers.push(server);
  return { server, ...setUp };
}

/** A function that returns when the test says so. */
function held() {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  return { answer: () => promise, release: () => resolve(OK) };
}

describe('the event of a request', () => {
  const request = (changes: Partial<ReceivedRequest>): ReceivedRequest => ({
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    rawHeaders: [],
    sourceIp: '192.0.2.1',
    body: Buffer.alloc(0),
    ...changes,
  });
  const eventOf = (changes: Partial<ReceivedRequest>) =>
    toEvent(request(changes), { requestId: 'id', nowMs: NOW_MS });

  it("has the shape of the sample in AWS's documentation of payload 2.0", () => {
    const event = eventOf({
      method: 'POST',
      target: '/my/path?parameter1=value1&parameter1=value2&parameter2=value',
      rawHeaders: [
        ...[
          'Host',
          'id.execute-api.us-east-1.amazonaws.com',
          'User-Agent',
          'agent',
          'Cookie',
          'cookie1; cookie2',
        ],
        ...['Content-Type', 'text/plain', 'Header1', 'value1', 'HEADER2', 'value1', 'Header2', 'value2'],
      ],
      body: Buffer.from('Hello from client!'),
    });
    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/my/path',
      rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
      cookies: ['cookie1', 'cookie2'],
      headers: {
        host: 'id.execute-api.us-east-1.amazonaws.com',
        'user-agent': 'agent',
        'content-type': 'text/plain',
        header1: 'value1',
        header2: 'value1,value2',
      },
      queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: 'id.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'id',
        http: {
          method: 'POST',
          path: '/my/path',
          protocol: 'HTTP/1.1',
          sourceIp: '192.0.2.1',
          userAgent: 'agent',
        },
        requestId: 'id',
        routeKey: '$default',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: NOW_MS,
      },
      body: 'Hello from client!',
      isBase64Encoded: false,
    });
  });

  it('has no body, cookies or parameters where there are none', () => {
    const event = eventOf({});
    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
    for (const name of ['body', 'cookies', 'queryStringParameters']) expect(event).not.toHaveProperty(name);
  });

  // Pairs that were seen on AWS: an HTTP API decodes twice and cuts at a question mark in between.
  it.each([
    ['/capture/plain', '/capture/plain'],
    ['/capture/space%20value', '/capture/space value'],
    ['/capture/question%3Fvalue', '/capture/question'],
    ['/capture/hash%23value', '/capture/hash#value'],
    ['/capture/slash%2Fvalue', '/capture/slash/value'],
    ['/capture/unicode-%CE%BB-%E4%B8%96%E7%95%8C', '/capture/unicode-λ-世界'],
    ['/capture/literal%252Fvalue', '/capture/literal/value'],
    ['/capture/literal%253Fvalue', '/capture/literal?value'],
    ['/capture/literal%2525value', '/capture/literal%value'],
  ])('has %s decoded as an HTTP API does', (target, rawPath) => {
    const event = eventOf({ target: `${target}?a=%3Fb` });
    expect(event).toMatchObject({
      rawPath,
      rawQueryString: 'a=%3Fb',
      requestContext: { http: { path: rawPath } },
    });
  });

  it.each(['/capture/percent%25done', '/%', '/%ff', '*', 'http://127.0.0.1/'])(
    'does not exist for %s',
    (target) => {
      expect(eventOf({ target })).toBeUndefined();
    },
  );

  it('has the query decoded for each parameter, and as it was', () => {
    const rawQueryString = 'redirect=https%3A%2F%2Fexample.com&literalPlus=a+b&encodedPlus=a%2Bb&empty=';
    expect(eventOf({ target: `/?${rawQueryString}` })).toMatchObject({
      rawQueryString,
      queryStringParameters: {
        redirect: 'https://example.com',
        literalPlus: 'a b',
        encodedPlus: 'a+b',
        empty: '',
      },
    });
  });

  it.each([
    ['text/plain', false],
    ['text/csv; charset=utf-8', false],
    ['application/json', false],
    ['Application/JSON; charset=utf-8', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/json-seq', true],
    ['application/problem+json', true],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['image/png', true],
    [undefined, true],
  ])('has a body of type %s in base64: %s', (type, isBase64Encoded) => {
    const body = Buffer.from('{"имя":1}');
    const event = eventOf({ rawHeaders: type === undefined ? [] : ['Content-Type', type], body });
    expect(event?.isBase64Encoded).toBe(isBase64Encoded);
    expect(event?.body).toBe(body.toString(isBase64Encoded ? 'base64' : 'utf8'));
  });
});

describe('a request over the wire', () => {
  it('reaches the function as an event', async () => {
    const { server, events } = await start(() => OK, { nowMs: () => NOW_MS, newId: () => 'request-1' });
    const response = await fetch(`${server.url}/groups?status=created`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Api-Key': 'k', Cookie: 'a=1; b=2' },
      body: '{"groupName":"Класс 5Б"}',
    });
    expect([response.status, await response.text()]).toEqual([200, 'ok']);
    expect(events).toEqual([
      expect.objectContaining({
        rawPath: '/groups',
        rawQueryString: 'status=created',
        cookies: ['a=1', 'b=2'],
        headers: expect.objectContaining({ 'x-api-key': 'k', host: new URL(server.url).host }),
        body: '{"groupName":"Класс 5Б"}',
        requestContext: expect.objectContaining({ requestId: 'request-1', timeEpoch: NOW_MS }),
      }),
    ]);
    expect(events[0]?.headers).not.toHaveProperty('cookie');
    expect(events[0]?.requestContext.http.sourceIp).toBe('127.0.0.1');
  });

  it('listens on loopback only', async () => {
    const { server } = await start();
    expect(new URL(server.url).hostname).toBe('127.0.0.1');
  });

  it('with a path that API Gateway refuses is refused', async () => {
    const { server, events } = await start();
    const response = await fetch(`${server.url}/%25done`);
    expect([response.status, await response.json()]).toEqual([400, { message: 'Bad Request' }]);
    expect(events).toEqual([]);
  });

  it.each([
    ['declared', (size: number): RequestInit => ({ body: Buffer.alloc(size) })],
    [
      'streamed',
      (size: number): RequestInit => ({ body: new Blob([Buffer.alloc(size)]).stream(), duplex: 'half' }),
    ],
  ])('with a %s body above the limit gets 413, and one at the limit passes', async (_, body) => {
    const { server, events } = await start(() => OK, { limits: { answerMs: 1_000, bodyBytes: 300_000 } });
    for (const size of [300_001, 5_000_000]) {
      const tooLarge = await fetch(server.url, { method: 'POST', ...body(size) });
      expect([tooLarge.status, await tooLarge.json()]).toEqual([
        413,
        { message: 'Request Entity Too Large' },
      ]);
    }
    const largest = await fetch(server.url, { method: 'POST', ...body(300_000) });
    expect(largest.status).toBe(200);
    expect(events.map(({ body: text }) => text?.length)).toEqual([400_000]);
  });

  it('that breaks off before its end is no call', async () => {
    const { server, events, calls } = await start();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{');
    await pause(20);
    socket.destroy();
    await pause(20);
    expect([events, calls]).toEqual([[], []]);
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe('the result of the function', () => {
  it('is written with its status, headers, cookies and text', async () => {
    const { server } = await start(() => ({
      statusCode: 201,
      headers: {
        'Content-Type': 'application/json',
        Location: '/groups/1',
        'X-Count': 3,
        'Content-Length': 999,
      },
      cookies: ['a=1; Path=/', 'b=2'],
      body: '{"имя":1}',
    }));
    const response = await fetch(server.url);
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      location: '/groups/1',
      'x-count': '3',
      'content-length': '12',
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(await response.text()).toBe('{"имя":1}');
  });

  it('is decoded from base64, and is plain text where it says no type', async () => {
    const { server } = await start(() => ({ statusCode: 200, body: 'AAH/', isBase64Encoded: true }));
    const response = await fetch(server.url);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 1, 255]));
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'ok'],
    ['no status', { body: 'ok' }],
    ['a status that is none', { statusCode: 99 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['a header with a line end', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
    ['a header name that is none', { statusCode: 200, headers: { 'a b': 'c' } }],
    ['a cookie with a line end', { statusCode: 200, cookies: ['a\nb'] }],
  ])('that is %s is a 500, and the reason is told', async (_, result) => {
    const { server, calls } = await start(() => result);
    const response = await fetch(server.url);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    expect(calls).toEqual([expect.objectContaining({ status: 500, error: expect.any(Error) })]);
  });

  it('is a 500 when the function throws, and the error is told', async () => {
    const error = new Error('boom');
    const { server, calls } = await start(() => {
      throw error;
    });
    const response = await fetch(server.url);
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
    expect(calls).toEqual([expect.objectContaining({ status: 500, error })]);
  });
});

describe('a call', () => {
  it('is told with method, status and time, and with no more of its path than the first step', async () => {
    let nowMs = NOW_MS;
    const { server, calls } = await start(
      () => {
        nowMs += 1_234;
        return OK;
      },
      { nowMs: () => nowMs },
    );
    await fetch(`${server.url}/waInstance1101000001/createGroup/s3cret-key`, { method: 'POST' });
    await fetch(`${server.url}/health?key=s3cret-key`);
    await fetch(server.url);
    await expect.poll(() => calls).toHaveLength(3);
    expect(calls).toEqual([
      { method: 'POST', path: '/waInstance1101000001/…', status: 200, durationMs: 1_234 },
      { method: 'GET', path: '/health/…', status: 200, durationMs: 1_234 },
      { method: 'GET', path: '/', status: 200, durationMs: 1_234 },
    ]);
  });
});

describe('an execution', () => {
  it('counts down to its deadline by the wall clock, and never below 0', async () => {
    let nowMs = NOW_MS;
    const { server, contexts } = await start(() => OK, { nowMs: () => nowMs, newId: () => 'request-1' });
    await fetch(server.url);
    const [context] = contexts;
    expect(context?.awsRequestId).toBe('request-1');
    expect(context?.getRemainingTimeInMillis()).toBe(200_000);
    nowMs += 150_000;
    expect(context?.getRemainingTimeInMillis()).toBe(50_000);
    nowMs += 60_000;
    expect(context?.getRemainingTimeInMillis()).toBe(0);
  });

  it('runs on after its client was cut off with 503', async () => {
    const { answer, release } = held();
    const { server, calls } = await start(answer, { limits: { answerMs: 30, bodyBytes: 1_000 } });
    const response = await fetch(server.url);
    expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
    expect(server.running()).toBe(1);
    expect(calls).toEqual([]);
    release();
    await expect.poll(() => calls).toEqual([expect.objectContaining({ status: 503 })]);
    expect(server.running()).toBe(0);
  });

  it('runs on after its client has gone', async () => {
    const { answer, release } = held();
    const { server, calls } = await start(answer);
    const aborted = fetch(server.url, { signal: AbortSignal.timeout(30) });
    await expect(aborted).rejects.toThrow();
    expect(server.running()).toBe(1);
    release();
    await expect.poll(() => calls).toHaveLength(1);
  });

  it('runs beside others', async () => {
    const { answer, release } = held();
    const { server } = await start(answer);
    const responses = [fetch(server.url), fetch(server.url), fetch(server.url)];
    await expect.poll(() => server.running()).toBe(3);
    release();
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('that hangs is told once, a second after its deadline', async () => {
    const { answer, release } = held();
    let nowMs = NOW_MS;
    const { server, overdue } = await start(answer, { nowMs: () => nowMs, newId: () => 'request-1' });
    const response = fetch(server.url);
    await expect.poll(() => server.running()).toBe(1);
    nowMs += 200_999;
    await pause(250);
    expect(overdue).toEqual([]);
    nowMs += 1;
    await expect
      .poll(() => overdue)
      .toEqual([expect.stringContaining('request-1 is 1000 ms past its deadline of 200 s')]);
    release();
    await response;
    expect(overdue).toHaveLength(1);
  });

  it('that comes back late is told too, as after the computer slept', async () => {
    const { answer, release } = held();
    let nowMs = NOW_MS;
    const { server, overdue } = await start(answer, { nowMs: () => nowMs });
    const response = fetch(server.url);
    await expect.poll(() => server.running()).toBe(1);
    nowMs += 3_600_000;
    release();
    await response;
    expect(overdue).toHaveLength(1);
  });

  it('that comes back in time is not told', async () => {
    const { server, overdue } = await start(() => OK, { executionSeconds: 0 });
    await fetch(server.url);
    await pause(250);
    expect(overdue).toEqual([]);
  });
});

describe('the server', () => {
  it('waits for its executions when it is closed, and takes no more', async () => {
    const { answer, release } = held();
    const { server } = await start(answer, { limits: { answerMs: 10, bodyBytes: 1_000 } });
    await fetch(server.url);
    let closed = false;
    const closing = server.close().then(() => {
      closed = true;
    });
    await pause(30);
    expect(closed).toBe(false);
    await expect(fetch(server.url)).rejects.toThrow();
    release();
    await closing;
    servers.pop();
  });

  it('answers those who still wait when it is closed', async () => {
    const { answer, release } = held();
    const { server } = await start(answer);
    const response = fetch(server.url);
    await expect.poll(() => server.running()).toBe(1);
    const closing = server.close();
    release();
    expect((await response).headers.get('connection')).toBe('close');
    expect(await (await response).text()).toBe('ok');
    await closing;
    servers.pop();
  });

  it('says what to do when its port is taken', async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    const second = start(() => OK, { port: Number(port) });
    await expect(second).rejects.toThrow(PortError);
    await expect(second).rejects.toThrow(
      `port ${port} of 127.0.0.1 cannot be used: another process listens on it`,
    );
  });
});

describe('the secrets server', () => {
  async function ask(endpoint: string, target: string, body: string): Promise<unknown> {
    const response = await fetch(endpoint, { method: 'POST', headers: { 'X-Amz-Target': target }, body });
    return [response.status, await response.json()];
  }

  it('answers the very reader that the function uses', async () => {
    const server = await startSecretsServer(new Map([['instances', '{"instances":[]}']]));
    const client = new SecretsManagerClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const read = createSecretReader(client);
    expect(await read('instances')).toBe('{"instances":[]}');
    await expect(read('other')).rejects.toMatchObject({
      kind: 'unavailable',
      cause: { name: 'ResourceNotFoundException' },
    });
    await server.close();
  });

  it('knows no other operation and takes no nonsense', async () => {
    const { endpoint, close } = await startSecretsServer(new Map());
    expect(await ask(endpoint, 'secretsmanager.PutSecretValue', '{"SecretId":"a"}')).toEqual([
      400,
      expect.objectContaining({ __type: 'UnknownOperationException' }),
    ]);
    for (const body of ['', '{', '{"SecretId":5}', `{"SecretId":"${'x'.repeat(20_000)}"}`]) {
      expect(await ask(endpoint, 'secretsmanager.GetSecretValue', body)).toEqual([
        400,
        expect.objectContaining({ __type: 'InvalidParameterException' }),
      ]);
    }
    await close();
  });
});
