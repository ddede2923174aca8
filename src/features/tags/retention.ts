import { and, eq, inArray } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { DELETE_CHUNK, definePurgeStep, type PurgeStep } from '../../platform/retention.ts';
import { postTags } from '../../schema/posts.ts';
import type { PostPart } from '../posts/index.ts';
import { recountTagDays } from './reactions.ts';

const USES_AT_ONCE = 200;

/**
 * The tags of the person's posts, which are deleted by then: counted without them first, and only then forgotten, so
 * that a run that is cut off is done again.
 */
async function purgeUses(ctx: SystemCtx, userId: string): Promise<number> {
  const { db } = ctx.deps;
  const uses = await db
    .select({
      postId: postTags.postId,
      tagId: postTags.tagId,
      day: postTags.day,
      fieldId: postTags.fieldId,
    })
    .from(postTags)
    .where(eq(postTags.authorId, userId))
    .limit(USES_AT_ONCE);
  if (uses.length === 0) return 0;
  await recountTagDays(ctx, uses);
  await db.delete(postTags).where(
    and(
      eq(postTags.authorId, userId),
      inArray(
        postTags.postId,
        uses.map(({ postId }) => postId),
      ),
      inArray(
        postTags.tagId,
        uses.map(({ tagId }) => tagId),
      ),
    ),
  );
  return uses.length;
}

export const tagPurgeSteps: readonly PurgeStep[] = [definePurgeStep({ name: 'tags', run: purgeUses })];

export const tagPostParts: readonly PostPart[] = [
  async ({ deps }, postIds) => {
    const which = inArray(postTags.postId, postIds);
    return (await deps.db.delete(postTags).where(which).limit(DELETE_CHUNK)).rowsAffected;
  },
];
