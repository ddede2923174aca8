import { expect, it } from 'vitest';
import { riseOf } from './view.ts';

it('a rise is measured against how much such counts vary by chance', () => {
  const order = [
    { recentCount: 40, earlierCount: 4 },
    { recentCount: 150, earlierCount: 400 },
    { recentCount: 3, earlierCount: 0 },
    { recentCount: 104, earlierCount: 400 },
    { recentCount: 25, earlierCount: 100 },
    { recentCount: 20, earlierCount: 100 },
  ];
  expect(order.toSorted((a, b) => riseOf(b) - riseOf(a))).toEqual(order);
  expect(riseOf({ recentCount: 25, earlierCount: 100 })).toBe(0);
  expect(riseOf({ recentCount: 24, earlierCount: 100 })).toBeLessThan(0);
});
