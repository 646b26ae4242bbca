import type { Instance } from '../../lambda/creation/ports.ts';
import type { Service } from '../../lambda/creation/service.ts';
import type { PolicyOf } from '../../lambda/pacing/policy.ts';
import type { Weather } from './faulty-table.ts';
import type { Timing } from './green-api-model.ts';
import type { Chaos, Role } from './process.ts';
import type { Chance } from './world.ts';

/** What a run is played with. */
export interface Setting {
  readonly instances: readonly Instance[];
  readonly policyOf: PolicyOf;
  readonly intervalMs: number;
  /** Up to then things go wrong. */
  readonly chaosUntilMs: number;
  readonly chaos: Chaos;
  readonly weather: Weather;
  /** DynamoDB never answers for the lock and the line of this instance. */
  readonly brokenInstance?: string | undefined;
  /** How late a change shows in an index. */
  readonly indexLagMs: (chance: Chance, isChaotic: boolean) => number;
  readonly timing: Timing;
}

/** What somebody does in one execution. */
export interface Deed<T> {
  readonly role: Role;
  readonly chaos?: Chaos;
  readonly body: (service: Service) => Promise<T>;
  /** Once it has answered or failed; not if it dies. */
  readonly done?: (answer: T | undefined) => void;
  readonly died?: () => void;
  /** An attempt of it asks for the lock. */
  readonly acquiring?: (requestId: string) => void;
}
