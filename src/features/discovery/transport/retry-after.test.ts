import { expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const now = new Date('2026-11-24T03:00:00Z');

it.each([
  ['120', 120],
  [' 120 ', 120],
  ['1', 60],
  ['0', 60],
  ['99999999', 86_400],
  ['9'.repeat(400), 86_400],
  ['Tue, 24 Nov 2026 03:10:00 GMT', 600],
  ['Tue, 24 Nov 2026 02:00:00 GMT', 60],
  ['Thu, 24 Nov 2033 03:00:00 GMT', 86_400],
  ['Tue, 99 Nov 2026 03:10:00 GMT', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['soon', undefined],
  ['2026-11-24T03:10:00Z', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After: %s', (value, seconds) => {
  expect(readRetryAfter(value, now)).toBe(seconds);
});
