import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillName } from '../../../lambda/schedule/placeholders.ts';

const DAY_MS = 86_400_000;
const ZONES = [
  'UTC',
  'Europe/Moscow',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Auckland',
];
const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2040, 0, 1) });

describe('a scheduled name', () => {
  it.each([
    ['Class 5b {date}', '2026-11-23T06:00:00Z', 'Europe/Moscow', 'Class 5b 2026-11-23'],
    [
      '{date} at {time}, week {week}',
      '2026-11-23T06:00:00Z',
      'Europe/Moscow',
      '2026-11-23 at 09:00, week 48',
    ],
    [
      'the zone turns the day: {date} {time}',
      '2026-12-31T22:00:00Z',
      'Europe/Moscow',
      'the zone turns the day: 2027-01-01 01:00',
    ],
    ['summer time: {time}', '2026-07-01T06:00:00Z', 'Europe/Berlin', 'summer time: 08:00'],
    ['winter time: {time}', '2026-12-01T06:00:00Z', 'Europe/Berlin', 'winter time: 07:00'],
    ['half hours: {time}', '2026-11-23T06:00:00Z', 'Asia/Kathmandu', 'half hours: 11:45'],
    ['no zero before the week: {week}', '2026-01-05T00:00:00Z', 'UTC', 'no zero before the week: 2'],
    [
      'the old year’s week: {date} {week}',
      '2027-01-01T12:00:00Z',
      'UTC',
      'the old year’s week: 2027-01-01 53',
    ],
    [
      'the new year’s week: {date} {week}',
      '2024-12-30T12:00:00Z',
      'UTC',
      'the new year’s week: 2024-12-30 1',
    ],
    ['twice {date} {date}', '2026-11-23T06:00:00Z', 'UTC', 'twice 2026-11-23 2026-11-23'],
    ['{{date}}', '2026-11-23T06:00:00Z', 'UTC', '{2026-11-23}'],
    ['a brace } or { alone, and $& too', '2026-11-23T06:00:00Z', 'UTC', 'a brace } or { alone, and $& too'],
    ['', '2026-11-23T06:00:00Z', 'UTC', ''],
  ])('%s, scheduled for %s in %s, becomes %s', (template, at, timeZone, name) => {
    expect(fillName(template, Date.parse(at), timeZone)).toEqual({ name });
  });

  it.each([
    ['Class {group} {date}', '{group}'],
    ['{Date}', '{Date}'],
    ['{ date }', '{ date }'],
    ['{}', '{}'],
    ['{date} {year} {month}', '{year}'],
    ['{constructor}', '{constructor}'],
    ['{of somebody, +79001234568}', '{of somebody, +79001…'],
  ])('%s is refused: it names %s and what is possible', (template, placeholder) => {
    expect(fillName(template, 0, 'UTC')).toEqual({
      fault: `holds the unknown placeholder ${placeholder}; possible are {date}, {time}, {week}`,
    });
  });
});

describe('at any instant, in any zone', () => {
  it('date and time are those that the zone’s clocks and calendars show', () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (atMs, timeZone) => {
        // Sweden writes dates as ISO 8601 does.
        const shown = new Date(atMs).toLocaleString('sv-SE', { timeZone });
        expect(fillName('{date} {time}', atMs, timeZone)).toEqual({
          name: shown.slice(0, '2026-11-23 09:00'.length),
        });
      }),
    );
  });

  it('the week is the one whose Thursday is the n-th of its year', () => {
    fc.assert(
      fc.property(instants, (atMs) => {
        const daysSinceMonday = (new Date(atMs).getUTCDay() + 6) % 7;
        const thursdayMs = atMs + (3 - daysSinceMonday) * DAY_MS;
        const newYearMs = Date.UTC(new Date(thursdayMs).getUTCFullYear(), 0, 1);
        const week = Math.floor((thursdayMs - newYearMs) / (7 * DAY_MS)) + 1;
        expect(fillName('{week}', atMs, 'UTC')).toEqual({ name: String(week) });
      }),
    );
  });

  it('no name is longer than in a week of two digits', () => {
    const template = '{date}{time}{week}';
    const longest = '2026-11-2309:0048'.length;
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (atMs, timeZone) => {
        const filled = fillName(template, atMs, timeZone);
        expect('name' in filled && filled.name.length).toBeOneOf([longest, longest - 1]);
      }),
    );
  });
});
