/** As `Date.getDay` counts them. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** When groups may be created: from `fromMinute` to before `toMinute` of these local days, counted from 0:00 on the clock on the wall. */
export interface ActiveHours {
  readonly days: readonly Weekday[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

export type ParsedActiveHours = { readonly hours: ActiveHours } | { readonly fault: string };

const MINUTES_IN_AN_HOUR = 60;
const SHAPE = /^(?<days>\S+)\s+(?<from>[^\s-]+)-(?<to>[^\s-]+)$/;
const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const WEEK_FROM_MONDAY = [...WEEKDAYS.slice(1), WEEKDAYS[0]];

/**
 * Active hours as people write them in every setting: days, a blank, hours. Such as `mon-fri 09:00-20:00`,
 * `mon,wed,sat-sun 10:00-24:00` or `daily 09:00-18:00`. A fault says what is wrong and what would be right,
 * as the end of a sentence that begins with the name of the setting.
 */
export function parseActiveHours(text: string): ParsedActiveHours {
  const { days: daysText, from, to } = SHAPE.exec(text.trim().toLowerCase())?.groups ?? {};
  if (daysText === undefined || from === undefined || to === undefined)
    return { fault: 'must be days and hours, such as "mon-fri 09:00-20:00" or "daily 10:00-24:00"' };
  const days = parseDays(daysText);
  if (days === undefined)
    return {
      fault: `has days "${daysText}"; write "daily", or any of ${WEEK_FROM_MONDAY.join(', ')} with commas and spans, such as "mon,wed,sat-sun"`,
    };
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (fromMinute === undefined || toMinute === undefined)
    return { fault: `has hours "${from}-${to}"; write HH:MM-HH:MM, from 00:00 to 24:00` };
  if (fromMinute >= toMinute)
    return {
      fault: `has hours "${from}-${to}"; the first must be before the second on the same day: a span over midnight is not possible`,
    };
  return { hours: { days, fromMinute, toMinute } };
}

/** Whether this is a time zone by its IANA name, such as `Europe/Moscow` or `UTC`. Offsets such as `+03:00` are none: they know no summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function parseDays(text: string): readonly Weekday[] | undefined {
  if (text === 'daily') return WEEKDAYS;
  const spans = text.split(',').map(parseSpan);
  if (!spans.every((span) => span !== undefined)) return undefined;
  return WEEKDAYS.filter((day) => spans.some((span) => span.includes(day)));
}

/** One day, or a span of days, which may go on over the end of the week: `sat-mon`. */
function parseSpan(text: string): readonly string[] | undefined {
  const twoWeeks: readonly string[] = [...WEEKDAYS, ...WEEKDAYS];
  const [first = '', last = first, ...rest] = text.split('-');
  const firstIndex = twoWeeks.indexOf(first);
  const lastIndex = twoWeeks.indexOf(last, firstIndex);
  if (firstIndex < 0 || lastIndex < 0 || rest.length > 0) return undefined;
  return twoWeeks.slice(firstIndex, lastIndex + 1);
}

function minuteOf(time: string): number | undefined {
  const match = TIME.exec(time);
  if (!match) return undefined;
  const [, hours = '24', minutes = '00'] = match;
  return Number(hours) * MINUTES_IN_AN_HOUR + Number(minutes);
}
