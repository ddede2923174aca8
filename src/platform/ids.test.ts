import { describe, expect, it } from 'vitest';
import { startsAt } from '../../test/harness/clock.ts';
import { createIdMaker, firstIdAt, timeOfId } from './ids.ts';

describe('ids', () => {
  it('grow while the clock stands still, and fit 63 bits', () => {
    const ids = createIdMaker(startsAt('2026-11-24T00:00:00.000Z'));
    const made = Array.from({ length: 10_000 }, () => BigInt(ids.next()));
    expect(made.every((id, index) => index === 0 || id > (made[index - 1] ?? 0n))).toBe(true);
    expect((made.at(-1) ?? 0n) < 2n ** 63n).toBe(true);
    expect(createIdMaker(startsAt('2094-01-01T00:00:00.000Z')).next().length).toBeLessThanOrEqual(19);
  });

  it('carry their time and order by it', () => {
    const clock = startsAt('2026-11-24T01:02:03.456Z');
    const ids = createIdMaker(clock);
    const first = ids.next();
    expect(timeOfId(first).toISOString()).toBe('2026-11-24T01:02:03.456Z');
    clock.advance(1);
    expect(BigInt(ids.next()) > BigInt(first)).toBe(true);
    expect(BigInt(firstIdAt(clock.now())) > BigInt(first)).toBe(true);
  });

  it('start at random within a millisecond, so that two isolates seldom meet', () => {
    const clock = startsAt('2026-11-24T00:00:00.000Z');
    const made = new Set(Array.from({ length: 100 }, () => createIdMaker(clock).next()));
    expect(made.size).toBeGreaterThan(90);
  });
});
