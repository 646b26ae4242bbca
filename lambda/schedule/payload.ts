import * as z from 'zod/mini';
import type { Wish } from '../creation/wish.ts';
import { type Fault, parseGroupBody, pointerOf } from '../http/schemas.ts';
import { isTimeZone } from '../pacing/active-hours.ts';
import { fillName } from './placeholders.ts';

/** What an event asks for, or everything that is wrong with it. */
export type ScheduleEvent =
  /** Serve the queues. */
  { readonly kind: 'drain' } | Creation | Malformed;

/** Create one group. */
interface Creation extends Origin {
  readonly kind: 'create';
  readonly wish: Wish;
}

/** Who asks, and by which key: the same for every delivery of one event. */
interface Origin {
  /** `schedule:<its name>` or `event:<its source>`. No caller's key is named so: those names hold no colon. */
  readonly askedBy: string;
  readonly idempotencyKey: string;
}

interface Malformed {
  readonly kind: 'malformed';
  readonly faults: readonly Fault[];
}

/** Its last part is the schedule's name (EventBridge Scheduler, API reference, GetSchedule). */
const SCHEDULE_ARN = /^arn:[a-z-]+:scheduler:[a-z0-9-]+:\d{12}:schedule\/[\w.-]{1,64}\/([\w.-]{1,64})$/;
/** EventBridge Scheduler puts its context attributes in the place of words such as `<aws.scheduler.schedule-arn>`. */
const UNFILLED_MARK = '<aws.';
const MAX_EVENT_ID_LENGTH = 128;
const MAX_SOURCE_LENGTH = 256;

const MUST_BE = {
  action: 'must be "drain" or "create"',
  event: 'must be an object with the action "drain" or "create"',
  groupName: 'must be a string of 1 to 100 characters',
  scheduleArn:
    'must be the ARN of a schedule, such as arn:aws:scheduler:eu-central-1:123456789012:schedule/default/weekly-5b',
  time: 'must be an instant such as 2026-11-23T06:00:00Z',
  timeZone: 'must be a time zone by its IANA name, such as Europe/Moscow',
  id: `must be the event's id, a string of 1 to ${MAX_EVENT_ID_LENGTH} characters`,
  source: `must be the event's source, a string of 1 to ${MAX_SOURCE_LENGTH} characters`,
  filled: `holds "${UNFILLED_MARK}": an attribute that was not filled in; EventBridge Scheduler fills <aws.scheduler.schedule-arn> and <aws.scheduler.scheduled-time>, any other sender must give the values themselves`,
} as const;

const INSTANT = z.iso.datetime({ offset: true });
const instant = filledText(MUST_BE.time, (text) => INSTANT.safeParse(text).success);
const timeZone = filledText(MUST_BE.timeZone, isTimeZone);

const drain = strictObject({ action: z.literal('drain') });
/** `parseGroupBody` looks at the members and the instance. */
const creation = {
  action: z.literal('create'),
  groupName: filledText(MUST_BE.groupName, () => true),
  chatIds: z.optional(z.unknown()),
  idInstance: z.optional(z.unknown()),
};

/** The input of a schedule of EventBridge Scheduler. */
const scheduleInput = byAction({
  ...creation,
  scheduleArn: filledText(MUST_BE.scheduleArn, (text) => SCHEDULE_ARN.test(text)),
  scheduledTime: instant,
  timeZone,
});

/** What an EventBridge rule hands on: the sender's detail in an envelope, to which AWS may add (`replay-name`). */
const ruleEnvelope = z.object({
  id: z.string(MUST_BE.id).check(z.minLength(1, MUST_BE.id), z.maxLength(MAX_EVENT_ID_LENGTH, MUST_BE.id)),
  source: z
    .string(MUST_BE.source)
    .check(z.minLength(1, MUST_BE.source), z.maxLength(MAX_SOURCE_LENGTH, MUST_BE.source)),
  time: instant,
});
const ruleDetail = byAction({ ...creation, timeZone: z._default(timeZone, 'UTC') });

