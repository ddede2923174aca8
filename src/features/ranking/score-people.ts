import { and, asc, eq, gt, inArray, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { SystemCtx } from '../../platform/context.ts';
import type { Tx } from '../../platform/db/transaction.ts';
import { addDays } from '../../platform/korea-time.ts';
import { users } from '../../schema/accounts.ts';
import { activityDays, OPEN_GENERATION, rankingScores, type RankingWeights } from '../../schema/ranking.ts';
import type { Done } from './chunks.ts';
import type { Run } from './runs.ts';
import { WINDOW_DAYS } from './weights.ts';

/** People a chunk: each can have a row removed, one written and one closed, so at most 9,000 rows are written. */
export const PEOPLE_A_CHUNK = 3000;
/** Chunks whose bounds are found by one statement. */
const BOUNDS_AT_ONCE = 20;

/** People with ids behind `from`, up to and with `to`. */
export type PeopleRange = { from: string; to: string };
const LAST_ID = (2n ** 63n - 1n).toString();

/** Cuts everybody there is into ranges of about {@link PEOPLE_A_CHUNK}; together they cover every id. */
export async function cutPeople(ctx: SystemCtx): Promise<PeopleRange[]> {
  const bounds = ['0'];
  for (;;) {
    const found = await findBounds(ctx, bounds.at(-1) ?? '0');
    bounds.push(...found);
    if (found.length < BOUNDS_AT_ONCE) break;
  }
  return bounds.map((from, index) => ({ from, to: bounds[index + 1] ?? LAST_ID }));
}

/** Every 3,000th id, read from the index of those who have not left. */
async function findBounds(ctx: SystemCtx, after: string): Promise<string[]> {
  const { db } = ctx.deps;
  const next = db
    .select({ id: users.id })
    .from(users)
    .where(and(isNull(users.leftAt), gt(users.id, after)))
    .orderBy(asc(users.id))
    .limit(PEOPLE_A_CHUNK * BOUNDS_AT_ONCE)
    .as('next');
  const counted = db
    .select({ id: next.id, place: sql`row_number() over (order by ${next.id})`.as('place') })
    .from(next)
    .as('counted');
  const rows = await db
    .select({ id: counted.id })
    .from(counted)
    .where(sql`${counted.place} % ${PEOPLE_A_CHUNK} = 0`)
    .orderBy(asc(counted.id));
  return rows.map(({ id }) => id);
}

type NewScore = Pick<
  typeof rankingScores.$inferSelect,
  'userId' | 'schoolId' | 'fieldId' | 'score' | 'posts' | 'likes' | 'comments' | 'bookmarks' | 'views'
>;
/** `isNew`: without a row in the generation before. */
type Changed = { row: NewScore; isNew: boolean };

/**
 * Scores a range of people for a run. What has changed since the generation before is read without locks, so that
 * nobody waits who likes or edits a profile, and only that is written: a new row, and an end for the one it replaces.
 */
export async function scorePeople(ctx: SystemCtx, run: Run, range: PeopleRange) {
  const [changed, gone] = await Promise.all([readChanged(ctx, run, range), readGone(ctx, run, range)]);
  const ended = [...changed.filter(({ isNew }) => !isNew).map(({ row }) => row.userId), ...gone];
  const begun = changed.map(({ row }) => row).filter(({ score }) => score > 0);
  return async (tx: Tx): Promise<Done> => {
    let rows = await tidy(tx, run, range);
    if (begun.length > 0) {
      await tx.db.insert(rankingScores).values(
        begun.map((row) => ({
          ...row,
          sinceGeneration: run.generation,
          untilGeneration: OPEN_GENERATION,
        })),
      );
      rows += begun.length;
    }
    if (ended.length > 0) {
      const { rowsAffected } = await tx.db
        .update(rankingScores)
        .set({ untilGeneration: run.generation })
        .where(
          and(
            inArray(rankingScores.userId, ended),
            lt(rankingScores.sinceGeneration, run.generation),
            eq(rankingScores.untilGeneration, OPEN_GENERATION),
          ),
        );
      rows += rowsAffected;
    }
    return { rows, ...(await sumUp(tx, run, range)) };
  };
}

/** Whoever has other points, another school or another field than in the generation before; score 0: no rank any more. */
async function readChanged(ctx: SystemCtx, run: Run, range: PeopleRange): Promise<Changed[]> {
  const isRanked = sql`${users.kind} = 'student' and ${users.leftAt} is null and ${users.suspendedAt} is null and not ${users.isHiddenFromRankings}`;
  const counts = ['posts', 'likes', 'comments', 'bookmarks', 'views'] as const;
  const sums = counts.map((name) => sql`sum(${activityDays[name]}) as ${sql.identifier(name)}`);
  const active = sql`select ${activityDays.userId} as user_id, ${sql.join(sums, sql`, `)} from ${activityDays}
    where ${isInRange(activityDays.userId, range)} and ${activityDays.day} between ${addDays(run.day, 1 - WINDOW_DAYS)} and ${run.day}
    group by ${activityDays.userId}`;
  const scored = sql`select active.*, ${users.schoolId} as school_id, ${users.fieldId} as field_id, if(${isRanked}, ${scoreOf(run.weights)}, 0) as score
    from (${active}) as active inner join ${users} on ${users.id} = active.user_id`;
  const isOther = [...counts, 'school_id', 'field_id', 'score'].map(
    (name) => sql`scored.${sql.identifier(name)} <> former.${sql.identifier(name)}`,
  );
  const { rows } = await ctx.deps.db.execute(
    sql`select scored.*, former.user_id is null as is_new from (${scored}) as scored left join ${rankingScores} as former
      on former.user_id = scored.user_id and ${isOfBase(run, sql`former`)}
      where if(former.user_id is null, scored.score > 0, ${sql.join(isOther, sql` or `)})`,
  );
  return (rows as Record<string, string>[]).map((row) => ({
    row: {
      userId: String(row['user_id']),
      schoolId: Number(row['school_id']),
      fieldId: Number(row['field_id']),
      score: Number(row['score']),
      posts: Number(row['posts']),
      likes: Number(row['likes']),
      comments: Number(row['comments']),
      bookmarks: Number(row['bookmarks']),
      views: Number(row['views']),
    },
    isNew: Number(row['is_new']) === 1,
  }));
}

/** In whole numbers throughout, as `pointsOf` does. */
function scoreOf(weights: RankingWeights): SQL {
  const part = (column: string, { points, per }: RankingWeights['post']) =>
    sql`active.${sql.identifier(column)} * ${points} div ${per}`;
  return sql.join(
    [
      part('posts', weights.post),
      part('likes', weights.like),
      part('comments', weights.comment),
      part('bookmarks', weights.bookmark),
      part('views', weights.view),
    ],
    sql` + `,
  );
}

/** Whoever had a rank and has no activity within the window any more. */
async function readGone(ctx: SystemCtx, run: Run, range: PeopleRange): Promise<string[]> {
  const rows = await ctx.deps.db
    .select({ userId: rankingScores.userId })
    .from(rankingScores)
    .where(
      and(
        isInRange(rankingScores.userId, range),
        isOfBase(run, sql`${rankingScores}`),
        sql`not exists (select 1 from ${activityDays} as active where active.user_id = ${rankingScores.userId} and active.day between ${addDays(run.day, 1 - WINDOW_DAYS)} and ${run.day})`,
      ),
    );
  return rows.map(({ userId }) => userId);
}

function isInRange(column: typeof rankingScores.userId | typeof activityDays.userId, range: PeopleRange) {
  return and(gt(column, range.from), lte(column, range.to));
}

/** A score row of the generation that the run began from. */
function isOfBase({ baseGeneration }: Run, table: SQL): SQL {
  return sql`${table}.since_generation <= ${baseGeneration} and ${table}.until_generation > ${baseGeneration}`;
}

/**
 * Removes what no reader can see any more and what a run that was given up has left; what that run had ended goes on.
 */
async function tidy(tx: Tx, run: Run, range: PeopleRange): Promise<number> {
  const { rowsAffected } = await tx.db
    .delete(rankingScores)
    .where(
      and(
        isInRange(rankingScores.userId, range),
        or(
          lte(rankingScores.untilGeneration, run.keptGeneration),
          gt(rankingScores.sinceGeneration, run.baseGeneration),
        ),
      ),
    );
  if (run.generation === run.baseGeneration + 1) return rowsAffected;
  const reopened = await tx.db
    .update(rankingScores)
    .set({ untilGeneration: OPEN_GENERATION })
    .where(
      and(
        isInRange(rankingScores.userId, range),
        gt(rankingScores.untilGeneration, run.baseGeneration),
        lt(rankingScores.untilGeneration, OPEN_GENERATION),
      ),
    );
  return rowsAffected + reopened.rowsAffected;
}

/** What the range comes to, as it was written: compared in the end with what was made of it. */
async function sumUp(tx: Tx, run: Run, range: PeopleRange): Promise<{ people: number; points: number }> {
  const [sums] = await tx.db
    .select({
      people: sql`count(*)`.mapWith(Number),
      points: sql`coalesce(sum(${rankingScores.score}), 0)`.mapWith(Number),
    })
    .from(rankingScores)
    .where(and(isInRange(rankingScores.userId, range), gt(rankingScores.untilGeneration, run.generation)));
  return sums ?? { people: 0, points: 0 };
}
