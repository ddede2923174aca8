import { describe, expect, it } from 'vitest';
import { withMeasured } from './performance-page.ts';
import type { Result } from './report.ts';

const result: Result = {
  bench: 'feed',
  scale: 'medium',
  latency: 'tokyo',
  startedAt: '2026-11-24T09:00:00.000Z',
  seconds: 12,
  loadBefore: [0.5, 0, 0],
  loadAfter: [1, 0, 0],
  commit: 'abc1234',
  machine: { cpus: 2, model: 'Some CPU', memoryGib: 16, node: '26.10.0', mysql: '9.7.4', redis: '7.0.15' },
  rows: [
    { what: 'feed page, 1 client: p50', measured: 12, unit: 'ms', budget: { most: 20 } },
    { what: '  p95', measured: 30, unit: 'ms', budget: { most: 20 } },
    { what: '  page 50: p50', measured: 12, unit: 'ms' },
    { what: '  p95', measured: 31, unit: 'ms', budget: { most: 20 } },
    { what: 'answers', measured: 50, unit: '/s', budget: { least: 100 } },
    { what: 'statements', measured: 13, unit: '' },
  ],
  missing: ['like: 4 of 400 answered 503'],
  details: {},
};

const page = 'By hand, above.\n\n<!-- measured -->\nold\n<!-- /measured -->\n\nBy hand, below.\n';

describe('the page of measurements', () => {
  const written = withMeasured(page, [result]);

  it('keeps what is written by hand, and nothing of the run before', () => {
    expect(written).toMatch(/^By hand, above\.\n\n<!-- measured -->/);
    expect(written).toMatch(/<!-- \/measured -->\n\nBy hand, below\.\n$/);
    expect(written).not.toContain('old');
    expect(withMeasured(written, [result])).toBe(written);
  });

  it('lists what is over budget, each with what it belongs to', () => {
    const [, misses = ''] = /## Over budget([\s\S]*?)\n## /.exec(written) ?? [];
    expect(misses).toContain('| feed page, 1 client: p95 | ≤ 20 | 30.0 ms | 1.50 ✗ | feed, medium, tokyo |');
    expect(misses).toContain('| feed page, 1 client, page 50: p95 | ≤ 20 | 31.0 ms | 1.55 ✗ |');
    expect(misses).toContain('| answers | ≥ 100 | 50.0 /s | 2.00 ✗ |');
    expect(misses).not.toContain('p50');
  });

  it('says on what machine, when and at which commit, and what could not be measured', () => {
    expect(written).toContain('2026-11-24, commit abc1234');
    expect(written).toContain('2 cores (Some CPU), 16 GiB, Node 26.10.0, MySQL 9.7.4, Redis 7.0.15');
    expect(written).toContain('- like: 4 of 400 answered 503');
  });

  it('is not written when its marks are gone', () => {
    expect(() => withMeasured('By hand.', [result])).toThrow('<!-- measured -->');
  });
});
