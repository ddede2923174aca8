import * as z from 'zod';
import type { SystemCtx } from './context.ts';
import { enqueue } from './jobs/enqueue.ts';
import { defineJob } from './jobs/job.ts';
import { describeError } from './log.ts';
import { CLAIM_SIZE, countWaitingEvents, sweepOutbox } from './outbox.ts';

/** Messages that one tick hands to QStash at most: 10,000 events. */
const MAX_BATCHES = 50;
/** How long a tick works at a backlog itself when QStash does not take it (milliseconds). */
const OWN_WORK_MS = 20_000;

/** One batch of a backlog. */
export const drainOutbox = defineJob({
  name: 'outbox.drain',
  schema: z.object({ tick: z.iso.datetime(), batch: z.number().int() }),
  key: ({ tick, batch }) => `${tick}:${batch}`,
  // What is not drained is claimed by the next tick: no need for a second try.
  retries: 0,
  flowControl: { key: 'outbox.drain', parallelism: 5 },
  async run(ctx) {
    await sweepOutbox(ctx);
  },
});

/**
 * Each minute: claims what was left, died or failed, and runs its reactions. More than one batch is handed to QStash,
 * which works at several at once; when QStash is away the tick goes on by itself for a while.
 */
export async function sweepBacklog(ctx: SystemCtx): Promise<void> {
  const { clock, log } = ctx.deps;
  const startedAt = clock.now();
  if ((await sweepOutbox(ctx)) < CLAIM_SIZE) return;
  const waiting = await countWaitingEvents(ctx);
  const batches = Math.min(Math.ceil(waiting / CLAIM_SIZE), MAX_BATCHES);
  const tick = startedAt.toISOString();
  log.warn('outbox backlog', { waiting, batches });
  try {
    await enqueue(
      ctx,
      drainOutbox,
      Array.from({ length: batches }, (_, batch) => ({ tick, batch })),
    );
  } catch (error) {
    log.error('backlog not handed on', describeError(error));
    const deadline = startedAt.getTime() + OWN_WORK_MS;
    while (clock.now().getTime() < deadline && (await sweepOutbox(ctx)) === CLAIM_SIZE);
  }
}
