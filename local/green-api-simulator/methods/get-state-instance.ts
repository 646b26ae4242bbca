import { json } from '../answers.ts';
import type { Method } from './method.ts';

/** The state of the instance, as its faults say. */
export const getStateInstance: Method = {
  name: 'getStateInstance',
  verb: 'GET',
  callsPerSecond: 1,
  creates: false,
  async handle(call) {
    return { stage: 'whatsapp', answer: json({ stateInstance: call.faults.state }) };
  },
};
