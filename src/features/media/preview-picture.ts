import { and, eq } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { media } from '../../schema/posts.ts';
import { cleanImage } from './images/clean-image.ts';
import { MAX_SMALL_IMAGE_BYTES, MAX_SMALL_IMAGE_PIXELS } from './limits.ts';
import { storeMedia } from './store-media.ts';
import { withUploadSlot } from './upload-slots.ts';

/**
 * Stores a picture found elsewhere (of a linked page), cleaned like an upload, and answers its key. `read` fetches its
 * bytes once this isolate has room for them. It can be seen once {@link claimPreviewPicture} has taken it; until then
 * it is swept like any upload. Throws `image_heic`, `image_not_supported`, `image_broken`, `image_too_many_pixels`,
 * and what `read` throws.
 */
export async function storePreviewPicture(
  ctx: Ctx,
  ownerId: string,
  read: () => Promise<Uint8Array>,
): Promise<string> {
  return withUploadSlot(ctx, MAX_SMALL_IMAGE_BYTES, async () => {
    const { bytes, contentType, width, height } = cleanImage(await read(), MAX_SMALL_IMAGE_PIXELS);
    const details = { ownerId, kind: 'preview' as const, contentType, size: bytes.length, width, height };
    const { key } = await storeMedia(ctx, details, (name) =>
      ctx.deps.media.put(name, bytes, { httpMetadata: { contentType } }),
    );
    return key;
  });
}

/** Makes a stored picture visible, inside the transaction of whatever shows it from now on. */
export async function claimPreviewPicture(tx: Tx, key: string): Promise<void> {
  await tx.db
    .update(media)
    .set({ state: 'claimed' })
    .where(and(eq(media.key, key), eq(media.kind, 'preview'), eq(media.state, 'pending')));
}
