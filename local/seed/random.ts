/**
 * Random numbers by place instead of by order: the numbers of row 1,234,567 are computed from its index alone, so any
 * row of a data set of millions can be made without the others, in any order, always the same.
 */

/** A row's own endless sequence of numbers. */
export type Draw = {
  /** At least 0, below 1. */
  unit(): number;
  /** A whole number of at least 0, below `count`. */
  below(count: number): number;
  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number;
  /** True in `share` of all cases. */
  chance(share: number): boolean;
  /** One of a list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
};

/** The sequence of one row. `stream` keeps kinds of rows apart, `seed` whole data sets. All are 32-bit whole numbers. */
export function drawFor(seed: number, stream: number, index: number): Draw {
  let state = scramble(scramble(scramble(seed) ^ stream) ^ index);
  function unit(): number {
    // The golden ratio as a 32-bit fraction: an odd step that visits every state before it repeats.
    state = (state + 0x9e3779b9) | 0;
    return (scramble(state) >>> 0) / 0x1_0000_0000;
  }
  function below(count: number): number {
    return Math.floor(unit() * count);
  }
  return {
    unit,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (share) => unit() < share,
    pick(list) {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error('There is nothing to pick from.');
      return picked;
    },
  };
}

/** Turns a number into one that looks unrelated, one to one: the finalizer of MurmurHash3 (public domain). */
function scramble(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}

/**
 * A rank of at least 0, below `count`, that falls off like 1 / (rank + 1) ** `skew`, for `unit` evenly spread over 0 to 1.
 * Zipf's law by the inverse of its continuous form; `skew` is at least 0 and below 1, 0 being even.
 */
export function zipfRank(unit: number, count: number, skew: number): number {
  const slope = 1 - skew;
  const rank = Math.floor((unit * ((count + 1) ** slope - 1) + 1) ** (1 / slope)) - 1;
  return Math.min(rank, count - 1);
}

/**
 * Moves `rank` to a place of its own among `count`, so that neighbours by rank lie far apart. One to one. `count` is at
 * most 100 million, so that the product stays exact.
 */
export function scatter(rank: number, count: number): number {
  return (rank * strideOf(count)) % count;
}

const strides = new Map<number, number>();

/** A step of about the golden section of `count` that shares no divisor with it, so that it meets every place once. */
function strideOf(count: number): number {
  const known = strides.get(count);
  if (known !== undefined) return known;
  let stride = Math.floor(count * 0.618_034) | 1;
  while (greatestCommonDivisor(stride, count) !== 1) stride += 2;
  strides.set(count, stride);
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
