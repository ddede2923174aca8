import { expect, it } from 'vitest';
import { quotaDay } from './quotas.ts';

it.each([
  ['2026-11-24T07:59:59Z', 'America/Los_Angeles', '2026-11-23'],
  ['2026-11-24T08:00:00Z', 'America/Los_Angeles', '2026-11-24'],
  // Summer time ends on 1 November 2026 and begins on 14 March 2027.
  ['2026-11-01T06:59:59Z', 'America/Los_Angeles', '2026-10-31'],
  ['2026-11-01T07:00:00Z', 'America/Los_Angeles', '2026-11-01'],
  ['2026-11-02T07:59:59Z', 'America/Los_Angeles', '2026-11-01'],
  ['2027-03-15T06:59:59Z', 'America/Los_Angeles', '2027-03-14'],
  ['2027-03-15T07:00:00Z', 'America/Los_Angeles', '2027-03-15'],
  ['2026-11-23T15:00:00Z', 'Asia/Seoul', '2026-11-24'],
])('%s in %s is %s', (at, timeZone, day) => {
  expect(quotaDay(new Date(at), { timeZone })).toBe(day);
});
