import { and, asc, count, countDistinct, desc, eq, gt, gte, isNull, lt, lte, type SQL } from 'drizzle-orm';
import type { Ctx, SystemCtx } from '../../platform/context.ts';
import { inTransaction, type Tx } from '../../platform/db/transaction.ts';
import { firstIdAt } from '../../platform/ids.ts';
import { addDays, startOfKoreanDay } from '../../platform/korea-time.ts';
import { discoveryRuns, discoveryVisits, type SourcePlan } from '../../schema/discovery.ts';
import { posts, postTags, tags } from '../../schema/posts.ts';
import type { Source } from './source.ts';

/** Hot are the tags of the Korean days since then: seven whole ones and what there is of the run's own. */
const HOT_DAYS = 7;
/** The rest of a source's visits is for the rotation, however much is hot. */
const HOT_SHARE = 0.8;
/** Rows in one insert. */
const ROWS = 500;

type Plans = Record<string, SourcePlan>;

/**
 * Makes the plan of a Korean day, with its visits, or leaves it as it stands: whoever asks second gets the same. A source
 * whose keys are missing is planned when it has them and the day is begun again.
 */
export async function planRun(ctx: SystemCtx, sources: readonly Source[], day: string): Promise<void> {
  const { db, clock, config } = ctx.deps;
  await db.insert(discoveryRuns).ignore().values({ day, startedAt: clock.now(), plan: {} });
  await inTransaction(ctx, async (tx) => {
    const [run] = await tx.db.select().from(discoveryRuns).where(eq(discoveryRuns.day, day)).for('update');
    const plan: Plans = run?.plan ?? {};
    const open = sources.filter(
      (source) => !plan[source.id] || (!plan[source.id]?.isConfigured && source.isConfigured(config.crawl)),
    );
    if (open.length === 0) return;
    const added = await planSources(ctx, tx, open, day);
    await tx.db
      .update(discoveryRuns)
      .set({ plan: { ...plan, ...added } })
      .where(eq(discoveryRuns.day, day));
  });
}

async function planSources(ctx: Ctx, tx: Tx, sources: readonly Source[], day: string): Promise<Plans> {
  const hot = await findHotTags(tx, day, Math.max(...sources.map(hotShare)));
  const living = await countLivingTags(tx);
  const before = await readPlanBefore(tx, day);
  const plans: Plans = {};
  for (const source of sources) {
    const last = before[source.id]?.rotatedTo ?? null;
    if (!source.isConfigured(ctx.deps.config.crawl)) {
      plans[source.id] = { hot: 0, rotated: 0, leftOver: living, rotatedTo: last, isConfigured: false };
      continue;
    }
    const hotHere = hot.slice(0, hotShare(source));
    const rotated = await rotate(tx, last, hotHere, source.budget.visits - hotHere.length);
    await writeVisits(tx, day, source.id, [...hotHere, ...rotated]);
    plans[source.id] = {
      hot: hotHere.length,
      rotated: rotated.length,
      leftOver: Math.max(living - hotHere.length - rotated.length, 0),
      rotatedTo: rotated.at(-1) ?? last,
      isConfigured: true,
    };
  }
  return plans;
}

function hotShare({ budget }: Source): number {
  return Math.floor(budget.visits * HOT_SHARE);
}

/** By how many people have used them, and then how often: nobody can push a tag alone. */
async function findHotTags(tx: Tx, day: string, limit: number): Promise<string[]> {
  const since = firstIdAt(startOfKoreanDay(addDays(day, -HOT_DAYS)));
  const rows = await tx.db
    .select({ id: postTags.tagId })
    .from(postTags)
    .innerJoin(posts, eq(posts.id, postTags.postId))
    .where(and(gte(postTags.postId, since), isNull(posts.deletedAt)))
    .groupBy(postTags.tagId)
    .orderBy(desc(countDistinct(postTags.authorId)), desc(count()), desc(postTags.tagId))
    .limit(limit);
  return rows.map(({ id }) => id);
}

async function countLivingTags(tx: Tx): Promise<number> {
  const [row] = await tx.db.select({ tags: count() }).from(tags).where(gt(tags.postCount, 0));
  return row?.tags ?? 0;
}

async function readPlanBefore(tx: Tx, day: string): Promise<Plans> {
  const [run] = await tx.db
    .select({ plan: discoveryRuns.plan })
    .from(discoveryRuns)
    .where(lt(discoveryRuns.day, day))
    .orderBy(desc(discoveryRuns.day))
    .limit(1);
  return run?.plan ?? {};
}

/** The living tags behind the last one, from the beginning again after the end, but for those that are hot. */
async function rotate(tx: Tx, last: string | null, hot: readonly string[], limit: number): Promise<string[]> {
  const isHot = new Set(hot);
  const read = async (range: SQL | undefined) => {
    const rows = await tx.db
      .select({ id: tags.id })
      .from(tags)
      .where(and(gt(tags.postCount, 0), range))
      .orderBy(asc(tags.id))
      .limit(limit + hot.length);
    return rows.map(({ id }) => id).filter((id) => !isHot.has(id));
  };
  const behind = await read(last === null ? undefined : gt(tags.id, last));
  const fromTheBeginning = last === null || behind.length >= limit ? [] : await read(lte(tags.id, last));
  return [...behind, ...fromTheBeginning].slice(0, limit);
}

async function writeVisits(tx: Tx, day: string, source: string, tagIds: readonly string[]): Promise<void> {
  const rows = tagIds.map((tagId, position) => ({ day, source, tagId, position, state: 'planned' as const }));
  for (let start = 0; start < rows.length; start += ROWS) {
    await tx.db.insert(discoveryVisits).values(rows.slice(start, start + ROWS));
  }
}
