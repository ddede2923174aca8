import { and, eq, gt, inArray, lte, sql, type SQL } from 'drizzle-orm';
import { alias, type MySqlColumn } from 'drizzle-orm/mysql-core';
import type { SystemCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { addDays } from '../../platform/korea-time.ts';
import { activityDays, rankDaily, rankingLevels, rankingScores } from '../../schema/ranking.ts';
import type { Done } from './chunks.ts';
import { ACTIVITY_DAYS_KEPT } from './mark-activity.ts';
import type { Run } from './runs.ts';
import { ALL } from './scope.ts';
import type { PeopleRange } from './score-people.ts';
import { findBands, tellRisen } from './tell-risen.ts';

/** Days that snapshots are kept. */
export const SNAPSHOT_DAYS_KEPT = 90;

/**
 * Keeps the ranks of a range of people as those of the run's day, tells those who have risen, and removes what is too
 * old.
 */
export async function takeSnapshot(ctx: SystemCtx, run: Run, range: PeopleRange) {
  const bands = await findBands(ctx, run);
  return async (tx: Tx): Promise<Done> => {
    const removed = await removeRanks(tx, run, range);
    const kept = await insertRanks(tx, run, range);
    const told = await tellRisen(tx, { run, range, bands });
    return { rows: removed + kept + told };
  };
}

function isInRange(column: MySqlColumn, { from, to }: PeopleRange): SQL | undefined {
  return and(gt(column, from), lte(column, to));
}

/** Of the run's own day: what a run that was given up has left. */
async function removeRanks(tx: Tx, { day }: Run, range: PeopleRange): Promise<number> {
  const ranks = await tx.db
    .delete(rankDaily)
    .where(
      and(
        inArray(rankDaily.day, [day, addDays(day, -SNAPSHOT_DAYS_KEPT)]),
        isInRange(rankDaily.userId, range),
      ),
    );
  // One day each, which an index leads to; what missed days have left goes by the nightly sweep.
  const activity = await tx.db
    .delete(activityDays)
    .where(
      and(isInRange(activityDays.userId, range), eq(activityDays.day, addDays(day, -ACTIVITY_DAYS_KEPT))),
    );
  return ranks.rowsAffected + activity.rowsAffected;
}

const inNation = alias(rankingLevels, 'in_nation');
const inSchool = alias(rankingLevels, 'in_school');
const inField = alias(rankingLevels, 'in_field');
const inGroup = alias(rankingLevels, 'in_group');

async function insertRanks({ db }: Tx, { day, generation }: Run, range: PeopleRange): Promise<number> {
  const scores = rankingScores;
  const isLevel = (
    level: typeof inNation | typeof inSchool | typeof inField | typeof inGroup,
    schoolId: MySqlColumn | number,
    fieldId: MySqlColumn | number,
  ) =>
    and(
      eq(level.schoolId, schoolId),
      eq(level.generation, generation),
      eq(level.fieldId, fieldId),
      eq(level.score, scores.score),
    );
  const ranks = db
    .select({
      day: sql`${day}`.as('day'),
      userId: scores.userId,
      score: scores.score,
      nationRank: sql`${inNation.above} + 1`.as('nation_rank'),
      schoolId: scores.schoolId,
      schoolRank: sql`${inSchool.above} + 1`.as('school_rank'),
      fieldId: scores.fieldId,
      fieldRank: sql`${inField.above} + 1`.as('field_rank'),
      groupRank: sql`${inGroup.above} + 1`.as('group_rank'),
    })
    .from(scores)
    .innerJoin(inNation, isLevel(inNation, ALL, ALL))
    .innerJoin(inSchool, isLevel(inSchool, scores.schoolId, ALL))
    .innerJoin(inField, isLevel(inField, ALL, scores.fieldId))
    .innerJoin(inGroup, isLevel(inGroup, scores.schoolId, scores.fieldId))
    .where(and(isInRange(scores.userId, range), gt(scores.untilGeneration, generation)));
  const { rowsAffected } = await db.insert(rankDaily).select(ranks);
  return rowsAffected;
}
