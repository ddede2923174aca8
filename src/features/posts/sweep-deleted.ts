import { asc, inArray, lt } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { DELETE_CHUNK, defineSweep, type Sweep } from '../../platform/retention.ts';
import { postLinks, postMedia, posts, postViews } from '../../schema/posts.ts';
import { releaseMediaOfPosts } from '../media/index.ts';

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const POSTS_AT_ONCE = 100;

/**
 * Something that hangs on posts and goes with them. Deletes at most {@link DELETE_CHUNK} rows of these posts and answers
 * how many it did; fewer means that none is left.
 */
export type PostPart = (ctx: SystemCtx, postIds: string[]) => Promise<number>;

/**
 * Posts that were deleted 30 days ago, with all that others did with them: `parts` first, in their order, the posts
 * themselves last, so that a run that is cut off is gone on with. Nobody has seen any of it since the deletion, and no
 * count holds it.
 */
export function sweepDeletedPosts(parts: readonly PostPart[]): Sweep {
  return defineSweep({
    name: 'deleted_posts',
    async run(ctx) {
      let rows = 0;
      while (rows < DELETE_CHUNK) {
        const postIds = await findDeleted(ctx);
        if (postIds.length === 0) break;
        rows += await deleteWhole(ctx, postIds, [...parts, ...ownParts]);
      }
      return rows;
    },
  });
}

async function findDeleted({ deps }: SystemCtx): Promise<string[]> {
  const before = new Date(deps.clock.now().getTime() - KEPT_DAYS * DAY_MS);
  const rows = await deps.db
    .select({ id: posts.id })
    .from(posts)
    .where(lt(posts.deletedAt, before))
    .orderBy(asc(posts.deletedAt), asc(posts.id))
    .limit(POSTS_AT_ONCE);
  return rows.map(({ id }) => id);
}

/** Stops where a part has more than one call may delete. */
async function deleteWhole(ctx: SystemCtx, postIds: string[], parts: readonly PostPart[]): Promise<number> {
  let rows = 0;
  for (const deletePart of parts) {
    const deleted = await deletePart(ctx, postIds);
    rows += deleted;
    if (deleted >= DELETE_CHUNK) return rows;
  }
  const { rowsAffected } = await ctx.deps.db.delete(posts).where(inArray(posts.id, postIds));
  return rows + rowsAffected;
}

const ownParts: readonly PostPart[] = [
  async ({ deps }, postIds) => {
    const which = inArray(postViews.postId, postIds);
    return (await deps.db.delete(postViews).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
  async (ctx, postIds) => {
    // Once more, before it is forgotten what they were: the reaction to the deletion may have failed for good.
    await releaseMediaOfPosts(ctx, postIds);
    const { rowsAffected } = await ctx.deps.db
      .delete(postMedia)
      .where(inArray(postMedia.postId, postIds))
      .limit(DELETE_CHUNK);
    return rowsAffected;
  },
  async ({ deps }, postIds) => {
    const which = inArray(postLinks.postId, postIds);
    return (await deps.db.delete(postLinks).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
];
