import { and, asc, eq, gt } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/mysql-core';
import type { UserCtx } from '../../platform/context.ts';
import { addDays } from '../../platform/korea-time.ts';
import { rankingLevels } from '../../schema/ranking.ts';
import { readNewest } from './generation.ts';
import { ALL } from './scope.ts';
import { readStanding } from './standing.ts';
import { ACTIVITY_KINDS, pointsOf, WINDOW_DAYS, type ActivityKind } from './weights.ts';

/** What my score of the newest generation is made of, and what is missing to the next place in each scope. */
export async function explainMyRank(ctx: UserCtx) {
  const newest = await readNewest(ctx);
  if (!newest) return null;
  const { score } = await readStanding(ctx, newest, ctx.actor.userId);
  if (!score) return null;
  const counts: Record<ActivityKind, number> = {
    post: score.posts,
    like: score.likes,
    comment: score.comments,
    bookmark: score.bookmarks,
    view: score.views,
  };
  const next = await readNext(ctx, newest.generation, score);
  return {
    from: addDays(newest.day, 1 - WINDOW_DAYS),
    to: newest.day,
    score: score.score,
    kinds: ACTIVITY_KINDS.map((kind) => {
      const weight = newest.weights[kind];
      return { kind, count: counts[kind], earned: pointsOf(counts[kind], weight), ...weight };
    }),
    next: {
      nation: next(ALL, ALL),
      school: next(score.schoolId, ALL),
      field: next(ALL, score.fieldId),
      group: next(score.schoolId, score.fieldId),
    },
  };
}

type Score = { score: number; schoolId: number; fieldId: number };

/** The level just above mine in each scope; null: nobody is above me. */
async function readNext({ deps }: UserCtx, generation: number, mine: Score) {
  const levelAbove = (schoolId: number, fieldId: number) =>
    deps.db
      .select()
      .from(rankingLevels)
      .where(
        and(
          eq(rankingLevels.schoolId, schoolId),
          eq(rankingLevels.generation, generation),
          eq(rankingLevels.fieldId, fieldId),
          gt(rankingLevels.score, mine.score),
        ),
      )
      .orderBy(asc(rankingLevels.score))
      .limit(1);
  const found = await unionAll(
    levelAbove(ALL, ALL),
    levelAbove(mine.schoolId, ALL),
    levelAbove(ALL, mine.fieldId),
    levelAbove(mine.schoolId, mine.fieldId),
  );
  return (schoolId: number, fieldId: number) => {
    const level = found.find((row) => row.schoolId === schoolId && row.fieldId === fieldId);
    return level ? { rank: level.above + 1, missingPoints: level.score - mine.score } : null;
  };
}
