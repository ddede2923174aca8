import { and, getTableName, inArray, lt, lte } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { DELETE_CHUNK, defineSweep, type Sweep } from '../../platform/retention.ts';
import {
  discoveries,
  discoveryIdentities,
  discoveryQuotas,
  discoveryRuns,
  discoveryTags,
  discoveryValidators,
  discoveryVisits,
} from '../../schema/discovery.ts';

const DAY_MS = 86_400_000;
const REPORT_DAYS_KEPT = 90;
const VALIDATOR_DAYS_KEPT = 60;

/** Things that are over go with what they are known by and with their places on the pages of tags. */
function sweepDiscoveries(ctx: Ctx): Promise<number> {
  const isOver = lte(discoveries.expiresAt, ctx.deps.clock.now());
  return inTransaction(ctx, async ({ db }) => {
    const found = await db
      .select({ id: discoveries.id })
      .from(discoveries)
      .where(isOver)
      .orderBy(discoveries.expiresAt)
      .limit(DELETE_CHUNK);
    if (found.length === 0) return 0;
    // Only what is still over now that it is held: a video that has just been found again is kept.
    const over = await db
      .select({ id: discoveries.id })
      .from(discoveries)
      .where(
        and(
          inArray(
            discoveries.id,
            found.map(({ id }) => id),
          ),
          isOver,
        ),
      )
      .for('update');
    const ids = over.map(({ id }) => id);
    if (ids.length > 0) {
      await db.delete(discoveryTags).where(inArray(discoveryTags.discoveryId, ids));
      await db.delete(discoveryIdentities).where(inArray(discoveryIdentities.discoveryId, ids));
      await db.delete(discoveries).where(inArray(discoveries.id, ids));
    }
    return found.length;
  });
}

function firstReportDay({ deps }: Ctx): string {
  return addDays(koreanDay(deps.clock.now()), -REPORT_DAYS_KEPT);
}

export const discoverySweeps: readonly Sweep[] = [
  defineSweep({ name: 'discoveries', run: sweepDiscoveries }),
  ...([discoveryVisits, discoveryRuns, discoveryQuotas] as const).map((table) =>
    defineSweep({
      name: getTableName(table),
      async run(ctx) {
        const { rowsAffected } = await ctx.deps.db
          .delete(table)
          .where(lt(table.day, firstReportDay(ctx)))
          .limit(DELETE_CHUNK);
        return rowsAffected;
      },
    }),
  ),
  defineSweep({
    name: 'discovery_validators',
    async run({ deps }) {
      const oldest = new Date(deps.clock.now().getTime() - VALIDATOR_DAYS_KEPT * DAY_MS);
      const { rowsAffected } = await deps.db
        .delete(discoveryValidators)
        .where(lt(discoveryValidators.checkedAt, oldest))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];
