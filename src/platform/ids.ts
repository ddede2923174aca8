import type { Clock } from './clock.ts';

/** 2025-01-01T00:00:00Z: 41 bits of milliseconds from here last until 2094. */
const EPOCH_MS = 1_735_689_600_000;
const SEQUENCE_BITS = 22n;
const SEQUENCE_MASK = (1n << SEQUENCE_BITS) - 1n;

/** Makes 63-bit ids, as decimal strings, that grow with time. */
export type IdMaker = { next(): string };

/**
 * 41 bits of milliseconds and 22 that start at random and count up: the clock of a Worker stands still inside a
 * request, so the count keeps ids apart there, and the random start keeps isolates apart. Two isolates can still
 * meet; a duplicate primary key is answered with a new id and one retry (platform/db/transaction.ts).
 * Ids order pages. They are never a watermark for "everything since": commits land out of order.
 */
export function createIdMaker(clock: Clock, random: () => number = randomSequence): IdMaker {
  let lastMs = -1;
  let sequence = 0n;
  return {
    next() {
      const ms = Math.max(clock.now().getTime() - EPOCH_MS, 0);
      if (ms !== lastMs) {
        lastMs = ms;
        sequence = BigInt(random());
      } else sequence += 1n;
      return ((BigInt(ms) << SEQUENCE_BITS) | (sequence & SEQUENCE_MASK)).toString();
    },
  };
}

function randomSequence(): number {
  const [value] = crypto.getRandomValues(new Uint32Array(1));
  // The upper half of the range stays free, so a count from any start does not wrap inside one request.
  return (value ?? 0) & 0x1f_ffff;
}

/** When an id was made. */
export function timeOfId(id: string): Date {
  return new Date(Number(BigInt(id) >> SEQUENCE_BITS) + EPOCH_MS);
}

/** The smallest id that can have been made at or after an instant: a bound for reads by time, not a watermark. */
export function firstIdAt(at: Date): string {
  return (BigInt(Math.max(at.getTime() - EPOCH_MS, 0)) << SEQUENCE_BITS).toString();
}
