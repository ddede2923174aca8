import { and, eq, inArray, isNull, ne } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { posts, postViews } from '../../schema/posts.ts';
import { postsSeen } from './events.ts';
import { isPostVisibleTo } from './visibility.ts';

/**
 * Notes posts that were on my screen: once a post a Korean day, never my own, and only those I may see; others are
 * passed over in silence. What is new is read before the transaction and without locks, so that people who look do
 * not hold up people who like.
 */
export async function seePosts(ctx: UserCtx, postIds: readonly string[]): Promise<void> {
  const { deps, actor } = ctx;
  const viewerId = actor.userId;
  const day = koreanDay(deps.clock.now());
  const fresh = await deps.db
    .select({ postId: posts.id, authorId: posts.authorId })
    .from(posts)
    .leftJoin(
      postViews,
      and(eq(postViews.postId, posts.id), eq(postViews.viewerId, viewerId), eq(postViews.day, day)),
    )
    .where(
      and(
        inArray(posts.id, [...new Set(postIds)]),
        ne(posts.authorId, viewerId),
        isNull(postViews.postId),
        isPostVisibleTo(viewerId),
      ),
    )
    .orderBy(posts.id);
  if (fresh.length === 0) return;
  await inTransaction(ctx, async (tx) => {
    await tx.db
      .insert(postViews)
      .ignore()
      .values(fresh.map((post) => ({ ...post, viewerId, day })));
    tx.emit(postsSeen, { postIds: fresh.map(({ postId }) => postId), day });
  });
}
