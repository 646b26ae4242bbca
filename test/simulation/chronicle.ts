import type { GroupRequest } from '../../lambda/creation/request.ts';
import { CLOCK_MARGIN_MS } from '../../lambda/pacing/limits.ts';
import type { Item } from '../../lambda/storage/table.ts';
import type { Process } from './process.ts';
import { isFinal, isRequestKey, requestOf, writeViolations } from './records.ts';
import type { Violation } from './violation.ts';

/** A wish without a key of its own counts as the same until so long after its end. */
export const LIKENESS_BINDS_MS = 15 * 60_000;

/** So the callers are called who send no key of their own; each caller has one wish. */
export const KEYLESS = 'keyless caller';

/** What the course of one record has been. */
interface Course {
  readonly id: string;
  readonly askedBy: string;
  readonly attempts: Set<string>;
  /** When a person let run again, or called not created, what nobody could find out: its group may have existed unseen. */
  readonly allowedAnewMs: number[];
  /** From when another request may serve the same wish; Infinity while this one binds it. */
  freeFromMs: number;
}

/** What was written to the requests, and what must not have been. */
export class Chronicle {
  /** How many writes there were. */
  writes = 0;
  /** In true time: when a request last came to an end. */
  endedAtMs = 0;
  readonly #courses = new Map<string, Course>();
  /** By the caller: the requests that his wish became. */
  readonly #byCaller = new Map<string, Course[]>();

  wrote(process: Process, key: string, oldItem: Item | undefined, item: Item, nowMs: number): Violation[] {
    if (!isRequestKey(key)) return [];
    this.writes += 1;
    const request = requestOf(item);
    const old = oldItem && requestOf(oldItem);
    if (isFinal(request) && old?.status !== request.status) this.endedAtMs = nowMs;
    const violations = writeViolations(old, item);
    const course = this.#courses.get(request.id) ?? this.#begin(request, nowMs, violations);
    if (old && isAllowedAnew(process, old, request)) course.allowedAnewMs.push(nowMs);
    if (request.status === 'creating') violations.push(...newAttempt(course, request, old));
    // Once free, always free: whoever came in between may have replaced the claim.
    if (course.freeFromMs > nowMs) course.freeFromMs = freeFromMs(course, request);
    return violations;
  }

  has(id: string): boolean {
    return this.#courses.has(id);
  }

  /** Whether a person allowed another attempt after this instant and up to that one. */
  wasAllowedAnew(id: string, afterMs: number, untilMs: number): boolean {
    const allowed = this.#courses.get(id)?.allowedAnewMs ?? [];
    return allowed.some((atMs) => afterMs < atMs && atMs <= untilMs);
  }

  /** S3: the same wish is another request only once the one before binds it no more. */
  #begin({ id, askedBy }: GroupRequest, nowMs: number, violations: Violation[]): Course {
    const course: Course = {
      id,
      askedBy,
      attempts: new Set(),
      allowedAnewMs: [],
      freeFromMs: Number.POSITIVE_INFINITY,
    };
    const others = this.#byCaller.get(askedBy) ?? [];
    const bound = others.find(({ freeFromMs }) => freeFromMs > nowMs);
    if (bound)
      violations.push({
        promise: 'S3',
        what: `the wish of ${askedBy} became ${id} although ${bound.id} stands for it`,
      });
    this.#courses.set(id, course);
    this.#byCaller.set(askedBy, [...others, course]);
    return course;
  }
}

function freeFromMs({ askedBy }: Course, request: GroupRequest): number {
  const { status, overlimitWindow, finalAtMs = Number.NaN } = request;
  const mayExistUnseen = overlimitWindow !== undefined && status !== 'cancelled';
  if (!askedBy.startsWith(KEYLESS) || mayExistUnseen) return Number.POSITIVE_INFINITY;
  switch (status) {
    case 'cancelled':
      return 0;
    case 'created':
    case 'failed':
      return finalAtMs + LIKENESS_BINDS_MS - CLOCK_MARGIN_MS;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function isAllowedAnew({ role }: Process, old: GroupRequest, { status }: GroupRequest): boolean {
  return role === 'person' && old.status === 'unconfirmed' && (status === 'queued' || status === 'failed');
}

/** An attempt takes a request once; when it does so again, it is a late copy that nobody will ever settle. */
function newAttempt(
  { id, attempts }: Course,
  request: GroupRequest,
  old: GroupRequest | undefined,
): Violation[] {
  const attemptId = String(request.attemptId);
  const isDead = attempts.has(attemptId) && old?.status !== 'creating';
  attempts.add(attemptId);
  return isDead ? [{ promise: 'S4', what: `${id} was taken by an attempt that had ended` }] : [];
}
