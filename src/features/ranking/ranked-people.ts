import { and, asc, desc, eq, gt, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import { unionAll, type SubqueryWithSelection } from 'drizzle-orm/mysql-core';
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
/** What a generation is read by. */
type Viewed = Pick<Generation, 'generation' | 'previousDay'>;

/**
 * So many more are looked at than wanted, because some may be blocked, hidden or gone. Whether they are is asked only of
 * those who were found: asked on the way along the index, MySQL reads a thousand rows ahead for each page.
 */
const SPARE = 8;

type Candidate = RankedRow & { isShown: boolean };

/** People of a scope by rank, the first or those behind a spot: as many as asked, if there are. */
export async function readRanked(
  ctx: UserCtx,
  viewed: Viewed,
  scope: RankScope,
  { after, limit }: { after?: Spot | undefined; limit: number },
): Promise<RankedRow[]> {
  return topUp(ctx, viewed, scope, { isBehind: true, limit, spot: after });
}

/** The people just above and just below a spot: one statement, unless many of them cannot be shown. */
export async function readAround(
  ctx: UserCtx,
  viewed: Viewed,
  scope: RankScope,
  spot: Spot,
  limit: number,
): Promise<{ above: RankedRow[]; below: RankedRow[] }> {
  const asked = limit + SPARE;
  const found = unionAll(
    find(ctx, viewed, scope, { isBehind: false, spot, limit: asked }),
    find(ctx, viewed, scope, { isBehind: true, spot, limit: asked }),
  ).as('found');
  const candidates = await describe(ctx, viewed, scope, found);
  const ahead = candidates.filter((row) => isAhead(row, spot)).toReversed();
  const behind = candidates.filter((row) => !isAhead(row, spot));
  const [above, below] = await Promise.all([
    topUp(ctx, viewed, scope, { isBehind: false, limit, spot, first: ahead }),
    topUp(ctx, viewed, scope, { isBehind: true, limit, spot, first: behind }),
  ]);
  return { above: above.toReversed(), below };
}

type Walk = {
  /** Downwards; else upwards. */
  isBehind: boolean;
  spot: Spot | undefined;
  limit: number;
};

/** Goes on until there are as many as wanted. `first`: candidates that were read already. */
async function topUp(
  ctx: UserCtx,
  viewed: Viewed,
  scope: RankScope,
  { first, ...walk }: Walk & { first?: Candidate[] },
): Promise<RankedRow[]> {
  const shown: RankedRow[] = [];
  let batch = first;
  let { spot } = walk;
  for (;;) {
    const limit = walk.limit - shown.length + SPARE;
    batch ??= await readBatch(ctx, viewed, scope, { ...walk, spot, limit });
    shown.push(...batch.filter(({ isShown }) => isShown));
    const last = batch.at(-1);
    if (shown.length >= walk.limit || batch.length < limit || !last) return shown.slice(0, walk.limit);
    spot = { score: last.score, userId: last.person.id };
    batch = undefined;
  }
}

/** In the direction of the walk. */
async function readBatch(ctx: UserCtx, viewed: Viewed, scope: RankScope, walk: Walk): Promise<Candidate[]> {
  const batch = await describe(ctx, viewed, scope, find(ctx, viewed, scope, walk).as('found'));
  return walk.isBehind ? batch : batch.toReversed();
}

function isAhead({ score, person }: RankedRow, spot: Spot): boolean {
  return score > spot.score || (score === spot.score && BigInt(person.id) > BigInt(spot.userId));
}

/** Along one index, and no further than asked. */
function find({ deps }: UserCtx, { generation }: Viewed, scope: RankScope, { isBehind, spot, limit }: Walk) {
  const { score, userId, sinceGeneration, untilGeneration, schoolId, fieldId } = rankingScores;
  const beyond = isBehind ? lt : gt;
  const direction = isBehind ? desc : asc;
  return deps.db
    .select({ userId, score })
    .from(rankingScores, { forceIndex: indexOf(scope) })
    .where(
      and(
        scope.schoolId === ALL ? undefined : eq(schoolId, scope.schoolId),
        scope.fieldId === ALL ? undefined : eq(fieldId, scope.fieldId),
        spot && or(beyond(score, spot.score), and(eq(score, spot.score), beyond(userId, spot.userId))),
        lte(sinceGeneration, generation),
        gt(untilGeneration, generation),
      ),
    )
    .orderBy(direction(score), direction(userId))
    .limit(limit);
}

type Found = SubqueryWithSelection<Pick<typeof rankingScores, 'userId' | 'score'>, 'found'>;

/** People who were found, best first: their ranks among everybody, and whether the viewer may see them. */
function describe(
  { deps, actor }: UserCtx,
  { generation, previousDay }: Viewed,
  scope: RankScope,
  found: Found,
): Promise<Candidate[]> {
  return deps.db
    .select({
      person: personColumns(actor.userId),
      score: found.score,
      rank: sql`${rankingLevels.above} + 1`.mapWith(Number).as('scope_rank'),
      previousRank: previousRankIn(scope),
      isShown: sql`(not ${users.isHiddenFromRankings} and ${isVisibleTo(actor.userId, found.userId)})`
        .mapWith((value) => Number(value) === 1)
        .as('is_shown'),
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
