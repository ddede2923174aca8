import { and, inArray, or, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { media, postLinks, postMedia } from '../../schema/posts.ts';

/**
 * Takes images, files and link pictures of deleted posts out of reach; the sweep then deletes them. One statement,
 * the same however often it runs.
 */
export async function releaseMediaOfPosts(ctx: Ctx, postIds: readonly string[]): Promise<void> {
  if (postIds.length === 0) return;
  const { db } = ctx.deps;
  const ids = [...postIds];
  const attached = db.select({ id: postMedia.mediaId }).from(postMedia).where(inArray(postMedia.postId, ids));
  const pictures = db
    .select({ key: postLinks.pictureKey })
    .from(postLinks)
    .where(inArray(postLinks.postId, ids));
  await release(ctx, or(inArray(media.id, attached), inArray(media.key, pictures)));
}

/** Takes pictures out of reach by their keys, such as a replaced profile picture. The same however often it runs. */
export async function releaseByKeys(ctx: Ctx, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await release(ctx, inArray(media.key, [...keys]));
}

async function release({ deps }: Ctx, which: SQL | undefined): Promise<void> {
  await deps.db
    .update(media)
    .set({ state: 'released', releasedAt: deps.clock.now() })
    .where(and(inArray(media.state, ['pending', 'claimed']), which));
}
