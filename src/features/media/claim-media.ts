import { and, eq, gt, inArray, or, sum, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { media, postMedia } from '../../schema/posts.ts';
import { CLAIMABLE_MS, MAX_FILE_BYTES } from './limits.ts';

export type PostImage = { mediaId: string; altText: string };

/**
 * Gives a new post its images and files, in order, inside the post's own transaction: at most 3 statements. Whatever
 * is not the owner's, not uploaded to its end, of the other kind, named twice or already claimed fails the whole with
 * `media_not_found`; files of more than 30 MB together with `post_files_too_large`.
 */
export async function claimForPost(
  ctx: Ctx,
  tx: Tx,
  {
    ownerId,
    postId,
    images,
    fileIds,
  }: { ownerId: string; postId: string; images: readonly PostImage[]; fileIds: readonly string[] },
): Promise<void> {
  const imageIds = images.map(({ mediaId }) => mediaId);
  if (imageIds.length + fileIds.length === 0) return;
  const { rowsAffected } = await tx.db
    .update(media)
    .set({ state: 'claimed' })
    .where(
      and(
        eq(media.ownerId, ownerId),
        isClaimable(ctx),
        or(
          imageIds.length > 0 ? and(eq(media.kind, 'image'), inArray(media.id, imageIds)) : undefined,
          fileIds.length > 0 ? and(eq(media.kind, 'file'), inArray(media.id, [...fileIds])) : undefined,
        ),
      ),
    );
  if (rowsAffected !== imageIds.length + fileIds.length) throw new AppError('media_not_found');
  // One file alone was held to the limit when it was uploaded.
  if (fileIds.length > 1) await requireFittingFiles(tx, fileIds);
  await tx.db.insert(postMedia).values([
    ...images.map(({ mediaId, altText }, position) => ({
      postId,
      position,
      mediaId,
      kind: 'image' as const,
      altText,
    })),
    ...fileIds.map((mediaId, index) => ({
      postId,
      position: imageIds.length + index,
      mediaId,
      kind: 'file' as const,
    })),
  ]);
}

async function requireFittingFiles(tx: Tx, fileIds: readonly string[]): Promise<void> {
  const [row] = await tx.db
    .select({ bytes: sum(media.size).mapWith(Number) })
    .from(media)
    .where(inArray(media.id, [...fileIds]));
  if ((row?.bytes ?? 0) > MAX_FILE_BYTES) throw new AppError('post_files_too_large');
}

/**
 * Claims an uploaded profile picture (`kind=avatar`) inside the caller's transaction and answers its key, for
 * `users.avatar_key`. The picture it replaces is the caller's to hand to {@link releaseByKeys} after COMMIT. Throws
 * `media_not_found`.
 */
export async function claimAvatar(ctx: Ctx, tx: Tx, ownerId: string, mediaId: string): Promise<string> {
  const { rowsAffected } = await tx.db
    .update(media)
    .set({ state: 'claimed' })
    .where(
      and(eq(media.id, mediaId), eq(media.ownerId, ownerId), eq(media.kind, 'avatar'), isClaimable(ctx)),
    );
  if (rowsAffected !== 1) throw new AppError('media_not_found');
  const [row] = await tx.db.select({ key: media.key }).from(media).where(eq(media.id, mediaId));
  if (!row) throw new AppError('media_not_found');
  return row.key;
}

/** Uploaded to its end, not claimed yet, and not so old that the sweep may be at it. */
function isClaimable({ deps }: Ctx): SQL | undefined {
  const oldest = new Date(deps.clock.now().getTime() - CLAIMABLE_MS);
  return and(eq(media.state, 'pending'), gt(media.createdAt, oldest));
}
