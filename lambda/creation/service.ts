import type { PolicyOf } from '../pacing/policy.ts';
import type { Report } from './events.ts';
import type {
  Claims,
  Clock,
  Execution,
  GroupCreator,
  Instances,
  Locks,
  NewId,
  Queue,
  Random,
  Requests,
} from './ports.ts';

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
  readonly report: Report;
  readonly execution: Execution;
}
