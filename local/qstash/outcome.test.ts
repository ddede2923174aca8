import { expect, test } from 'vitest';
import { computeDelay, decideOutcome } from './outcome.ts';
import { parsePublishHeaders } from './publish-headers.ts';

const NOW = Date.parse('2026-11-24T00:00:00Z');

function decide(status: number, headers: Record<string, string> = {}, retried = 0, published = {}) {
  const answered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return decideOutcome(
    { retried, settings: parsePublishHeaders(published) },
    { status, headers: answered },
    NOW,
  );
}

test('backs off as documented: 12 s, 2 m 28 s, 30 m 8 s, 6 h 7 m 6 s, a day', () => {
  expect([0, 1, 2, 3, 4, 5].map((retried) => computeDelay(undefined, retried) / 1000)).toEqual([
    12, 148, 1808, 22_026, 86_400, 86_400,
  ]);
});

test('an expression gives milliseconds between nothing and a day', () => {
  expect(computeDelay('pow(2, retried) * 1000', 3)).toBe(8000);
  expect(computeDelay('0 - 5', 0)).toBe(0);
  expect(computeDelay('exp(100)', 0)).toBe(86_400_000);
  expect(computeDelay('sqrt(0 - 1)', 0)).toBe(12_000);
});

test.each([
  ['seconds', { 'retry-after': '10' }, 10_000],
  ['at once', { 'retry-after': '0' }, 0],
  ['a duration', { 'retry-after': '6m5s' }, 365_000],
  ['a date', { 'retry-after': 'Tue, 24 Nov 2026 00:02:00 GMT' }, 120_000],
  ['a date gone by', { 'retry-after': 'Mon, 23 Nov 2026 00:00:00 GMT' }, 0],
  ['a rate limit', { 'x-ratelimit-reset-tokens': '30' }, 30_000],
  ['Retry-After before others', { 'x-ratelimit-reset': '30', 'retry-after': '5' }, 5_000],
  ['more than a day: the back-off', { 'retry-after': '90000' }, 12_000],
  ['nonsense: the back-off', { 'retry-after': 'soon' }, 12_000],
])('comes back when told: %s', (_name, headers, delayMs) => {
  expect(decide(503, headers as unknown as Record<string, string>)).toEqual({ kind: 'retry', delayMs });
});

test('is delivered by any 2xx and by nothing else', () => {
  expect(decide(204)).toEqual({ kind: 'delivered' });
  expect(decide(302)).toMatchObject({ kind: 'retry' });
  expect(decide(0)).toMatchObject({ kind: 'retry' });
});

test('gives up when retries are spent, or at once by 489 with its header', () => {
  expect(decide(500, {}, 3)).toEqual({ kind: 'failed' });
  expect(decide(500, {}, 0, { 'upstash-retries': '0' })).toEqual({ kind: 'failed' });
  expect(decide(489, { 'upstash-nonretryable-error': 'true' })).toEqual({ kind: 'failed' });
  expect(decide(489)).toMatchObject({ kind: 'retry' });
  expect(decide(400, { 'upstash-nonretryable-error': 'true' })).toMatchObject({ kind: 'retry' });
});
