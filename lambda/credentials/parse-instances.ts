import * as z from 'zod/mini';
import type { Instance } from '../creation/ports.ts';
import { type Fault, malformed, parseSecretJson, pointer, unfilled } from './secret-json.ts';

export const MAX_INSTANCES = 1_000;
export const MAX_LABEL_LENGTH = 100;

/** GREEN-API docs: 10 digits, 12 since July 2026; the length is no part of its contract. */
const ID_INSTANCE = /^\d{1,20}$/;
/** 50 hexadecimal digits wherever it was seen; not stated as a contract [O]. */
const API_TOKEN = /^[A-Za-z0-9]{20,128}$/;
/** GREEN-API docs, hosts. A path `/v3` would be its MAX product, whose groups are not WhatsApp's: it is refused. */
const GREEN_API_URL = /^https:\/\/([0-9]{4}\.)?api\.(green-api|greenapi)\.com\/?$/;
const LOOPBACK_HOST = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/;
const LABEL = new RegExp(`^[^\\p{Cc}]{1,${MAX_LABEL_LENGTH}}$`, 'u');

const SHOULD_BE = {
  secret: 'must be an object with the field "instances"',
  instances: 'must be a list of instances',
  tooMany: `must hold at most ${MAX_INSTANCES} instances`,
  instance: 'must be an object with the fields "idInstance", "apiTokenInstance" and "apiUrl"',
  idInstance: 'must be the number of the instance, 1 to 20 digits',
  apiTokenInstance: 'must be the token of the instance, 20 to 128 letters and digits',
  greenApiUrl:
    'must be the apiUrl that GREEN-API\'s console shows for the instance, such as "https://api.green-api.com" or "https://1103.api.green-api.com"',
  loopbackUrl:
    'must be a loopback URL such as "http://127.0.0.1:8080": loopback is allowed, and so nothing else is',
  label: `must be a text of 1 to ${MAX_LABEL_LENGTH} characters`,
} as const;

export interface InstancesSecret {
  readonly secretName: string;
  /** Tests and local runs: only loopback URLs, plain http too, in place of GREEN-API's hosts. */
  readonly allowLoopback: boolean;
}

/**
 * The instances in a secret's text: `{"instances":[{"idInstance","apiTokenInstance","apiUrl","label"?}]}`.
 * @throws SecretError `malformed` or `unfilled`; it never holds a value.
 */
export function parseInstances(text: string, secret: InstancesSecret): readonly Instance[] {
  const { secretName, allowLoopback } = secret;
  const { instances } = parseSecretJson(secretName, text, allowLoopback ? LOOPBACK_SECRET : GREEN_API_SECRET);
  if (instances.length === 0) throw unfilled(secretName, 'instances', 'instances.json');
  const repeats = repeated(instances);
  if (repeats.length > 0) throw malformed(secretName, repeats);
  return instances.map(({ idInstance, apiTokenInstance, apiUrl, label }) => ({
    idInstance,
    apiTokenInstance,
    apiUrl: apiUrl.replace(/\/$/, ''),
    ...(label !== undefined && { label }),
  }));
}

const GREEN_API_SECRET = secretSchema(
  z.string(SHOULD_BE.greenApiUrl).check(z.regex(GREEN_API_URL, SHOULD_BE.greenApiUrl)),
);
const LOOPBACK_SECRET = secretSchema(
  z.string(SHOULD_BE.loopbackUrl).check(z.refine(isLoopbackUrl, SHOULD_BE.loopbackUrl)),
);

function secretSchema(apiUrl: z.ZodMiniType<string>) {
  const idInstance = z.pipe(
    z.pipe(z.union([z.string(), z.int(SHOULD_BE.idInstance)], SHOULD_BE.idInstance), z.transform(String)),
    z.string().check(z.regex(ID_INSTANCE, SHOULD_BE.idInstance)),
  );
  const instance = z.strictObject(
    {
      idInstance,
      apiTokenInstance: z
        .string(SHOULD_BE.apiTokenInstance)
        .check(z.regex(API_TOKEN, SHOULD_BE.apiTokenInstance)),
      apiUrl,
      label: z.optional(z.string(SHOULD_BE.label).check(z.regex(LABEL, SHOULD_BE.label))),
    },
    SHOULD_BE.instance,
  );
  const instances = z
    .array(instance, SHOULD_BE.instances)
    .check(z.maxLength(MAX_INSTANCES, SHOULD_BE.tooMany));
  return z.strictObject({ instances }, SHOULD_BE.secret);
}

function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    LOOPBACK_HOST.test(url.hostname) &&
    `${url.username}${url.password}${url.search}${url.hash}` === ''
  );
}

function repeated(instances: readonly { readonly idInstance: string }[]): Fault[] {
  const firstIndex = new Map<string, number>();
  return instances.flatMap(({ idInstance }, index) => {
    const first = firstIndex.get(idInstance);
    if (first === undefined) {
      firstIndex.set(idInstance, index);
      return [];
    }
    const other = pointer(['instances', first, 'idInstance']);
    return [{ path: ['instances', index, 'idInstance'], shouldBe: `must not be the same as ${other}` }];
  });
}
