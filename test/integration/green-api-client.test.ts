import { hasSubscribers, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CALL_TIMEOUT_SECONDS, createGreenApiClient } from '../../lambda/green-api/client.ts';
import { CONNECT_TIMEOUT_SECONDS } from '../../lambda/green-api/one-request.ts';
import { MAX_ANSWER_BYTES } from '../../lambda/green-api/post-once.ts';
import {
  CHAT_ID,
  CONTENT,
  CREATED,
  CREATED_BODY,
  deadPort,
  httpAnswer,
  instanceAt,
  LINK,
  loopback,
  openGuard,
  TOKEN,
} from './green-api-client.support.ts';

const client = createGreenApiClient();
const hasty = createGreenApiClient({ callTimeoutSeconds: 0.1 });
const success = httpAnswer('200 OK', CREATED_BODY);

afterEach(() => {
  vi.useRealTimers();
});

// The first tests: undici starts its clock, which the fake timers must be there for, with the first connection.
describe('time-outs', () => {
  it('gives up a connection that does not come about within 10 s, and has sent nothing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = await loopback(() => {});
    const ended = vi.fn();
    const instance = instanceAt(`https://127.0.0.1:${silent.port}`);
    const call = client.createGroup(instance, CONTENT, openGuard()).finally(ended);
    // undici keeps this time to within half a second.
    vi.advanceTimersByTime((CONNECT_TIMEOUT_SECONDS - 1) * 1_000);
    await nextTurn();
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2_000);
    expect(await call).toMatchObject({
      kind: 'not-sent',
      cause: 'unreachable',
      detail: expect.stringContaining('Connect Timeout'),
    });
  });

  it('waits 70 s for an answer and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    expect(CALL_TIMEOUT_SECONDS).toBe(70);
    const requested = Promise.withResolvers<void>();
    const silent = await loopback(() => requested.resolve());
    const ended = vi.fn();
    const call = client.createGroup(instanceAt(silent.url), CONTENT, openGuard()).finally(ended);
    await requested.promise;
    vi.advanceTimersByTime(69_999);
    await nextTurn();
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    const detail = 'no whole answer within 70 s';
    expect(await call).toEqual({ kind: 'unknown', answered: false, detail });
  });

  it('counts an answer that trickles in as no answer', async () => {
    const server = await loopback((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{');
      const drip = setInterval(() => socket.write(' '), 10);
      socket.on('close', () => clearInterval(drip));
    });
    const outcome = await hasty.createGroup(instanceAt(server.url), CONTENT, openGuard());
    const detail = 'HTTP 200, but not the whole answer: no whole answer within 0.1 s';
    expect(outcome).toEqual({ kind: 'unknown', answered: false, detail });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });
});

describe('the request', () => {
  it('is one POST, byte for byte', async () => {
    const server = await loopback((socket) => socket.write(success));
    expect(await client.createGroup(instanceAt(server.url), CONTENT, openGuard())).toEqual(CREATED);
    const body = '{"groupName":"Deal 7","chatIds":["79001234568@c.us","79001234569@c.us"]}';
    expect(server.received).toEqual([
      `POST /waInstance1101000001/createGroup/${TOKEN} HTTP/1.1\r\n` +
        `host: 127.0.0.1:${server.port}\r\n` +
        'connection: close\r\n' +
        'Content-Type: application/json\r\n' +
        'User-Agent: group-pacer\r\n' +
        `content-length: ${body.length}\r\n\r\n${body}`,
    ]);
  });

  it('carries names as raw UTF-8, counted in bytes', async () => {
    const server = await loopback((socket) => socket.write(success));
    const groupName = 'Сделка №7 👩‍👩‍👧 "цитата" \\ \n';
    await client.createGroup(instanceAt(server.url), { groupName, chatIds: [] }, openGuard());
    const [head, body] = Buffer.from(server.received[0] ?? '', 'latin1')
      .toString()
      .split('\r\n\r\n');
    expect(body).toBe('{"groupName":"Сделка №7 👩‍👩‍👧 \\"цитата\\" \\\\ \\n","chatIds":[]}');
    expect(head).toContain(`content-length: ${Buffer.byteLength(body ?? '')}`);
  });

  it.each(['/v3', '/v3/'])('keeps the path of apiUrl and encodes the token: %s', async (basePath) => {
    const server = await loopback((socket) => socket.write(success));
    const instance = instanceAt(`${server.url}${basePath}`, 'a/b?c#d е');
    await client.createGroup(instance, CONTENT, openGuard());
    expect(server.received[0]).toMatch(
      /^POST \/v3\/waInstance1101000001\/createGroup\/a%2Fb%3Fc%23d%20%D0%B5 HTTP/,
    );
  });
});

