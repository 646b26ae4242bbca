import type { AcquireWish } from '../../lambda/creation/ports.ts';
import { ANY_INSTANCE, type GroupRequest } from '../../lambda/creation/request.ts';
import { placeOf, waitPartition } from '../../lambda/storage/request-writes.ts';
import type { Query } from '../../lambda/storage/table.ts';
import { WORK_INDEX } from '../../lambda/storage/table-layout.ts';
import type { MemoryTable } from '../model/memory-table.ts';
import type { Process } from './process.ts';
import { findRequest } from './records.ts';
import type { Violation } from './violation.ts';

/** So much of a line is looked at: more than one execution serves. */
const LONGEST_LINE = 50;

/** Between a reading of the heads and A lies one more reading of the lock, with all its tries: who takes longer has waited in between. */
const LOOK_LASTS_MS = 25_000;

/** Something that waited, in the instant in which an execution looked. */
interface Waiting {
  readonly request: GroupRequest;
  /** An idInstance, or `any`. */
  readonly line: string;
}

/** What one look at the lines of an instance could see. */
interface Look {
  readonly waiting: readonly Waiting[];
  /** By the looker's own clock. */
  readonly nowMs: number;
  readonly awakeMs: number;
}

/** An attempt, from the moment in which its execution asks for the lock. */
export interface Attempt {
  readonly id: string;
  readonly requestId: string;
  readonly idInstance: string;
  /** The day that it counts for. */
  readonly day: string;
  readonly look: Look;
  isAcquired: boolean;
  /** In its execution's awake time; undefined while the lock has not answered. */
  answeredAwakeMs: number | undefined;
}

/** S5: watches what each execution saw waiting, and whom it served. */
export class OrderWatch {
  readonly #table: MemoryTable;
  readonly #looks = new Map<Process, Map<string, Look>>();
  /** The lines that an execution could not read, when it last tried. */
  readonly #unread = new Map<Process, Set<string>>();
  readonly #attempts = new Map<Process, Map<string, Attempt>>();

  constructor(table: MemoryTable) {
    this.#table = table;
  }

  /** The attempts of an execution, by their ids. */
  attemptsOf(process: Process): ReadonlyMap<string, Attempt> {
    return this.#attempts.get(process) ?? new Map();
  }

  /** An execution asks what waits: it looks at the line of `any` in the same instant. */
  asks(process: Process, idInstances: readonly string[], { partition }: Query): void {
    this.#unread.get(process)?.delete(partition);
    const idInstance = idInstances.find((id) => waitPartition(id) === partition);
    if (idInstance === undefined) return;
    const looks = this.#looks.get(process) ?? new Map<string, Look>();
    this.#looks.set(process, looks.set(idInstance, this.#look(process, idInstance)));
  }

  /** What an old change has taken from the index meanwhile was not seen. */
  asked(process: Process, { partition }: Query): void {
    this.#overlook(process, partition, new Set(this.#waitingIn(partition).map(({ id }) => id)));
  }

  /** Nothing of this line was seen, until its execution asks again. */
  askedInVain(process: Process, { partition }: Query): void {
    this.#unread.set(process, (this.#unread.get(process) ?? new Set<string>()).add(partition));
    this.#overlook(process, partition, new Set());
  }

