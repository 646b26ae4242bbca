import type { Service } from '../../../lambda/creation/service.ts';
import { createHttpApp } from '../../../lambda/http/app.ts';
import { requestOf, resultOf } from '../../../lambda/http/payload.ts';
import { type Call, httpEvent } from '../../http-event.ts';
import { Bench } from '../harness.ts';

export const KEY = 'a-key-of-ours';
export const JSON_TYPE = { 'content-type': 'application/json' };
export const BODY = { groupName: 'Class 5b', chatIds: ['79001234568@c.us', '+7 900 123-45-69'] };
export const ASYNC = { prefer: 'respond-async' };

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The HTTP door on the real heart, for a caller who has a key. */
export class Door {
  readonly bench = new Bench();
  readonly reported: unknown[] = [];
  callerName = async (key: string): Promise<string | undefined> => (key === KEY ? 'default' : undefined);

  call(options: Call, service?: Service): Promise<Answer> {
    return this.callKeyless({ ...options, headers: { 'x-api-key': KEY, ...options.headers } }, service);
  }

  async callKeyless(options: Call, service: Service = this.bench.service()): Promise<Answer> {
    const app = createHttpApp({
      callerName: (key) => this.callerName(key),
      version: '1.2.3',
      reportError: (error) => this.reported.push(error),
    });
    const result = await resultOf(await app.fetch(requestOf(httpEvent(options)), { service }));
    const text = result.body ?? '';
    return { status: result.statusCode, headers: result.headers ?? {}, text, json: JSON.parse(text || '{}') };
  }

  get(path: string, query = ''): Promise<Answer> {
    return this.call({ path, query });
  }

  post(body: unknown, headers: Readonly<Record<string, string>> = {}, service?: Service): Promise<Answer> {
    return this.call(
      { method: 'POST', path: '/groups', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers } },
      service,
    );
  }

  /** As a program asks whose requests may wait. */
  queue(
    groupName: string,
    more: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.post({ ...BODY, groupName, ...more }, { ...ASYNC, ...headers });
  }
}
