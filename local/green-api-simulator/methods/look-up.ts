import * as z from 'zod/mini';
import { type Answer, gatewayError, json } from '../answers.ts';
import type { Faults, InstanceState } from '../faults.ts';
import type { LookUpAnswer } from '../look-up-faults.ts';
import { type Call, callError, type Method, validationError } from './method.ts';
import { validate } from './validate.ts';

/** A method that changes nothing. */
interface LookUp<Schema extends z.core.$ZodType> {
  readonly name: string;
  readonly verb: 'GET' | 'POST';
  readonly callsPerSecond: number;
  readonly quota?: (faults: Faults) => number | undefined;
  /** It cannot answer while the number is not linked. */
  readonly asksWhatsApp: boolean;
  /** The fields of the query of a GET, of the body of a POST. */
  readonly asked: Schema;
  readonly answer: (call: Call, asked: z.output<Schema>) => Answer;
}

/** For methods that take no fields: what comes all the same is passed over [G]. */
export const NO_FIELDS = z.object({});

/** States in which no number is linked; the text for `starting` and `blocked` is [G]. */
export const UNLINKED: ReadonlySet<InstanceState> = new Set<InstanceState>([
  'notAuthorized',
  'starting',
  'blocked',
]);

/** Completes a look-up by what they all share: the fields' check, the instance's state, the faults. */
export function lookUp<Schema extends z.core.$ZodType>(own: LookUp<Schema>): Method {
  const { asksWhatsApp, asked, answer, ...rest } = own;
  return {
    ...rest,
    creates: false,
    async handle(call) {
      const validated = validate(asked, own.verb === 'GET' ? queryOf(call) : call.body.value);
      if (!validated.valid) return validationError(call, validated.fault);
      if (asksWhatsApp && UNLINKED.has(call.faults.state)) {
        return { stage: 'state', answer: callError(call, 400, 'instance is starting or not authorized') };
      }
      const failure = failureOf(call);
      return { stage: 'whatsapp', answer: failure ?? answer(call, validated.value) };
    },
  };
}

function queryOf({ path }: Call): Record<string, string> {
  const [, query = ''] = path.split('?', 2);
  return Object.fromEntries(new URLSearchParams(query));
}

/** The answer that tells nothing, or undefined where all is well. */
function failureOf(call: Call): Answer | undefined {
  const name: LookUpAnswer = call.faults.lookUps;
  switch (name) {
    case 'ok':
      return undefined;
    case 'error-500':
      return callError(call, 500, 'Internal Server Error');
    case 'timed-out':
      return callError(call, 500, 'Timed Out');
    case 'html-502':
      return gatewayError(502);
    case 'hang':
      return { kind: 'hang' };
    case 'null-body':
      return json(null);
  }
}
