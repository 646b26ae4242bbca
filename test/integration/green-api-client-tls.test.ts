import { createServer } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createGreenApiClient } from '../../lambda/green-api/client.ts';
import {
  CONTENT,
  CREATED,
  CREATED_BODY,
  httpAnswer,
  instanceAt,
  loopback,
  openGuard,
} from './green-api-client.support.ts';

/** Made for this test alone, for the name `localhost`, from 2020 to 2120. It protects nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgP+mobS/0C8j10AFx
wK8FalIKd1gOUp2Ut5pEXKdOFQChRANCAARS6bkb5Hn3gNbDFTzQhvs6qtgwmI2i
vUejRTGrrI3BgFIlU63axyVttmB+XELX/+5mmNHUWecSGAKiNmzfo73l
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBYTCCAQegAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFLpuRvkefeA1sMV
PNCG+zqq2DCYjaK9R6NFMausjcGAUiVTrdrHJW22YH5cQtf/7maY0dRZ5xIYAqI2
bN+jveWjSDBGMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAPBgNVHRMBAf8EBTADAQH/
MB0GA1UdDgQWBBQYaI9w2wKWe5GkL7Rmicf0GPnJsjAKBggqhkjOPQQDAgNIADBF
AiEArCi6DNhhE/Zq+oxIGYhCO4MFfFJYP8+YWdrFKo3xQFICICPoTcD6kVnfonSS
ADlrUK4BH7SszYl8zGVoblzHAvba
-----END CERTIFICATE-----`;

const client = createGreenApiClient();
const trusted = getCACertificates('default');

afterEach(() => {
  setDefaultCACertificates(trusted);
});

function overTls(onRequest: Parameters<typeof loopback>[0]) {
  // Prefers HTTP/2, as GREEN-API's own servers may.
  const server = createTlsServer({ key: KEY, cert: CERTIFICATE, ALPNProtocols: ['h2', 'http/1.1'] });
  server.on('tlsClientError', () => {});
  return loopback(onRequest, server, 'secureConnection');
}

describe('over TLS', () => {
  it('sends the one POST over HTTP/1.1, whatever the server prefers', async () => {
    setDefaultCACertificates([CERTIFICATE]);
    const server = await overTls((socket) => socket.write(httpAnswer('200 OK', CREATED_BODY)));
    const instance = instanceAt(`https://localhost:${server.port}`);
    expect(await client.createGroup(instance, CONTENT, openGuard())).toEqual(CREATED);
    expect(server.received).toEqual([
      expect.stringMatching(/^POST \/waInstance1101000001\/createGroup\/\w+ HTTP\/1\.1\r\n/),
    ]);
  });

  it('knows that a request was sent when the connection breaks', async () => {
    setDefaultCACertificates([CERTIFICATE]);
    const server = await overTls((socket) => socket.destroy());
    const instance = instanceAt(`https://localhost:${server.port}`);
    expect(await client.createGroup(instance, CONTENT, openGuard())).toMatchObject({
      kind: 'unknown',
      answered: false,
    });
    expect(server.received).toHaveLength(1);
  });

  it('sends nothing once the deadline has passed', async () => {
    setDefaultCACertificates([CERTIFICATE]);
    const server = await overTls((socket) => socket.write(httpAnswer('200 OK', CREATED_BODY)));
    const instance = instanceAt(`https://localhost:${server.port}`);
    const mayStillSend = vi.fn(() => false);
    const outcome = await client.createGroup(instance, CONTENT, { ...openGuard(), mayStillSend });
    expect(outcome).toMatchObject({ kind: 'not-sent' });
    expect(mayStillSend).toHaveBeenCalledOnce();
    // What the first call had sent would be there before the second is answered.
    expect(await client.createGroup(instance, CONTENT, openGuard())).toEqual(CREATED);
    expect(server.received.filter((bytes) => bytes !== '')).toHaveLength(1);
  });

  it('sends nothing to a server that it cannot trust', async () => {
    const server = await overTls(() => {});
    const instance = instanceAt(`https://localhost:${server.port}`);
    const outcome = await client.createGroup(instance, CONTENT, openGuard());
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'unreachable',
      detail: expect.stringContaining('self-signed certificate'),
    });
    expect(server.received.join('')).toBe('');
  });

  it('sends nothing to a server with the certificate of another', async () => {
    setDefaultCACertificates([CERTIFICATE]);
    const server = await overTls(() => {});
    const instance = instanceAt(`https://127.0.0.1:${server.port}`);
    const outcome = await client.createGroup(instance, CONTENT, openGuard());
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'unreachable',
      detail: expect.stringContaining("does not match certificate's altnames"),
    });
    expect(server.received.join('')).toBe('');
  });

  it('sends nothing to a server that speaks no TLS, and offers only HTTP/1.1 to one that does', async () => {
    const plain = createServer((socket) => {
      socket.once('data', () => socket.end(httpAnswer('400 Bad Request', '')));
    });
    const server = await loopback(() => {}, plain);
    const instance = instanceAt(`https://127.0.0.1:${server.port}`);
    const outcome = await client.createGroup(instance, CONTENT, openGuard());
    expect(outcome).toEqual({
      kind: 'not-sent',
      cause: 'unreachable',
      detail: expect.stringContaining('wrong version number'),
    });
    const [clientHello] = server.received;
    expect(clientHello).toContain('\x08http/1.1');
    expect(clientHello).not.toContain('\x02h2');
    expect(clientHello).not.toContain('POST');
  });
});
