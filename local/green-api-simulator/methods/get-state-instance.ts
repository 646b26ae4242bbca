import { json } from '../answers.ts';
import { lookUp, NO_FIELDS } from './look-up.ts';

/** The state of the instance, as its faults say. */
export const getStateInstance = lookUp({
  name: 'getStateInstance',
  verb: 'GET',
  callsPerSecond: 1,
  asksWhatsApp: false,
  asked: NO_FIELDS,
  answer: ({ faults }) => json({ stateInstance: faults.state }),
});
