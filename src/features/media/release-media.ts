import { and, inArray, isNotNull, or, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { media, postLinks, postMedia } from '../../schema/posts.ts';

/**
 * Takes images, files and link pictures of deleted posts out of reach; the sweep then deletes them. Three statements,
 * the same however often it runs.
 */
export async function releaseMediaOfPosts(ctx: Ctx, postIds: readonly string[]): Promise<void> {
  if (postIds.length === 0) return;
  const { db } = ctx.deps;
  const [attached, pictures] = await Promise.all([
    db
      .select({ id: postMedia.mediaId })
      .from(postMedia)
      .where(inArray(postMedia.postId, [...postIds])),
    db
      .select({ key: postLinks.pictureKey })
      .from(postLinks)
      .where(and(inArray(postLinks.postId, [...postIds]), isNotNull(postLinks.pictureKey))),
  ]);
  const ids = attached.map(({ id }) => id);
  const keys = pictures.flatMap(({ key }) => key ?? []);
  if (ids.length + keys.length === 0) return;
  await release(
    ctx,
    or(
      ids.length > 0 ? inArray(media.id, ids) : undefined,
      keys.length > 0 ? inArray(media.key, keys) : undefined,
    ),
  );
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
