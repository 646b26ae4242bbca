import type { PolicyOf } from '../pacing/policy.ts';
import type { Report } from './events.ts';
import type {
  Claims,
  Clock,
  Execution,
  GroupCreator,
  Instances,
  Locks,
  LookUps,
  NewId,
  Numbers,
  Queue,
  Random,
  Requests,
} from './ports.ts';

/** What becomes of members whose numbers are not on WhatsApp: nobody asks, the request is refused, or they are left out. */
export type VerifyNumbers = 'off' | 'reject' | 'drop';

/** All that an operation of the heart works with, in one execution. */
export interface Service {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly policyOf: PolicyOf;
  readonly instances: Instances;
  readonly locks: Locks;
  readonly requests: Requests;
  readonly queue: Queue;
  readonly claims: Claims;
  readonly creator: GroupCreator;
  readonly lookUps: LookUps;
  readonly numbers: Numbers;
  readonly verifyNumbers: VerifyNumbers;
  readonly report: Report;
  readonly execution: Execution;
}
