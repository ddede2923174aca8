import { and, eq, gt, inArray, or, sum, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { randomToken } from '../../platform/crypto.ts';
import type { Queryable } from '../../platform/db/client.ts';
import { isDuplicateKey } from '../../platform/db/errors.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { AppError } from '../../platform/errors.ts';
import { describeError } from '../../platform/log.ts';
import { users } from '../../schema/accounts.ts';
import { media } from '../../schema/posts.ts';
import { CLAIMABLE_MS, MAX_FILE_BYTES_A_PERSON, UPLOADING_MS } from './limits.ts';

export type MediaKind = 'image' | 'file' | 'avatar' | 'preview';

/** What is known of an upload before its object is stored. */
export type NewMedia = {
  ownerId: string;
  kind: MediaKind;
  contentType: string;
  /** Bytes as stored. */
  size: number;
  width?: number;
  height?: number;
  fileName?: string;
  clientKey?: string | undefined;
  /** Bytes as sent: with `clientKey`, tells a repeat from another upload. */
  sentBytes?: number;
};

export type StoredMedia = NewMedia & { id: string; key: string };

/**
 * Stores an object under a key nobody can guess. The row comes first, as `uploading`, so that whatever an upload leaves
 * behind when it ends in the middle is known and swept; only a row whose object is complete becomes `pending`. When
 * `put` fails, object and row are gone again and its error is thrown. Throws `storage_full` for a file beyond a
 * person's share, and `conflict` when the same client key is being uploaded by another request.
 */
export async function storeMedia(
  ctx: Ctx,
  details: NewMedia,
  put: (key: string) => Promise<unknown>,
): Promise<StoredMedia> {
  const stored = { ...details, id: ctx.deps.ids.next(), key: randomToken() };
  const work = storeRowAndObject(ctx, stored, put);
  // A client that goes away must not end the invocation before it has cleaned up.
  ctx.deps.afterAnswer(work.catch(() => undefined));
  await work;
  return stored;
}

async function storeRowAndObject(
  ctx: Ctx,
  stored: StoredMedia,
  put: (key: string) => Promise<unknown>,
): Promise<void> {
  await insertRow(ctx, stored);
  try {
    await put(stored.key);
    const { rowsAffected } = await ctx.deps.db
      .update(media)
      .set({ state: 'pending' })
      .where(and(eq(media.id, stored.id), eq(media.state, 'uploading')));
    // A repeat with the same key, or the sweep, has given this upload up.
    if (rowsAffected === 0) throw new AppError('conflict');
  } catch (error) {
    await discard(ctx, stored);
    throw error;
  }
}

async function insertRow(ctx: Ctx, { clientKey, sentBytes, ...row }: StoredMedia): Promise<void> {
  const insertInto = (db: Queryable) =>
    db.insert(media).values({
      ...row,
      clientKey: clientKey ?? null,
      sentBytes: sentBytes ?? null,
      state: 'uploading',
      createdAt: ctx.deps.clock.now(),
    });
  try {
    if (row.kind !== 'file') await insertInto(ctx.deps.db);
    else {
      await inTransaction(ctx, async (tx) => {
        await requireStorage(ctx, tx, row);
        await insertInto(tx.db);
      });
    }
  } catch (error) {
    if (isDuplicateKey(error, 'media.media_client_key')) throw new AppError('conflict');
    throw error;
  }
}

/** Uploads of one person queue up at their row, so that each sees the sizes of those before it. */
async function requireStorage(ctx: Ctx, tx: Tx, { ownerId, size }: NewMedia): Promise<void> {
  await tx.db.select({ id: users.id }).from(users).where(eq(users.id, ownerId)).for('update');
  const [row] = await tx.db
    .select({ bytes: sum(media.size).mapWith(Number) })
    .from(media)
    .where(and(eq(media.ownerId, ownerId), eq(media.kind, 'file'), isHeld(ctx)));
  if ((row?.bytes ?? 0) + size > MAX_FILE_BYTES_A_PERSON) throw new AppError('storage_full');
}

/** In use, or may still come into use; the sweep has yet to come to the others. */
function isHeld({ deps }: Ctx): SQL | undefined {
  const now = deps.clock.now().getTime();
  return or(
    eq(media.state, 'claimed'),
    and(eq(media.state, 'pending'), gt(media.createdAt, new Date(now - CLAIMABLE_MS))),
    and(eq(media.state, 'uploading'), gt(media.createdAt, new Date(now - UPLOADING_MS))),
  );
}

/** Removes what an upload that failed has left; what cannot be removed now is left to the sweep. */
async function discard({ deps }: Ctx, { id, key }: StoredMedia): Promise<void> {
  try {
    await deps.media.delete(key);
    await deps.db.delete(media).where(and(eq(media.id, id), inArray(media.state, ['uploading', 'released'])));
  } catch (error) {
    deps.log.warn('upload left to the sweep', describeError(error));
  }
}
