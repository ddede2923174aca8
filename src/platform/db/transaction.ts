import type { Ctx } from '../context.ts';
import type { EventType } from '../events.ts';
import { createEventBuffer } from '../outbox.ts';
import type { Queryable } from './client.ts';
import { classifyDatabaseError } from './errors.ts';

const MAX_ATTEMPTS = 3;

/** An open transaction: queries, and the events it will have caused once it commits. */
export type Tx = {
  db: Queryable;
  /** Writes the event into the outbox just before COMMIT; its reactions run after the answer. */
  emit<P extends object>(type: EventType<P>, payload: P): void;
};

/**
 * Runs `work` in one transaction. BEGIN, every statement and COMMIT are one round trip each: keep it few and short,
 * with no outside call inside. Tried again, from the start, as {@link tryAgainWhenLost} says. Throws what `work` throws.
 */
export async function inTransaction<T>(ctx: Ctx, work: (tx: Tx) => Promise<T>): Promise<T> {
  return tryAgainWhenLost(ctx, async () => {
    const buffer = createEventBuffer(ctx);
    const result = await ctx.deps.db.transaction(async (db) => {
      const value = await work({ db, emit: buffer.emit });
      await buffer.write(db);
      return value;
    });
    buffer.release();
    return result;
  });
}

/**
 * Runs a transaction, or a statement that is one by itself, and runs it again when it lost a deadlock or the pool was
 * full (up to 3 times) or met another isolate's id (errno 1062 on PRIMARY, once).
 */
export async function tryAgainWhenLost<T>(ctx: Ctx, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const failure = classifyDatabaseError(error);
      const isIdTaken = failure?.kind === 'duplicate' && failure.key.endsWith('.PRIMARY') && attempt === 1;
      const mayRetry = attempt < MAX_ATTEMPTS && (failure?.kind === 'retryable' || isIdTaken);
      if (!mayRetry) throw error;
      ctx.deps.log.warn('transaction tried again', { attempt, kind: failure.kind });
      await pause(attempt);
    }
  }
}

/** Two that collided must not collide again at once: 5 to 25 ms, then 10 to 50. */
function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, attempt * (5 + Math.random() * 20));
  });
}
