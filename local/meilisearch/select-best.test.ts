import { expect, it } from 'vitest';
import { selectBest } from './select-best.ts';

it('gives the first of the sorted list, whatever the order and the count', () => {
  for (let size = 0; size < 40; size += 1) {
    const list = Array.from({ length: size }, (_, at) => (at * 7919 + size * 31) % 23);
    for (const count of [0, 1, 2, 7, size, size + 3]) {
      const best = selectBest(list, (a, b) => a - b, count);
      expect(best).toEqual(list.toSorted((a, b) => a - b).slice(0, count));
    }
  }
});
