import type { Clock, Instance, LookedUp, LookUps } from '../creation/ports.ts';
import {
  CHECK_SPACING_MS,
  LOOK_UP_SPACING_MS,
  LOOK_UP_TIMEOUT_SECONDS,
  MAX_LOOK_UP_BYTES,
  MAX_TURN_WAIT_MS,
} from './look-up-facts.ts';
import {
  checkWhatsapp,
  GET_CHATS,
  GET_GROUP_CONTACTS,
  GET_SETTINGS,
  GET_STATE,
  GET_WA_SETTINGS,
  getGroupData,
  type LookUpMethod,
} from './look-up-methods.ts';
import { lookedUp, untold } from './looked-up.ts';
import { type MethodUrl, methodUrl, NO_URL } from './method-url.ts';
import { type OneRequest, requestOnce } from './one-request.ts';
import { Turns } from './turns.ts';

export interface LookUpsOptions {
  readonly clock: Clock;
  /** Shorter only where a test cannot wait. */
  readonly timeoutSeconds?: number;
}

/**
 * GREEN-API's look-ups over the network: one request each, never sent again; whoever asked looks again later.
 * Made once for an execution environment, because the turns of an instance are counted here.
 */
export function createLookUps({ clock, timeoutSeconds = LOOK_UP_TIMEOUT_SECONDS }: LookUpsOptions): LookUps {
  const turns = new Turns(clock, { spacingMs: LOOK_UP_SPACING_MS, maxWaitMs: MAX_TURN_WAIT_MS });
  const checkTurns = new Turns(clock, { spacingMs: CHECK_SPACING_MS, maxWaitMs: MAX_TURN_WAIT_MS });

  const lookUp = async <T>(
    instance: Instance,
    method: LookUpMethod<T>,
    signal: AbortSignal,
    lane: Turns = turns,
  ): Promise<LookedUp<T>> => {
    const url = methodUrl(instance, method.name);
    if (url === undefined) return untold(NO_URL);
    const turn = await lane.take(instance.idInstance, signal);
    if (turn === 'crowded') return untold(`no turn within ${MAX_TURN_WAIT_MS / 1_000} s`);
    // A turn that `ended` with the execution: nothing is sent then, which `requestOnce` sees to.
    const end = await requestOnce(requestFor(url, method), {
      timeoutSeconds,
      maxAnswerBytes: MAX_LOOK_UP_BYTES,
      signal,
    });
    return lookedUp(end, method, instance.apiTokenInstance);
  };

  return {
    state: (instance, signal) => lookUp(instance, GET_STATE, signal),
    suspendedUntilMs: (instance, signal) => lookUp(instance, GET_WA_SETTINGS, signal),
    ownChatId: (instance, signal) => lookUp(instance, GET_SETTINGS, signal),
    chats: (instance, signal) => lookUp(instance, GET_CHATS, signal),
    groupContacts: (instance, signal) => lookUp(instance, GET_GROUP_CONTACTS, signal),
    group: (instance, chatId, signal) => lookUp(instance, getGroupData(chatId), signal),
    isOnWhatsApp: async (instance, chatId, signal) => {
      const method = checkWhatsapp(chatId);
      return method === undefined
        ? untold('the chat id holds no phone number')
        : lookUp(instance, method, signal, checkTurns);
    },
  };
}

function requestFor({ origin, path }: MethodUrl, { query = '', body }: LookUpMethod<unknown>): OneRequest {
  return {
    method: body === undefined ? 'GET' : 'POST',
    origin,
    path: `${path}${query}`,
    body: body && JSON.stringify(body),
  };
}
