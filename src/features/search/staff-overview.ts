import type * as z from 'zod';
import { count, eq } from 'drizzle-orm';
import { actAsStaff } from '../../platform/audit.ts';
import type { StaffCtx } from '../../platform/context.ts';
import { describeError } from '../../platform/log.ts';
import { searchChanges, searchIndexes } from '../../schema/search.ts';
import { searchRebuildAsked } from './events.ts';
import { allIndexes } from './indexes/all.ts';
import { fingerprintOf } from './indexes/index-definition.ts';
import type { SearchKind } from './kinds.ts';
import type { SearchOverview } from './schemas.ts';

/** How the search indexes stand, for staff. */
export async function readSearchOverview(ctx: StaffCtx): Promise<z.input<typeof SearchOverview>> {
  const { db, search } = ctx.deps;
  const [rows, waiting, sizes] = await Promise.all([
    db.select().from(searchIndexes),
    db
      .select({ kind: searchChanges.kind, count: count().mapWith(Number) })
      .from(searchChanges)
      .where(eq(searchChanges.destination, 'live'))
      .groupBy(searchChanges.kind),
    readSizes(ctx),
  ]);
  const rowOf = new Map(rows.map((row) => [row.kind, row]));
  const waitingOf = new Map(waiting.map((row) => [row.kind, row.count]));
  const indexes = await Promise.all(
    allIndexes.map(async (index) => {
      const row = rowOf.get(index.kind);
      return {
        kind: index.kind,
        builtAt: row?.builtAt?.toISOString() ?? null,
        isCurrent: row?.fingerprint === (await fingerprintOf(index)),
        rebuildStartedAt: row?.rebuildStartedAt?.toISOString() ?? null,
        waitingChanges: waitingOf.get(index.kind) ?? 0,
        documents: sizes?.get(search.uidOf(index.kind)) ?? null,
      };
    }),
  );
  return { isEngineReachable: sizes !== undefined, indexes };
}

async function readSizes({ deps }: StaffCtx): Promise<Map<string, number> | undefined> {
  try {
    const { indexes } = await deps.search.writer.getStats();
    return new Map(Object.entries(indexes).map(([uid, stats]) => [uid, stats.numberOfDocuments]));
  } catch (error) {
    deps.log.warn('search engine away', describeError(error));
    return undefined;
  }
}

/** Has indexes built anew beside the live ones, by jobs. */
export function askForRebuild(ctx: StaffCtx, kinds: readonly SearchKind[]): Promise<void> {
  const wanted = [...new Set(kinds)];
  return actAsStaff(ctx, async (tx) => {
    tx.emit(searchRebuildAsked, { kinds: wanted });
    return {
      result: undefined,
      act: { action: 'search.rebuild_asked', targetKind: 'search_index', targetIds: wanted },
    };
  });
}