  #overlook(process: Process, partition: string, shown: ReadonlySet<string>): void {
    const looks = this.#looks.get(process) ?? new Map<string, Look>();
    for (const [idInstance, look] of looks) {
      const isSeen = ({ request, line }: Waiting) =>
        waitPartition(line) !== partition || shown.has(request.id);
      looks.set(idInstance, { ...look, waiting: look.waiting.filter(isSeen) });
    }
  }

  acquiring(process: Process, { attemptId, requestId, idInstance, day }: AcquireWish): Attempt {
    const seen = this.#looks.get(process)?.get(idInstance);
    const isStale = process.role === 'tick' && process.awakeMs - (seen?.awakeMs ?? 0) > LOOK_LASTS_MS;
    const look = isStale || !seen ? this.#look(process, idInstance) : seen;
    const attempt = {
      id: attemptId,
      requestId,
      idInstance,
      day,
      look,
      isAcquired: false,
      answeredAwakeMs: undefined,
    };
    const attempts = this.#attempts.get(process) ?? new Map<string, Attempt>();
    this.#attempts.set(process, attempts.set(attemptId, attempt));
    return attempt;
  }

  acquired(process: Process, attempt: Attempt, isAcquired: boolean): void {
    attempt.isAcquired = isAcquired;
    attempt.answeredAwakeMs = process.awakeMs;
  }

  /** The attempt that a POST belongs to: each execution has one at a time on one instance. */
  lastOf(process: Process, idInstance: string): Attempt | undefined {
    return [...this.attemptsOf(process).values()].findLast((attempt) => attempt.idInstance === idInstance);
  }

  /** Nothing that its execution saw in front, and that still waits as it did then, is overtaken by this attempt's POST. */
  violations(process: Process, attempt: Attempt): Violation[] {
    const served = findRequest(this.#table, attempt.requestId);
    const overtaken = attempt.look.waiting.filter(
      (waiting) =>
        waiting.request.id !== attempt.requestId &&
        isInFront(waiting, process, attempt.look, served) &&
        this.#waitsStill(waiting) &&
        !this.#isPassed(waiting, process, attempt),
    );
    return overtaken.slice(0, 1).map(({ request, line }) => ({
      promise: 'S5',
      what: `"${served?.groupName}" (${attempt.requestId}) was sent on ${attempt.idInstance} before "${request.groupName}" (${request.id}), which waited for ${line}`,
    }));
  }

  #look(process: Process, idInstance: string): Look {
    const isReadable = (line: string) => !this.#unread.get(process)?.has(waitPartition(line));
    const waiting = [idInstance, ANY_INSTANCE]
      .filter(isReadable)
      .flatMap((line) => this.#waitingIn(waitPartition(line)).map((request) => ({ request, line })));
    return { waiting, nowMs: process.clock.nowMs(), awakeMs: process.awakeMs };
  }

  /** What the index shows, and the records confirm. */
  #waitingIn(partition: string): readonly GroupRequest[] {
    const query = { index: WORK_INDEX, partition, order: 'ascending' } as const;
    return this.#table.queryNow({ ...query, limit: LONGEST_LINE }).flatMap(({ sort }) => {
      const { id, placeMs } = placeOf(sort);
      const request = findRequest(this.#table, id);
      return request?.status === 'queued' && request.placeMs === placeMs ? [request] : [];
    });
  }

  #waitsStill({ request }: Waiting): boolean {
    return findRequest(this.#table, request.id)?.version === request.version;
  }

  /**
   * What was lost to others is left alone by the same execution, and what one of its instances has in hand by the others. What
   * the execution itself put back to its place is the first again.
   */
  #isPassed({ request }: Waiting, process: Process, { look, idInstance }: Attempt): boolean {
    const attempts = this.attemptsOf(process);
    const isOwn = attempts.has(request.attemptId ?? '');
    return [...attempts.values()]
      .filter(({ requestId }) => requestId === request.id)
      .some((other) => {
        const isElsewhere = other.idInstance !== idInstance;
        if (other.isAcquired) return isElsewhere || !isOwn;
        return isElsewhere && (other.answeredAwakeMs ?? look.awakeMs) >= look.awakeMs;
      });
  }
}

/** What waits is served by its place; a newcomer comes after all that is due. */
function isInFront(
  { request }: Waiting,
  { role }: Process,
  look: Look,
  served: GroupRequest | undefined,
): boolean {
  if (role === 'caller') return request.placeMs <= look.nowMs;
  if (!served) return false;
  return request.placeMs < served.placeMs || (request.placeMs === served.placeMs && request.id < served.id);
}
