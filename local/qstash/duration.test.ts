import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['5s', 5_000],
  ['1m', 60_000],
  ['7d', 604_800_000],
  ['1d10h30m', 124_200_000],
  ['6m5s', 365_000],
  ['1.5s', 1_500],
  ['250ms', 250],
  ['10', undefined],
  ['', undefined],
  ['5 s', undefined],
  ['-5s', undefined],
  ['5w', undefined],
])('%s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});
