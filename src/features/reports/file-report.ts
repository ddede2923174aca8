import type * as z from 'zod';
import type { UserCtx } from '../../platform/context.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { reports } from '../../schema/reactions.ts';
import { findOpenReport, findTargetOwner } from './queries.ts';
import type { FileReport } from './schemas.ts';

/**
 * Files a report for staff. While one of the same reporter on the same thing is open, that one is the answer and stays
 * as it was. Throws `not_found` for what the reporter cannot see and `target_is_own` for what is theirs.
 */
export async function fileReport(
  ctx: UserCtx,
  input: z.output<typeof FileReport>,
): Promise<{ id: string; createdAt: Date }> {
  const ownerId = await findTargetOwner(ctx, input);
  if (ownerId === undefined) throw new AppError('not_found');
  if (ownerId === ctx.actor.userId) throw new AppError('target_is_own');
  const createdAt = ctx.deps.clock.now();
  try {
    return await inTransaction(ctx, async (tx) => {
      const id = ctx.deps.ids.next();
      await tx.db
        .insert(reports)
        .values({ id, reporterId: ctx.actor.userId, ...input, state: 'open', openMark: 1, createdAt });
      return { id, createdAt };
    });
  } catch (error) {
    const open = isDuplicateKey(error, 'reports.reports_open') ? await findOpenReport(ctx, input) : undefined;
    if (!open) throw error;
    return open;
  }
}
