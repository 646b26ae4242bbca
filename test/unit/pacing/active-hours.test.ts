import { describe, expect, it } from 'vitest';
import { isTimeZone, parseActiveHours } from '../../../lambda/pacing/active-hours.ts';

const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

describe('active hours as they are written', () => {
  it.each([
    ['mon-fri 09:00-20:00', ['mon', 'tue', 'wed', 'thu', 'fri'], 540, 1_200],
    ['mon,wed,sat-sun 10:00-24:00', ['sun', 'mon', 'wed', 'sat'], 600, 1_440],
    ['daily 09:00-18:00', WEEK, 540, 1_080],
    ['mon-sun 00:00-24:00', WEEK, 0, 1_440],
    ['tue 00:00-00:01', ['tue'], 0, 1],
    ['fri-mon 23:59-24:00', ['sun', 'mon', 'fri', 'sat'], 1_439, 1_440],
    ['mon,mon-tue,tue 08:30-12:00', ['mon', 'tue'], 510, 720],
    ['  Mon-Fri   09:00-20:00 ', ['mon', 'tue', 'wed', 'thu', 'fri'], 540, 1_200],
  ])('reads %s', (text, days, fromMinute, toMinute) => {
    expect(parseActiveHours(text)).toEqual({ hours: { days, fromMinute, toMinute } });
  });

  it.each([
    ['', 'must be days and hours, such as "mon-fri 09:00-20:00" or "daily 10:00-24:00"'],
    ['mon-fri', 'must be days and hours'],
    ['09:00-20:00', 'must be days and hours'],
    ['mon-fri 09:00', 'must be days and hours'],
    ['mon - fri 09:00-20:00', 'must be days and hours'],
    ['mon-fri 09:00-20:00 UTC', 'must be days and hours'],
    [
      'monday 09:00-20:00',
      'has days "monday"; write "daily", or any of mon, tue, wed, thu, fri, sat, sun with',
    ],
    ['mon, 09:00-20:00', 'has days "mon,"'],
    ['mon-wed-fri 09:00-20:00', 'has days "mon-wed-fri"'],
    ['mon- 09:00-20:00', 'has days "mon-"'],
    ['-mon 09:00-20:00', 'has days "-mon"'],
    ['daily,mon 09:00-20:00', 'has days "daily,mon"'],
    ['mon-fri 9:00-20:00', 'has hours "9:00-20:00"; write HH:MM-HH:MM, from 00:00 to 24:00'],
    ['mon-fri 09:00-24:01', 'has hours "09:00-24:01"'],
    ['mon-fri 09:60-20:00', 'has hours "09:60-20:00"'],
    ['mon-fri 24:00-25:00', 'has hours "24:00-25:00"'],
    [
      'mon-fri 22:00-06:00',
      'the first must be before the second on the same day: a span over midnight is not',
    ],
    ['mon-fri 09:00-09:00', 'the first must be before the second'],
  ])('says what is wrong with "%s"', (text, fault) => {
    expect(parseActiveHours(text)).toEqual({ fault: expect.stringContaining(fault) });
  });
});

describe('names of time zones', () => {
  it.each(['UTC', 'Europe/Moscow', 'America/Argentina/Buenos_Aires', 'Asia/Calcutta', 'GMT'])(
    '%s is one',
    (name) => {
      expect(isTimeZone(name)).toBe(true);
    },
  );

  it.each([
    '',
    'Europe/Moskau',
    'Moscow',
    '+03:00',
    '-0500',
    ' UTC',
    '<aws.scheduler.zone>',
    'Europe/Moscow\n',
  ])('"%s" is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
