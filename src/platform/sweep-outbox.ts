import { asc, eq, lte, sql } from 'drizzle-orm';
import * as z from 'zod';
import { outbox } from '../schema/engine-room.ts';
import type { SystemCtx } from './context.ts';
import { randomToken } from './crypto.ts';
import { tryAgainWhenLost } from './db/transaction.ts';
import { enqueue } from './jobs/enqueue.ts';
import { defineJob } from './jobs/job.ts';
import { describeError } from './log.ts';
import { buryEvents, CLAIM_LEASE_MS, MAX_ATTEMPTS, release, type ClaimedEvent } from './outbox.ts';

/** Events one claim takes. */
const CLAIM_SIZE = 200;
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

/** Takes up to {@link CLAIM_SIZE} events that nobody holds. Several at once never take the same. */
async function claimEvents(ctx: SystemCtx, claim: string): Promise<ClaimedEvent[]> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const { rowsAffected } = await tryAgainWhenLost(ctx, () =>
    db
      .update(outbox)
      .set({
        claim,
        attempts: sql`${outbox.attempts} + 1`,
        availableAt: new Date(now.getTime() + CLAIM_LEASE_MS),
      })
      .where(lte(outbox.availableAt, now))
      .orderBy(asc(outbox.availableAt), asc(outbox.id))
      .limit(CLAIM_SIZE),
  );
  if (rowsAffected === 0) return [];
  const rows = await db.select().from(outbox).where(eq(outbox.claim, claim)).orderBy(asc(outbox.id));
  return rows.map(({ createdAt, remaining, ...row }) => ({
    ...row,
    at: createdAt,
    remaining: remaining ?? undefined,
  }));
}

/**
 * Claims events and runs their reactions. Answers how many it claimed. An event whose claims are spent without anyone
 * having told the end (its reactions kill whoever runs them) is buried.
 */
async function sweepOutbox(ctx: SystemCtx): Promise<number> {
  const claim = randomToken().slice(0, 22);
  const events = await claimEvents(ctx, claim);
  const lost = events.filter(({ attempts }) => attempts > MAX_ATTEMPTS);
  if (lost.length > 0) {
    await buryEvents(ctx, lost, (event) => new Map((event.remaining ?? ['*']).map((name) => [name, 'died'])));
    await release(
      ctx,
      lost.map(({ id }) => id),
      claim,
    );
  }
  await ctx.deps.reactions.run(
    ctx,
    events.filter(({ attempts }) => attempts <= MAX_ATTEMPTS),
    claim,
  );
  return events.length;
}

async function countWaitingEvents(ctx: SystemCtx): Promise<number> {
  const [row] = await ctx.deps.db
    .select({ count: sql`count(*)`.mapWith(Number) })
    .from(outbox)
    .where(lte(outbox.availableAt, ctx.deps.clock.now()));
  return row?.count ?? 0;
}

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
