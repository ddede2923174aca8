import { and, asc, desc, eq, gt, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import { unionAll, type SubqueryWithSelection } from 'drizzle-orm/mysql-core';
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
  const rows = await readRanked(ctx, generation, scope, { after, limit: limit + 1 });
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
  const { above, below } = await readAround(ctx, generation, scope, score);
  return {
    updatedAt,
    ranks: toRanks(standing),
    isHidden: false,
    above: await toPeople(ctx, generation, above),
    below: await toPeople(ctx, generation, below),
  };
}

/** Rows of {@link readRanked} for clients. */
export async function toPeople(ctx: UserCtx, { previousDay }: Generation, rows: readonly RankedRow[]) {
  const toCard = await createPersonView(ctx);
  return rows.map((row) => toRankedPerson(row, previousDay !== null, toCard));
}

/** People of a scope by rank: the first, or those behind a spot. */
export function readRanked(
  ctx: UserCtx,
  { generation, previousDay }: Viewed,
  scope: RankScope,
  { after, limit }: { after?: Spot | undefined; limit: number },
): Promise<RankedRow[]> {
  const found = findBehind(ctx, generation, scope, { after, limit }).as('found');
  return describeFound(ctx, { generation, previousDay }, scope, found);
}

/** The people just above and just below a spot, in one statement. */
async function readAround(
  ctx: UserCtx,
  { generation, previousDay }: Viewed,
  scope: RankScope,
  spot: Spot,
): Promise<{ above: RankedRow[]; below: RankedRow[] }> {
  const above = findAhead(ctx, generation, scope, { before: spot, limit: NEIGHBOURS });
  const below = findBehind(ctx, generation, scope, { after: spot, limit: NEIGHBOURS });
  const found = unionAll(above, below).as('found');
  const rows = await describeFound(ctx, { generation, previousDay }, scope, found);
  const isAbove = ({ score, person }: RankedRow) =>
    score > spot.score || (score === spot.score && BigInt(person.id) > BigInt(spot.userId));
  return { above: rows.filter(isAbove), below: rows.filter((row) => !isAbove(row)) };
}

type Viewed = Pick<Generation, 'generation' | 'previousDay'>;
type Found = SubqueryWithSelection<
  { userId: typeof rankingScores.userId; score: typeof rankingScores.score },
  'found'
>;

/**
 * What is shown of people who were found. That is a statement inside this one, which goes along one index and no further
 * than needed; left to itself MySQL begins with the levels and sorts the whole scope.
 */
function describeFound(
  { deps, actor }: UserCtx,
  { generation, previousDay }: Viewed,
  scope: RankScope,
  found: Found,
): Promise<RankedRow[]> {
  return deps.db
    .select({
      person: personColumns(actor.userId),
      score: found.score,
      rank: sql`${rankingLevels.above} + 1`.mapWith(Number).as('scope_rank'),
      previousRank: previousRankIn(scope),
    })
    .from(found)
    .innerJoin(users, eq(users.id, found.userId))
    .innerJoin(
      rankingLevels,
      and(
        eq(rankingLevels.schoolId, scope.schoolId),
        eq(rankingLevels.generation, generation),
        eq(rankingLevels.fieldId, scope.fieldId),
        eq(rankingLevels.score, found.score),
      ),
    )
    .leftJoin(rankDaily, and(eq(rankDaily.day, sql`${previousDay}`), eq(rankDaily.userId, found.userId)))
    .orderBy(desc(found.score), desc(found.userId));
}

function findBehind(
  ctx: UserCtx,
  generation: number,
  scope: RankScope,
  { after, limit }: { after: Spot | undefined; limit: number },
) {
  const { score, userId } = rankingScores;
  const isBehind = after && or(lt(score, after.score), and(eq(score, after.score), lt(userId, after.userId)));
  return select(ctx, scope, and(isShownIn(ctx, generation, scope), isBehind))
    .orderBy(desc(score), desc(userId))
    .limit(limit);
}

function findAhead(
  ctx: UserCtx,
  generation: number,
  scope: RankScope,
  { before, limit }: { before: Spot; limit: number },
) {
  const { score, userId } = rankingScores;
  const isAhead = or(gt(score, before.score), and(eq(score, before.score), gt(userId, before.userId)));
  return select(ctx, scope, and(isShownIn(ctx, generation, scope), isAhead))
    .orderBy(asc(score), asc(userId))
    .limit(limit);
}

function select({ deps }: UserCtx, scope: RankScope, which: SQL | undefined) {
  return deps.db
    .select({ userId: rankingScores.userId, score: rankingScores.score })
    .from(rankingScores, { forceIndex: indexOf(scope) })
    .where(which);
}

/** People ranked in the scope whom the viewer may see and who do not hide by now. */
function isShownIn({ actor }: UserCtx, generation: number, { schoolId, fieldId }: RankScope) {
  const scores = rankingScores;
  return and(
    schoolId === ALL ? undefined : eq(scores.schoolId, schoolId),
    fieldId === ALL ? undefined : eq(scores.fieldId, fieldId),
    lte(scores.sinceGeneration, generation),
    gt(scores.untilGeneration, generation),
    sql`(select not shown.is_hidden_from_rankings from ${users} as shown where shown.id = ${scores.userId})`,
    isVisibleTo(actor.userId, scores.userId),
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
