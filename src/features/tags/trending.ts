import { and, desc, eq, gte, sql } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { tagDays, tags } from '../../schema/posts.ts';
import { riseOf, type Uses } from './view.ts';

const RECENT_DAYS = 7;
const EARLIER_DAYS = 28;
const SHOWN = 10;
/** What nearly nobody uses can double without meaning anything. */
const FEWEST_USES = 3;
/** Of the most used lately, so many are looked at for a rise. */
const CANDIDATES = 500;
/** How long an isolate believes its copy (milliseconds): the numbers are those of days. */
const KEPT_MS = 300_000;

type TrendingTag = Uses & { id: string; name: string; postCount: number };
type Trending = { rising: TrendingTag[]; mostUsed: TrendingTag[] };

/** Tags that are used more these 7 days than in the 4 weeks before, and the most used; of one field or of all. */
export async function readTrending(ctx: Ctx, fieldId: number | undefined): Promise<Trending> {
  const { memory, clock } = ctx.deps;
  const key = `trending tags ${fieldId ?? 'overall'}`;
  const now = clock.now().getTime();
  const kept = memory.get(key) as { readAt: number; trending: Trending } | undefined;
  if (kept && Math.abs(now - kept.readAt) < KEPT_MS) return kept.trending;
  const rows = await readUses(ctx, fieldId);
  const trending = {
    rising: rows
      .filter((row) => riseOf(row) > 0)
      .toSorted((a, b) => riseOf(b) - riseOf(a))
      .slice(0, SHOWN),
    mostUsed: rows.slice(0, SHOWN),
  };
  memory.set(key, { readAt: now, trending });
  return trending;
}

/** The most used first. */
async function readUses(ctx: Ctx, fieldId: number | undefined): Promise<TrendingTag[]> {
  const recentFrom = addDays(koreanDay(ctx.deps.clock.now()), 1 - RECENT_DAYS);
  const recentCount = sql`cast(sum(if(${tagDays.day} >= ${recentFrom}, ${tagDays.uses}, 0)) as signed)`;
  const earlierCount = sql`cast(sum(if(${tagDays.day} >= ${recentFrom}, 0, ${tagDays.uses})) as signed)`;
  return ctx.deps.db
    .select({
      id: tags.id,
      name: tags.name,
      postCount: tags.postCount,
      recentCount: recentCount.mapWith(Number).as('recent_count'),
      earlierCount: earlierCount.mapWith(Number).as('earlier_count'),
    })
    .from(tagDays)
    .innerJoin(tags, eq(tags.id, tagDays.tagId))
    .where(
      and(
        gte(tagDays.day, addDays(recentFrom, -EARLIER_DAYS)),
        fieldId === undefined ? undefined : eq(tagDays.fieldId, fieldId),
      ),
    )
    .groupBy(tags.id)
    .having(sql`recent_count >= ${FEWEST_USES}`)
    .orderBy(desc(sql`recent_count`), tags.id)
    .limit(CANDIDATES);
}
