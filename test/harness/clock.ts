import type { Clock } from '../../src/platform/clock.ts';

/** A clock that stands still until a test moves it. */
export type TestClock = Clock & { advance(milliseconds: number): void; set(iso: string): void };

export function startsAt(iso: string): TestClock {
  let now = new Date(iso);
  return {
    now: () => new Date(now),
    advance(milliseconds) {
      now = new Date(now.getTime() + milliseconds);
    },
    set(next) {
      now = new Date(next);
    },
  };
}
