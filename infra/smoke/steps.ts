import * as z from 'zod/mini';
import { PROBLEMS, type ProblemCode } from '../../lambda/http/problem.ts';

/** Whose key a step presents; `callers` is the one in API_KEY, in the header or in GREEN-API's own path. */
export type Presented = 'none' | 'wrong' | 'callers' | 'callers-in-path';

/** One request of the walk, and the answer of a deployment that works. */
export interface Step {
  readonly name: string;
  readonly presents: Presented;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: {
    readonly status: number;
    readonly code?: ProblemCode;
    /** What else must hold of the JSON. */
    readonly json?: z.ZodMiniType;
  };
  /** Once it fails, the rest would only fail as well, or would not be safe: the walk ends. */
  readonly isDecisive?: boolean;
  /** What a person can do when it fails. */
  readonly hint?: string;
}

/** As long as the schema allows, and longer than any idInstance of GREEN-API's (12 digits): nobody has it. */
export const UNKNOWN_INSTANCE = '0'.repeat(20);
/** Country code 999 belongs to nobody (ITU-T E.164). */
const UNKNOWN_MEMBER = '999000000000@c.us';
const UNKNOWN_REQUEST = '00000000-0000-4000-8000-000000000000';
const WRONG_KEY = 'wrong-key-of-the-smoke-test';
/** Where the caller's key goes in a path. */
const KEY_IN_PATH = '{key}';
const GREEN_API_PATH = `/waInstance${UNKNOWN_INSTANCE}/createGroup`;
/** Just above the 100 KB that the function takes. */
const TOO_MANY_BYTES = 100 * 1024 + 1;
const KEY_HEADER = 'x-api-key';
const JSON_TYPE = { 'content-type': 'application/json' };

const unauthorized = problem('unauthorized');

/**
 * What anybody may see, then what a caller may. No step can reach GREEN-API: every POST is malformed but one, and that one
 * names an instance that the list before it has shown not to exist. Nothing is written either.
 */
export const STEPS: readonly Step[] = [
  {
    ...get('/health', 'alive, and its version', 'none'),
    expected: { status: 200, json: z.object({ status: z.literal('ok'), version: z.string() }) },
    isDecisive: true,
    hint: 'Is the URL the output "Url" of the stack, as it stands there?',
  },
  { ...get('/instances', 'without a key', 'none'), expected: unauthorized },
  { ...get('/instances', 'with a wrong key', 'wrong'), expected: unauthorized },
  { ...get('/nothing', 'a stranger does not learn what there is', 'none'), expected: unauthorized },
  { ...post('{}', 'a creation without a key', 'none'), expected: unauthorized },
  {
    ...post('{}', "GREEN-API's own path with a wrong key", 'none'),
    path: `${GREEN_API_PATH}/${WRONG_KEY}`,
    expected: { status: 401 },
  },
  {
    ...get('/instances', 'the instances, with their locks from the table', 'callers'),
    expected: {
      status: 200,
      json: z.object({ instances: z.array(z.object({ idInstance: knownInstance() })) }),
    },
    isDecisive: true,
    hint: 'A 401 means that API_KEY is no key of this deployment; a 503 no-instances, that its secret is not filled yet.',
  },
  {
    ...get(`/groups/${UNKNOWN_REQUEST}`, 'a request that nobody made, from the table', 'callers'),
    expected: problem('not-found'),
  },
  { ...get('/nothing', 'no such path', 'callers'), expected: problem('not-found') },
  {
    ...post('{}', 'no such method'),
    method: 'PUT',
    expected: problem('method-not-allowed'),
  },
  {
    ...post('groupName=Class', 'a body that is no JSON by its type'),
    headers: { 'content-type': 'text/plain' },
    expected: problem('unsupported-media-type'),
  },
  {
    ...post(JSON.stringify({ groupName: 'x'.repeat(TOO_MANY_BYTES) }), 'a body above 100 KB'),
    expected: problem('body-too-large'),
  },
  { ...post('{"groupName":', 'a body that is no JSON'), expected: problem('invalid-json') },
  { ...post('{}', 'a body with nothing in it'), expected: faults('/groupName', '/chatIds') },
  {
    ...post(JSON.stringify({ groupName: 'Smoke test', chatIds: ['1@g.us'] }), 'a group as a member'),
    expected: faults('/chatIds/0'),
  },
  {
    ...post('{}', 'an empty Idempotency-Key'),
    headers: { ...JSON_TYPE, 'idempotency-key': '""' },
    expected: faults(''),
  },
  {
    ...post('{}', "GREEN-API's own path, a body with nothing in it", 'callers-in-path'),
    path: `${GREEN_API_PATH}/${KEY_IN_PATH}`,
    expected: {
      status: 400,
      json: z.object({ message: z.string().check(z.regex(/^Validation failed/)) }),
    },
  },
  {
    ...post(
      JSON.stringify({ groupName: 'Smoke test', chatIds: [UNKNOWN_MEMBER], idInstance: UNKNOWN_INSTANCE }),
      'a whole request, for an instance that does not exist',
    ),
    expected: problem('unknown-instance'),
  },
];

export const needsKey = ({ presents }: Step): boolean =>
  presents === 'callers' || presents === 'callers-in-path';

/** Where a step goes and the headers that it sends. */
export function addressOf({ path, headers, presents }: Step, apiKey: string | undefined) {
  const inHeader = { none: undefined, wrong: WRONG_KEY, callers: apiKey, 'callers-in-path': undefined }[
    presents
  ];
  return {
    path: path.replace(KEY_IN_PATH, encodeURIComponent(apiKey ?? '')),
    headers: { ...headers, ...(inHeader !== undefined && { [KEY_HEADER]: inHeader }) },
  };
}

function get(path: string, name: string, presents: Presented) {
  return { name, presents, method: 'GET', path } as const;
}

function post(body: string, name: string, presents: Presented = 'callers') {
  return { name, presents, method: 'POST', path: '/groups', headers: JSON_TYPE, body } as const;
}

function problem(code: ProblemCode) {
  return { status: PROBLEMS[code].status, code };
}

/** A refusal that names just these places in the body, as JSON pointers. */
function faults(...pointers: readonly string[]) {
  const errors = z
    .array(z.object({ pointer: z.string() }))
    .check(z.refine((told) => told.map(({ pointer }) => pointer).join() === pointers.join()));
  return { ...problem('invalid-request'), json: z.object({ errors }) };
}

function knownInstance() {
  return z.string().check(z.refine((id) => id !== UNKNOWN_INSTANCE));
}
