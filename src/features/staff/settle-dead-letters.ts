import { and, eq, inArray } from 'drizzle-orm';
import { actAsStaff } from '../../platform/audit.ts';
import type { StaffCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { isReplayable, replayLetters } from '../../platform/jobs/replay.ts';
import { deadLetters } from '../../schema/engine-room.ts';

/**
 * Sends open dead letters again, once each, however often it is asked. Answers those it sent. Throws
 * `dead_letter_not_replayable` (and sends none) when this build does not know the job or reaction of one.
 */
export function replayDeadLetters(ctx: StaffCtx, ids: readonly string[]): Promise<string[]> {
  return actAsStaff(ctx, async (tx) => {
    const letters = await settle(ctx, tx, ids, 'replayed');
    if (!letters.every((letter) => isReplayable(ctx, letter)))
      throw new AppError('dead_letter_not_replayable');
    await replayLetters(ctx, tx, letters);
    const settled = letters.map(({ id }) => id);
    return {
      result: settled,
      act: { action: 'dead_letter.replayed', targetKind: 'dead_letter', targetIds: settled },
    };
  });
}

/** Gives open dead letters up for good. Answers those it dropped. */
export function dropDeadLetters(ctx: StaffCtx, ids: readonly string[]): Promise<string[]> {
  return actAsStaff(ctx, async (tx) => {
    const settled = (await settle(ctx, tx, ids, 'dropped')).map(({ id }) => id);
    return {
      result: settled,
      act: { action: 'dead_letter.dropped', targetKind: 'dead_letter', targetIds: settled },
    };
  });
}

async function settle(ctx: StaffCtx, tx: Tx, ids: readonly string[], state: 'replayed' | 'dropped') {
  const open = await tx.db
    .select()
    .from(deadLetters)
    .where(and(inArray(deadLetters.id, [...ids]), eq(deadLetters.state, 'open')))
    .for('update');
  if (open.length > 0) {
    const openIds = open.map(({ id }) => id);
    await tx.db
      .update(deadLetters)
      .set({ state, settledAt: ctx.deps.clock.now() })
      .where(inArray(deadLetters.id, openIds));
  }
  return open;
}
