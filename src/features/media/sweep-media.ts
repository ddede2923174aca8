import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { media } from '../../schema/posts.ts';
import { objectKeys } from './image-variants.ts';
import { CLAIMABLE_MS, UPLOADING_MS } from './limits.ts';

/** Objects in one chunk: R2 deletes 1,000 keys at once, and a picture has up to four. */
const CHUNK = 200;
/** Longer than any isolate remembers a released object, and so may still make a smaller form of it (milliseconds). */
const GRACE_MS = 10 * 60_000;

/**
 * Gives up uploads that nobody has claimed in a day or that never came to their end: they can no longer be claimed.
 * Answers how many, at most 2,000 at a time.
 */
export async function releaseAbandoned({ deps }: Ctx): Promise<number> {
  const now = deps.clock.now();
  let released = 0;
  for (const [state, age] of [
    ['pending', CLAIMABLE_MS],
    ['uploading', UPLOADING_MS],
  ] as const) {
    const { rowsAffected } = await deps.db
      .update(media)
      .set({ state: 'released', releasedAt: now })
      .where(and(eq(media.state, state), lt(media.createdAt, new Date(now.getTime() - age))))
      .limit(1000);
    released += rowsAffected;
  }
  return released;
}

/**
 * Deletes one chunk of released media: first the objects, then the rows that name them, so that a sweep ended in the
 * middle is taken up again. Answers how many rows went; fewer than a chunk means there are no more.
 */
export async function deleteReleased({ deps }: Ctx): Promise<{ deleted: number; isDone: boolean }> {
  const before = new Date(deps.clock.now().getTime() - GRACE_MS);
  const rows = await deps.db
    .select({ id: media.id, key: media.key })
    .from(media)
    .where(and(eq(media.state, 'released'), lt(media.releasedAt, before)))
    .limit(CHUNK);
  if (rows.length === 0) return { deleted: 0, isDone: true };
  await deps.media.delete(rows.flatMap(({ key }) => objectKeys(key)));
  const ids = rows.map(({ id }) => id);
  await deps.db.delete(media).where(and(inArray(media.id, ids), eq(media.state, 'released')));
  return { deleted: rows.length, isDone: rows.length < CHUNK };
}
