import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, bareError, jsonError, noContent, send } from './answers.ts';
import { type Body, readBody } from './body.ts';
import { CHECKS } from './checks.ts';
import type { Note, PostFacts, Recording, Stage } from './journal.ts';
import { findMethod } from './methods/index.ts';
import type { Call, Handled, Method, World } from './methods/method.ts';
import { postLine } from './post-line.ts';

/** A call whose path and verb GREEN-API knows. */
interface Route {
  readonly idInstance: string;
  readonly method: Method;
  readonly token: string;
  readonly path: string;
}

/** Answers one request on GREEN-API's own path. Resolves once the answer is on its way, or the client is gone. */
export async function serveCall(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = findRoute(request, world.nowMs());
  if ('refusal' in route) return send(response, route.refusal);

  const recording = route.method.creates ? world.journal.open(route.idInstance) : undefined;
  response.once('close', () => {
    if (recording !== undefined) recordEnd(world, recording, response);
  });

  const body = await readBody(request);
  if (body === undefined) return;
  const { stage, answer } = await handle(world, route, body, recording?.note ?? noNote);
  if (recording === undefined) recordCall(world, route, stage, answer);
  if (response.destroyed) return;
  recording?.note({ stage, ...endOf(answer, world.nowMs()) });
  send(response, answer);
}

function findRoute(request: IncomingMessage, nowMs: number): Route | { readonly refusal: Answer } {
  const path = request.url ?? '/';
  const [, idInstance, name, token] =
    /^\/waInstance(\d{1,20})\/([A-Za-z]+)\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
  const method = findMethod(name ?? '');
  const found = idInstance !== undefined && token !== undefined && method !== undefined;
  if (found && request.method === 'OPTIONS') return { refusal: noContent() };
  if (found && request.method === method.verb) return { idInstance, method, token, path };
  return { refusal: jsonError(404, path, `Cannot ${request.method} ${path}`, nowMs) };
}

/** Calls that create nothing have no course to be noted. */
const noNote: Note = () => undefined;

async function handle(world: World, route: Route, body: Body, note: Note): Promise<Handled> {
  const account = world.accounts.get(route.idInstance);
  if (account === undefined) return { stage: 'instance', answer: bareError(403, world.errorBody) };
  const faults = route.method.creates ? account.drawFaults() : account.faults;
  const call: Call = { ...route, world, account, body, faults, note };
  for (const { stage, refuse } of CHECKS) {
    const answer = refuse(call);
    if (answer !== undefined) return { stage, answer };
  }
  return route.method.handle(call);
}

function recordCall(world: World, { idInstance, method }: Route, stage: Stage, answer: Answer): void {
  const status = answer.kind === 'text' ? { status: answer.status } : {};
  world.callLog.add({ idInstance, method: method.name, atMs: world.nowMs(), stage, ...status });
}

/** A POST is over before its answer is sent, never after: its client may come again at once. */
function endOf(answer: Answer, endMs: number): PostFacts {
  switch (answer.kind) {
    case 'text':
      return { ending: 'answered', endMs, status: answer.status };
    case 'cut-off':
      return { ending: 'cut-off', endMs };
    case 'hang':
      return {};
  }
}

function recordEnd(world: World, { note, post }: Recording, response: ServerResponse): void {
  if (!response.writableFinished && post().ending !== 'cut-off') {
    note({ ending: world.closing() ? 'cut-off' : 'client-gone', endMs: world.nowMs() });
  }
  if (world.onEvent === undefined) return;
  const { idInstance, number } = post();
  const violation = world.journal.violations(idInstance).find((found) => found.post === number);
  world.onEvent(postLine(post(), violation));
}
