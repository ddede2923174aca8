import { and, asc, eq, gte, inArray, isNull } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { postLinks, posts } from '../../schema/posts.ts';

export type WaitingLink = { postId: string; position: number; url: string; authorId: string };

/** Which of these posts have links without a preview. */
export async function findPostsWithWaitingLinks(
  { deps }: Ctx,
  postIds: readonly string[],
): Promise<string[]> {
  const rows = await deps.db
    .selectDistinct({ postId: postLinks.postId })
    .from(postLinks)
    .where(and(inArray(postLinks.postId, [...postIds]), eq(postLinks.state, 'waiting')));
  return rows.map(({ postId }) => postId);
}

/** Links of a post that is still there, without a preview, from a position on. */
export async function findWaitingLinks(
  { deps }: Ctx,
  postId: string,
  { from, limit }: { from: number; limit: number },
): Promise<WaitingLink[]> {
  return deps.db
    .select({
      postId: postLinks.postId,
      position: postLinks.position,
      url: postLinks.url,
      authorId: posts.authorId,
    })
    .from(postLinks)
    .innerJoin(posts, and(eq(posts.id, postLinks.postId), isNull(posts.deletedAt)))
    .where(and(eq(postLinks.postId, postId), eq(postLinks.state, 'waiting'), gte(postLinks.position, from)))
    .orderBy(asc(postLinks.position))
    .limit(limit);
}
