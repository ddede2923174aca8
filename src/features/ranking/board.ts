import { and, asc, eq } from 'drizzle-orm';
import type { UserCtx } from '../../platform/context.ts';
import { users } from '../../schema/accounts.ts';
import { posts } from '../../schema/posts.ts';
import { rankingHighlights } from '../../schema/ranking.ts';
import { createPersonView, isVisibleTo, personColumns } from '../people/index.ts';
import { isPostVisibleTo, loadPostCards } from '../posts/index.ts';
import { readTrending } from '../tags/index.ts';
import { toPeople } from './list-ranking.ts';
import { readRanked, type RankScope } from './ranked-people.ts';
import { ALL } from './scope.ts';
import { readStanding } from './standing.ts';
import { toRanks } from './view.ts';

const TOP = 3;
const GROWING = 5;
const POPULAR = 5;

/** The whole board of a scope in four steps: who asks, where they stand, the lists, and the cards of posts. */
export async function readBoard(ctx: UserCtx, scope: RankScope) {
  const standing = readStanding(ctx, ctx.actor.userId);
  const [found, lists, { mostUsed }] = await Promise.all([
    standing,
    standing.then((one) => readLists(ctx, scope, one?.run)),
    // In two steps of its own, beside the others.
    readTrending(ctx, scope.fieldId === ALL ? undefined : scope.fieldId),
  ]);
  return {
    updatedAt: found?.run.switchedAt?.toISOString() ?? null,
    day: found?.run.day ?? null,
    me: {
      isHidden: found?.user.isHidden ?? false,
      ranks: found?.standing ? toRanks(found.standing) : null,
    },
    ...lists,
    topTags: mostUsed.map(({ id, name, recentCount }) => ({ id, name, count: recentCount })),
  };
}

type Viewed = { generation: number; previousDay: string | null };

async function readLists(ctx: UserCtx, scope: RankScope, viewed: Viewed | undefined) {
  if (!viewed) return { top: [], growing: [], popularPosts: [] };
  const [top, growing, popularPosts] = await Promise.all([
    readRanked(ctx, viewed, scope, { limit: TOP }),
    readGrowing(ctx, viewed.generation, scope),
    readPopular(ctx, viewed.generation, scope).then((postIds) => loadPostCards(ctx, postIds)),
  ]);
  return { top: await toPeople(ctx, viewed, top), growing, popularPosts };
}

/** Who gained most points within a week. */
async function readGrowing(ctx: UserCtx, generation: number, scope: RankScope) {
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
async function readPopular(ctx: UserCtx, generation: number, scope: RankScope): Promise<string[]> {
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