describe('a whole answer', () => {
  const answers: readonly [name: string, answer: string, outcome: object][] = [
    [
      'a success without a link',
      httpAnswer('200 OK', `{"created":true,"chatId":"${CHAT_ID}"}`),
      { kind: 'created', chatId: CHAT_ID, groupInviteLink: '' },
    ],
    [
      'an announcement and then a success',
      `HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${success}`,
      CREATED,
    ],
    [
      'a success in chunks, cut anywhere',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
        `${[...CREATED_BODY].map((character) => `1\r\n${character}\r\n`).join('')}0\r\n\r\n`,
      CREATED,
    ],
    ['a success that ends with the connection', `HTTP/1.0 200 OK\r\n\r\n${CREATED_BODY}`, CREATED],
    [
      'a page of a proxy',
      httpAnswer('502 Bad Gateway', '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>'),
      {
        kind: 'unknown',
        answered: true,
        detail: '<html> <head><title>502 Bad Gateway</title></head> </html>',
      },
    ],
    [
      'an error that repeats the token',
      httpAnswer(
        '404 Not Found',
        JSON.stringify({ statusCode: 404, path: `/x/${TOKEN}`, message: `Cannot POST /x/${TOKEN}` }),
      ),
      { kind: 'blocked', cause: 'path-unknown', detail: 'Cannot POST /x/***' },
    ],
  ];

  it.each(answers)('is understood: %s', async (_name, answer, outcome) => {
    const server = await loopback((socket) => socket.end(answer));
    expect(await client.createGroup(instanceAt(server.url), CONTENT, openGuard())).toEqual(outcome);
  });

  it('is the first one, where a server answers twice and keeps the connection', async () => {
    const second = httpAnswer('200 OK', CREATED_BODY.replace(CHAT_ID, '120363000000000000@g.us'));
    const onRequest = vi.fn((socket: Socket) => {
      socket.write(success.replace('\r\n', '\r\nConnection: keep-alive\r\n') + second);
    });
    const server = await loopback(onRequest);
    expect(await client.createGroup(instanceAt(server.url), CONTENT, openGuard())).toEqual(CREATED);
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(onRequest).toHaveBeenCalledOnce();
    expect(server.received).toHaveLength(1);
  });

  it('is not followed where it redirects', async () => {
    const target = await loopback((socket) => socket.write(success));
    const server = await loopback((socket) => {
      socket.write(httpAnswer('307 Temporary Redirect', '', [`Location: ${target.url}/elsewhere`]));
    });
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, openGuard());
    expect(outcome).toEqual({ kind: 'blocked', cause: 'redirected', detail: 'HTTP 307 without a text' });
    await nextTurn();
    expect(target.received).toEqual([]);
  });
});

