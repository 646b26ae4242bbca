import { type Context, Hono } from 'hono';
import type { Service } from '../creation/service.ts';
import type { Asked } from './asked.ts';
import { authenticate } from './authenticate.ts';
import { errorResponse } from './error-response.ts';
import { GREEN_API_PATH, greenApiPath, INSTANCE_PREFIX } from './green-api-path.ts';
import { deleteGroup, getGroup, listGroups, postGroup, resolveGroup, retryGroup } from './groups-routes.ts';
import { getInstances, postPause, postResume } from './instances-routes.ts';
import { allowedOn } from './paths.ts';
import { problem } from './problem.ts';

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
  addRoutes(app, door);

  app.notFound((context) => nothingHere(context.req.path, nowMs(context)));
  app.onError((error, context) => {
    door.reportError(error);
    return errorResponse(error, nowMs(context));
  });
  return app;
}

/** What is for callers with a key. */
function addRoutes(app: Hono<Env>, { reportError }: HttpDoor): void {
  const asked = (context: Context<Env>): Asked => ({
    service: context.env.service,
    request: context.req.raw,
    keyName: context.get('keyName'),
    reportError,
  });
  app.post('/groups', (context) => postGroup(asked(context)));
  app.get('/groups', (context) => listGroups(asked(context)));
  app.get('/groups/:id', (context) => getGroup(asked(context), context.req.param('id')));
  app.delete('/groups/:id', (context) => deleteGroup(asked(context), context.req.param('id')));
  app.post('/groups/:id/retry', (context) => retryGroup(asked(context), context.req.param('id')));
  app.post('/groups/:id/resolve', (context) => resolveGroup(asked(context), context.req.param('id')));
  app.get('/instances', (context) => getInstances(asked(context)));
  app.post('/instances/:id/pause', (context) => postPause(asked(context), context.req.param('id')));
  app.post('/instances/:id/resume', (context) => postResume(asked(context), context.req.param('id')));
}

function nothingHere(path: string, nowMs: number): Response {
  const allow = allowedOn(path);
  return allow === undefined
    ? problem(
        'not-found',
        {
          detail: 'There is no such path.',
          whatToDo:
            'The paths are /groups, /groups/{id}, /groups/{id}/retry, /groups/{id}/resolve, /instances, /instances/{idInstance}/pause, /instances/{idInstance}/resume and /health.',
        },
        nowMs,
      )
    : problem(
        'method-not-allowed',
        {
          detail: `This path takes ${allow}.`,
          whatToDo: `Send the request with ${allow.replace(', ', ' or ')}.`,
          headers: { allow },
        },
        nowMs,
      );
}
