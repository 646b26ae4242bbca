import { TZDateMini } from '@date-fns/tz/date/mini';
import { getISOWeek } from 'date-fns/getISOWeek';
import { lightFormat } from 'date-fns/lightFormat';

/** What a scheduled name may hold in braces, and what becomes of it, by clock and calendar of the schedule's zone. */
const VALUES: ReadonlyMap<string, (at: Date) => string> = new Map([
  ['{date}', (at) => lightFormat(at, 'yyyy-MM-dd')],
  ['{time}', (at) => lightFormat(at, 'HH:mm')],
  ['{week}', (at) => String(getISOWeek(at))],
]);

const IN_BRACES = /\{[^{}]*\}/g;
/** A name is somebody's own text: a fault repeats no more of it than tells which placeholder is meant. */
const MAX_SHOWN_LENGTH = 20;

/** The name, or what is wrong with its template, as the end of a sentence that begins with the field. */
export type FilledName = { readonly name: string } | { readonly fault: string };

/**
 * `Class 5b {date} {time}, week {week}` → `Class 5b 2026-11-23 09:00, week 48`. The week is that of ISO 8601, without a
 * leading zero: a name is at its longest from week 10 on. How long a name may be is not checked here.
 * @param timeZone an IANA name
 */
export function fillName(template: string, atMs: number, timeZone: string): FilledName {
  const unknown = template.match(IN_BRACES)?.find((found) => !VALUES.has(found));
  if (unknown !== undefined) return { fault: unknownPlaceholder(unknown) };
  const at = new TZDateMini(atMs, timeZone);
  let name = template;
  for (const [placeholder, valueAt] of VALUES) name = name.replaceAll(placeholder, () => valueAt(at));
  return { name };
}

function unknownPlaceholder(placeholder: string): string {
  const shown =
    placeholder.length > MAX_SHOWN_LENGTH ? `${placeholder.slice(0, MAX_SHOWN_LENGTH)}…` : placeholder;
  return `holds the unknown placeholder ${shown}; possible are ${[...VALUES.keys()].join(', ')}`;
}
