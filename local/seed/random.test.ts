import { describe, expect, test } from 'vitest';
import { drawFor, scatter, zipfRank } from './random.ts';

function numbers(seed: number, stream: number, index: number, count = 5): number[] {
  const draw = drawFor(seed, stream, index);
  return Array.from({ length: count }, () => draw.unit());
}

describe('drawFor', () => {
  test('is the same for the same place', () => {
    expect(numbers(1, 2, 3)).toEqual(numbers(1, 2, 3));
  });

  test('is another for another seed, stream or index', () => {
    const all = [numbers(1, 2, 3), numbers(2, 2, 3), numbers(1, 3, 3), numbers(1, 2, 4)].flat();
    expect(new Set(all).size).toBe(all.length);
  });

  test('does not mix up stream and index', () => {
    expect(numbers(1, 2, 3)).not.toEqual(numbers(1, 3, 2));
  });

  test('the first number of neighbouring rows is spread evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index++) {
      const tenth = Math.floor(drawFor(7, 1, index).unit() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('stays within bounds, which it reaches', () => {
    const draw = drawFor(1, 1, 1);
    const drawn = new Set(Array.from({ length: 500 }, () => draw.between(3, 6)));
    expect([...drawn].toSorted()).toEqual([3, 4, 5, 6]);
  });

  test('chance 0 never and 1 always', () => {
    const draw = drawFor(1, 1, 1);
    expect(Array.from({ length: 100 }, () => draw.chance(0))).not.toContain(true);
    expect(Array.from({ length: 100 }, () => draw.chance(1))).not.toContain(false);
  });

  test('picks every one of a list, and nothing from nothing', () => {
    const draw = drawFor(1, 1, 1);
    expect(new Set(Array.from({ length: 200 }, () => draw.pick(['a', 'b', 'c']))).size).toBe(3);
    expect(() => draw.pick([])).toThrow('nothing to pick');
  });
});

describe('zipfRank', () => {
  test('stays within the ranks at both ends', () => {
    for (const skew of [0, 0.4, 0.9]) {
      expect(zipfRank(0, 50, skew)).toBe(0);
      expect(zipfRank(0.999_999_999_9, 50, skew)).toBe(49);
      expect(zipfRank(0.5, 1, skew)).toBe(0);
    }
  });

  test('no skew is even', () => {
    expect([0.05, 0.15, 0.55, 0.95].map((unit) => zipfRank(unit, 10, 0))).toEqual([0, 1, 5, 9]);
  });

  test('more skew gives the first more', () => {
    const shares = [0.2, 0.5, 0.8].map((skew) => {
      const draw = drawFor(3, 1, 0);
      return Array.from({ length: 4000 }, () => zipfRank(draw.unit(), 100, skew)).filter((rank) => rank < 10)
        .length;
    });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(new Set(shares).size).toBe(3);
  });
});

describe('scatter', () => {
  test.each([1, 2, 3, 7, 12, 100, 997, 1000])('is one to one for %i', (count) => {
    const places = Array.from({ length: count }, (_, rank) => scatter(rank, count));
    expect(places.toSorted((a, b) => a - b)).toEqual(places.map((_, index) => index));
  });

  test('stays exact at 100 million', () => {
    const place = scatter(99_999_999, 100_000_000);
    expect(Number.isSafeInteger(place)).toBe(true);
    expect((place + scatter(1, 100_000_000)) % 100_000_000).toBe(0);
  });
});
