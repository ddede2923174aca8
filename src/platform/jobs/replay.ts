import { and, eq, inArray } from 'drizzle-orm';
import * as z from 'zod';
import { deadLetters, outbox } from '../../schema/engine-room.ts';
import type { Ctx } from '../context.ts';
import type { Tx } from '../db/transaction.ts';
import { defineEvent, defineReaction, type Reaction } from '../events.ts';
import { Id } from '../http/schemas.ts';
import { publishEnvelopes } from './enqueue.ts';

type Letter = typeof deadLetters.$inferSelect;

/** Staff want a dead job sent again. */
export const deadLetterReplayed = defineEvent('dead_letter.replayed', z.object({ letterId: Id }));

/** Whether this build still knows what a letter is about. */
export function isReplayable(ctx: Ctx, { kind, name, key }: Pick<Letter, 'kind' | 'name' | 'key'>): boolean {
  if (kind === 'job') return ctx.deps.jobs.find(name) !== undefined;
  return key === '*' ? ctx.deps.reactions.isHeard(name) : ctx.deps.reactions.names.includes(key);
}

/**
 * Gives dead letters another life inside the caller's transaction: an event goes back to the outbox for the reaction
 * that failed, a job is published again by the reaction below. Should it fail once more, that is a new letter.
 */
export async function replayLetters(ctx: Ctx, tx: Tx, letters: readonly Letter[]): Promise<void> {
  const now = ctx.deps.clock.now();
  const events = letters.filter(({ kind }) => kind === 'event');
  if (events.length > 0) {
    await tx.db.insert(outbox).values(
      events.map(({ name, key, payload }) => ({
        id: ctx.deps.ids.next(),
        name,
        payload,
        createdAt: now,
        availableAt: now,
        attempts: 0,
        remaining: key === '*' ? null : [key],
      })),
    );
  }
  for (const { id, kind } of letters) if (kind === 'job') tx.emit(deadLetterReplayed, { letterId: id });
}

const republish = defineReaction({
  name: 'jobs.republish',
  on: [deadLetterReplayed],
  async run(ctx, events) {
    const ids = events.map(({ payload }) => payload.letterId);
    const letters = await ctx.deps.db
      .select()
      .from(deadLetters)
      .where(and(inArray(deadLetters.id, ids), eq(deadLetters.state, 'replayed')));
    for (const { id, name, key, payload, slice } of letters) {
      const job = ctx.deps.jobs.find(name);
      if (!job) throw new Error('a replayed job is not known');
      await publishEnvelopes(ctx, job, [{ key, payload, ...(slice && { slice }) }], { occasion: id });
    }
  },
});

export const jobReactions: readonly Reaction[] = [republish];
