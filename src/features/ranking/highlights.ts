import { and, eq, gt, gte, inArray, isNull, lte, sql, type SQL } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { firstIdAt } from '../../platform/ids.ts';
import { addDays, startOfKoreanDay } from '../../platform/korea-time.ts';
import { posts } from '../../schema/posts.ts';
import { rankDaily, rankingHighlights, rankingScores } from '../../schema/ranking.ts';
import type { Run } from './runs.ts';
import type { Rows } from './scope.ts';

/** Of each scope and kind; more than are shown, since a viewer does not see everybody. */
export const HIGHLIGHTS_KEPT = 10;
/** A post is of the week for so many Korean days, the run's own included. */
const WEEK_DAYS = 7;

/** The people of each group whose score grew most since the snapshot of a week ago; who had none began at 0. */
export async function insertGrowth(tx: Tx, run: Run, isInGroups: SQL | undefined): Promise<number> {
  const scores = rankingScores;
  const gained = sql`select ${scores.schoolId} as school_id, ${scores.fieldId} as field_id, ${scores.userId} as user_id, ${scores.score} - coalesce(${rankDaily.score}, 0) as points
    from ${scores} left join ${rankDaily} on ${rankDaily.day} = ${run.weekAgoDay} and ${rankDaily.userId} = ${scores.userId}
    where ${isInGroups} and ${gt(scores.untilGeneration, run.generation)}`;
  const { rowsAffected } = await tx.db.execute(
    sql`insert into ${rankingHighlights} (school_id, generation, field_id, kind, place, item_id, points)
      select school_id, ${run.generation}, field_id, 'person', place, user_id, points from (
        select gained.*, row_number() over (partition by school_id, field_id order by points desc, user_id desc) as place
        from (${gained}) as gained where points > 0
      ) as placed where place <= ${HIGHLIGHTS_KEPT}`,
  );
  return rowsAffected;
}

type PopularPost = { schoolId: number; fieldId: number; place: number; itemId: string; points: number };

/**
 * The posts of the week that were liked, talked about and kept most, of each field of some schools. Read without locks:
 * nobody who writes or likes waits.
 */
export async function readPopularPosts(
  { deps }: SystemCtx,
  run: Run,
  schoolIds: number[],
): Promise<PopularPost[]> {
  if (schoolIds.length === 0) return [];
  const since = startOfKoreanDay(addDays(run.day, 1 - WEEK_DAYS));
  const points = sql`${posts.likeCount} * 2 + ${posts.commentCount} * 3 + ${posts.bookmarkCount} * 4`;
  const liked = deps.db
    .select({
      schoolId: posts.schoolId,
      fieldId: posts.fieldId,
      itemId: posts.id,
      points: points.mapWith(Number).as('points'),
      place:
        sql`row_number() over (partition by ${posts.schoolId}, ${posts.fieldId} order by ${points} desc, ${posts.id} desc)`
          .mapWith(Number)
          .as('place'),
    })
    .from(posts)
    .where(
      and(
        inArray(posts.schoolId, schoolIds),
        gte(posts.id, firstIdAt(since)),
        isNull(posts.deletedAt),
        sql`${points} > 0`,
      ),
    )
    .as('liked');
  return deps.db.select().from(liked).where(lte(liked.place, HIGHLIGHTS_KEPT));
}

export async function insertPosts(
  tx: Tx,
  { generation }: Run,
  popular: readonly PopularPost[],
): Promise<number> {
  if (popular.length === 0) return 0;
  await tx.db
    .insert(rankingHighlights)
    .values(popular.map((post) => ({ ...post, generation, kind: 'post' as const })));
  return popular.length;
}

/** The best of larger scopes are among the best of their parts. */
export async function insertMerged(
  tx: Tx,
  { generation }: Run,
  { parts, school, field }: { parts: Rows; school: SQL; field: SQL },
): Promise<number> {
  const isPart = and(parts(rankingHighlights), eq(rankingHighlights.generation, generation));
  const { rowsAffected } = await tx.db.execute(
    sql`insert into ${rankingHighlights} (school_id, generation, field_id, kind, place, item_id, points)
      select scope_school, ${generation}, scope_field, kind, place, item_id, points from (
        select best.*, row_number() over (partition by scope_school, scope_field, kind order by points desc, item_id desc) as place
        from (select ${school} as scope_school, ${field} as scope_field, kind, item_id, points from ${rankingHighlights} where ${isPart}) as best
      ) as placed where place <= ${HIGHLIGHTS_KEPT}`,
  );
  return rowsAffected;
}
