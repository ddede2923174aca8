/** How the stand-in misbehaves, besides the faults every stand-in has. */

export type Switches = {
  /** Every delivery is made so many extra times at once. */
  duplicate: number;
  /** What is due at the same moment starts in reverse order. */
  reorder: boolean;
  /** So many deliveries are lost before they reach the destination; each counts as an unanswered attempt. */
  drop: number;
  /** Added to when each message is due, first attempts and retries. */
  delayMs: number;
  /** The API answers 503, nothing is delivered and schedules miss their times. */
  down: boolean;
  /** Everything is accepted, nothing is delivered until it is released. */
  hold: boolean;
};

export function createSwitches(): Switches {
  return { duplicate: 0, reorder: false, drop: 0, delayMs: 0, down: false, hold: false };
}

/** Changes those that are named. Throws on a name or value that means nothing. */
export function setSwitches(switches: Switches, changes: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(changes)) {
    const known = switches[name as keyof Switches] as unknown;
    if (known === undefined) throw new Error(`no switch named ${name}`);
    const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0;
    if (typeof value !== typeof known || (typeof value === 'number' && !isCount)) {
      throw new Error(`${name} cannot be ${JSON.stringify(value)}`);
    }
  }
  Object.assign(switches, changes);
}
