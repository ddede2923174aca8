import { and, eq, isNotNull, lte, or } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { defineSchedule } from '../../platform/schedules.ts';
import { searchChanges, searchIndexes } from '../../schema/search.ts';
import { allIndexes } from './indexes/all.ts';
import { fingerprintOf, type IndexDefinition } from './indexes/index-definition.ts';
import { hasSettings, startRebuilds } from './rebuild.ts';
import { syncSearch } from './sync.ts';
import { listIndexUids } from './write-documents.ts';

/** A rebuild that has given no sign of life for so long is started anew (milliseconds). */
const REBUILD_SILENCE_MS = 15 * 60_000;

/**
 * Takes up what was left: changes that nobody has written, tasks of the engine that nobody has seen end. And rebuilds
 * what is not as it should be: an index that the engine does not have, or that was built by another definition.
 */
export const keepSearchIndexes = defineSchedule({
  name: 'search.keep',
  everyMinutes: 5,
  catchUp: 'latest',
  async start(ctx, dueAt) {
    if (await isSyncDue(ctx)) await enqueue(ctx, syncSearch, [{ cause: `keep:${dueAt.toISOString()}` }]);
    const kinds = (await findWanting(ctx)).map(({ kind }) => kind);
    if (kinds.length > 0) await startRebuilds(ctx, kinds);
  },
});

async function isSyncDue({ deps }: SystemCtx): Promise<boolean> {
  const rows = await deps.db
    .select({ kind: searchChanges.kind })
    .from(searchChanges)
    .where(
      and(
        eq(searchChanges.destination, 'live'),
        or(lte(searchChanges.availableAt, deps.clock.now()), isNotNull(searchChanges.taskUid)),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

/** Indexes that have to be rebuilt, and are not being. */
async function findWanting(ctx: SystemCtx): Promise<IndexDefinition[]> {
  const { db, clock, search } = ctx.deps;
  const rows = new Map((await db.select().from(searchIndexes)).map((row) => [row.kind, row]));
  const known = await listIndexUids(ctx);
  const silentSince = clock.now().getTime() - REBUILD_SILENCE_MS;
  const wanting: IndexDefinition[] = [];
  for (const index of allIndexes) {
    const row = rows.get(index.kind);
    const isUnderWay = row?.rebuildId != null && (row.beatAt?.getTime() ?? 0) > silentSince;
    if (isUnderWay) continue;
    const uid = search.uidOf(index.kind);
    const isFine =
      row?.rebuildId == null &&
      row?.fingerprint === (await fingerprintOf(index)) &&
      known.has(uid) &&
      hasSettings(await search.writer.index(uid).getSettings(), index.kind);
    if (!isFine) wanting.push(index);
  }
  return wanting;
}
