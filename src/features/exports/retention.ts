import { and, eq, inArray, isNull, lt, lte, or } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import {
  DELETE_CHUNK,
  definePurgeStep,
  defineSweep,
  type PurgeStep,
  type Sweep,
} from '../../platform/retention.ts';
import { dataExports } from '../../schema/accounts.ts';
import { deleteArchive } from './archive.ts';

const DAY_MS = 86_400_000;
/** One that could not be made by then will not be: its owner may ask again. */
const GIVEN_UP_DAYS = 3;
/** How long the list tells of it. */
const REMEMBERED_DAYS = 30;
/** Archives are many objects: a few at a time. */
const ARCHIVES_AT_ONCE = 20;

async function expire(ctx: SystemCtx): Promise<number> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const isOver = or(
    and(eq(dataExports.state, 'ready'), lte(dataExports.expiresAt, now)),
    and(
      eq(dataExports.state, 'asked'),
      lt(dataExports.createdAt, new Date(now.getTime() - GIVEN_UP_DAYS * DAY_MS)),
    ),
  );
  const over = await db
    .select({ id: dataExports.id, prefix: dataExports.objectKey })
    .from(dataExports)
    .where(isOver)
    .limit(ARCHIVES_AT_ONCE);
  for (const { prefix } of over) if (prefix) await deleteArchive(ctx.deps, prefix);
  if (over.length > 0) {
    await db
      .update(dataExports)
      .set({ state: 'expired', tokenHash: null, objectKey: null })
      .where(
        inArray(
          dataExports.id,
          over.map(({ id }) => id),
        ),
      );
  }
  return over.length;
}

export const exportSweeps: readonly Sweep[] = [
  defineSweep({
    name: 'exports_over',
    async run(ctx) {
      let total = 0;
      for (let count = ARCHIVES_AT_ONCE; count === ARCHIVES_AT_ONCE && total < DELETE_CHUNK; total += count)
        count = await expire(ctx);
      return total;
    },
  }),
  defineSweep({
    name: 'exports_forgotten',
    async run({ deps }) {
      const before = new Date(deps.clock.now().getTime() - REMEMBERED_DAYS * DAY_MS);
      const { rowsAffected } = await deps.db
        .delete(dataExports)
        .where(and(lt(dataExports.createdAt, before), isNull(dataExports.objectKey)))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];

export const exportPurgeSteps: readonly PurgeStep[] = [
  definePurgeStep({
    name: 'exports',
    async run({ deps }, userId) {
      const rows = await deps.db
        .select({ id: dataExports.id, prefix: dataExports.objectKey })
        .from(dataExports)
        .where(eq(dataExports.userId, userId))
        .limit(ARCHIVES_AT_ONCE);
      for (const { prefix } of rows) if (prefix) await deleteArchive(deps, prefix);
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0) await deps.db.delete(dataExports).where(inArray(dataExports.id, ids));
      return rows.length;
    },
  }),
];
