/*
 * What EventBridge Scheduler takes as an expression (its user guide, "Schedule types"), so that a wrong one is told at synth.
 * What the guide leaves open is refused where it can be written another way: a span that goes down, a name in lower case.
 */

/** One field of cron(…): its values, perhaps by name, and words that stand alone in it. */
interface CronField {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
  readonly alone?: RegExp;
  /** What is possible, for people. */
  readonly possible: string;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const LISTS = 'lists 1,2, spans 1-2 that go up, steps 1/2, and *';

const CRON_FIELDS: readonly CronField[] = [
  { name: 'minutes', from: 0, to: 59, possible: `0-59, ${LISTS}` },
  { name: 'hours', from: 0, to: 23, possible: `0-23, ${LISTS}` },
  {
    name: 'day-of-month',
    from: 1,
    to: 31,
    alone: /^(?:\?|L|(?:[1-9]|[12]\d|3[01])W)$/,
    possible: `1-31, ${LISTS}, and alone ?, L, 15W`,
  },
  { name: 'month', from: 1, to: 12, names: MONTHS, possible: `1-12, JAN-DEC, ${LISTS}` },
  {
    name: 'day-of-week',
    from: 1,
    to: 7,
    names: DAYS,
    alone: new RegExp(`^(?:\\?|L|(?:[1-7]|${DAYS.join('|')})(?:L|#[1-5]))$`),
    possible: `1-7 (1 is Sunday), SUN-SAT, ${LISTS}, and alone ?, L, FRIL, MON#1`,
  },
  { name: 'year', from: 1970, to: 2199, possible: `1970-2199, ${LISTS}` },
];
const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;

const SHAPE = /^(?<kind>rate|cron|at)\((?<inside>[^()]*)\)$/;
const RATE = /^(\d{1,9}) (minute|hour|day)(s?)$/;
const LOCAL_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;

/** What is wrong with an expression and what would be right, as the end of a sentence that begins with the field; undefined for a right one. */
export function expressionFault(expression: string): string | undefined {
  const { kind, inside = '' } = SHAPE.exec(expression)?.groups ?? {};
  const fault = kind === undefined ? NO_EXPRESSION : FAULTS[kind]?.(inside);
  return fault === undefined ? undefined : `is "${expression}"; ${fault}`;
}

const NO_EXPRESSION =
  'write rate(…), cron(…) or at(…), such as rate(2 hours), cron(0 9 ? * MON *) or at(2026-12-01T09:00:00)';

const FAULTS: Readonly<Record<string, (inside: string) => string | undefined>> = {
  rate: rateFault,
  cron: cronFault,
  at: atFault,
};

function rateFault(inside: string): string | undefined {
  const [, digits, unit, plural] = RATE.exec(inside) ?? [];
  const count = Number(digits);
  if (digits === undefined || count === 0)
    return 'a rate is a whole number from 1 and minutes, hours or days, such as rate(30 minutes) or rate(1 day)';
  const right = count === 1 ? `${unit}` : `${unit}s`;
  return right === `${unit}${plural}` ? undefined : `write rate(${count} ${right})`;
}

/** An instant that has passed is none: an old schedule must not stand in the way of every later deployment. */
function atFault(inside: string): string | undefined {
  const time = new Date(`${inside}Z`);
  const isTime =
    LOCAL_TIME.test(inside) && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(inside);
  return isTime ? undefined : 'a time is a day and a time of day that exist, such as at(2026-12-01T09:00:00)';
}

function cronFault(inside: string): string | undefined {
  const texts = inside.trim().split(/\s+/);
  if (texts.length !== CRON_FIELDS.length)
    return `cron has ${CRON_FIELDS.length} fields: ${CRON_FIELDS.map(({ name }) => name).join(' ')}, such as cron(0 9 ? * MON *)`;
  for (const [index, field] of CRON_FIELDS.entries()) {
    const text = texts[index] ?? '';
    if (!isOfField(text, field))
      return `its field ${field.name} is "${text}"; possible are ${field.possible}`;
  }
  const isOnlyOneDay = (texts[DAY_OF_MONTH] === '?') !== (texts[DAY_OF_WEEK] === '?');
  return isOnlyOneDay
    ? undefined
    : 'exactly one of day-of-month and day-of-week must be "?", such as cron(0 9 ? * MON *) or cron(0 9 1 * ? *)';
}

function isOfField(text: string, field: CronField): boolean {
  return field.alone?.test(text) || text.split(',').every((item) => isItem(item, field));
}

/** `*`, `9`, `9-17`, and each of them with a step: `0/15`. */
function isItem(item: string, field: CronField): boolean {
  const [base = '', step, ...moreSteps] = item.split('/');
  const isStep =
    step === undefined || (/^\d{1,4}$/.test(step) && Number(step) >= 1 && Number(step) <= field.to);
  if (!isStep || moreSteps.length > 0) return false;
  if (base === '*') return true;
  const ends = base.split('-').map((end) => numberOf(end, field));
  if (ends.length > 2 || ends.includes(undefined)) return false;
  const [first = 0, last = first] = ends;
  return first <= last;
}

/** The number that this stands for; undefined if the field has no such value. */
function numberOf(text: string, { from, to, names = [] }: CronField): number | undefined {
  const byName = names.indexOf(text);
  const value = byName >= 0 ? from + byName : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}
