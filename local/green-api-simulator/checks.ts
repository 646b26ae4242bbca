import { type Answer, bareError, json } from './answers.ts';
import { MAX_BODY_BYTES } from './body.ts';
import type { Stage } from './journal.ts';
import { type Call, callError } from './methods/method.ts';

interface Check {
  readonly stage: Stage;
  /** The refusal, or undefined to go on. */
  readonly refuse: (call: Call) => Answer | undefined;
}

/** What every method asks of a call, in GREEN-API's order [G]; path and instance come before, validation and state after. */
export const CHECKS: readonly Check[] = [
  { stage: 'token', refuse: wrongToken },
  { stage: 'rate', refuse: tooMany },
  { stage: 'lapsed', refuse: lapsed },
  { stage: 'quota', refuse: quotaUsedUp },
  { stage: 'json', refuse: notJson },
  { stage: 'size', refuse: tooLarge },
];

function wrongToken({ token, account, faults }: Call): Answer | undefined {
  return token === account.instance.apiTokenInstance ? undefined : bareError(401, faults.errorBody);
}

function tooMany({ account, method, faults, world }: Call): Answer | undefined {
  const admitted = account.admit(method.name, method.callsPerSecond, world.nowMs());
  return admitted ? undefined : bareError(429, faults.errorBody);
}

function lapsed(call: Call): Answer | undefined {
  switch (call.faults.state) {
    case 'expired':
      return callError(call, 400, 'Instance account is expired. Renew your instance from personal area');
    case 'deleted':
      return callError(call, 400, 'Instance is deleted');
    default:
      return undefined;
  }
}

/** GREEN-API docs, example body of 466 [C], spelling included; the method's name in lower case is [I]. */
function quotaUsedUp({ account, method, faults }: Call): Answer | undefined {
  const quota = method.quota?.(faults);
  if (quota === undefined || account.useQuota(method.name, quota)) return undefined;
  const invokeStatus = {
    method: method.name.toLowerCase(),
    used: quota,
    total: quota,
    status: 'QUOTE_EXCEEDED',
    description:
      'Monthly quota has been exceeded. Please go to your personal account and change the tariff to business https://console.green-api.com',
  };
  return json({ invokeStatus }, 466);
}

function notJson(call: Call): Answer | undefined {
  const { syntaxFault } = call.body;
  return syntaxFault === undefined ? undefined : callError(call, 400, syntaxFault);
}

function tooLarge(call: Call): Answer | undefined {
  return call.body.bytes > MAX_BODY_BYTES ? callError(call, 500, 'request entity too large') : undefined;
}
