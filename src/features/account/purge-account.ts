import { and, asc, eq, gt, isNotNull, lte, or } from 'drizzle-orm';
import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { Id } from '../../platform/http/schemas.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { defineSlicedJob } from '../../platform/jobs/job.ts';
import { defineSchedule } from '../../platform/schedules.ts';
import { users } from '../../schema/accounts.ts';
import { RESTORE_DAYS } from './log-in.ts';

const PAGE = 500;
const PAGES = 10;

function lastLeaving(ctx: SystemCtx): Date {
  return new Date(ctx.deps.clock.now().getTime() - RESTORE_DAYS * 86_400_000);
}

/** Takes everything of one person away, feature by feature (src/retention.ts), the account's own row last. */
export const purgeAccount = defineSlicedJob({
  name: 'account.purge',
  schema: z.object({ userId: Id, leftAt: z.iso.datetime() }),
  key: ({ userId, leftAt }) => `${userId}:${leftAt}`,
  retries: 5,
  flowControl: { key: 'account.purge', parallelism: 2 },
  /** The step at work. */
  position: z.number().int().min(0),
  async runChunk(ctx, { userId }, position = 0) {
    if (position === 0 && !(await isPurgeDue(ctx, userId))) return { rows: 0, next: undefined };
    const steps = ctx.deps.retention.purgeSteps;
    const step = steps[position];
    if (!step) {
      ctx.deps.log.info('account purged', { userId });
      return { rows: 0, next: undefined };
    }
    // Once more before the account's own row: a reaction that came late, or a deploy that brought another step.
    const isLast = position === steps.length - 1;
    let rows = 0;
    for (const one of isLast ? steps : [step]) rows += await one.run(ctx, userId);
    return { rows, next: rows > 0 ? position : position + 1 };
  },
});

/** Nobody comes back after {@link RESTORE_DAYS}, so what is due stays due. */
async function isPurgeDue(ctx: SystemCtx, userId: string): Promise<boolean> {
  const rows = await ctx.deps.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), lte(users.leftAt, lastLeaving(ctx))));
  return rows.length > 0;
}

/** Each night: everyone whose 30 days are over. Those beyond 5,000 have their turn the next night. */
export const purgeLeftAccounts = defineSchedule({
  name: 'account.purge_left',
  dailyAt: '04:00',
  catchUp: 'latest',
  async start(ctx) {
    let last: { id: string; leftAt: Date } | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const left = await findLeft(ctx, last);
      await enqueue(
        ctx,
        purgeAccount,
        left.map(({ id, leftAt }) => ({ userId: id, leftAt: leftAt.toISOString() })),
      );
      if (left.length < PAGE) return;
      last = left.at(-1);
    }
  },
});

async function findLeft(ctx: SystemCtx, last: { id: string; leftAt: Date } | undefined) {
  const isAfter = last
    ? or(gt(users.leftAt, last.leftAt), and(eq(users.leftAt, last.leftAt), gt(users.id, last.id)))
    : undefined;
  const rows = await ctx.deps.db
    .select({ id: users.id, leftAt: users.leftAt })
    .from(users)
    .where(and(isNotNull(users.leftAt), lte(users.leftAt, lastLeaving(ctx)), isAfter))
    .orderBy(asc(users.leftAt), asc(users.id))
    .limit(PAGE);
  return rows.flatMap(({ id, leftAt }) => (leftAt ? { id, leftAt } : []));
}
