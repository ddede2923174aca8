import { and, eq, isNull, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { postLinks, postMedia, posts } from '../../schema/posts.ts';
import { findVisiblePost } from './queries.ts';

/** Locks a post of one's own until COMMIT. Throws `post_not_found`, or `forbidden` for somebody else's. */
export async function lockOwnPost(ctx: UserCtx, tx: Tx, postId: string) {
  const [post] = await tx.db
    .select({
      id: posts.id,
      authorId: posts.authorId,
      careerId: posts.careerId,
      /** Has what can stand without text. */
      isIllustrated:
        sql`exists (select 1 from ${postMedia} where ${postMedia.postId} = ${posts.id} and ${postMedia.kind} = 'image') or exists (select 1 from ${postLinks} where ${postLinks.postId} = ${posts.id})`
          .mapWith((value) => Number(value) === 1)
          .as('is_illustrated'),
    })
    .from(posts)
    .where(and(eq(posts.id, postId), eq(posts.authorId, ctx.actor.userId), isNull(posts.deletedAt)))
    .for('update');
  if (post) return post;
  await findVisiblePost(ctx, postId);
  throw new AppError('forbidden');
}
