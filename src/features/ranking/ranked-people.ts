import { and, asc, desc, eq, gt, inArray, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { rankDaily, rankingLevels, rankingScores } from '../../schema/ranking.ts';
import { isVisibleTo, personColumns } from '../people/index.ts';
import type { Generation } from './generation.ts';
import { ALL } from './scope.ts';
import type { RankedRow } from './view.ts';

/** Both 0: the nation. */
export type RankScope = { schoolId: number; fieldId: number };
/** A place in the order of a scope: by score, then by id, both downwards. */
export type Spot = { score: number; userId: string };

/** So many more are looked at than wanted, because some may be blocked, hidden or gone. */
const SPARE = 5;
/** Above every score: the top of a scope as a spot. */
const TOP: Spot = { score: 2_147_483_647, userId: '0' };

type Candidate = RankedRow & { isShown: boolean };

/** People of a scope by rank, the first or those behind a spot: as many as asked, if there are. */
export function readRanked(
  ctx: UserCtx,
  viewed: Generation,
  scope: RankScope,
  { after = TOP, limit }: { after?: Spot | undefined; limit: number },
): Promise<RankedRow[]> {
  return walk(ctx, viewed, scope, { isDownwards: true, spot: after, limit });
}

/** The people just above and just below a spot, the nearest `limit` each. */
export async function readAround(
  ctx: UserCtx,
  viewed: Generation,
  scope: RankScope,
  { spot, limit }: { spot: Spot; limit: number },
): Promise<{ above: RankedRow[]; below: RankedRow[] }> {
  const asked = limit + SPARE;
  const [ahead, behind] = await Promise.all([
    findSpots(ctx, viewed, scope, { isDownwards: false, spot, limit: asked }),
    findSpots(ctx, viewed, scope, { isDownwards: true, spot, limit: asked }),
  ]);
  const candidates = await describe(ctx, viewed, scope, [...ahead, ...behind]);
  const [above, below] = await Promise.all([
    walk(ctx, viewed, scope, { isDownwards: false, spot, limit, first: candidates.slice(0, ahead.length) }),
    walk(ctx, viewed, scope, { isDownwards: true, spot, limit, first: candidates.slice(ahead.length) }),
  ]);
  return { above: above.toReversed(), below };
}

type Walk = { isDownwards: boolean; spot: Spot; limit: number };

/** Goes on until there are as many as wanted. `first`: candidates that were read already. */
async function walk(
  ctx: UserCtx,
  viewed: Generation,
  scope: RankScope,
  { first, ...way }: Walk & { first?: Candidate[] },
): Promise<RankedRow[]> {
  const shown: RankedRow[] = [];
  let batch = first;
  let { spot } = way;
  for (;;) {
    const limit = way.limit - shown.length + SPARE;
    batch ??= await describe(
      ctx,
      viewed,
      scope,
      await findSpots(ctx, viewed, scope, { ...way, spot, limit }),
    );
    shown.push(...batch.filter(({ isShown }) => isShown));
    const last = batch.at(-1);
    if (shown.length >= way.limit || batch.length < limit || !last) return shown.slice(0, way.limit);
    spot = { score: last.score, userId: last.person.id };
    batch = undefined;
  }
}

/**
 * Who is next, along one index and no further than asked. A statement by itself, with nothing but numbers in it: joined
 * with anything, or inside another, MySQL reads thousands of rows ahead for each page (8 ms instead of 0.2).
 */
function findSpots(
  { deps }: UserCtx,
  { generation }: Generation,
  scope: RankScope,
  { isDownwards, spot, limit }: Walk,
): Promise<Spot[]> {
  const { score, userId, sinceGeneration, untilGeneration, schoolId, fieldId } = rankingScores;
  const beyond = isDownwards ? lt : gt;
  const direction = isDownwards ? desc : asc;
  return deps.db
    .select({ userId, score })
    .from(rankingScores, { forceIndex: indexOf(scope) })
    .where(
      and(
        scope.schoolId === ALL ? undefined : eq(schoolId, scope.schoolId),
        scope.fieldId === ALL ? undefined : eq(fieldId, scope.fieldId),
        or(beyond(score, spot.score), and(eq(score, spot.score), beyond(userId, spot.userId))),
        lte(sinceGeneration, generation),
        gt(untilGeneration, generation),
      ),
    )
    .orderBy(direction(score), direction(userId))
    .limit(limit);
}

/** What is shown of people, in their order: their ranks among everybody, and whether the viewer may see them. */
async function describe(
  { deps, actor }: UserCtx,
  { generation, previousDay }: Generation,
  scope: RankScope,
  spots: readonly Spot[],
): Promise<Candidate[]> {
  if (spots.length === 0) return [];
  const userIds = spots.map(({ userId }) => userId);
  const rows = await deps.db
    .select({
      person: personColumns(actor.userId),
      score: rankingScores.score,
      rank: sql`${rankingLevels.above} + 1`.mapWith(Number).as('scope_rank'),
      previousRank: previousRankIn(scope),
      isShown: sql`(not ${users.isHiddenFromRankings} and ${isVisibleTo(actor.userId, rankingScores.userId)})`
        .mapWith((value) => Number(value) === 1)
        .as('is_shown'),
    })
    .from(rankingScores)
    .innerJoin(users, eq(users.id, rankingScores.userId))
    .innerJoin(
      rankingLevels,
      and(
        eq(rankingLevels.schoolId, scope.schoolId),
        eq(rankingLevels.generation, generation),
        eq(rankingLevels.fieldId, scope.fieldId),
        eq(rankingLevels.score, rankingScores.score),
      ),
    )
    .leftJoin(
      rankDaily,
      and(eq(rankDaily.day, sql`${previousDay}`), eq(rankDaily.userId, rankingScores.userId)),
    )
    .where(
      and(
        inArray(rankingScores.userId, userIds),
        lte(rankingScores.sinceGeneration, generation),
        gt(rankingScores.untilGeneration, generation),
      ),
    );
  const rowById = new Map(rows.map((row) => [row.person.id, row]));
  return userIds.flatMap((userId) => rowById.get(userId) ?? []);
}

/** Each scope has an index in its order; nothing else reads a page of it without sorting. */
function indexOf({ schoolId, fieldId }: RankScope): string {
  if (schoolId === ALL) return fieldId === ALL ? 'ranking_scores_nation' : 'ranking_scores_field';
  return fieldId === ALL ? 'ranking_scores_school' : 'ranking_scores_group';
}

/** Null for who had no rank in the scope the day before, because they are new or have moved into it. */
function previousRankIn({ schoolId, fieldId }: RankScope): SQL.Aliased<number | null> {
  const { nationRank, schoolRank, fieldRank, groupRank } = rankDaily;
  const wasIn = and(
    schoolId === ALL ? undefined : eq(rankDaily.schoolId, schoolId),
    fieldId === ALL ? undefined : eq(rankDaily.fieldId, fieldId),
  );
  const ofNation = fieldId === ALL ? nationRank : fieldRank;
  const ofSchool = fieldId === ALL ? schoolRank : groupRank;
  const rank = schoolId === ALL ? ofNation : ofSchool;
  return (wasIn ? sql`if(${wasIn}, ${rank}, null)` : sql`${rank}`)
    .mapWith((value) => (value === null ? null : Number(value)))
    .as('previous_rank') as SQL.Aliased<number | null>;
}