/**
 * An event of EventBridge Scheduler (its input), or of a plain EventBridge rule (the same in its `detail`; AWS docs,
 * "Events in Amazon EventBridge"). Placeholders in the name are filled from the scheduled time, or the event's.
 */
export function parseScheduleEvent(event: unknown): ScheduleEvent {
  return typeof event === 'object' && event !== null && 'detail' in event
    ? fromRule(event, event.detail)
    : fromSchedule(event);
}

function fromSchedule(event: unknown): ScheduleEvent {
  const parsed = scheduleInput.safeParse(event);
  if (!parsed.success) return malformed(faultsIn(parsed.error));
  const { data } = parsed;
  if (data.action === 'drain') return { kind: 'drain' };
  const atMs = Date.parse(data.scheduledTime);
  const [, name] = SCHEDULE_ARN.exec(data.scheduleArn) ?? [];
  return createFrom(data, atMs, '', {
    askedBy: `schedule:${name}`,
    // Not the execution id: there is one for each attempt to deliver.
    idempotencyKey: `${data.scheduleArn} ${new Date(atMs).toISOString()}`,
  });
}

function fromRule(event: object, detail: unknown): ScheduleEvent {
  const envelope = ruleEnvelope.safeParse(event);
  const parsed = ruleDetail.safeParse(detail);
  if (!envelope.success || !parsed.success) {
    return malformed([
      ...(envelope.success ? [] : faultsIn(envelope.error)),
      ...(parsed.success ? [] : faultsIn(parsed.error, '/detail')),
    ]);
  }
  if (parsed.data.action === 'drain') return { kind: 'drain' };
  const { id, source, time } = envelope.data;
  const origin = { askedBy: `event:${source}`, idempotencyKey: id };
  return createFrom(parsed.data, Date.parse(time), '/detail', origin);
}

/** What both kinds of event have of a request. */
interface RequestPart {
  readonly groupName: string;
  readonly chatIds?: unknown;
  readonly idInstance?: unknown;
  readonly timeZone: string;
}

function createFrom(request: RequestPart, atMs: number, pointer: string, origin: Origin): ScheduleEvent {
  const { groupName, chatIds, idInstance } = request;
  const filled = fillName(groupName, atMs, request.timeZone);
  if ('fault' in filled) return malformed([{ pointer: `${pointer}/groupName`, detail: filled.fault }]);
  const parsed = parseGroupBody({ groupName: filled.name, chatIds, idInstance });
  if ('wish' in parsed) return { kind: 'create', wish: parsed.wish, ...origin };
  const isFilled = filled.name !== groupName;
  return malformed(
    parsed.faults.map((fault) => ({
      ...fault,
      pointer: pointer + fault.pointer,
      detail:
        isFilled && fault.pointer === '/groupName'
          ? `${fault.detail}, with its placeholders filled`
          : fault.detail,
    })),
  );
}

function malformed(faults: readonly Fault[]): Malformed {
  return { kind: 'malformed', faults };
}

/** A string that nobody left for EventBridge Scheduler to fill. */
function filledText(rule: string, isRight: (text: string) => boolean) {
  return z.string(rule).check(({ value, issues }) => {
    const isFilled = !value.includes(UNFILLED_MARK);
    if (isFilled && isRight(value)) return;
    issues.push({ code: 'custom', input: value, message: isFilled ? rule : MUST_BE.filled });
  });
}

function byAction<Shape extends typeof creation>(shape: Shape) {
  return z.discriminatedUnion('action', [drain, strictObject(shape)], {
    error: ({ code }) => (code === 'invalid_union' ? MUST_BE.action : MUST_BE.event),
  });
}

function strictObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const fields = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `is not a field of this event; the fields are ${fields}` : MUST_BE.event,
  });
}

function faultsIn({ issues }: z.core.$ZodError, pointer = ''): Fault[] {
  return issues.flatMap((issue) => {
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({ pointer: pointer + pointerOf(path), detail: issue.message }));
  });
}
