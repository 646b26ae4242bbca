import * as z from 'zod/mini';
import { ANY_INSTANCE } from '../lambda/creation/request.ts';
import { isTimeZone } from '../lambda/pacing/active-hours.ts';
import { timeZone } from '../lambda/pacing/policy-settings.ts';
import { parseScheduleEvent } from '../lambda/schedule/payload.ts';
import { expressionFault } from './schedule-expression.ts';

/** Each is a resource of the stack, which may have 500 and needs some 25 others (AWS docs, "CloudFormation quotas"). */
export const MAX_SCHEDULES = 100;
/** All requests together: a template may have 1 MB (the same page), and a group of 1,023 members takes 22 KB of it. */
export const MAX_REQUESTS_BYTES = 500_000;
/** The schedule that serves the queues stands beside the configured ones. */
export const DRAIN_NAME = 'drain';

/** In a week of two digits in every zone: no name becomes longer than at this instant. */
const SAMPLE_TIME = '2026-11-23T06:00:00Z';
const SAMPLE_GROUP_ARN = 'arn:aws:scheduler:eu-central-1:123456789012:schedule/group-pacer';

const MUST_BE = {
  name: 'must be 1 to 64 letters, digits, "-", "_" or "."',
  expression: 'must be a text such as "cron(0 9 ? * MON *)"',
  groupName: 'must be a string of 1 to 100 characters',
  request: 'must be an object with groupName, chatIds and perhaps idInstance',
  schedule: 'must be an object with name, expression, timeZone and request',
  schedules: 'must be a list of schedules: objects with name, expression, timeZone and request',
} as const;

const schedule = z.strictObject(
  {
    name: z.string(MUST_BE.name).check(
      z.regex(/^[0-9A-Za-z._-]{1,64}$/, MUST_BE.name),
      z.refine(
        (name) => name !== DRAIN_NAME,
        'is taken by the schedule that serves the queues; give another name',
      ),
    ),
    expression: says(z.string(MUST_BE.expression), expressionFault),
    timeZone: says(timeZone, spellingFault),
    request: z.strictObject(
      {
        groupName: z.string(MUST_BE.groupName),
        chatIds: z.optional(z.unknown()),
        idInstance: z.optional(z.unknown()),
      },
      MUST_BE.request,
    ),
  },
  MUST_BE.schedule,
);

/**
 * The function would refuse what is refused here, so the function's own door is asked. The members come out of it normalised;
 * the name stays a template.
 */
const checkedSchedule = z.pipe(
  schedule,
  z.transform(({ request: { groupName, ...rest }, ...timing }: z.infer<typeof schedule>, { issues }) => {
    const parsed = parseScheduleEvent({
      action: 'create',
      groupName,
      ...rest,
      scheduleArn: `${SAMPLE_GROUP_ARN}/${timing.name}`,
      scheduledTime: SAMPLE_TIME,
      timeZone: timing.timeZone,
    });
    if (parsed.kind === 'create') {
      const { chatIds, wanted } = parsed.wish;
      const idInstance = wanted === ANY_INSTANCE ? {} : { idInstance: wanted };
      return { ...timing, request: { groupName, chatIds, ...idInstance } };
    }
    for (const { pointer, detail } of parsed.kind === 'malformed' ? parsed.faults : [])
      issues.push({
        code: 'custom',
        input: rest,
        message: detail,
        path: ['request', ...pointer.split('/').slice(1)],
      });
    return z.NEVER;
  }),
);

/** The setting `schedules`. */
export const schedules = z.array(checkedSchedule, MUST_BE.schedules).check(({ value, issues }) => {
  const say = (message: string, path: PropertyKey[] = []) =>
    issues.push({ code: 'custom', input: value, message, path });
  if (value.length > MAX_SCHEDULES) say(`are ${value.length}; at most ${MAX_SCHEDULES} are possible`);
  const bytes = Buffer.byteLength(JSON.stringify(value.map(({ request }) => request)));
  if (bytes > MAX_REQUESTS_BYTES)
    say(`have requests of ${bytes} bytes together; a template has room for ${MAX_REQUESTS_BYTES}`);
  const names = value.map(({ name }) => name);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index) say('is the name of another schedule as well', [index, 'name']);
});

/** A configured schedule, checked. */
export type ScheduleSettings = z.infer<typeof checkedSchedule>;

/** The issues with each schedule called by its name instead of its number in the list, if it has one. */
export function callByName(issues: readonly z.core.$ZodIssue[], given: unknown): z.core.$ZodIssue[] {
  return issues.map((issue) => {
    const [setting, index, ...rest] = issue.path;
    if (setting !== 'schedules' || typeof index !== 'number' || !Array.isArray(given)) return issue;
    const named: unknown = given[index];
    const name = typeof named === 'object' && named !== null && 'name' in named ? named.name : undefined;
    return typeof name === 'string' ? { ...issue, path: [setting, name, ...rest] } : issue;
  });
}

/** Intl takes a zone in any spelling, EventBridge Scheduler may not. */
function spellingFault(zone: string): string | undefined {
  if (!isTimeZone(zone)) return undefined;
  const right = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  const isOtherSpelling = right !== zone && right.toLowerCase() === zone.toLowerCase();
  return isOtherSpelling ? `is "${zone}"; write "${right}"` : undefined;
}

function says(text: z.ZodMiniString, faultOf: (value: string) => string | undefined) {
  return text.check(({ value, issues }) => {
    const message = faultOf(value);
    if (message !== undefined) issues.push({ code: 'custom', input: value, message });
  });
}
