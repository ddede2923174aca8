import { eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { posts } from '../../schema/posts.ts';
import { postDeleted } from './events.ts';
import { lockOwnPost } from './own-post.ts';

/** Deletes a post of one's own: gone from every list at once. Throws `post_not_found` or `forbidden`. */
export async function deletePost(ctx: UserCtx, postId: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { authorId, careerId } = await lockOwnPost(ctx, tx, postId);
    await tx.db.update(posts).set({ deletedAt: ctx.deps.clock.now() }).where(eq(posts.id, postId));
    tx.emit(postDeleted, { postId, authorId, careerId });
  });
}
