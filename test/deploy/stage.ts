import type { Simulator } from '../../local/green-api-simulator/simulator.ts';
import type { Processes } from '../tools/processes.ts';
import type { Report } from '../tools/report.ts';
import type { Caller } from './caller.ts';
import type { Emulator } from './emulator.ts';
import type { Operator, Outputs } from './operator.ts';

/** What a deployed stack is looked at with. */
export interface Stage {
  readonly report: Report;
  readonly processes: Processes;
  readonly emulator: Emulator;
  readonly operator: Operator;
  readonly simulator: Simulator;
  readonly outputs: Outputs;
  /** Where the deployed API is called. */
  readonly url: string;
  /** One who has the generated key. */
  readonly caller: Caller;
  readonly key: string;
  /** For files of this round. */
  readonly folder: string;
}
