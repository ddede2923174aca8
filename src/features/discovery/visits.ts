import { and, asc, eq, gt, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Ctx } from '../../platform/context.ts';
import { JobBusy } from '../../platform/jobs/ledger.ts';
import { discoveryRuns, discoveryVisits } from '../../schema/discovery.ts';
import { tags } from '../../schema/posts.ts';
import type { Dropped, Outcome } from './source.ts';

/** Longer than a visit may take (milliseconds); one whose process died is taken over afterwards. */
export const VISIT_LEASE_MS = 60_000;

export type VisitKey = { day: string; source: string; tagId: string };

/** A visit that is ours for now. */
export type Lease = VisitKey & { until: Date };

export type VisitEnd = {
  outcome: Outcome;
  isPartial?: boolean;
  stored?: number;
  known?: number;
  dropped?: Dropped;
};

function isVisit({ day, source, tagId }: VisitKey): SQL | undefined {
  return and(
    eq(discoveryVisits.day, day),
    eq(discoveryVisits.source, source),
    eq(discoveryVisits.tagId, tagId),
  );
}

function isHeld(lease: Lease): SQL | undefined {
  return and(
    isVisit(lease),
    eq(discoveryVisits.state, 'planned'),
    eq(discoveryVisits.leaseUntil, lease.until),
  );
}

/**
 * Takes a visit that is not done. `deferral` is how often it had been put off when the message was sent: undefined when
 * there is nothing to do, because it is done or has been put off since. Throws {@link JobBusy} while another has it.
 */
export async function takeVisit(ctx: Ctx, key: VisitKey, deferral: number): Promise<Lease | undefined> {
  const now = ctx.deps.clock.now();
  const until = new Date(now.getTime() + VISIT_LEASE_MS);
  const isOpen = and(
    isVisit(key),
    eq(discoveryVisits.state, 'planned'),
    lte(discoveryVisits.deferrals, deferral),
  );
  const { rowsAffected } = await ctx.deps.db
    .update(discoveryVisits)
    .set({ leaseUntil: until, attempts: sql`${discoveryVisits.attempts} + 1` })
    .where(and(isOpen, or(isNull(discoveryVisits.leaseUntil), lte(discoveryVisits.leaseUntil, now))));
  if (rowsAffected === 1) return { ...key, until };
  const [held] = await ctx.deps.db
    .select({ tagId: discoveryVisits.tagId })
    .from(discoveryVisits)
    .where(isOpen);
  if (held) throw new JobBusy(`${key.day} ${key.source} ${key.tagId}`);
  return undefined;
}

/** What a visit is about: the tag's name, and since when its day has been under way. */
export async function readVisit(
  ctx: Ctx,
  key: VisitKey,
): Promise<{ tagName: string | null; startedAt: Date }> {
  const [row] = await ctx.deps.db
    .select({ tagName: tags.name, startedAt: discoveryRuns.startedAt })
    .from(discoveryRuns)
    .leftJoin(tags, eq(tags.id, key.tagId))
    .where(eq(discoveryRuns.day, key.day));
  if (!row) throw new Error('a visit without a run');
  return row;
}

/** Done: it is not made again. */
export async function endVisit(ctx: Ctx, lease: Lease, end: VisitEnd): Promise<void> {
  await ctx.deps.db
    .update(discoveryVisits)
    .set({
      state: 'done',
      leaseUntil: null,
      outcome: end.outcome,
      isPartial: end.isPartial ?? false,
      stored: end.stored ?? 0,
      known: end.known ?? 0,
      dropped: withoutNoughts(end.dropped ?? {}),
      finishedAt: ctx.deps.clock.now(),
    })
    // Whoever took it over after its lease had run out may be done by now.
    .where(and(isVisit(lease), eq(discoveryVisits.state, 'planned')));
}

/** Somebody else may take it. `isPutOff`: by a message that counts it. */
export async function giveVisitBack(ctx: Ctx, lease: Lease, isPutOff: boolean): Promise<void> {
  await ctx.deps.db
    .update(discoveryVisits)
    .set({
      leaseUntil: null,
      ...(isPutOff && { deferrals: sql`${discoveryVisits.deferrals} + 1` }),
    })
    .where(isHeld(lease));
}

/** Counts how the reading of one thing's own page ended. */
export async function countCompletion(ctx: Ctx, key: VisitKey, outcome: Outcome): Promise<void> {
  const path = `$.${outcome}`;
  await ctx.deps.db
    .update(discoveryVisits)
    .set({
      completions: sql`json_set(coalesce(${discoveryVisits.completions}, json_object()), ${path}, coalesce(json_extract(${discoveryVisits.completions}, ${path}), 0) + 1)`,
    })
    .where(isVisit(key));
}

export type OpenVisit = { source: string; tagId: string; position: number; deferrals: number };

/** The next visits of a day that are not done, by source and position. */
export function findOpenVisits(
  ctx: Ctx,
  day: string,
  sources: readonly string[],
  after: { source: string; position: number } | undefined,
  limit: number,
): Promise<OpenVisit[]> {
  const isBehind = after
    ? or(
        gt(discoveryVisits.source, after.source),
        and(eq(discoveryVisits.source, after.source), gt(discoveryVisits.position, after.position)),
      )
    : undefined;
  return ctx.deps.db
    .select({
      source: discoveryVisits.source,
      tagId: discoveryVisits.tagId,
      position: discoveryVisits.position,
      deferrals: discoveryVisits.deferrals,
    })
    .from(discoveryVisits)
    .where(
      and(
        eq(discoveryVisits.day, day),
        inArray(discoveryVisits.source, [...sources]),
        eq(discoveryVisits.state, 'planned'),
        isBehind,
      ),
    )
    .orderBy(asc(discoveryVisits.source), asc(discoveryVisits.position))
    .limit(limit);
}

function withoutNoughts(dropped: Dropped): Record<string, number> {
  return Object.fromEntries(Object.entries(dropped).filter(([, items]) => items > 0));
}
