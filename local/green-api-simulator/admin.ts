import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import { type Answer, json, noContent, send } from './answers.ts';
import { type Body, readBody } from './body.ts';
import { NO_FAULTS, parseFaults, SimulatorError } from './faults.ts';
import type { World } from './methods/method.ts';

interface AdminRoute {
  readonly verb: string;
  readonly path: RegExp;
  readonly answer: (world: World, match: RegExpExecArray, body: Body) => Answer;
}

const LOG = /^\/simulator\/log$/;
const GROUPS = /^\/simulator\/groups$/;
const FAULTS = /^\/simulator\/instances\/(\d{1,20})\/faults$/;

const ROUTES: readonly AdminRoute[] = [
  {
    verb: 'GET',
    path: LOG,
    answer: ({ journal }) => json({ posts: journal.posts(), spacingViolations: journal.violations() }),
  },
  {
    verb: 'DELETE',
    path: LOG,
    answer: ({ journal }) => {
      journal.clear();
      return noContent();
    },
  },
  {
    verb: 'GET',
    path: GROUPS,
    answer: ({ accounts }) => json({ groups: [...accounts.values()].flatMap(({ groups }) => groups) }),
  },
  { verb: 'GET', path: FAULTS, answer: (world, [, id]) => onAccount(world, id, ({ faults }) => faults) },
  {
    verb: 'PUT',
    path: FAULTS,
    answer: (world, [, id], body) =>
      onAccount(world, id, (account) => {
        if (body.syntaxFault !== undefined) throw new SimulatorError(body.syntaxFault);
        account.setFaults(parseFaults(body.value));
        return account.faults;
      }),
  },
  {
    verb: 'DELETE',
    path: FAULTS,
    answer: (world, [, id]) =>
      onAccount(world, id, (account) => {
        account.setFaults(NO_FAULTS);
        return account.faults;
      }),
  },
];

/** Answers one request on the simulator's own paths: faults, log, groups. */
export async function serveAdmin(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body !== undefined) send(response, adminAnswer(world, request, body));
}

function adminAnswer(world: World, request: IncomingMessage, body: Body): Answer {
  const path = request.url ?? '/';
  for (const route of ROUTES) {
    const match = route.verb === request.method ? route.path.exec(path) : null;
    if (match !== null) return route.answer(world, match, body);
  }
  return json({ error: `The simulator has no ${request.method} ${path}` }, 404);
}

/** The answer of something done with one instance's account. */
function onAccount(world: World, id: string | undefined, act: (account: Account) => unknown): Answer {
  const account = world.accounts.get(id ?? '');
  if (account === undefined) return json({ error: `There is no instance ${id} here` }, 404);
  try {
    return json(act(account));
  } catch (error) {
    if (error instanceof SimulatorError) return json({ error: error.message }, 400);
    throw error;
  }
}
