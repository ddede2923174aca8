import { and, asc, eq, gt, inArray, lt, ne, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import {
  DELETE_CHUNK,
  defineExportStep,
  definePurgeStep,
  defineSweep,
  type ExportStep,
  type PurgeStep,
  type Sweep,
} from '../../platform/retention.ts';
import { media } from '../../schema/posts.ts';
import { objectKeys } from './image-variants.ts';
import { CLAIMABLE_MS, UPLOADING_MS } from './limits.ts';

/** Rows whose objects go in one call: R2 takes 1,000 keys, and a picture has up to four. */
const OBJECT_CHUNK = 200;
const EXPORT_CHUNK = 100;
/** Longer than an isolate remembers a released picture, and so may still make a smaller form of it (milliseconds). */
const GRACE_MS = 10 * 60_000;

/** Uploads that nobody claimed in time, or that never came to their end, are given up: no post can claim them any more. */
function abandon(state: 'pending' | 'uploading', ageMs: number): Sweep {
  return defineSweep({
    name: `media_${state}`,
    async run({ deps }) {
      const before = new Date(deps.clock.now().getTime() - ageMs);
      const { rowsAffected } = await deps.db
        .update(media)
        // Never seen by anybody, so they need no grace.
        .set({ state: 'released', releasedAt: before })
        .where(and(eq(media.state, state), lt(media.createdAt, before)))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  });
}

/** Those of posts and profiles that are gone, with the objects. */
const deleteReleased = defineSweep({
  name: 'media_released',
  async run(ctx) {
    const before = new Date(ctx.deps.clock.now().getTime() - GRACE_MS);
    const which = and(eq(media.state, 'released'), lt(media.releasedAt, before));
    let deleted = 0;
    while (deleted < DELETE_CHUNK) {
      const count = await deleteMedia(ctx, which);
      deleted += count;
      if (count < OBJECT_CHUNK) break;
    }
    return deleted;
  },
});

export const mediaSweeps: readonly Sweep[] = [
  abandon('pending', CLAIMABLE_MS),
  abandon('uploading', UPLOADING_MS),
  deleteReleased,
];

export const mediaPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({ name: 'media', run: (ctx, userId) => deleteMedia(ctx, eq(media.ownerId, userId)) }),
];

/** First the objects, then the rows that name them: ended in the middle, it is taken up again. Answers how many rows went. */
async function deleteMedia({ deps }: Ctx, which: SQL | undefined): Promise<number> {
  const rows = await deps.db
    .select({ id: media.id, key: media.key })
    .from(media)
    .where(which)
    .limit(OBJECT_CHUNK);
  if (rows.length === 0) return 0;
  await deps.media.delete(rows.flatMap(({ key }) => objectKeys(key)));
  const ids = rows.map(({ id }) => id);
  await deps.db.delete(media).where(and(inArray(media.id, ids), which));
  return rows.length;
}

export const mediaExportSteps: readonly ExportStep[] = [
  defineExportStep({
    name: 'media',
    async read({ deps }, userId, after = '0') {
      const rows = await deps.db
        .select()
        .from(media)
        .where(
          and(
            eq(media.ownerId, userId),
            eq(media.state, 'claimed'),
            // Pictures of links are not theirs.
            ne(media.kind, 'preview'),
            gt(media.id, after),
          ),
        )
        .orderBy(asc(media.id))
        .limit(EXPORT_CHUNK);
      return {
        rows: rows.map((row) => ({
          id: row.id,
          kind: row.kind,
          file: exportName(row),
          contentType: row.contentType,
          bytes: row.size,
          uploadedAt: row.createdAt.toISOString(),
        })),
        media: rows.map((row) => ({ key: row.key, fileName: exportName(row), bytes: row.size })),
        next: rows.length === EXPORT_CHUNK ? rows.at(-1)?.id : undefined,
      };
    },
  }),
];

/** Its own name behind the id, which keeps equal names apart; pictures get the ending of their type. */
function exportName(row: { id: string; contentType: string; fileName: string | null }): string {
  const [, type = ''] = row.contentType.split('/');
  return `${row.id}${row.fileName === null ? `.${type.replace('jpeg', 'jpg')}` : `-${row.fileName}`}`;
}
