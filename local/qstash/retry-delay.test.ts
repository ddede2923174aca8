import { expect, test } from 'vitest';
import { compileRetryDelay } from './retry-delay.ts';

test.each([
  ['1000', 3, 1000],
  ['1000 * (1 + retried)', 3, 4000],
  ['pow(2, retried) * 1000', 3, 8000],
  ['max(1000, pow(2, retried) * 100)', 0, 1000],
  ['max(1000, pow(2, retried) * 100)', 5, 3200],
  ['min(60000, exp(2.5 * retried))', 9, 60_000],
  ['round(7 / 2) + floor(1.9) + ceil(0.1) - abs(-2)', 0, 4],
  ['sqrt(16) - 2 - 1', 0, 1],
  ['100 / 10 / 5', 0, 2],
  ['2 + 3 * 4', 0, 14],
  ['-retried + 10', 4, 6],
  ['.5 * 1000', 0, 500],
])('%s with %d', (expression, retried, milliseconds) => {
  expect(compileRetryDelay(expression)(retried)).toBe(milliseconds);
});

test.each([
  '',
  '1000 +',
  '(1000',
  '1000)',
  'pow(2)',
  'pow(2, 3, 4)',
  'retries * 2',
  'constructor(1)',
  '1000; 2',
  '1 ** 2',
  '1e3',
  '1.2.3',
  'process.exit()',
  '1 2',
])('refuses "%s"', (expression) => {
  expect(() => compileRetryDelay(expression)).toThrow();
});
