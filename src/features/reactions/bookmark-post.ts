import { and, eq, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { insertSelect } from '../../platform/db/insert-select.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { posts } from '../../schema/posts.ts';
import { bookmarks } from '../../schema/reactions.ts';
import { findVisiblePost, isPostVisibleTo } from '../posts/index.ts';
import { postBookmarked, postUnbookmarked } from './events.ts';

/** I put a post into my bookmarks; once more changes nothing. Throws `post_not_found`. */
export async function bookmarkPost(ctx: UserCtx, postId: string): Promise<void> {
  const { deps, actor } = ctx;
  const isNew = await inTransaction(ctx, async (tx) => {
    const { rowsAffected } = await tx.db.execute(
      insertSelect(
        bookmarks,
        {
          userId: actor.userId,
          postId,
          id: deps.ids.next(),
          authorId: posts.authorId,
          day: koreanDay(deps.clock.now()),
        },
        sql`from ${posts} where ${and(eq(posts.id, postId), isPostVisibleTo(actor.userId))}`,
        { ignore: true },
      ),
    );
    if (rowsAffected > 0) tx.emit(postBookmarked, { postId, userId: actor.userId });
    return rowsAffected > 0;
  });
  if (!isNew) await findVisiblePost(ctx, postId);
}

/** I take a post out of my bookmarks; once more changes nothing. */
export async function unbookmarkPost(ctx: UserCtx, postId: string): Promise<void> {
  const { userId } = ctx.actor;
  const isMine = and(eq(bookmarks.userId, userId), eq(bookmarks.postId, postId));
  await inTransaction(ctx, async (tx) => {
    const [gone] = await tx.db
      .select({ authorId: bookmarks.authorId, day: bookmarks.day })
      .from(bookmarks)
      .where(isMine)
      .for('update');
    if (!gone) return;
    await tx.db.delete(bookmarks).where(isMine);
    tx.emit(postUnbookmarked, { postId, userId, ...gone });
  });
}
