import assert from 'node:assert/strict';
import type { Report } from '../tools/report.ts';
import { type Call, type Caller, expectAnswer } from './caller.ts';

/** What a caller can get wrong, and what he is told. All of it is found before an instance is looked for. */
interface BadInput {
  readonly name: string;
  readonly call: Call;
  readonly status: number;
  readonly code: string;
  /** The places in the body that are named. */
  readonly pointers?: readonly string[];
}

const GOOD = { groupName: 'Class 5b', chatIds: ['79155550001@c.us'] };
/** Just above the 100 KB that the function takes. */
const TOO_MANY_BYTES = 100 * 1024 + 1;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const TOO_MANY_MEMBERS = Array.from({ length: 1_024 }, (_, index) => String(79_155_000_000 + index));

const BAD_INPUTS: readonly BadInput[] = [
  wrongBody('an empty body', '', 'invalid-json'),
  wrongBody('a broken body', '{"groupName":', 'invalid-json'),
  wrongFields('no object', [], ''),
  wrongFields('nothing in it', {}, '/groupName', '/chatIds'),
  wrongFields('an unknown field', { ...GOOD, colour: 'red' }, '/colour'),
  wrongFields('an empty name', { ...GOOD, groupName: '  ' }, '/groupName'),
  wrongFields('a name of 101 characters', { ...GOOD, groupName: 'x'.repeat(101) }, '/groupName'),
  wrongFields('a name that is no text', { ...GOOD, groupName: 5 }, '/groupName'),
  wrongFields('no members', { ...GOOD, chatIds: [] }, '/chatIds'),
  wrongFields('members that are no list', { ...GOOD, chatIds: '79155550001' }, '/chatIds'),
  wrongFields('1,024 members', { ...GOOD, chatIds: TOO_MANY_MEMBERS }, '/chatIds'),
  wrongFields(
    'members that are a group, too short, without a country code, no number',
    { ...GOOD, chatIds: ['120363043968066561@g.us', '12345', '0044 20 7946 0958', 'Anna'] },
    ...['/chatIds/0', '/chatIds/1', '/chatIds/2', '/chatIds/3'],
  ),
  wrongFields('an idInstance that is no number', { ...GOOD, idInstance: 'first' }, '/idInstance'),
  {
    name: 'a malformed Idempotency-Key',
    call: { ...post(JSON.stringify(GOOD)), headers: { 'idempotency-key': '""' } },
    status: 400,
    code: 'invalid-request',
  },
  {
    name: 'a body that is no JSON by its type',
    call: { ...post('groupName=x'), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    status: 415,
    code: 'unsupported-media-type',
  },
  {
    name: 'a body above 100 KB',
    call: post(JSON.stringify({ ...GOOD, groupName: 'x'.repeat(TOO_MANY_BYTES) })),
    status: 413,
    code: 'body-too-large',
  },
  { name: 'no such path', call: { path: '/nothing' }, status: 404, code: 'not-found' },
  { name: 'no such request', call: { path: `/groups/${UNKNOWN_ID}` }, status: 404, code: 'not-found' },
  {
    name: 'no such request to resolve',
    call: resolve({ notCreated: true }),
    status: 404,
    code: 'not-found',
  },
  {
    name: 'a resolution that says nothing',
    call: resolve({}),
    status: 400,
    code: 'invalid-request',
    pointers: [''],
  },
  {
    name: 'a resolution with a person’s chat id',
    call: resolve({ chatId: '79155550001@c.us' }),
    status: 400,
    code: 'invalid-request',
    pointers: ['/chatId'],
  },
  {
    name: 'no such method',
    call: { method: 'PATCH', path: '/groups' },
    status: 405,
    code: 'method-not-allowed',
  },
];

/** Each of them is refused, and names what is wrong. */
export async function refusesBadInput(report: Report, caller: Caller): Promise<void> {
  for (const { name, call, status, code, pointers } of BAD_INPUTS) {
    await report.check(`bad input, ${name}: ${status} ${code}`, async () => {
      const answer = await caller.ask(call);
      expectAnswer(answer, status, code);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.ok(answer.json['whatToDo'], 'it does not say what to do');
      if (pointers !== undefined) assert.deepEqual(pointersOf(answer.json), pointers);
    });
  }
}

function pointersOf({ errors }: Readonly<Record<string, unknown>>): unknown {
  return Array.isArray(errors) ? errors.map(({ pointer }) => pointer) : errors;
}

function post(body: string): Call {
  return { method: 'POST', path: '/groups', body };
}

function resolve(resolution: unknown): Call {
  return { method: 'POST', path: `/groups/${UNKNOWN_ID}/resolve`, body: JSON.stringify(resolution) };
}

function wrongBody(name: string, body: string, code: string): BadInput {
  return { name, call: post(body), status: 400, code };
}

function wrongFields(name: string, body: unknown, ...pointers: readonly string[]): BadInput {
  return { name, call: post(JSON.stringify(body)), status: 400, code: 'invalid-request', pointers };
}
