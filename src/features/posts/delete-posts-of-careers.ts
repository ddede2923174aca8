import { and, asc, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { posts } from '../../schema/posts.ts';
import { postDeleted } from './events.ts';

/** Each with its event: what follows from a deleted post follows from these too. */
const POSTS_AT_ONCE = 200;

/** Deletes all posts of careers that are gone, in bounded transactions; a run that was cut off is gone on with. */
export async function deletePostsOfCareers(ctx: Ctx, careerIds: readonly string[]): Promise<void> {
  for (;;) {
    const alive = await ctx.deps.db
      .select({ postId: posts.id, authorId: posts.authorId, careerId: posts.careerId })
      .from(posts)
      .where(and(inArray(posts.careerId, [...careerIds]), isNull(posts.deletedAt)))
      .orderBy(asc(posts.id))
      .limit(POSTS_AT_ONCE);
    if (alive.length === 0) return;
    const ids = alive.map(({ postId }) => postId);
    await inTransaction(ctx, async (tx) => {
      await tx.db
        .update(posts)
        .set({ deletedAt: ctx.deps.clock.now() })
        .where(and(inArray(posts.id, ids), isNull(posts.deletedAt)));
      for (const post of alive) tx.emit(postDeleted, post);
    });
  }
}
