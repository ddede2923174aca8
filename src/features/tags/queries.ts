import { and, desc, eq, gt, gte, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { Ctx, UserCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, encodeCursor, toPage } from '../../platform/http/cursor.ts';
import { firstIdAt } from '../../platform/ids.ts';
import { addDays, addMonths, koreanDay, koreanMonth, startOfKoreanDay } from '../../platform/korea-time.ts';
import { normalizeTag } from '../../platform/tag-name.ts';
import { posts, postTags, tagDays, tags } from '../../schema/posts.ts';
import { isVisibleTo } from '../people/index.ts';
import { isPostVisibleTo, loadPostCards } from '../posts/index.ts';
import { choseongRange, typedRanges, type TextRange } from './typed-ranges.ts';

const MAX_SUGGESTIONS = 10;
const MONTHS_SHOWN = 6;
/** Popular means lately: days, today included. */
const POPULAR_DAYS = 30;
/** A tag used more often than this in those days is ranked by its newest posts alone: it bounds what a page costs. */
const POPULAR_AMONG = 2000;
/** So many more than the page are looked at, because the viewer may not see all. */
const MORE_CANDIDATES = 100;

type TagCountRow = { id: string; name: string; postCount: number };

/** Tags that can become of what is being typed, the tag itself first, then the most used. */
export async function suggestTags(ctx: Ctx, typed: string): Promise<TagCountRow[]> {
  const text = normalizeTag(typed);
  if (text === undefined) return [];
  const initials = choseongRange(text);
  const [byName, byChoseong] = await Promise.all([
    readMostUsed(ctx, or(...typedRanges(text).map((range) => isWithin(tags.name, range)))),
    initials
      ? readMostUsed(ctx, and(isWithin(tags.choseong, initials.choseong), isWithin(tags.name, initials.name)))
      : [],
  ]);
  const found = new Map([...byName, ...byChoseong].map((row) => [row.id, row]));
  const rows = [...found.values()].toSorted(
    (a, b) =>
      Number(b.name === text) - Number(a.name === text) ||
      b.postCount - a.postCount ||
      (a.name < b.name ? -1 : 1),
  );
  return rows.slice(0, MAX_SUGGESTIONS);
}

function isWithin(column: MySqlColumn, { from, to }: TextRange): SQL {
  return sql`(${column} >= ${from} and ${column} < ${to})`;
}

function readMostUsed(ctx: Ctx, isMeant: SQL | undefined): Promise<TagCountRow[]> {
  return ctx.deps.db
    .select({ id: tags.id, name: tags.name, postCount: tags.postCount })
    .from(tags)
    .where(and(isMeant, gt(tags.postCount, 0)))
    .orderBy(desc(tags.postCount), desc(tags.id))
    .limit(MAX_SUGGESTIONS);
}

/** What a tag's page shows above its posts. Throws `tag_not_found`. */
export async function readTagPage(ctx: UserCtx, name: string) {
  const [tag, counts, myPostCount] = await Promise.all([
    findTag(ctx, name),
    countByMonth(ctx, name),
    countOwnPosts(ctx, name),
  ]);
  const present = koreanMonth(ctx.deps.clock.now());
  const months = Array.from({ length: MONTHS_SHOWN }, (_, index) => {
    const month = addMonths(present, index + 1 - MONTHS_SHOWN);
    return { month, postCount: counts.get(month) ?? 0 };
  });
  return { ...tag, myPostCount, months };
}

async function findTag(ctx: Ctx, name: string): Promise<TagCountRow> {
  const [tag] = await ctx.deps.db
    .select({ id: tags.id, name: tags.name, postCount: tags.postCount })
    .from(tags)
    .where(eq(tags.name, name));
  if (!tag) throw new AppError('tag_not_found');
  return tag;
}

async function countByMonth(ctx: Ctx, name: string): Promise<Map<string, number>> {
  const first = addMonths(koreanMonth(ctx.deps.clock.now()), 1 - MONTHS_SHOWN);
  const month = sql<string>`left(${tagDays.day}, 7)`;
  const rows = await ctx.deps.db
    .select({ month, postCount: sql`sum(${tagDays.uses})`.mapWith(Number) })
    .from(tagDays)
    .innerJoin(tags, eq(tags.id, tagDays.tagId))
    .where(and(eq(tags.name, name), gte(tagDays.day, `${first}-01`)))
    .groupBy(month);
  return new Map(rows.map((row) => [row.month, row.postCount]));
}

async function countOwnPosts(ctx: UserCtx, name: string): Promise<number> {
  const [row] = await ctx.deps.db
    .select({ count: sql`count(*)`.mapWith(Number) })
    .from(tags)
    .innerJoin(postTags, and(eq(postTags.tagId, tags.id), eq(postTags.authorId, ctx.actor.userId)))
    .innerJoin(posts, eq(posts.id, postTags.postId))
    .where(and(eq(tags.name, name), isNull(posts.deletedAt)));
  return row?.count ?? 0;
}

type Page = { cursor?: string | undefined; limit: number };

/** Posts that have a tag, newest first. Throws `tag_not_found`. */
export async function listNewestOfTag(ctx: UserCtx, name: string, { cursor, limit }: Page) {
  const list = `newest of #${name}`;
  const [before] = decodeCursor(list, cursor, ['id']) ?? [];
  const [rows] = await Promise.all([
    ctx.deps.db
      .select({ id: postTags.postId })
      .from(tags)
      .innerJoin(postTags, eq(postTags.tagId, tags.id))
      .innerJoin(posts, eq(posts.id, postTags.postId))
      .where(
        and(
          eq(tags.name, name),
          before === undefined ? undefined : lt(postTags.postId, before),
          isPostVisibleTo(ctx.actor.userId),
        ),
      )
      .orderBy(desc(postTags.postId))
      .limit(limit + 1),
    findTag(ctx, name),
  ]);
  const { items, nextCursor } = toPage(rows, limit, list, ({ id }) => [id]);
  return { items: await toCards(ctx, items), nextCursor };
}

/**
 * Posts of the last 30 Korean days that have a tag (of a tag used very often, the newest 2,000), by what others did with
 * them: a like weighs 2, a comment 3, a bookmark 4. Equal ones newest first. A page may be short although another
 * follows. Throws `tag_not_found`.
 */
export async function listPopularOfTag(ctx: UserCtx, name: string, { cursor, limit }: Page) {
  const list = `popular of #${name}`;
  const after = decodeCursor(list, cursor, ['number', 'id']);
  const candidates = limit + MORE_CANDIDATES;
  const [rows] = await Promise.all([rankPosts(ctx, name, after, candidates), findTag(ctx, name)]);
  const visible = rows.filter(({ isVisible }) => isVisible);
  const items = visible.slice(0, limit);
  const hasMore = visible.length > limit || rows.length === candidates;
  const last = visible.length > limit ? items.at(-1) : rows.at(-1);
  return {
    items: await toCards(ctx, items),
    nextCursor: hasMore && last ? encodeCursor(list, [last.score, last.id]) : null,
  };
}

/** Ranked first, and only then is it asked of the few at the top whether the viewer may see them. */
function rankPosts(ctx: UserCtx, name: string, after: [number, string] | undefined, limit: number) {
  const since = startOfKoreanDay(addDays(koreanDay(ctx.deps.clock.now()), 1 - POPULAR_DAYS));
  const tagId = sql`(select ${tags.id} from ${tags} where ${tags.name} = ${name})`;
  const recent = sql`select ${postTags.postId} from ${postTags} where ${postTags.tagId} = ${tagId} and ${postTags.postId} >= ${firstIdAt(since)} order by ${postTags.postId} desc limit ${POPULAR_AMONG}`;
  const score = sql`(${posts.likeCount} * 2 + ${posts.commentCount} * 3 + ${posts.bookmarkCount} * 4)`;
  const isBehind = after
    ? sql`and (${score} < ${after[0]} or (${score} = ${after[0]} and ${posts.id} < ${after[1]}))`
    : sql``;
  const ranked = sql`(select ${posts.id} as id, ${posts.authorId} as author_id, ${score} as score from (${recent}) as recent inner join ${posts} on ${posts.id} = recent.post_id where ${posts.deletedAt} is null ${isBehind} order by score desc, id desc limit ${limit}) as ranked`;
  return ctx.deps.db
    .select({
      id: sql`ranked.id`.mapWith(String).as('post_id'),
      score: sql`ranked.score`.mapWith(Number).as('post_score'),
      isVisible: sql`(${isVisibleTo(ctx.actor.userId, sql`ranked.author_id`)})`
        .mapWith((value) => Number(value) === 1)
        .as('is_visible'),
    })
    .from(ranked)
    .orderBy(desc(sql`ranked.score`), desc(sql`ranked.id`));
}

function toCards(ctx: UserCtx, rows: { id: string }[]) {
  return loadPostCards(
    ctx,
    rows.map(({ id }) => id),
  );
}
