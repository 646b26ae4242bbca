import { Hono } from 'hono';
import { createGroup } from '../creation/create-group.ts';
import { listInstances } from '../creation/list-instances.ts';
import { readRequest } from '../creation/read-request.ts';
import type { Service } from '../creation/service.ts';
import { authenticate } from './authenticate.ts';
import { creationResponse } from './creation-response.ts';
import { errorResponse } from './error-response.ts';
import { GREEN_API_PATH, greenApiPath, INSTANCE_PREFIX } from './green-api-path.ts';
import { parseIdempotencyKey } from './idempotency-key.ts';
import { invalidRequest, readJson } from './json-body.ts';
import { problem } from './problem.ts';
import { parseGroupBody } from './schemas.ts';
import { groupView, instanceView } from './views.ts';

/** What the HTTP door needs besides the heart. */
export interface HttpDoor {
  /** The name of a caller's key. Throws SecretError. */
  readonly callerName: (presentedKey: string) => Promise<string | undefined>;
  readonly version: string;
  /** Told of every error that a caller is answered with. */
  readonly reportError: (error: unknown) => void;
}

interface Env {
  Bindings: { service: Service };
  Variables: { keyName: string };
}

/** Ids are made by us; what cannot be one is not looked for. */
const REQUEST_ID = /^[0-9a-f-]{36}$/;
const ONE_GROUP = /^\/groups\/[^/]+$/;
const ALLOWED: Readonly<Record<string, string>> = {
  '/health': 'GET',
  '/groups': 'POST',
  '/instances': 'GET',
};

/** Door 1: the routes (README, the API in short). Each request comes with the service of its execution. */
export function createHttpApp(door: HttpDoor): Hono<Env> {
  const app = new Hono<Env>();
  const nowMs = (context: { env: Env['Bindings'] }) => context.env.service.clock.nowMs();

  app.get('/health', (context) => context.json({ status: 'ok', version: door.version }));

  // Its key stands in the path, so it has a door keeper of its own.
  app.all(GREEN_API_PATH, (context) => {
    const { waInstance, method, token } = context.req.param();
    return greenApiPath(door, context.env.service, context.req.raw, {
      idInstance: waInstance.slice(INSTANCE_PREFIX.length),
      method,
      token,
    });
  });

  app.use(async (context, next) => {
    const caller = await authenticate(context.req.raw, door, nowMs(context));
    if ('problem' in caller) return caller.problem;
    context.set('keyName', caller.keyName);
    return next();
  });

  app.post('/groups', (context) => postGroup(context.env.service, context.req.raw, context.get('keyName')));

  app.get('/groups/:id', async (context) => {
    const id = context.req.param('id');
    const request = REQUEST_ID.test(id) ? await readRequest(context.env.service, id) : undefined;
    return request
      ? context.json(groupView(request))
      : problem(
          'not-found',
          {
            detail: 'There is no request with this id; records go 90 days after their end.',
            whatToDo: 'Use the id, or the Location, of an answer to POST /groups.',
          },
          nowMs(context),
        );
  });

  app.get('/instances', async (context) => {
    const states = await listInstances(context.env.service);
    const now = nowMs(context);
    return context.json({ instances: states.map((state) => instanceView(state, now)) });
  });

  app.notFound((context) => nothingHere(context.req.path, nowMs(context)));
  app.onError((error, context) => {
    door.reportError(error);
    return errorResponse(error, nowMs(context));
  });
  return app;
}

async function postGroup(service: Service, request: Request, keyName: string): Promise<Response> {
  const nowMs = service.clock.nowMs();
  const read = await readJson(request, nowMs);
  if ('problem' in read) return read.problem;
  const idempotency = parseIdempotencyKey(request.headers.get('idempotency-key') ?? undefined);
  if ('fault' in idempotency)
    return invalidRequest([{ pointer: '', detail: `(header Idempotency-Key) ${idempotency.fault}` }], nowMs);
  const parsed = parseGroupBody(read.body);
  if ('faults' in parsed) return invalidRequest(parsed.faults, nowMs);
  const { key } = idempotency;
  const asker = { keyName, ...(key !== undefined && { idempotencyKey: key }) };
  const answer = await createGroup(service, parsed.wish, asker);
  return creationResponse(answer, service.clock.nowMs());
}

function nothingHere(path: string, nowMs: number): Response {
  const allow = ALLOWED[path] ?? (ONE_GROUP.test(path) ? 'GET' : undefined);
  return allow === undefined
    ? problem(
        'not-found',
        {
          detail: 'There is no such path.',
          whatToDo: 'The paths are POST /groups, GET /groups/{id}, GET /instances and GET /health.',
        },
        nowMs,
      )
    : problem(
        'method-not-allowed',
        {
          detail: `This path takes ${allow}.`,
          whatToDo: `Send the request with ${allow}.`,
          headers: { allow },
        },
        nowMs,
      );
}
