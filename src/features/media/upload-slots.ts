import { AppError } from '../../platform/errors.ts';

/** Images held in memory at once by one isolate, which has 128 MB: each takes up to 20 MB, before and after cleaning. */
const MAX_SLOTS = 3;
/** An invocation that was ended in the middle gives its slot back by this (milliseconds). */
const LEASE_MS = 60_000;
const MAX_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Of this isolate, by real time: memory is not a matter of the product's clock. */
const takenAt = new Map<symbol, number>();

/**
 * Runs `work`, which holds a whole image in memory, when one of this isolate's slots is free. Throws `unavailable` when
 * none is for ten seconds. Looks again and again rather than being woken: a promise of one invocation must not depend
 * on another's end.
 */
export async function withUploadSlot<T>(work: () => Promise<T>): Promise<T> {
  const slot = Symbol('slot');
  await takeSlot(slot);
  try {
    return await work();
  } finally {
    takenAt.delete(slot);
  }
}

async function takeSlot(slot: symbol): Promise<void> {
  for (let waited = 0; waited <= MAX_WAIT_MS; waited += LOOK_EVERY_MS) {
    for (const [holder, since] of takenAt) if (Date.now() - since > LEASE_MS) takenAt.delete(holder);
    if (takenAt.size < MAX_SLOTS) {
      takenAt.set(slot, Date.now());
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new AppError('unavailable', { retryAfter: 5 });
}
