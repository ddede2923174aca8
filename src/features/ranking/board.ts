import { and, asc, eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { posts } from '../../schema/posts.ts';
import { rankingHighlights } from '../../schema/ranking.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { isPostVisibleTo, loadPostCards } from '../posts/index.ts';
import { readTrending } from '../tags/index.ts';
import { readNewest, type Generation } from './generation.ts';
import { toPeople } from './list-ranking.ts';
import { readRanked, type RankScope } from './ranked-people.ts';
import { ALL } from './scope.ts';
import { readStanding } from './standing.ts';
import { toRanks } from './view.ts';

const TOP = 3;
const GROWING = 5;
const POPULAR = 5;

/** The whole board of a scope in four steps: who asks, who is first, what is shown of them, and the cards of posts. */
export async function readBoard(ctx: UserCtx, scope: RankScope) {
  // In two steps of its own, beside the others.
  const trending = readTrending(ctx, scope.fieldId === ALL ? undefined : scope.fieldId);
  const [ranked, { mostUsed }] = await Promise.all([
    readNewest(ctx).then((newest) => newest && readRankedParts(ctx, newest, scope)),
    trending,
  ]);
  return {
    ...(ranked ?? NOTHING_YET),
    topTags: mostUsed.map(({ id, name, recentCount }) => ({ id, name, count: recentCount })),
  };
}

const NOTHING_YET = {
  updatedAt: null,
  day: null,
  me: { isHidden: false, ranks: null },
  top: [],
  growing: [],
  popularPosts: [],
};

async function readRankedParts(ctx: UserCtx, newest: Generation, scope: RankScope) {
  const [{ isHidden, standing }, top, growing, popularPosts] = await Promise.all([
    readStanding(ctx, newest, ctx.actor.userId),
    readRanked(ctx, newest, scope, { limit: TOP }).then((rows) => toPeople(ctx, newest, rows)),
    readGrowing(ctx, newest, scope),
    readPopular(ctx, newest, scope).then((postIds) => loadPostCards(ctx, postIds)),
  ]);
  return {
    updatedAt: newest.updatedAt.toISOString(),
    day: newest.day,
    me: { isHidden, ranks: standing ? toRanks(standing) : null },
    top,
    growing,
    popularPosts,
  };
}

/** Who gained most points within a week. */
async function readGrowing(ctx: UserCtx, { generation }: Generation, scope: RankScope) {
  const viewerId = ctx.actor.userId;
  const [toCard, rows] = await Promise.all([
    createPersonView(ctx),
    ctx.deps.db
      .select({ person: personColumns(viewerId), gained: rankingHighlights.points })
      .from(rankingHighlights)
      .innerJoin(users, eq(users.id, rankingHighlights.itemId))
      .where(
        and(
          isHighlight(generation, scope, 'person'),
          eq(users.isHiddenFromRankings, false),
          isVisibleTo(viewerId, rankingHighlights.itemId),
        ),
      )
      .orderBy(asc(rankingHighlights.place))
      .limit(GROWING),
  ]);
  return rows.map(({ person, gained }) => ({ person: toCard(person), gained }));
}

/** Who hides from rankings is not put forward here either. */
async function readPopular(ctx: UserCtx, { generation }: Generation, scope: RankScope): Promise<string[]> {
  const rows = await ctx.deps.db
    .select({ postId: posts.id })
    .from(rankingHighlights)
    .innerJoin(posts, eq(posts.id, rankingHighlights.itemId))
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(
      and(
        isHighlight(generation, scope, 'post'),
        eq(users.isHiddenFromRankings, false),
        isPostVisibleTo(ctx.actor.userId),
      ),
    )
    .orderBy(asc(rankingHighlights.place))
    .limit(POPULAR);
  return rows.map(({ postId }) => postId);
}

function isHighlight(generation: number, { schoolId, fieldId }: RankScope, kind: 'person' | 'post') {
  return and(
    eq(rankingHighlights.schoolId, schoolId),
    eq(rankingHighlights.generation, generation),
    eq(rankingHighlights.fieldId, fieldId),
    eq(rankingHighlights.kind, kind),
  );
}
