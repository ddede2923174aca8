import { and, asc, count, desc, eq, gte, inArray, lt, lte, max, sql } from 'drizzle-orm';
import type { MySqlColumn } from 'drizzle-orm/mysql-core';
import type { StaffCtx } from '../../platform/context.ts';
import { AppError } from '../../platform/errors.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import { addDays } from '../../platform/korea-time.ts';
import { discoveryHosts, discoveryQuotas, discoveryRuns, discoveryVisits } from '../../schema/discovery.ts';
import { tags } from '../../schema/posts.ts';
import { dropReasons, outcomes, type Outcome } from './source.ts';

type Page = { cursor?: string | undefined; limit: number };

const sum = (column: MySqlColumn) => sql`coalesce(sum(${column}), 0)`.mapWith(Number);

/** The days of the crawl, the newest first, with their plans and how far they have come. */
export async function listDiscoveryRuns(ctx: StaffCtx, { cursor, limit }: Page) {
  const [before] = decodeCursor('discovery runs', cursor, ['text']) ?? [];
  const rows = await ctx.deps.db
    .select()
    .from(discoveryRuns)
    .where(before === undefined ? undefined : lt(discoveryRuns.day, before))
    .orderBy(desc(discoveryRuns.day))
    .limit(limit + 1);
  const { items, nextCursor } = toPage(rows, limit, 'discovery runs', ({ day }) => [day]);
  const days = items.map(({ day }) => day);
  const progress = days.length > 0 ? await readProgress(ctx, days) : [];
  return {
    items: items.map((run) => ({ run, progress: progress.find(({ day }) => day === run.day) })),
    nextCursor,
  };
}

function readProgress({ deps }: StaffCtx, days: string[]) {
  return deps.db
    .select({
      day: discoveryVisits.day,
      planned: count(),
      done: sql`coalesce(sum(${discoveryVisits.state} = 'done'), 0)`.mapWith(Number),
    })
    .from(discoveryVisits)
    .where(inArray(discoveryVisits.day, days))
    .groupBy(discoveryVisits.day);
}

/** A day with what was meant, what became of it, and how we stand with hosts and allowances. Throws `not_found`. */
export async function readDiscoveryRun(ctx: StaffCtx, day: string) {
  const { db } = ctx.deps;
  const [[run], sums, hosts, quotas] = await Promise.all([
    db.select().from(discoveryRuns).where(eq(discoveryRuns.day, day)),
    readSums(ctx, day),
    db
      .select({
        host: discoveryHosts.host,
        nextAt: discoveryHosts.nextAt,
        failures: discoveryHosts.failures,
        openUntil: discoveryHosts.openUntil,
        robotsState: discoveryHosts.robotsState,
        robotsText: discoveryHosts.robotsText,
        robotsReadAt: discoveryHosts.robotsReadAt,
      })
      .from(discoveryHosts)
      .orderBy(asc(discoveryHosts.host)),
    // A source's own day can begin the day before, seen from Korea.
    db
      .select()
      .from(discoveryQuotas)
      .where(and(gte(discoveryQuotas.day, addDays(day, -1)), lte(discoveryQuotas.day, addDays(day, 1))))
      .orderBy(asc(discoveryQuotas.name), asc(discoveryQuotas.day)),
  ]);
  if (!run) throw new AppError('not_found');
  return { run, sums, hosts, quotas };
}

/** One row a source and outcome; null is what is not done. */
function readSums({ deps }: StaffCtx, day: string) {
  return deps.db
    .select({
      source: discoveryVisits.source,
      outcome: discoveryVisits.outcome,
      visits: count(),
      begun: sql`coalesce(sum(${discoveryVisits.attempts} > ${discoveryVisits.deferrals}), 0)`.mapWith(
        Number,
      ),
      deferrals: sum(discoveryVisits.deferrals),
      partial: sum(discoveryVisits.isPartial),
      stored: sum(discoveryVisits.stored),
      known: sum(discoveryVisits.known),
      lastFinishedAt: max(discoveryVisits.finishedAt),
      dropped: sumsOf(discoveryVisits.dropped, dropReasons),
      completions: sumsOf(discoveryVisits.completions, outcomes),
    })
    .from(discoveryVisits)
    .where(eq(discoveryVisits.day, day))
    .groupBy(discoveryVisits.source, discoveryVisits.outcome)
    .orderBy(asc(discoveryVisits.source), asc(discoveryVisits.outcome));
}

/** The counts in a JSON column of all rows together, as one list in the order of `keys`. */
function sumsOf<K extends string>(column: MySqlColumn, keys: readonly K[]) {
  const sums = keys.map((key) => sql`coalesce(sum(json_extract(${column}, ${`$.${key}`})), 0)`);
  return sql`concat_ws(',', ${sql.join(sums, sql`, `)})`.mapWith(
    (text: string): Partial<Record<K, number>> => {
      const counts = String(text).split(',').map(Number);
      const entries = keys.map((key, index) => [key, counts[index] ?? 0] as const);
      return Object.fromEntries(entries.filter(([, value]) => value > 0)) as Partial<Record<K, number>>;
    },
  );
}

type VisitQuery = Page & { source?: string | undefined; outcome?: Outcome | undefined };

/** The visits of a day in the order they were meant, all or those of a source or an outcome. */
export async function listDiscoveryVisits(
  ctx: StaffCtx,
  day: string,
  { cursor, limit, source, outcome }: VisitQuery,
) {
  const list = `discovery visits ${day} ${source ?? ''} ${outcome ?? ''}`;
  const [afterSource, afterPosition] = decodeCursor(list, cursor, ['text', 'number']) ?? [];
  const isBehind =
    afterSource === undefined
      ? undefined
      : sql`(${discoveryVisits.source}, ${discoveryVisits.position}) > (${afterSource}, ${afterPosition})`;
  const rows = await ctx.deps.db
    .select({
      source: discoveryVisits.source,
      position: discoveryVisits.position,
      tag: { id: discoveryVisits.tagId, name: tags.name },
      state: discoveryVisits.state,
      outcome: discoveryVisits.outcome,
      attempts: discoveryVisits.attempts,
      deferrals: discoveryVisits.deferrals,
      isPartial: discoveryVisits.isPartial,
      stored: discoveryVisits.stored,
      known: discoveryVisits.known,
      dropped: discoveryVisits.dropped,
      completions: discoveryVisits.completions,
      finishedAt: discoveryVisits.finishedAt,
    })
    .from(discoveryVisits)
    .leftJoin(tags, eq(tags.id, discoveryVisits.tagId))
    .where(
      and(
        eq(discoveryVisits.day, day),
        source === undefined ? undefined : eq(discoveryVisits.source, source),
        outcome === undefined ? undefined : eq(discoveryVisits.outcome, outcome),
        isBehind,
      ),
    )
    .orderBy(asc(discoveryVisits.source), asc(discoveryVisits.position))
    .limit(limit + 1);
  return toPage(rows, limit, list, (row) => [row.source, row.position]);
}
