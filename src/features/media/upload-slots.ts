import type { Ctx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';

/** What one isolate, which has 128 MB, gives to images in memory. */
const BUDGET_BYTES = 72 * 1024 * 1024;
/** An image stands there twice: as it came and cleaned. */
const COPIES = 2;
/** An invocation that was ended without a word gives its share back by this (milliseconds). */
const LEASE_MS = 120_000;
const MAX_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Of this isolate, by real time: memory is not a matter of the product's clock. */
const held = new Map<symbol, { bytes: number; since: number }>();

/**
 * Runs `work`, which holds an image of up to `size` bytes in memory, when this isolate has room for it. Throws
 * `unavailable` when there is none for ten seconds. Looks again and again rather than being woken: a promise of one
 * invocation must not depend on another's end.
 */
export async function withUploadSlot<T>(ctx: Ctx, size: number, work: () => Promise<T>): Promise<T> {
  const running = runInSlot(size * COPIES, work);
  // A client that goes away must not end the invocation before it has given its share back.
  ctx.deps.afterAnswer(running.catch(() => undefined));
  return running;
}

async function runInSlot<T>(bytes: number, work: () => Promise<T>): Promise<T> {
  const slot = Symbol('slot');
  await takeSlot(slot, bytes);
  try {
    return await work();
  } finally {
    held.delete(slot);
  }
}

async function takeSlot(slot: symbol, bytes: number): Promise<void> {
  for (let waited = 0; waited <= MAX_WAIT_MS; waited += LOOK_EVERY_MS) {
    let taken = 0;
    for (const [holder, { bytes: share, since }] of held) {
      if (Date.now() - since > LEASE_MS) held.delete(holder);
      else taken += share;
    }
    if (taken + bytes <= BUDGET_BYTES) {
      held.set(slot, { bytes, since: Date.now() });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new AppError('unavailable', { retryAfter: 5 });
}
