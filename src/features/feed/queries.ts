import { and, desc, eq, inArray, lt, or } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { posts } from '../../schema/posts.ts';
import { follows } from '../../schema/reactions.ts';
import { isPostVisibleTo, loadPostCards } from '../posts/index.ts';

/** The home feed, newest first. */
export async function readFeed(
  ctx: UserCtx,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const { db } = ctx.deps;
  const { userId } = ctx.actor;
  const [before] = decodeCursor('feed', cursor, ['id']) ?? [];
  const followed = db.select({ id: follows.followeeId }).from(follows).where(eq(follows.followerId, userId));
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        or(eq(posts.authorId, userId), inArray(posts.authorId, followed)),
        before === undefined ? undefined : lt(posts.id, before),
        isPostVisibleTo(userId),
      ),
    )
    .orderBy(desc(posts.id))
    .limit(limit + 1);
  const { items, nextCursor } = toPage(rows, limit, 'feed', ({ id }) => [id]);
  const cards = await loadPostCards(
    ctx,
    items.map(({ id }) => id),
  );
  return { items: cards.map((card) => ({ ...card, isSuggested: false })), nextCursor };
}
