import { and, eq, sql } from 'drizzle-orm';
import type { Ctx } from '../../../platform/context.ts';
import { discoveryQuotas } from '../../../schema/discovery.ts';
import type { Source } from '../source.ts';

export type Quota = NonNullable<Source['budget']['quotas']>[number];

/** The calendar day (`YYYY-MM-DD`) on which a source counts what is asked now; the zone knows its summer time. */
export function quotaDay(now: Date, { timeZone }: Pick<Quota, 'timeZone'>): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** The allowance of a source that a request draws on. Throws when the source names none of that name. */
export function findQuota(source: Source, name: string): Quota {
  const quota = source.budget.quotas?.find((one) => one.name === name);
  if (!quota) throw new Error(`${source.id} has no quota ${name}`);
  return quota;
}

/** Writes a call into the ledger before it is made; false when today's allowance does not hold it. */
export async function spendQuota({ deps }: Ctx, quota: Quota, cost: number): Promise<boolean> {
  const day = quotaDay(deps.clock.now(), quota);
  const isToday = and(eq(discoveryQuotas.name, quota.name), eq(discoveryQuotas.day, day));
  async function spend(): Promise<boolean> {
    const { rowsAffected } = await deps.db
      .update(discoveryQuotas)
      .set({ used: sql`${discoveryQuotas.used} + ${cost}` })
      .where(
        and(
          isToday,
          eq(discoveryQuotas.isSpent, false),
          sql`${discoveryQuotas.used} + ${cost} <= ${quota.limit}`,
        ),
      );
    return rowsAffected === 1;
  }
  if (await spend()) return true;
  const [row] = await deps.db.select().from(discoveryQuotas).where(isToday);
  // It may have been the first call of the day, or another's at the same moment.
  if (row && (row.isSpent || row.used + cost > quota.limit)) return false;
  if (!row) await deps.db.insert(discoveryQuotas).ignore().values({ name: quota.name, day, used: 0 });
  return spend();
}

/** The source itself says that today's allowance is used up: nothing more is asked of it today. */
export async function markQuotaSpent({ deps }: Ctx, quota: Quota): Promise<void> {
  const day = quotaDay(deps.clock.now(), quota);
  await deps.db
    .update(discoveryQuotas)
    .set({ isSpent: true })
    .where(and(eq(discoveryQuotas.name, quota.name), eq(discoveryQuotas.day, day)));
}
