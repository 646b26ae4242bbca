import type { InstanceHealth } from '../creation/instance-health.ts';
import type { InstanceList, InstanceState } from '../creation/list-instances.ts';
import type { ActiveHours, Weekday } from '../pacing/active-hours.ts';
import type { Opening } from '../pacing/opening.ts';
import { dayOf, type PacePolicy, type PolicyOf } from '../pacing/policy.ts';
import { remedyByHealth } from './health-advice.ts';
import { adviceToOperator } from './opening-advice.ts';
import { isoOrNull } from './views.ts';

const STATE_WORDS = {
  free: 'free',
  interval: 'resting',
  'in-flight': 'creating',
  queue: 'resting',
  'outside-hours': 'outside-hours',
  'daily-limit': 'daily-limit',
  throttled: 'cooling-down',
  overlimit: 'cooling-down',
  blocked: 'blocked',
  'not-sent': 'cooling-down',
  paused: 'paused',
} as const satisfies Record<Opening['why'], string>;

/** All instances, and how many requests wait. */
export function instancesView({ instances, waitingForAny }: InstanceList, policyOf: PolicyOf, nowMs: number) {
  return {
    instances: instances.map((state) => ({
      ...instanceView(state, policyOf(state.instance.idInstance), nowMs, state.health),
      waiting: state.waiting,
    })),
    waitingForAny,
  };
}

/** One instance as its callers see it; nothing of its token or URL. */
export function instanceView(
  { instance, lock, opening }: InstanceState,
  policy: PacePolicy,
  nowMs: number,
  health?: InstanceHealth,
) {
  const { idInstance } = instance;
  return {
    idInstance,
    ...(instance.label !== undefined && { label: instance.label }),
    state: STATE_WORDS[opening.why],
    ...(opening.why !== 'free' && notFreeView(opening, idInstance, health, nowMs)),
    greenApi: health ? { state: health.state, suspendedUntil: isoOrNull(health.suspendedUntilMs) } : null,
    ...(lock.pausedBy !== undefined && { pausedBy: lock.pausedBy, pausedAt: isoOrNull(lock.pausedAtMs) }),
    attemptsToday: lock.attemptsByDay[dayOf(policy, nowMs)] ?? 0,
    lastOutcome: lock.lastOutcome ?? null,
    pace: paceView(policy),
  };
}

function notFreeView(
  opening: Opening,
  idInstance: string,
  health: InstanceHealth | undefined,
  nowMs: number,
) {
  const { code, detail, whatToDo } = adviceToOperator(opening, idInstance);
  const remedy = health && remedyByHealth(health, opening, idInstance, nowMs);
  return { reason: code, detail, until: isoOrNull(opening.atMs), whatToDo: remedy ?? whatToDo };
}

function paceView({ intervalSeconds, jitterSeconds, timeZone, activeHours, dailyLimit }: PacePolicy) {
  return {
    intervalSeconds,
    jitterSeconds,
    timeZone,
    activeHours: activeHours === undefined ? null : hoursText(activeHours),
    dailyLimit: dailyLimit ?? null,
  };
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Weekday[];
const MINUTES_IN_AN_HOUR = 60;

/** Active hours as the settings have them: `mon-fri 09:00-20:00`. */
export function hoursText({ days, fromMinute, toMinute }: ActiveHours): string {
  return `${daysText(days)} ${timeText(fromMinute)}-${timeText(toMinute)}`;
}

function daysText(days: readonly Weekday[]): string {
  if (WEEK.every((day) => days.includes(day))) return 'daily';
  // Days in a row are written as a span: `xx..x..` is `mon-tue,fri`.
  const marks = WEEK.map((day) => (days.includes(day) ? 'x' : '.')).join('');
  const spans = [...marks.matchAll(/x+/g)].map(({ 0: span, index }) => {
    const [first, last] = [WEEK[index], WEEK[index + span.length - 1]];
    return first === last ? first : `${first}-${last}`;
  });
  return spans.join(',');
}

/** The end of a day is 24:00. */
function timeText(minute: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(Math.floor(minute / MINUTES_IN_AN_HOUR))}:${two(minute % MINUTES_IN_AN_HOUR)}`;
}
