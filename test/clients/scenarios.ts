import { setTimeout as wait } from 'node:timers/promises';
import { CANARIES, findLeaks } from '../leaks.ts';
import { type Bench, type BenchInstance, INTERVAL_SECONDS } from './bench.ts';
import type { Client, Surfaced } from './client.ts';
import { expectSame, expectThat } from './expect.ts';

/** One thing that must work for whoever uses one of GREEN-API's clients. It resolves with its figures. */
export interface Scenario {
  readonly name: string;
  readonly run: (client: Client, bench: Bench) => Promise<string>;
}

/** More than the 100 characters that GREEN-API takes; the clients do not look at it themselves. */
const TOO_LONG_NAME = 'x'.repeat(101);
const UNICODE_NAMES = ['Класс 5б — «Осень»', 'שלום כיתה ה׳ 2', '班级 5B 👩🏽‍🏫🎒'];
const MS_IN_A_SECOND = 1_000;
/** One interval and the margin of the clocks. */
const LONGEST_WAIT_SECONDS = INTERVAL_SECONDS + 1;

/** The calls of a client that is gone are answered a little later. */
const ALL_ANSWERED_LIMIT_MS = 10_000;

/** What holds for every client. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'creates a group and reads created, chatId and groupInviteLink', run: createsGroup },
  { name: 'creates groups with names in other scripts and with emoji', run: createsUnicodeGroups },
  { name: 'surfaces a validation error as it does GREEN-API’s', run: surfacesValidationError },
  { name: 'surfaces a wrong token as it does GREEN-API’s: 401', run: surfacesWrongToken },
];

export const NPM_SCENARIOS: readonly Scenario[] = [
  { name: 'busy: AxiosError 429 with Retry-After, and after waiting as told it succeeds', run: waitsAsTold },
];

export const PYTHON_SCENARIOS: readonly Scenario[] = [
  {
    name: 'slow upstream, short time-out: a POST that it sends again gets the one group',
    run: getsGroupBySendingAgain,
  },
  { name: 'slower still: it gives up, and the next call gets the one group', run: getsGroupByNextCall },
  { name: 'its second group arrives without the caller’s help', run: sleepsAndSendsAgain },
];

async function createsGroup(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  expectCreated(await client.createGroup(instance.ours('Class 5b')), instance, 'Class 5b');
  expectSame('groups', instance.groups().length, 1);
  return '1 group';
}

async function createsUnicodeGroups(client: Client, bench: Bench): Promise<string> {
  for (const name of UNICODE_NAMES) {
    const instance = bench.newInstance();
    expectCreated(await client.createGroup(instance.ours(name)), instance, name);
  }
  return `${UNICODE_NAMES.length} groups`;
}

async function surfacesValidationError(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  const ours = await client.createGroup(instance.ours(TOO_LONG_NAME));
  expectSame('POSTs at GREEN-API', instance.posts().length, 0);
  const theirs = await client.createGroup(instance.theirs(TOO_LONG_NAME));
  expectSame('what GREEN-API’s error looks like', faceOf(theirs), {
    as: theirs.as,
    status: 400,
    fields: ['statusCode', 'timestamp', 'path', 'message'],
    message: "Validation failed. Details: 'groupName'",
  });
  expectSame('the error', faceOf(ours), faceOf(theirs));
  expectSame('leaks in the answer', findLeaks(JSON.stringify(ours.body)), []);
  return `${ours.as}, 400 ${messageOf(ours)}`;
}

async function surfacesWrongToken(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  const ours = await client.createGroup(instance.ours('Class 5b', { token: `${CANARIES.key}-not` }));
  expectSame('POSTs at GREEN-API', instance.posts().length, 0);
  const theirs = await client.createGroup(instance.theirs('Class 5b', { token: `${CANARIES.token}00` }));
  expectSame('GREEN-API’s status', theirs.status, 401);
  // How GREEN-API's own 401 reads is not known [G]: only what a client makes of it is compared.
  expectSame('the error', [ours.as, ours.status], [theirs.as, theirs.status]);
  expectSame('leaks in the answer', findLeaks(JSON.stringify(ours.body)), []);
  return `${ours.as}, 401`;
}

/** It asks as soon as it may, not a second later. */
async function waitsAsTold(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  expectCreated(await client.createGroup(instance.ours('Class 5b')), instance, 'Class 5b');
  const busy = await client.createGroup(instance.ours('Class 5c'));
  expectSame('the error', [busy.as, busy.status], ['AxiosError ERR_BAD_REQUEST', 429]);
  const seconds = Number(busy.retryAfter);
  expectThat(
    `Retry-After is ${busy.retryAfter}, not 1 to ${LONGEST_WAIT_SECONDS}`,
    Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_WAIT_SECONDS,
  );
  await wait(seconds * MS_IN_A_SECOND);
  expectCreated(await client.createGroup(instance.ours('Class 5c')), instance, 'Class 5c');
  return `Retry-After ${seconds} s, ${expectTwoGroups(bench, instance)}`;
}

