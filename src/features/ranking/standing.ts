import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm';
import { alias, type MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import {
  rankDaily,
  rankDailyDays,
  rankingLevels,
  rankingScopes,
  rankingScores,
} from '../../schema/ranking.ts';
import { readNewest, type Generation } from './generation.ts';
import { ALL, type Scoped } from './scope.ts';
import { toRanks, type Place, type Standing } from './view.ts';

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
 * Somebody in a generation, read in one statement along primary keys. `standing` is undefined for who has no rank: no
 * points yet, or hidden, gone or suspended by now.
 */
export async function readStanding({ deps }: Ctx, viewed: Generation, userId: string) {
  const { generation, previousDay } = viewed;
  const scores = rankingScores;
  const isIn = (table: Scoped & { generation: MySqlColumn }, name: ScopeName) =>
    and(
      name === 'school' || name === 'group' ? eq(table.schoolId, scores.schoolId) : eq(table.schoolId, ALL),
      eq(table.generation, generation),
      name === 'field' || name === 'group' ? eq(table.fieldId, scores.fieldId) : eq(table.fieldId, ALL),
    );
  const isLevel = (name: ScopeName) => and(isIn(levels[name], name), eq(levels[name].score, scores.score));
  const [row] = await deps.db
    .select({
      isHidden: users.isHiddenFromRankings,
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
    .from(users)
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
    .leftJoin(rankDaily, and(eq(rankDaily.day, sql`${previousDay}`), eq(rankDaily.userId, users.id)))
    .leftJoin(rankDailyDays, eq(rankDailyDays.day, sql`${previousDay}`))
    .where(eq(users.id, userId));
  const score = row?.score ?? undefined;
  return {
    isHidden: row?.isHidden ?? false,
    score,
    standing: row && score ? toStanding({ ...row, score, isComparable: previousDay !== null }) : undefined,
  };
}

type Row = {
  isComparable: boolean;
  score: typeof rankingScores.$inferSelect;
  above: Record<ScopeName, number | null> | null;
  people: Record<ScopeName, number | null> | null;
  previous: typeof rankDaily.$inferSelect | null;
  previousPeople: number | null;
};

function toStanding({ isComparable, score, above, people, previous, previousPeople }: Row): Standing {
  const place = (name: ScopeName, previousRank: number | undefined): Place => ({
    rank: (above?.[name] ?? 0) + 1,
    people: people?.[name] ?? 0,
    previousRank: previousRank ?? null,
  });
  const wasInSchool = previous?.schoolId === score.schoolId;
  const wasInField = previous?.fieldId === score.fieldId;
  return {
    score: score.score,
    isComparable,
    nation: place('nation', previous?.nationRank),
    school: place('school', wasInSchool ? previous.schoolRank : undefined),
    field: place('field', wasInField ? previous.fieldRank : undefined),
    group: place('group', wasInSchool && wasInField ? previous.groupRank : undefined),
    previousPeople,
  };
}

/** Somebody's ranks for their profile; null: no rank. */
export async function readRanksOf(ctx: Ctx, userId: string) {
  const newest = await readNewest(ctx);
  const standing = newest && (await readStanding(ctx, newest, userId)).standing;
  return standing ? toRanks(standing) : null;
}
