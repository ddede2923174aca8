import { auditLog } from '../schema/engine-room.ts';
import type { StaffCtx } from './context.ts';
import { inTransaction, type Tx } from './db/transaction.ts';

export type StaffAct = {
  /** `<noun>.<done>`, such as `dead_letter.replayed`. */
  action: string;
  targetKind: string;
  /** One row of the log for each. */
  targetIds: readonly string[];
  detail?: object;
};

/**
 * The only way in which staff change anything: `work` in a transaction, and the rows of the audit log in the same. `work`
 * answers its result and the act, which is known by then (only what was really done is logged).
 */
export function actAsStaff<T>(
  ctx: StaffCtx,
  work: (tx: Tx) => Promise<{ result: T; act: StaffAct }>,
): Promise<T> {
  return inTransaction(ctx, async (tx) => {
    const { result, act } = await work(tx);
    const { targetIds, detail, ...rest } = act;
    if (targetIds.length > 0) {
      await tx.db.insert(auditLog).values(
        targetIds.map((targetId) => ({
          id: ctx.deps.ids.next(),
          staffId: ctx.actor.staffId,
          ...rest,
          targetId,
          detail: detail ?? null,
          requestId: ctx.requestId,
          createdAt: ctx.deps.clock.now(),
        })),
      );
    }
    return result;
  });
}
