import { eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { users } from '../../schema/accounts.ts';
import { claimAvatar } from '../media/index.ts';
import { profileEdited } from './events.ts';

/**
 * Shows an uploaded picture in my profile, or the default one (null). The one before goes by a reaction. Throws
 * `media_not_found`.
 */
export async function setAvatar(ctx: UserCtx, mediaId: string | null): Promise<void> {
  const { userId } = ctx.actor;
  await inTransaction(ctx, async (tx) => {
    const avatarKey = mediaId === null ? null : await claimAvatar(ctx, tx, userId, mediaId);
    await tx.db.update(users).set({ avatarKey }).where(eq(users.id, userId));
    tx.emit(profileEdited, { userId });
  });
}
