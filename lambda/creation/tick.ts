import pLimit from 'p-limit';
import { CALL_TIMEOUT_MS, SETTLE_RESERVE_MS, TAKE_RESERVE_MS } from '../pacing/limits.ts';
import { byPlace } from '../pacing/waiting.ts';
import { READS_AT_ONCE } from './at-once.ts';
import { type Head, KnownLine } from './line.ts';
import { ANY_INSTANCE } from './request.ts';
import type { Service } from './service.ts';

/** So many attempts are under way at once: each has connections of its own, and Lambda allows 1,024 open files. */
const ATTEMPTS_AT_ONCE = 200;

/** One execution that serves the queues: what it knows of the lines, and how far it can look ahead. */
export class Tick {
  readonly service: Service;
  readonly startedAtMs: number;
  /** The last instant at which a head may be taken in hand, so that its call still fits into this execution. */
  readonly lastStartMs: number;
  readonly #lines = new Map<string, KnownLine>();
  readonly #reads = pLimit(READS_AT_ONCE);
  readonly #attempts = pLimit(ATTEMPTS_AT_ONCE);
  #isAnyUnreadable = false;

  constructor(service: Service) {
    this.service = service;
    this.startedAtMs = service.clock.nowMs();
    this.lastStartMs = service.execution.deadlineMs - TAKE_RESERVE_MS - CALL_TIMEOUT_MS - SETTLE_RESERVE_MS;
  }

  /** Runs when not too many other reads are under way. */
  read<T>(read: () => Promise<T>): Promise<T> {
    return this.#reads(read);
  }

  /** Runs when not too many other attempts are under way. */
  attempt<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#attempts(attempt);
  }

  /**
   * What comes first for an instance among what is due in time, by readings that are no older than `sinceMs`: after a wait what was
   * first before is stale. Where the line of `any` cannot be read, the instance's own goes on.
   * @throws StorageError
   */
  async headFor(idInstance: string, sinceMs: number): Promise<Head | undefined> {
    let head: Head | undefined;
    do {
      await Promise.all([this.read(() => this.#line(idInstance).look(sinceMs)), this.#lookForAny(sinceMs)]);
      head = this.#first(idInstance);
      // While its own line was read, others may have taken all that was known of the shared one.
    } while (!head && !this.#isAnyUnreadable && this.#line(ANY_INSTANCE).isUsedUp());
    return head;
  }

  /** Takes in hand what comes first of what is known and due, so that no other instance does. */
  takeFor(idInstance: string): Head | undefined {
    const head = this.#first(idInstance);
    if (head === undefined || head.placeMs > this.service.clock.nowMs()) return undefined;
    this.#line(head.line).take(head);
    return head;
  }

  putBack(head: Head): void {
    this.#line(head.line).putBack(head);
  }

  pass(head: Head): void {
    this.#line(head.line).pass(head);
  }

  #first(idInstance: string): Head | undefined {
    const heads = [this.#line(idInstance).first(), this.#line(ANY_INSTANCE).first()];
    return heads.filter((head) => head !== undefined).toSorted(byPlace)[0];
  }

  #line(name: string): KnownLine {
    const line = this.#lines.get(name) ?? new KnownLine(this.service, name, this.lastStartMs);
    this.#lines.set(name, line);
    return line;
  }

  /** All instances share the line: what cannot be read is tried, and told, once. */
  async #lookForAny(sinceMs: number): Promise<void> {
    if (this.#isAnyUnreadable) return;
    try {
      await this.#line(ANY_INSTANCE).look(sinceMs);
    } catch (error) {
      if (this.#isAnyUnreadable) return;
      this.#isAnyUnreadable = true;
      this.service.report({ event: 'any-not-read', error });
    }
  }
}
