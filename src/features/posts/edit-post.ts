import type * as z from 'zod';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { postMedia, posts } from '../../schema/posts.ts';
import { postEdited } from './events.ts';
import { lockOwnPost } from './own-post.ts';
import type { EditPost } from './schemas.ts';
import { removeTags, writeTags } from './write-tags.ts';

type Changes = z.output<typeof EditPost>;

/**
 * Changes text, tags or alt texts of a post of one's own; what is not named stays. Throws `post_not_found`,
 * `forbidden`, `post_empty`, or `media_not_found` for an alt text of an image that is not the post's.
 */
export async function editPost(ctx: UserCtx, postId: string, changes: Changes): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { authorId, careerId, isIllustrated } = await lockOwnPost(ctx, tx, postId);
    if (changes.text === '' && !isIllustrated) throw new AppError('post_empty');
    await tx.db
      .update(posts)
      .set({ ...(changes.text !== undefined && { text: changes.text }), editedAt: ctx.deps.clock.now() })
      .where(eq(posts.id, postId));
    if (changes.altTexts && changes.altTexts.length > 0) await writeAltTexts(tx, postId, changes.altTexts);
    const removedTagIds = changes.tags ? await removeTags(tx, postId) : [];
    if (changes.tags) await writeTags(ctx, tx, postId, changes.tags);
    tx.emit(postEdited, { postId, authorId, careerId, removedTagIds });
  });
}

async function writeAltTexts(
  tx: Tx,
  postId: string,
  altTexts: readonly { mediaId: string; altText: string }[],
): Promise<void> {
  const textById = new Map(altTexts.map(({ mediaId, altText }) => [mediaId, altText]));
  // CASE compares a number with text as doubles, which ids outgrow.
  const cases = [...textById].map(
    ([mediaId, altText]) => sql`when cast(${mediaId} as signed) then ${altText}`,
  );
  const { rowsAffected } = await tx.db
    .update(postMedia)
    .set({ altText: sql`case ${postMedia.mediaId} ${sql.join(cases, sql` `)} end` })
    .where(
      and(
        eq(postMedia.postId, postId),
        eq(postMedia.kind, 'image'),
        inArray(postMedia.mediaId, [...textById.keys()]),
      ),
    );
  if (rowsAffected !== textById.size) throw new AppError('media_not_found');
}
