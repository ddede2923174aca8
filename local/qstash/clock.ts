/** The stand-in's idea of now: the machine's clock until somebody moves or stops it. All in milliseconds. */

export type Clock = {
  now(): number;
  /** Never back: that would deliver in an order that cannot happen. */
  moveTo(time: number): void;
  /** A stopped clock only goes on by `moveTo`. */
  setFrozen(isFrozen: boolean): void;
  isFrozen(): boolean;
  /** Back to the machine's clock. */
  reset(): void;
};

export function createClock(): Clock {
  let offset = 0;
  let frozenAt: number | undefined;

  function now(): number {
    return frozenAt ?? Date.now() + offset;
  }

  return {
    now,
    moveTo(time) {
      const present = now();
      if (time < present)
        throw new Error(`the clock goes only forward: it is ${new Date(present).toISOString()}`);
      offset += time - present;
      if (frozenAt !== undefined) frozenAt = time;
    },
    setFrozen(isFrozen) {
      const present = now();
      offset = present - Date.now();
      frozenAt = isFrozen ? present : undefined;
    },
    isFrozen: () => frozenAt !== undefined,
    reset() {
      offset = 0;
      frozenAt = undefined;
    },
  };
}
