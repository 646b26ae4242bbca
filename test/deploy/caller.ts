import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { CANARIES } from '../leaks.ts';

/** Longer than the HTTP API lets a caller wait. */
const ANSWER_LIMIT_MS = 60_000;

const jsonObject = z.record(z.string(), z.unknown());

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** One who calls the deployed API. */
export class Caller {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** A call just as it is, without a key. */
  async send({ method = 'GET', path, headers = {}, body }: Call): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: jsonObject.parse(JSON.parse(text)) };
  }

  /** A call with the key, and JSON as the type of a body. */
  ask(call: Call): Promise<Answer> {
    const json = call.body === undefined ? {} : { 'content-type': 'application/json' };
    return this.send({ ...call, headers: { 'x-api-key': this.#key, ...json, ...call.headers } });
  }

  /** Asks for a group of members whose numbers no log may hold. */
  create(groupName: string, more: Readonly<Record<string, unknown>> = {}, headers = {}): Promise<Answer> {
    const body = JSON.stringify({ groupName, chatIds: MEMBERS_AS_WRITTEN, ...more });
    return this.ask({ method: 'POST', path: '/groups', body, headers });
  }
}

const MEMBERS_AS_WRITTEN = [`${CANARIES.phonePrefix}001@c.us`, '+7 915 555-00-02'];
/** The same members as the function writes them. */
export const MEMBERS = [`${CANARIES.phonePrefix}001@c.us`, `${CANARIES.phonePrefix}002@c.us`];

/** @throws AssertionError that shows the whole answer */
export function expectAnswer({ status, json }: Answer, expected: number, code?: string): void {
  const got = { status, ...(code !== undefined && { code: json['code'] }) };
  const wanted = { status: expected, ...(code !== undefined && { code }) };
  assert.deepEqual(
    got,
    wanted,
    `wanted ${Object.values(wanted).join(' ')}: ${status} ${JSON.stringify(json)}`,
  );
}

/** `Retry-After` in whole seconds, as the body says it too. */
export function secondsLeft({ headers, json }: Answer): number {
  const seconds = Number(headers.get('retry-after'));
  assert.equal(json['secondsLeft'], seconds, 'Retry-After and secondsLeft differ');
  assert.ok(Number.isInteger(seconds) && seconds >= 1, `Retry-After is ${headers.get('retry-after')}`);
  return seconds;
}

/** @throws AssertionError where a number is not within two others */
export function expectWithin(value: number, least: number, most: number, what: string): void {
  assert.ok(value >= least && value <= most, `${what} is ${value}, not ${least} to ${most}`);
}
