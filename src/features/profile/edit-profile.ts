import { eq, sql } from 'drizzle-orm';
import type * as z from 'zod';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { users } from '../../schema/accounts.ts';
import { profileEdited } from './events.ts';
import type { EditProfile } from './schemas.ts';

/** Changes what is given of my profile; the rest stays. Links are changed one by one, null removing one. */
export async function editProfile(ctx: UserCtx, changes: z.output<typeof EditProfile>): Promise<void> {
  const { links, ...plain } = changes;
  if (Object.keys(changes).length === 0) return;
  const { userId } = ctx.actor;
  await inTransaction(ctx, async (tx) => {
    await tx.db
      .update(users)
      .set({
        ...plain,
        // Merged by the database: of two edits at once, neither undoes the other.
        ...(links && { links: sql`json_merge_patch(${users.links}, ${JSON.stringify(links)})` }),
      })
      .where(eq(users.id, userId));
    tx.emit(profileEdited, { userId });
  });
}
