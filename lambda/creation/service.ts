import type { PacePolicy } from '../pacing/policy.ts';
import type { Report } from './events.ts';
import type {
  Claims,
  Clock,
  Execution,
  GroupCreator,
  Instances,
  Locks,
  NewId,
  Random,
  Requests,
} from './ports.ts';

/** All that an operation of the heart works with, in one execution. */
export interface Service {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly policy: PacePolicy;
  readonly instances: Instances;
  readonly locks: Locks;
  readonly requests: Requests;
  readonly claims: Claims;
  readonly creator: GroupCreator;
  readonly report: Report;
  readonly execution: Execution;
}
