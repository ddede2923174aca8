import { expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  koreanDay,
  koreanHour,
  koreanMonth,
  koreanYear,
  startOfKoreanDay,
} from './korea-time.ts';

it('a Korean day begins at 15:00 UTC of the day before', () => {
  expect(koreanDay(new Date('2026-11-23T14:59:59.999Z'))).toBe('2026-11-23');
  expect(koreanDay(new Date('2026-11-23T15:00:00.000Z'))).toBe('2026-11-24');
  expect(startOfKoreanDay('2026-11-24').toISOString()).toBe('2026-11-23T15:00:00.000Z');
});

it('years, hours and days across month and year ends', () => {
  expect(koreanYear(new Date('2026-12-31T15:00:00.000Z'))).toBe(2027);
  expect(koreanHour(new Date('2026-11-24T12:00:00.000Z'))).toBe(21);
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
});

it('months across year ends', () => {
  expect(koreanMonth(new Date('2026-11-30T15:00:00.000Z'))).toBe('2026-12');
  expect(addMonths('2027-01', -1)).toBe('2026-12');
  expect(addMonths('2026-11', 14)).toBe('2028-01');
  expect(addMonths('2026-03', 0)).toBe('2026-03');
});
