import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../lambda/http/app.ts';
import { requestOf, resultOf } from '../../../lambda/http/payload.ts';
import { type Call, httpEvent } from '../../http-event.ts';
import { Bench, instances } from '../harness.ts';

const KEY = 'a-key-of-ours';
/** AWS docs, "Lambda quotas": request and response of a synchronous invocation. */
const LARGEST_ANSWER_BYTES = 6 * 1024 * 1024;
const MAX_INSTANCES = 1_000;

/** AWS docs, "Create AWS Lambda proxy integrations for HTTP APIs": the sample of format 2.0, as it stands there. */
const SAMPLE: APIGatewayProxyEventV2 & { requestContext: Record<string, unknown> } = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/my/path',
  rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=value',
  cookies: ['cookie1', 'cookie2'],
  headers: { header1: 'value1', header2: 'value1,value2' },
  queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'api-id',
    authorizer: { jwt: { claims: { claim1: 'value1', claim2: 'value2' }, scopes: ['scope1', 'scope2'] } },
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
    timeEpoch: 1583348638390,
  },
  body: 'Hello from Lambda',
  pathParameters: { parameter1: 'value1' },
  isBase64Encoded: false,
  stageVariables: { stageVariable1: 'value1', stageVariable2: 'value2' },
};

async function answerTo(call: Call, bench = new Bench()): Promise<Response> {
  const app = createHttpApp({
    callerName: async (key) => (key === KEY ? 'default' : undefined),
    version: '1.2.3',
    reportError: () => undefined,
  });
  return app.fetch(requestOf(httpEvent(call)), { service: bench.service() });
}

describe('an event of payload 2.0 as a request', () => {
  it("of AWS's documented sample: method, path, query, headers and body; cookies are no header any more", async () => {
    const request = requestOf(SAMPLE);
    const { pathname, search } = new URL(request.url);
    expect({ method: request.method, pathname, search }).toEqual({
      method: 'POST',
      pathname: '/my/path',
      search: '?parameter1=value1&parameter1=value2&parameter2=value',
    });
    expect(request.headers.get('header2')).toBe('value1,value2');
    expect(request.headers.has('cookie')).toBe(false);
    expect(await request.text()).toBe('Hello from Lambda');
  });

  it('hands on what API Gateway adds: x-forwarded-* and the trace id', () => {
    const { headers } = requestOf(httpEvent({}));
    expect(Object.fromEntries(headers)).toMatchObject({
      host: 'id.execute-api.us-east-1.amazonaws.com',
      'x-forwarded-for': '205.255.255.176',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      'x-amzn-trace-id': 'Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e',
    });
  });

  // The paths that HTTP APIs were seen to hand over, decoded (test/integration/local-http.test.ts).
  it.each([
    ['/groups/space value', '/groups/space%20value'],
    ['/groups/hash#value', '/groups/hash%23value'],
    ['/groups/literal?value', '/groups/literal%3Fvalue'],
    ['/groups/literal%value', '/groups/literal%value'],
    ['/groups/unicode-λ-世界', '/groups/unicode-%CE%BB-%E4%B8%96%E7%95%8C'],
    ['//other.example/groups', '//other.example/groups'],
    ['/health/../groups', '/groups'],
    ['', '/'],
  ])(
    'with the decoded path %s has the path %s, on our own host, its query untouched',
    (rawPath, pathname) => {
      const url = new URL(requestOf(httpEvent({ path: rawPath, query: 'a=%3Fb' })).url);
      expect([url.host, url.pathname, url.search]).toEqual(['group-pacer.invalid', pathname, '?a=%3Fb']);
    },
  );

  it.each(['/groups/literal%value', '/groups/%', '//other.example/groups', '/groups/\u0000'])(
    'with the odd path %j is not found, which is no error',
    async (path) => {
      expect((await answerTo({ path, headers: { 'x-api-key': KEY } })).status).toBe(404);
    },
  );

  it('with a path that leads out of a public one is not public', async () => {
    expect((await answerTo({ path: '/health/../instances' })).status).toBe(401);
  });

  it.each([
    ['text', 'Класс 5б', false],
    ['base64', Buffer.from('Класс 5б').toString('base64'), true],
  ])('reads a body that came as %s', async (_, body, isBase64Encoded) => {
    const request = requestOf(httpEvent({ method: 'POST', body, isBase64Encoded }));
    expect(await request.text()).toBe('Класс 5б');
  });

  it('has an empty body where there is none, and drops that of a GET', async () => {
    expect(await requestOf(httpEvent({ method: 'POST' })).text()).toBe('');
    expect(await requestOf(httpEvent({ method: 'DELETE' })).text()).toBe('');
    expect(await requestOf(httpEvent({ method: 'GET', body: 'dropped' })).text()).toBe('');
  });

  it('with a header that was sent twice, which arrives joined by a comma, presents no key', async () => {
    const joined = { 'x-api-key': `${KEY},${KEY}` };
    expect((await answerTo({ path: '/instances', headers: joined })).status).toBe(401);
  });

  it('with a header that HTTP cannot carry is answered all the same', async () => {
    const headers = { 'x-api-key': KEY, 'x-name': 'Класс', 'x-broken': 'a\nb' };
    expect((await answerTo({ path: '/instances', headers })).status).toBe(200);
  });
});

describe('an answer as a result of payload 2.0', () => {
  it('always has a status, headers, and a body that is text', async () => {
    const result = await resultOf(await answerTo({ path: '/instances' }));
    expect(result).toEqual({
      statusCode: 401,
      headers: {
        'content-type': 'application/problem+json',
        'www-authenticate': expect.any(String),
      },
      body: expect.stringContaining('"code":"unauthorized"'),
      isBase64Encoded: false,
    });
  });

  it('tells nobody where the request came from', async () => {
    const asked: readonly Call[] = [
      { path: '/health' },
      { path: '/instances' },
      { path: '/instances', headers: { 'x-api-key': KEY } },
      { path: '/nothing', headers: { 'x-api-key': KEY } },
      { method: 'POST', path: '/groups', headers: { 'x-api-key': KEY }, body: '{}' },
    ];
    for (const call of asked) {
      const result = JSON.stringify(await resultOf(await answerTo(call)));
      expect(result).not.toMatch(/205\.255|Root=1-|cookie1|execute-api|123456789012/);
    }
  });

  it('fits into what Lambda returns, however many instances there are', async () => {
    const bench = new Bench();
    const [template] = instances(1);
    bench.instances = Array.from({ length: MAX_INSTANCES }, (_, index) => ({
      ...template,
      idInstance: String(110_100_000_000 + index),
      apiTokenInstance: 'd75b3a66374942c5b3c019c698abc2067e151558acbd412345',
      apiUrl: 'https://api.green-api.com',
      label: 'я'.repeat(100),
    }));
    for (const { idInstance } of bench.instances)
      bench.memory.items.set(`lock#${idInstance}`, {
        freeAtMs: 0,
        coolUntilMs: Date.UTC(2030, 0),
        coolReason: 'blocked',
        coolCause: 'instance-unknown',
        overlimitLevel: 0,
        troubleLevel: 1,
        lastOutcome: 'blocked',
      });
    const answer = await answerTo({ path: '/instances', headers: { 'x-api-key': KEY } }, bench);
    const bytes = Buffer.byteLength(JSON.stringify(await resultOf(answer)));
    expect(answer.status).toBe(200);
    expect(bytes).toBeGreaterThan(MAX_INSTANCES * 400);
    expect(bytes).toBeLessThan(LARGEST_ANSWER_BYTES);
  });
});