describe('an answer that does not come, or not whole', () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n';
  const failures: readonly [name: string, onRequest: (socket: Socket) => void][] = [
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.end()],
    ['closed after half a head', (socket) => socket.end('HTTP/1.1 200 O')],
    ['closed after half a body', (socket) => socket.end(`${half}\r\n${CREATED_BODY}`)],
    [
      'closed after half a body, as announced',
      (socket) => socket.end(`${half}Connection: close\r\n\r\n${CREATED_BODY}`),
    ],
    [
      'reset after half a body',
      (socket) => socket.write(`${half}\r\n${CREATED_BODY}`, () => socket.resetAndDestroy()),
    ],
    ['not HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    ['a head without end', (socket) => socket.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`)],
    ['only 100 Continue', (socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n')],
    [
      'another protocol',
      (socket) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n'),
    ],
  ];

  it.each(failures)(
    'leaves it unknown whether the group exists, and nothing is sent again: %s',
    async (_name, fail) => {
      const onRequest = vi.fn(fail);
      const server = await loopback(onRequest);
      const outcome = await client.createGroup(instanceAt(server.url), CONTENT, openGuard());
      expect(outcome).toEqual({ kind: 'unknown', answered: false, detail: expect.stringMatching(/./) });
      await vi.waitFor(() => expect(server.open()).toBe(0));
      expect(onRequest).toHaveBeenCalledOnce();
      expect(server.received).toHaveLength(1);
    },
  );

  it('is cut where it is too long', async () => {
    let written = 0;
    const server = await loopback((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`)) written += 4096;
      };
      socket.on('drain', more);
      more();
    });
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, openGuard());
    expect(outcome).toMatchObject({ kind: 'unknown', answered: false });
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(written).toBeGreaterThanOrEqual(MAX_ANSWER_BYTES - 4096);
  });

  it.each([
    ['exactly as long as may be', 0, 'created'],
    ['one byte too long', 1, 'unknown'],
  ])('is bounded: %s', async (_name, excess, kind) => {
    const body = CREATED_BODY.padEnd(MAX_ANSWER_BYTES + excess);
    const server = await loopback((socket) => socket.end(httpAnswer('200 OK', body)));
    expect(await client.createGroup(instanceAt(server.url), CONTENT, openGuard())).toMatchObject({ kind });
  });

  it('is decided by its status alone where that suffices', async () => {
    const server = await loopback((socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\nForb'),
    );
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, openGuard());
    expect(outcome).toMatchObject({
      kind: 'blocked',
      cause: 'instance-unknown',
      detail: expect.stringContaining('HTTP 403, but not the whole answer'),
    });
  });

  it('never decides by a text that is not whole', async () => {
    const server = await loopback((socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 99\r\n\r\ninstance is'),
    );
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, openGuard());
    expect(outcome).toMatchObject({ kind: 'unknown', answered: false });
  });
});

describe('a call that never gets to sending', () => {
  it('is not-sent where the connection is refused', async () => {
    const port = await deadPort();
    const outcome = await client.createGroup(instanceAt(`http://127.0.0.1:${port}`), CONTENT, openGuard());
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'unreachable',
      detail: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });

  it('is not-sent where the host has no address', async () => {
    // Too long a label: the resolver itself refuses it.
    const apiUrl = `http://${'a'.repeat(64)}.invalid`;
    const outcome = await client.createGroup(instanceAt(apiUrl), CONTENT, openGuard());
    expect(outcome).toMatchObject({
      kind: 'not-sent',
      cause: 'unreachable',
      detail: expect.stringMatching(/^getaddrinfo/),
    });
  });

  it.each([
    '',
    'nowhere',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'http://',
    'http://[::1',
    'http://127.0.0.1:99999',
  ])('is not-sent where apiUrl is malformed: "%s"', async (apiUrl) => {
    const outcome = await client.createGroup(instanceAt(apiUrl), CONTENT, openGuard());
    expect(outcome).toEqual({ kind: 'not-sent', cause: 'unreachable', detail: expect.stringMatching(/./) });
  });

  it('is not-sent with an idInstance that no path can hold', async () => {
    const server = await loopback((socket) => socket.write(success));
    const instance = { ...instanceAt(server.url), idInstance: '1 HTTP/1.1\r\n\r\n' };
    const outcome = await client.createGroup(instance, CONTENT, openGuard());
    expect(outcome).toEqual({ kind: 'not-sent', cause: 'unreachable', detail: 'invalid request path' });
    expect(server.received).toEqual([]);
  });

  it('is not-sent with a token that no URL can hold', async () => {
    const outcome = await client.createGroup(
      instanceAt(`http://127.0.0.1:${await deadPort()}`, 'half a pair \ud800'),
      CONTENT,
      openGuard(),
    );
    expect(outcome).toMatchObject({ kind: 'not-sent' });
  });
});

describe('the guard', () => {
  it('is asked once, on the open connection, and its no leaves not a byte on the wire', async () => {
    const server = await loopback((socket) => socket.write(success));
    const mayStillSend = vi.fn(() => false);
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, {
      ...openGuard(),
      mayStillSend,
    });
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'no-time-left',
      detail: 'the deadline of the execution has passed',
    });
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(server.received).toEqual(['']);
    expect(mayStillSend).toHaveBeenCalledOnce();
  });

  it('is asked in the tick in which the request is written', async () => {
    const server = await loopback((socket) => socket.write(success));
    let tickPassed: boolean | undefined;
    const passedAtWriting: unknown[] = [];
    const onSent = () => passedAtWriting.push(tickPassed);
    const mayStillSend = () => {
      tickPassed = false;
      process.nextTick(() => {
        tickPassed = true;
      });
      return true;
    };
    subscribe('undici:client:sendHeaders', onSent);
    await client.createGroup(instanceAt(server.url), CONTENT, { ...openGuard(), mayStillSend });
    unsubscribe('undici:client:sendHeaders', onSent);
    expect(passedAtWriting).toEqual([false]);
    expect(tickPassed).toBe(true);
  });

  it('forbids sending where it fails', async () => {
    const server = await loopback((socket) => socket.write(success));
    const mayStillSend = () => {
      throw new Error('no clock');
    };
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, {
      ...openGuard(),
      mayStillSend,
    });
    expect(outcome).toEqual({ kind: 'not-sent', cause: 'unreachable', detail: 'no clock' });
    await vi.waitFor(() => expect(server.open()).toBe(0));
    expect(server.received).toEqual(['']);
  });

  it('ends the call at the deadline, and what was sent is unknown', async () => {
    const guard = openGuard();
    const server = await loopback(() => guard.end());
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, guard);
    const detail = 'the deadline of the execution has passed';
    expect(outcome).toEqual({ kind: 'unknown', answered: false, detail });
    await vi.waitFor(() => expect(server.open()).toBe(0));
  });

  it('ends the call at the deadline while it connects, and nothing was sent', async () => {
    const guard = openGuard();
    const silent = await loopback(() => {});
    const call = client.createGroup(instanceAt(`https://127.0.0.1:${silent.port}`), CONTENT, guard);
    await vi.waitFor(() => expect(silent.open()).toBe(1));
    guard.end();
    expect(await call).toEqual({
      kind: 'not-sent',
      cause: 'no-time-left',
      detail: 'the deadline of the execution has passed',
    });
    await vi.waitFor(() => expect(silent.open()).toBe(0));
  });

  it('lets nobody connect once the deadline has passed', async () => {
    const server = await loopback((socket) => socket.write(success));
    const guard = openGuard();
    guard.end();
    const outcome = await client.createGroup(instanceAt(server.url), CONTENT, guard);
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'no-time-left',
      detail: 'the deadline of the execution has passed',
    });
    await nextTurn();
    expect(server.received).toEqual([]);
  });
});