async function getsGroupBySendingAgain(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  bench.simulator.setFaults(instance.idInstance, { latencyMs: 3_000 });
  expectCreated(
    await client.createGroup(instance.ours('Class 5b', { timeoutSeconds: 1 })),
    instance,
    'Class 5b',
  );
  return expectOneGroup(instance, 3);
}

async function getsGroupByNextCall(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  // Its four POSTs start within 9 s, and the last is given up after 10 s.
  bench.simulator.setFaults(instance.idInstance, { latencyMs: 14_000 });
  const givenUp = await client.createGroup(instance.ours('Class 5b', { timeoutSeconds: 1 }));
  expectSame('the status of what it gave up', givenUp.status, null);
  expectCreated(await client.createGroup(instance.ours('Class 5b')), instance, 'Class 5b');
  return expectOneGroup(instance, 5);
}

/** urllib3 sleeps the Retry-After of a 429 and sends the POST again by itself. */
async function sleepsAndSendsAgain(client: Client, bench: Bench): Promise<string> {
  const instance = bench.newInstance();
  expectCreated(await client.createGroup(instance.ours('Class 5b')), instance, 'Class 5b');
  expectCreated(await client.createGroup(instance.ours('Class 5c')), instance, 'Class 5c');
  return expectTwoGroups(bench, instance);
}

/** The client's caller has the very group that exists at GREEN-API. */
function expectCreated(surfaced: Surfaced, instance: BenchInstance, groupName: string): void {
  const { as, status, body } = surfaced;
  expectSame(`the status of ${groupName} (${as}: ${JSON.stringify(body)})`, status, 200);
  expectSame('the answer', body, instance.groups().find((group) => group.groupName === groupName)?.answer);
}

/** However many POSTs the client has sent. The time-out may pass once more on a machine that is busy. */
async function expectOneGroup(instance: BenchInstance, sent: number): Promise<string> {
  const answered = await instance.answeredAll(sent, ALL_ANSWERED_LIMIT_MS);
  expectThat(`the client sent ${answered.length} POSTs, not ${sent} or more`, answered.length >= sent);
  expectSame('the statuses of our answers', new Set(answered), new Set([200]));
  const counts = [instance.posts().length, instance.groups().length];
  expectSame('POSTs at GREEN-API, groups', counts, [1, 1]);
  return `${answered.length} POSTs of the client, 1 at GREEN-API, 1 group`;
}

function expectTwoGroups(bench: Bench, instance: BenchInstance): string {
  // The second was refused once, and the time it was told was enough.
  expectSame('the statuses of our answers', instance.answered(), [200, 429, 200]);
  const names = instance.groups().map(({ groupName }) => groupName);
  expectSame('groups', names, ['Class 5b', 'Class 5c']);
  const [first, second, ...others] = instance.posts();
  expectSame('further POSTs at GREEN-API', others.length, 0);
  expectSame('spacing violations', bench.simulator.violations(), []);
  const gapMs = (second?.startMs ?? Number.NaN) - (first?.endMs ?? Number.NaN);
  return `2 groups, ${(gapMs / MS_IN_A_SECOND).toFixed(2)} s apart`;
}

/** What a client makes of an error, without what differs from call to call. */
function faceOf(surfaced: Surfaced) {
  const { as, status } = surfaced;
  const message = /^[^']*'[^']*'/.exec(messageOf(surfaced))?.[0];
  return { as, status, fields: Object.keys(fieldsOf(surfaced)), message };
}

const messageOf = (surfaced: Surfaced): string => String(fieldsOf(surfaced)['message']);

/** The npm client has read the JSON of an error already, the Python client gives its text. */
function fieldsOf({ body }: Surfaced): Readonly<Record<string, unknown>> {
  const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
