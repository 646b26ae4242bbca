import { type Faults, NO_FAULTS } from './faults.ts';
import type { SimulatedGroup } from './groups.ts';

/** One GREEN-API account of the simulator: one WhatsApp number. */
export interface SimulatedInstance {
  readonly idInstance: string;
  readonly apiTokenInstance: string;
  /** Digits only. */
  readonly ownPhone: string;
}

/** The oldest groups are forgotten beyond this. */
const MAX_GROUPS = 50_000;

/** What the simulator knows of one instance. */
export class Account {
  readonly instance: SimulatedInstance;
  readonly groups: SimulatedGroup[] = [];
  #faults = NO_FAULTS;
  #callsOnQuota = 0;
  readonly #admittedAtMs = new Map<string, readonly number[]>();

  constructor(instance: SimulatedInstance) {
    this.instance = instance;
  }

  /** The faults in force, without using them up. */
  get faults(): Faults {
    return this.#faults;
  }

  /** Replaces all faults; the quota is counted anew. */
  setFaults(faults: Faults): void {
    this.#faults = faults;
    this.#callsOnQuota = 0;
  }

  /** The faults for one createGroup call; faults that hold for a number of calls lose one. */
  drawFaults(): Faults {
    const drawn = this.#faults;
    if (drawn.times === undefined) return drawn;
    this.#faults = drawn.times === 1 ? NO_FAULTS : { ...drawn, times: drawn.times - 1 };
    return drawn;
  }

  /** GREEN-API's own limit, per instance and method [C]. Only calls that are let through count [G]. */
  admit(method: string, callsPerSecond: number, nowMs: number): boolean {
    const recent = (this.#admittedAtMs.get(method) ?? []).filter((atMs) => nowMs - atMs < 1000);
    const admitted = recent.length < callsPerSecond;
    this.#admittedAtMs.set(method, admitted ? [...recent, nowMs] : recent);
    return admitted;
  }

  /** Counts one call on a quota of `total`; false when it is used up. */
  useQuota(total: number): boolean {
    if (this.#callsOnQuota >= total) return false;
    this.#callsOnQuota += 1;
    return true;
  }

  addGroup(group: SimulatedGroup): void {
    this.groups.push(group);
    if (this.groups.length > MAX_GROUPS) this.groups.shift();
  }
}
