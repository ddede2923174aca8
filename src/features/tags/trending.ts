import { and, desc, eq, gte, inArray, isNull, lt, sql } from 'drizzle-orm';
import { CacheUnavailable } from '../../platform/cache.ts';
import type { Ctx } from '../../platform/context.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { describeError } from '../../platform/log.ts';
import { posts, postTags, tagDays, tags } from '../../schema/posts.ts';
import { riseOf, type Uses } from './view.ts';

const RECENT_DAYS = 7;
const EARLIER_DAYS = 28;
const SHOWN = 10;
/** What nearly nobody uses can double without meaning anything. */
const FEWEST_PEOPLE = 3;
/** Uses beyond this are by so many people, each of whom counts once a day. */
const MOST_BY_FEWER = RECENT_DAYS * (FEWEST_PEOPLE - 1);
/** Of the most used lately, so many are looked at for a rise. */
const CANDIDATES = 500;
/** How long everybody is shown the same (seconds): the numbers are those of days. */
const KEPT_SECONDS = 300;

type TagUses = Uses & { id: string };
type TrendingTag = TagUses & { name: string; postCount: number };
type Trending<T> = { rising: T[]; mostUsed: T[] };

/**
 * Tags that are used more these 7 days than in the 4 weeks before, and the most used; of one field or of all. A person
 * counts once a day however much they write, and a tag of fewer than three people is left out.
 */
export async function readTrending(ctx: Ctx, fieldId: number | undefined): Promise<Trending<TrendingTag>> {
  const period = Math.floor(ctx.deps.clock.now().getTime() / (KEPT_SECONDS * 1000));
  const key = `trending-tags:${fieldId ?? 'all'}:${period}`;
  const kept = await readKept(ctx, key);
  if (kept) return addNames(ctx, kept);
  const trending = choose(await readUses(ctx, fieldId));
  ctx.deps.afterAnswer(keep(ctx, key, trending));
  return trending;
}

function choose(mostUsed: TrendingTag[]): Trending<TrendingTag> {
  const rising = mostUsed.filter((tag) => riseOf(tag) > 0).toSorted((a, b) => riseOf(b) - riseOf(a));
  return { rising: rising.slice(0, SHOWN), mostUsed: mostUsed.slice(0, SHOWN) };
}

/** What was counted before people were counts by its posts. */
const usesByPeople = sql`coalesce(${tagDays.people}, ${tagDays.uses})`;

/** The most used of the recent days first; the earlier ones are summed for those alone. */
async function readUses(ctx: Ctx, fieldId: number | undefined): Promise<TrendingTag[]> {
  const recentFrom = addDays(koreanDay(ctx.deps.clock.now()), 1 - RECENT_DAYS);
  const isInField = fieldId === undefined ? undefined : eq(tagDays.fieldId, fieldId);
  const recent = ctx.deps.db
    .select({ tagId: tagDays.tagId, uses: sql`sum(${usesByPeople})`.mapWith(Number).as('recent_uses') })
    .from(tagDays)
    .where(and(gte(tagDays.day, recentFrom), isInField))
    .groupBy(tagDays.tagId)
    .having(sql`recent_uses >= ${FEWEST_PEOPLE}`)
    .orderBy(desc(sql`recent_uses`), desc(tagDays.tagId))
    .limit(CANDIDATES)
    .as('recent');
  const isEarlier = and(
    eq(tagDays.tagId, recent.tagId),
    gte(tagDays.day, addDays(recentFrom, -EARLIER_DAYS)),
    lt(tagDays.day, recentFrom),
    isInField,
  );
  const people = sql`select count(distinct ${posts.authorId}) from ${postTags} inner join ${posts} on ${posts.id} = ${postTags.postId} where ${and(
    eq(postTags.tagId, recent.tagId),
    gte(postTags.day, recentFrom),
    fieldId === undefined ? undefined : eq(postTags.fieldId, fieldId),
    isNull(posts.deletedAt),
  )}`;
  return ctx.deps.db
    .select({
      id: tags.id,
      name: tags.name,
      postCount: tags.postCount,
      recentCount: recent.uses,
      earlierCount: sql`(select coalesce(sum(${usesByPeople}), 0) from ${tagDays} where ${isEarlier})`
        .mapWith(Number)
        .as('earlier_uses'),
    })
    .from(recent)
    .innerJoin(tags, eq(tags.id, recent.tagId))
    .where(sql`(${recent.uses} > ${MOST_BY_FEWER} or (${people}) >= ${FEWEST_PEOPLE})`)
    .orderBy(desc(recent.uses), desc(tags.id));
}

/** Ids and numbers alone are kept: what people wrote stays in the database. */
async function readKept({ deps }: Ctx, key: string): Promise<Trending<TagUses> | undefined> {
  try {
    const kept = await deps.cache.get<string>(key);
    return kept ? (JSON.parse(kept) as Trending<TagUses>) : undefined;
  } catch (error) {
    if (!(error instanceof CacheUnavailable)) throw error;
    deps.log.warn('trending tags read without Redis', describeError(error));
    return undefined;
  }
}

async function keep({ deps }: Ctx, key: string, { rising, mostUsed }: Trending<TagUses>): Promise<void> {
  const toUses = ({ id, recentCount, earlierCount }: TagUses) => ({ id, recentCount, earlierCount });
  const kept = { rising: rising.map(toUses), mostUsed: mostUsed.map(toUses) };
  try {
    await deps.cache.set(key, JSON.stringify(kept), { ex: KEPT_SECONDS });
  } catch (error) {
    deps.log.warn('trending tags not kept', describeError(error));
  }
}

async function addNames({ deps }: Ctx, kept: Trending<TagUses>): Promise<Trending<TrendingTag>> {
  const ids = [...kept.rising, ...kept.mostUsed].map(({ id }) => id);
  if (ids.length === 0) return { rising: [], mostUsed: [] };
  const rows = await deps.db
    .select({ id: tags.id, name: tags.name, postCount: tags.postCount })
    .from(tags)
    .where(inArray(tags.id, [...new Set(ids)]));
  const rowById = new Map(rows.map((row) => [row.id, row]));
  const toTag = (uses: TagUses): TrendingTag[] => {
    const row = rowById.get(uses.id);
    return row ? [{ ...row, ...uses }] : [];
  };
  return { rising: kept.rising.flatMap(toTag), mostUsed: kept.mostUsed.flatMap(toTag) };
}
