import { type Faults, lookUpFaultsOf, NO_FAULTS } from './faults.ts';
import type { SimulatedGroup } from './groups.ts';
import { ownChatId } from './people.ts';
import { olderGroupsOf } from './residents.ts';

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
  /** Groups from long before, which only the look-ups show. */
  readonly #olderGroups: SimulatedGroup[];
  #faults = NO_FAULTS;
  readonly #callsOnQuota = new Map<string, number>();
  readonly #admittedAtMs = new Map<string, readonly number[]>();

  constructor(instance: SimulatedInstance) {
    this.instance = instance;
    this.#olderGroups = olderGroupsOf(instance);
  }

  /** The faults in force, without using them up. */
  get faults(): Faults {
    return this.#faults;
  }

  /** Replaces all faults; the quotas are counted anew. */
  setFaults(faults: Faults): void {
    this.#faults = faults;
    this.#callsOnQuota.clear();
  }

  /** The faults for one createGroup call; faults that hold for a number of calls lose one. Those of the look-ups stay. */
  drawFaults(): Faults {
    const drawn = this.#faults;
    if (drawn.times === undefined) return drawn;
    this.#faults = drawn.times === 1 ? lookUpFaultsOf(drawn) : { ...drawn, times: drawn.times - 1 };
    return drawn;
  }

  /** GREEN-API's own limit, per instance and method [C]. Only calls that are let through count [G]. */
  admit(method: string, callsPerSecond: number, nowMs: number): boolean {
    const recent = (this.#admittedAtMs.get(method) ?? []).filter((atMs) => nowMs - atMs < 1000);
    const admitted = recent.length < callsPerSecond;
    this.#admittedAtMs.set(method, admitted ? [...recent, nowMs] : recent);
    return admitted;
  }

  /** Counts one call on a method's quota of `total`; false when it is used up. */
  useQuota(method: string, total: number): boolean {
    const used = this.#callsOnQuota.get(method) ?? 0;
    if (used >= total) return false;
    this.#callsOnQuota.set(method, used + 1);
    return true;
  }

  addGroup(group: SimulatedGroup): void {
    this.groups.push(group);
    if (this.groups.length > MAX_GROUPS) this.groups.shift();
  }

  /** All groups that the number is in, the oldest first. */
  everyGroup(): readonly SimulatedGroup[] {
    return [...this.#olderGroups, ...this.groups].toSorted((one, other) => one.creation - other.creation);
  }

  /** The number gives a group another name; undefined if there is no such group. @param time Unix seconds. */
  rename(chatId: string, groupName: string, time: number): SimulatedGroup | undefined {
    for (const groups of [this.groups, this.#olderGroups]) {
      const index = groups.findIndex((group) => group.chatId === chatId);
      const group = groups[index];
      if (group === undefined) continue;
      const renamed = { ...group, groupName, renamed: { time, by: ownChatId(this.instance) } };
      groups[index] = renamed;
      return renamed;
    }
    return undefined;
  }
}
