import { and, eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { tryAgainWhenLost } from '../../platform/db/transaction.ts';
import { notificationPreferences, notifications } from '../../schema/notifications.ts';
import type { PreferenceKind } from './schemas.ts';

/** I have seen one; once more changes nothing. One that is not mine is left alone. */
export async function markRead(ctx: UserCtx, notificationId: string): Promise<void> {
  await change(ctx, { isUnread: false }, eq(notifications.id, notificationId));
}

/** I have seen all there are. */
export async function markAllRead(ctx: UserCtx): Promise<void> {
  await change(ctx, { isUnread: false }, eq(notifications.isUnread, true));
}

/** One goes; a newer cause of the same kind brings it back. */
export async function deleteNotification(ctx: UserCtx, notificationId: string): Promise<void> {
  await change(ctx, { isDeleted: true, isUnread: false }, eq(notifications.id, notificationId));
}

async function change(
  ctx: UserCtx,
  set: Partial<typeof notifications.$inferInsert>,
  which: ReturnType<typeof eq>,
): Promise<void> {
  await tryAgainWhenLost(ctx, () =>
    ctx.deps.db
      .update(notifications)
      .set(set)
      .where(and(eq(notifications.userId, ctx.actor.userId), which)),
  );
}

/** Whether I am told of a kind from now on. */
export async function setPreference(ctx: UserCtx, kind: PreferenceKind, isOn: boolean): Promise<void> {
  await ctx.deps.db
    .insert(notificationPreferences)
    .values({ userId: ctx.actor.userId, kind, isOn })
    .onDuplicateKeyUpdate({ set: { isOn } });
}