describe('several calls at once', () => {
  it('are told apart: what was sent of one says nothing of another', async () => {
    const cutting = await loopback((socket) => socket.resetAndDestroy());
    const answering = await loopback((socket) => socket.write(success));
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const guard = openGuard();
    const forbidden = { ...guard, mayStillSend: () => false };
    const outcomes = await Promise.all([
      client.createGroup(instanceAt(dead), CONTENT, guard),
      client.createGroup(instanceAt(cutting.url), CONTENT, guard),
      client.createGroup(instanceAt(answering.url), CONTENT, forbidden),
      client.createGroup(instanceAt(answering.url), CONTENT, guard),
      client.createGroup(instanceAt(cutting.url), CONTENT, guard),
      client.createGroup(instanceAt(dead), CONTENT, guard),
      // Another user of undici's channels: the copy inside Node.
      fetch(answering.url, { method: 'POST', body: '{}' }).then((answer) => answer.json()),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'not-sent' },
      { kind: 'unknown', answered: false },
      { kind: 'not-sent' },
      CREATED,
      { kind: 'unknown', answered: false },
      { kind: 'not-sent' },
      { groupInviteLink: LINK },
    ]);
  });
});

describe('afterwards', () => {
  it.each([
    ['an answer', async () => (await loopback((socket) => socket.write(success))).url],
    ['a cut-off', async () => (await loopback((socket) => socket.resetAndDestroy())).url],
    ['a refused connection', async () => `http://127.0.0.1:${await deadPort()}`],
    ['a malformed apiUrl', async () => 'nowhere'],
  ])('nothing is left of the call after %s', async (_name, apiUrl) => {
    const guard = openGuard();
    await client.createGroup(instanceAt(await apiUrl()), CONTENT, guard);
    expect(hasSubscribers('undici:client:sendHeaders')).toBe(false);
    expect(hasSubscribers('undici:request:create')).toBe(false);
    expect(getEventListeners(guard.signal, 'abort')).toEqual([]);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
