import { and, eq, inArray } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { spendExact } from '../../platform/exact-limits.ts';
import { media } from '../../schema/posts.ts';
import { cleanImage } from './images/clean-image.ts';
import {
  MAX_IMAGE_PIXELS,
  MAX_SMALL_IMAGE_BYTES,
  MAX_SMALL_IMAGE_PIXELS,
  UPLOADS_AN_HOUR,
} from './limits.ts';
import { readWhole, streamWhole } from './read-upload.ts';
import { storeMedia, type MediaKind, type NewMedia } from './store-media.ts';
import { withUploadSlot } from './upload-slots.ts';

/** A body and the length its sender has declared. */
export type Upload = {
  body: ReadableStream<Uint8Array> | null;
  length: number;
  clientKey: string | undefined;
};

/** An upload that waits to be claimed. */
export type Uploaded = Pick<NewMedia, 'kind' | 'contentType' | 'size'> & {
  id: string;
  width: number | null;
  height: number | null;
  fileName: string | null;
};

/**
 * Takes a picture for a post (≤ 10 MB, ≤ 50 megapixels) or a profile (≤ 5 MB, ≤ 25 megapixels), decides its type by its
 * content and stores it without metadata. Throws `upload_empty`, `upload_cut_off`, `body_too_large`, `rate_limited` and
 * what {@link cleanImage} throws; then nothing is stored.
 */
export async function uploadImage(ctx: UserCtx, kind: 'image' | 'avatar', upload: Upload): Promise<Uploaded> {
  const isSmall = kind === 'avatar';
  if (isSmall && upload.length > MAX_SMALL_IMAGE_BYTES) throw new AppError('body_too_large');
  const earlier = await beginUpload(ctx, upload, { kind, fileName: null });
  if (earlier) return earlier;
  return withUploadSlot(ctx, upload.length, async () => {
    const sent = await readWhole(upload.body, upload.length);
    const { bytes, contentType, width, height } = cleanImage(
      sent,
      isSmall ? MAX_SMALL_IMAGE_PIXELS : MAX_IMAGE_PIXELS,
    );
    const details: NewMedia = {
      ownerId: ctx.actor.userId,
      kind,
      contentType,
      size: bytes.length,
      width,
      height,
      clientKey: upload.clientKey,
      sentBytes: upload.length,
    };
    const stored = await storeMedia(ctx, details, (key) =>
      ctx.deps.media.put(key, bytes, { httpMetadata: { contentType } }),
    );
    return toUploaded(stored);
  });
}

/**
 * Takes a file of any type (≤ 30 MB; ≤ 300 MB a person in all) and streams it into storage. Throws `upload_empty`,
 * `upload_cut_off`, `storage_full` and `rate_limited`; then nothing is stored.
 */
export async function uploadFile(
  ctx: UserCtx,
  { fileName, contentType }: { fileName: string; contentType: string },
  upload: Upload,
): Promise<Uploaded> {
  const earlier = await beginUpload(ctx, upload, { kind: 'file', fileName });
  if (earlier) return earlier;
  const details: NewMedia = {
    ownerId: ctx.actor.userId,
    kind: 'file',
    contentType,
    size: upload.length,
    fileName,
    clientKey: upload.clientKey,
    sentBytes: upload.length,
  };
  const stored = await storeMedia(ctx, details, (key) =>
    streamWhole(upload.body, upload.length, (stream) =>
      ctx.deps.media.put(key, stream, { httpMetadata: { contentType } }),
    ),
  );
  return toUploaded(stored);
}

/** Answers the upload that this one repeats, if there is one; else counts it against the hour. */
async function beginUpload(
  ctx: UserCtx,
  upload: Upload,
  same: { kind: MediaKind; fileName: string | null },
): Promise<Uploaded | undefined> {
  if (upload.length === 0) throw new AppError('upload_empty');
  if (upload.clientKey !== undefined) {
    const earlier = await findEarlier(ctx, upload.clientKey, { ...same, sentBytes: upload.length });
    if (earlier) return earlier;
  }
  const { userId } = ctx.actor;
  const retryAfter = await spendExact(ctx.deps, [
    { key: `upload ${userId}`, max: UPLOADS_AN_HOUR, windowMs: 3600_000 },
  ]);
  if (retryAfter > 0) throw new AppError('rate_limited', { retryAfter });
  return undefined;
}

/** The complete upload under this client key. One that has not come to its end makes way for the repeat. */
async function findEarlier(
  ctx: UserCtx,
  clientKey: string,
  same: { kind: MediaKind; fileName: string | null; sentBytes: number },
): Promise<Uploaded | undefined> {
  const { db, clock } = ctx.deps;
  const [row] = await db
    .select()
    .from(media)
    .where(and(eq(media.ownerId, ctx.actor.userId), eq(media.clientKey, clientKey)));
  if (!row) return undefined;
  if (row.state === 'uploading' || row.state === 'released') {
    const { rowsAffected } = await db
      .update(media)
      .set({ state: 'released', releasedAt: clock.now(), clientKey: null })
      .where(and(eq(media.id, row.id), inArray(media.state, ['uploading', 'released'])));
    // It has come to its end between the two statements.
    return rowsAffected === 0 ? findEarlier(ctx, clientKey, same) : undefined;
  }
  const isSame = row.kind === same.kind && row.fileName === same.fileName && row.sentBytes === same.sentBytes;
  if (!isSame) throw new AppError('idempotency_key_reused');
  return toUploaded(row);
}

function toUploaded(row: {
  id: string;
  kind: MediaKind;
  contentType: string;
  size: number;
  width?: number | null;
  height?: number | null;
  fileName?: string | null;
}): Uploaded {
  const { id, kind, contentType, size, width = null, height = null, fileName = null } = row;
  return { id, kind, contentType, size, width, height, fileName };
}
