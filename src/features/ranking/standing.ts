import { and, eq, gt, isNull, lte } from 'drizzle-orm';
import { alias, type MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import {
  rankDaily,
  rankDailyDays,
  rankingLevels,
  rankingPointer,
  rankingRuns,
  rankingScopes,
  rankingScores,
} from '../../schema/ranking.ts';
import { ALL } from './scope.ts';
import type { Place, Standing } from './view.ts';

const levels = {
  nation: alias(rankingLevels, 'nation_level'),
  school: alias(rankingLevels, 'school_level'),
  field: alias(rankingLevels, 'field_level'),
  group: alias(rankingLevels, 'group_level'),
};
const scopes = {
  nation: alias(rankingScopes, 'nation_scope'),
  school: alias(rankingScopes, 'school_scope'),
  field: alias(rankingScopes, 'field_scope'),
  group: alias(rankingScopes, 'group_scope'),
};

type ScopeName = keyof typeof levels;

/**
 * Somebody in the newest generation, read in one statement along primary keys. Undefined before the first generation;
 * `standing` is undefined for who has no rank: no points yet, or hidden, gone or suspended by now.
 */
export async function readStanding(ctx: Ctx, userId: string) {
  const { generation } = rankingPointer;
  const scores = rankingScores;
  const isIn = (
    table: { schoolId: MySqlColumn; fieldId: MySqlColumn; generation: MySqlColumn },
    name: ScopeName,
  ) =>
    and(
      name === 'school' || name === 'group' ? eq(table.schoolId, scores.schoolId) : eq(table.schoolId, ALL),
      eq(table.generation, generation),
      name === 'field' || name === 'group' ? eq(table.fieldId, scores.fieldId) : eq(table.fieldId, ALL),
    );
  const isLevel = (name: ScopeName) => and(isIn(levels[name], name), eq(levels[name].score, scores.score));
  const [row] = await ctx.deps.db
    .select({
      run: rankingRuns,
      user: { isHidden: users.isHiddenFromRankings, schoolId: users.schoolId, fieldId: users.fieldId },
      score: scores,
      above: {
        nation: levels.nation.above,
        school: levels.school.above,
        field: levels.field.above,
        group: levels.group.above,
      },
      people: {
        nation: scopes.nation.people,
        school: scopes.school.people,
        field: scopes.field.people,
        group: scopes.group.people,
      },
      previous: rankDaily,
      previousPeople: rankDailyDays.people,
    })
    .from(rankingPointer)
    .innerJoin(rankingRuns, eq(rankingRuns.generation, generation))
    .innerJoin(users, eq(users.id, userId))
    .leftJoin(
      scores,
      and(
        eq(scores.userId, users.id),
        lte(scores.sinceGeneration, generation),
        gt(scores.untilGeneration, generation),
        isNull(users.leftAt),
        isNull(users.suspendedAt),
        eq(users.isHiddenFromRankings, false),
      ),
    )
    .leftJoin(levels.nation, isLevel('nation'))
    .leftJoin(levels.school, isLevel('school'))
    .leftJoin(levels.field, isLevel('field'))
    .leftJoin(levels.group, isLevel('group'))
    .leftJoin(scopes.nation, isIn(scopes.nation, 'nation'))
    .leftJoin(scopes.school, isIn(scopes.school, 'school'))
    .leftJoin(scopes.field, isIn(scopes.field, 'field'))
    .leftJoin(scopes.group, isIn(scopes.group, 'group'))
    .leftJoin(rankDaily, and(eq(rankDaily.day, rankingRuns.previousDay), eq(rankDaily.userId, users.id)))
    .leftJoin(rankDailyDays, eq(rankDailyDays.day, rankingRuns.previousDay));
  if (!row) return undefined;
  const { run, user, score } = row;
  return {
    run,
    user,
    score: score ?? undefined,
    standing: score ? toStanding({ ...row, score }) : undefined,
  };
}

type Row = {
  run: { previousDay: string | null };
  score: typeof rankingScores.$inferSelect;
  above: Record<ScopeName, number | null> | null;
  people: Record<ScopeName, number | null> | null;
  previous: typeof rankDaily.$inferSelect | null;
  previousPeople: number | null;
};

function toStanding({ run, score, above, people, previous, previousPeople }: Row): Standing {
  const place = (name: ScopeName, previousRank: number | undefined): Place => ({
    rank: (above?.[name] ?? 0) + 1,
    people: people?.[name] ?? 0,
    previousRank: previousRank ?? null,
  });
  const wasInSchool = previous?.schoolId === score.schoolId;
  const wasInField = previous?.fieldId === score.fieldId;
  return {
    score: score.score,
    isComparable: run.previousDay !== null,
    nation: place('nation', previous?.nationRank),
    school: place('school', wasInSchool ? previous.schoolRank : undefined),
    field: place('field', wasInField ? previous.fieldRank : undefined),
    group: place('group', wasInSchool && wasInField ? previous.groupRank : undefined),
    previousPeople,
  };
}
