import { and, asc, desc, eq, gt, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { users } from '../../schema/accounts.ts';
import { rankDaily, rankingLevels, rankingScores } from '../../schema/ranking.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { readGeneration, type Generation } from './generation.ts';
import { ALL } from './scope.ts';
import { readStanding } from './standing.ts';
import { toRankedPerson, toRanks, type RankedRow } from './view.ts';

/** Both 0: the nation. */
export type RankScope = { schoolId: number; fieldId: number };
/** A place in the order of a scope: by score, then by id. */
type Spot = { score: number; userId: string };

const NEIGHBOURS = 5;

/**
 * People of a scope by rank, as far as the viewer may see them; ranks are those among everybody. Later pages are of the
 * generation that the first was of. Throws `ranking_moved_on`.
 */
export async function listRanking(
  ctx: UserCtx,
  scope: RankScope,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const list = `ranking ${scope.schoolId} ${scope.fieldId}`;
  const [ofCursor, score, userId] = decodeCursor(list, cursor, ['number', 'number', 'id']) ?? [];
  const generation = await readGeneration(ctx, ofCursor);
  if (!generation) return { items: [], nextCursor: null, updatedAt: null, day: null };
  const after = score === undefined || userId === undefined ? undefined : { score, userId };
  const rows = await readRanked(ctx, generation, scope, { after, isDownwards: true, limit: limit + 1 });
  const page = toPage(rows, limit, list, (row) => [generation.generation, row.score, row.person.id]);
  return {
    ...page,
    items: await toPeople(ctx, generation, page.items),
    updatedAt: generation.updatedAt.toISOString(),
    day: generation.day,
  };
}

export type ScopeName = 'nation' | 'school' | 'field' | 'group';

/** Where I stand, with the people around me in one of my scopes. */
export async function readMyPlace(ctx: UserCtx, name: ScopeName) {
  const found = await readStanding(ctx, ctx.actor.userId);
  if (!found) return { updatedAt: null, ranks: null, isHidden: false, above: [], below: [] };
  const { run, user, score, standing } = found;
  const updatedAt = run.switchedAt?.toISOString() ?? null;
  if (!score || !standing) return { updatedAt, ranks: null, isHidden: user.isHidden, above: [], below: [] };
  const generation = { ...run, updatedAt: run.switchedAt ?? run.startedAt, people: run.people ?? 0 };
  const scope = {
    schoolId: name === 'school' || name === 'group' ? score.schoolId : ALL,
    fieldId: name === 'field' || name === 'group' ? score.fieldId : ALL,
  };
  const from = { after: score, limit: NEIGHBOURS };
  const [above, below] = await Promise.all([
    readRanked(ctx, generation, scope, { ...from, isDownwards: false }),
    readRanked(ctx, generation, scope, { ...from, isDownwards: true }),
  ]);
  return {
    updatedAt,
    ranks: toRanks(standing),
    isHidden: false,
    above: await toPeople(ctx, generation, above.toReversed()),
    below: await toPeople(ctx, generation, below),
  };
}

/** Rows of {@link readRanked} for clients. */
export async function toPeople(ctx: UserCtx, { previousDay }: Generation, rows: readonly RankedRow[]) {
  const toCard = await createPersonView(ctx);
  return rows.map((row) => toRankedPerson(row, previousDay !== null, toCard));
}

/** People from a spot on (or from the top), in the order of ranks or, upwards, against it. */
export function readRanked(
  ctx: UserCtx,
  { generation, previousDay }: Pick<Generation, 'generation' | 'previousDay'>,
  { schoolId, fieldId }: RankScope,
  { after, isDownwards, limit }: { after?: Spot | undefined; isDownwards: boolean; limit: number },
): Promise<RankedRow[]> {
  const viewerId = ctx.actor.userId;
  const scores = rankingScores;
  const direction = isDownwards ? desc : asc;
  return ctx.deps.db
    .select({
      person: personColumns(viewerId),
      score: scores.score,
      rank: sql`${rankingLevels.above} + 1`.mapWith(Number).as('scope_rank'),
      previousRank: previousRankIn({ schoolId, fieldId }),
    })
    .from(scores, { forceIndex: indexOf({ schoolId, fieldId }) })
    .innerJoin(users, eq(users.id, scores.userId))
    .innerJoin(
      rankingLevels,
      and(
        eq(rankingLevels.schoolId, schoolId),
        eq(rankingLevels.generation, generation),
        eq(rankingLevels.fieldId, fieldId),
        eq(rankingLevels.score, scores.score),
      ),
    )
    .leftJoin(rankDaily, and(eq(rankDaily.day, sql`${previousDay}`), eq(rankDaily.userId, scores.userId)))
    .where(
      and(
        schoolId === ALL ? undefined : eq(scores.schoolId, schoolId),
        fieldId === ALL ? undefined : eq(scores.fieldId, fieldId),
        after && isBehind(after, isDownwards),
        lte(scores.sinceGeneration, generation),
        gt(scores.untilGeneration, generation),
        eq(users.isHiddenFromRankings, false),
        isVisibleTo(viewerId, scores.userId),
      ),
    )
    .orderBy(direction(scores.score), direction(scores.userId))
    .limit(limit);
}

function isBehind({ score, userId }: Spot, isDownwards: boolean): SQL | undefined {
  const beyond = isDownwards ? lt : gt;
  return or(
    beyond(rankingScores.score, score),
    and(eq(rankingScores.score, score), beyond(rankingScores.userId, userId)),
  );
}

/** Each scope has an index in its order; nothing else reads a page of it without sorting. */
function indexOf({ schoolId, fieldId }: RankScope): string {
  if (schoolId === ALL) return fieldId === ALL ? 'ranking_scores_nation' : 'ranking_scores_field';
  return fieldId === ALL ? 'ranking_scores_school' : 'ranking_scores_group';
}

/** Null for who had no rank in the scope the day before, because they are new or have moved into it. */
function previousRankIn({ schoolId, fieldId }: RankScope) {
  const toRank = (rank: SQL) =>
    rank.mapWith((value) => (value === null ? null : Number(value))).as('previous_rank') as SQL.Aliased<
      number | null
    >;
  if (schoolId === ALL) {
    return fieldId === ALL
      ? toRank(sql`${rankDaily.nationRank}`)
      : toRank(sql`if(${rankDaily.fieldId} = ${fieldId}, ${rankDaily.fieldRank}, null)`);
  }
  return fieldId === ALL
    ? toRank(sql`if(${rankDaily.schoolId} = ${schoolId}, ${rankDaily.schoolRank}, null)`)
    : toRank(
        sql`if(${rankDaily.schoolId} = ${schoolId} and ${rankDaily.fieldId} = ${fieldId}, ${rankDaily.groupRank}, null)`,
      );
}
