import { expect, test } from 'vitest';
import { findNextTime } from './cron.ts';

/** The next times, as ISO text without the seconds. */
function next(expression: string, after: string, count = 1): string[] {
  const times: string[] = [];
  let time = Date.parse(after);
  for (let index = 0; index < count; index += 1) {
    time = findNextTime(expression, time);
    times.push(new Date(time).toISOString().slice(0, 16));
  }
  return times;
}

test.each([
  ['every minute', '* * * * *', '2026-03-01T10:00:30Z', ['2026-03-01T10:01', '2026-03-01T10:02']],
  ['never the moment itself', '0 10 * * *', '2026-03-01T10:00:00Z', ['2026-03-02T10:00']],
  ['steps and ranges', '*/20 8-9 * * *', '2026-03-01T08:30:00Z', ['2026-03-01T08:40', '2026-03-01T09:00']],
  ['a step from a start', '5/25 * * * *', '2026-03-01T08:31:00Z', ['2026-03-01T08:55', '2026-03-01T09:05']],
  ['lists', '0,30 0 1,15 * *', '2026-03-01T00:10:00Z', ['2026-03-01T00:30', '2026-03-15T00:00']],
  ['names', '0 0 * feb sun', '2026-03-01T00:00:00Z', ['2027-02-07T00:00']],
  ['Sunday as 7', '0 0 * * 7', '2026-03-01T00:00:00Z', ['2026-03-08T00:00']],
  ['leap days', '0 0 29 2 *', '2026-03-01T00:00:00Z', ['2028-02-29T00:00']],
  [
    'either day when both are restricted',
    '0 0 13 * 5',
    '2026-03-07T00:00:00Z',
    ['2026-03-13T00:00', '2026-03-20T00:00'],
  ],
  ['a shorthand', '@daily', '2026-03-01T00:00:00Z', ['2026-03-02T00:00']],
  ['Seoul', 'CRON_TZ=Asia/Seoul 0 4 * * *', '2026-03-01T00:00:00Z', ['2026-03-01T19:00', '2026-03-02T19:00']],
  ['the month of the zone', 'CRON_TZ=Asia/Seoul 30 0 1 * *', '2026-03-01T00:00:00Z', ['2026-03-31T15:30']],
  ['a day of 23 hours', 'CRON_TZ=America/New_York 30 0 * * *', '2026-03-08T06:00:00Z', ['2026-03-09T04:30']],
  ['a day of 25 hours', 'CRON_TZ=America/New_York 30 0 * * *', '2026-11-01T05:00:00Z', ['2026-11-02T05:30']],
])('%s', (_name, expression, after, times) => {
  expect(next(expression, after, times.length)).toEqual(times);
});

test.each([
  '',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '*/0 * * * *',
  '5-1 * * * *',
  'x * * * *',
  '0 0 30 2 *',
  'CRON_TZ=Asia/Atlantis * * * * *',
])('refuses "%s"', (expression) => {
  expect(() => findNextTime(expression, 0)).toThrow();
});
