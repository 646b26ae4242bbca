import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import { type Answer, json, noContent, send } from './answers.ts';
import { type Body, readBody } from './body.ts';
import { makeByHand, renameByHand } from './by-hand.ts';
import { NO_FAULTS, parseFaults } from './faults.ts';
import { SimulatorError } from './input.ts';
import type { World } from './methods/method.ts';

interface AdminRoute {
  readonly verb: string;
  readonly path: RegExp;
  readonly answer: (world: World, match: RegExpExecArray, body: Body) => Answer;
}

const LOG = /^\/simulator\/log$/;
const CALLS = /^\/simulator\/calls$/;
const GROUPS = /^\/simulator\/groups$/;
const FAULTS = /^\/simulator\/instances\/(\d{1,20})\/faults$/;
const OWN_GROUPS = /^\/simulator\/instances\/(\d{1,20})\/groups$/;
const OWN_GROUP = /^\/simulator\/instances\/(\d{1,20})\/groups\/([\d-]+)(?:@|%40)g\.us$/;

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
  {
    verb: 'GET',
    path: CALLS,
    answer: ({ callLog }) => json({ calls: callLog.calls(), rateViolations: callLog.rateViolations() }),
  },
  {
    verb: 'DELETE',
    path: CALLS,
    answer: ({ callLog }) => {
      callLog.clear();
      return noContent();
    },
  },
  {
    verb: 'GET',
    path: FAULTS,
    answer: (world, [, id]) => onAccount(world, id, ({ faults }) => json(faults)),
  },
  {
    verb: 'PUT',
    path: FAULTS,
    answer: (world, [, id], body) =>
      onAccount(world, id, (account) => {
        account.setFaults(parseFaults(jsonOf(body)));
        return json(account.faults);
      }),
  },
  {
    verb: 'DELETE',
    path: FAULTS,
    answer: (world, [, id]) =>
      onAccount(world, id, (account) => {
        account.setFaults(NO_FAULTS);
        return json(account.faults);
      }),
  },
  {
    verb: 'POST',
    path: OWN_GROUPS,
    answer: (world, [, id], body) =>
      onAccount(world, id, (account) => json(makeByHand(account, jsonOf(body), world), 201)),
  },
  {
    verb: 'PUT',
    path: OWN_GROUP,
    answer: (world, [, id, number], body) =>
      onAccount(world, id, (account) => {
        const chatId = `${number}@g.us`;
        const renamed = renameByHand(account, chatId, jsonOf(body), world);
        return renamed === undefined ? notFound(`There is no group ${chatId} here`) : json(renamed);
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
  return notFound(`The simulator has no ${request.method} ${path}`);
}

/** The answer of something done with one instance's account. */
function onAccount(world: World, id: string | undefined, act: (account: Account) => Answer): Answer {
  const account = world.accounts.get(id ?? '');
  if (account === undefined) return notFound(`There is no instance ${id} here`);
  try {
    return act(account);
  } catch (error) {
    if (error instanceof SimulatorError) return json({ error: error.message }, 400);
    throw error;
  }
}

/** @throws SimulatorError for a body that is no JSON. */
function jsonOf({ syntaxFault, value }: Body): unknown {
  if (syntaxFault !== undefined) throw new SimulatorError(syntaxFault);
  return value;
}

function notFound(error: string): Answer {
  return json({ error }, 404);
}
