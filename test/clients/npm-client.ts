// One createGroup through GREEN-API's npm client: the call as JSON on standard input, what its caller gets as JSON on standard output.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import type { Surfaced } from './client.ts';

/** The part of the client that is used; it is installed outside node_modules, where its own types are not found. */
interface GreenApiClient {
  restAPI(settings: { idInstance: string; apiTokenInstance: string; host: string }): {
    readonly group: { createGroup(groupName: string, chatIds: readonly string[]): Promise<unknown> };
  };
}

const groupCall = z.object({
  host: z.string(),
  idInstance: z.string(),
  token: z.string(),
  groupName: z.string(),
  chatIds: z.array(z.string()),
});

/** What a caller can see of an AxiosError. */
const axiosError = z.object({
  name: z.literal('AxiosError'),
  code: z.string(),
  response: z.object({
    status: z.number(),
    headers: z.object({ 'retry-after': z.optional(z.string()) }),
    data: z.unknown(),
  }),
});

const [, , folder = '.'] = process.argv;
const client: GreenApiClient = createRequire(join(folder, 'package.json'))('@green-api/whatsapp-api-client');
const { host, idInstance, token, groupName, chatIds } = groupCall.parse(await json(process.stdin));
const { group } = client.restAPI({ idInstance, apiTokenInstance: token, host });
console.log(JSON.stringify(await surface(() => group.createGroup(groupName, chatIds))));

async function surface(call: () => Promise<unknown>): Promise<Surfaced> {
  try {
    // The client gives the body alone, and axios takes any 2xx for it.
    return { as: 'value', status: 200, retryAfter: null, body: await call() };
  } catch (error) {
    const parsed = axiosError.safeParse(error);
    if (!parsed.success) throw error;
    const { name, code, response } = parsed.data;
    const { status, headers, data } = response;
    return { as: `${name} ${code}`, status, retryAfter: headers['retry-after'] ?? null, body: data };
  }
}
