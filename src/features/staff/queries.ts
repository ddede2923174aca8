import { and, count, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type * as z from 'zod';
import type { StaffCtx } from '../../platform/context.ts';
import { decodeCursor, toPage } from '../../platform/http/cursor.ts';
import {
  auditLog,
  deadLetters,
  jobRuns,
  outbox,
  scheduleRuns,
  schedules,
  staff,
} from '../../schema/engine-room.ts';
import type { AuditQuery, DeadLetterQuery, RunQuery } from './schemas.ts';

const DAY_MS = 86_400_000;

/** Dead letters of one state, newest first. */
export async function listDeadLetters(ctx: StaffCtx, query: z.output<typeof DeadLetterQuery>) {
  const { state, name, cursor, limit } = query;
  const [before] = decodeCursor('dead_letters', cursor, ['id']) ?? [];
  const rows = await ctx.deps.db
    .select()
    .from(deadLetters)
    .where(
      and(
        eq(deadLetters.state, state),
        name ? eq(deadLetters.name, name) : undefined,
        before ? lt(deadLetters.id, before) : undefined,
      ),
    )
    .orderBy(desc(deadLetters.id))
    .limit(limit + 1);
  return toPage(rows, limit, 'dead_letters', ({ id }) => [id]);
}

/** Every schedule of this build with its row and its newest run. */
export async function listSchedules(ctx: StaffCtx) {
  const { db, clock } = ctx.deps;
  const newest = db
    .select({
      name: scheduleRuns.name,
      startedAt: sql`max(${scheduleRuns.startedAt})`.as('newest_started_at'),
    })
    .from(scheduleRuns)
    .groupBy(scheduleRuns.name)
    .as('newest');
  const [rows, runs] = await Promise.all([
    db.select().from(schedules),
    db
      .select()
      .from(scheduleRuns)
      .innerJoin(
        newest,
        and(eq(newest.name, scheduleRuns.name), eq(newest.startedAt, scheduleRuns.startedAt)),
      ),
  ]);
  const now = clock.now();
  return ctx.deps.schedules.list.map(({ name, catchUp }) => {
    const row = rows.find((one) => one.name === name);
    const lastRun = runs.map((run) => run.schedule_runs).findLast((run) => run.name === name);
    const isRunning = row?.leaseToken != null && row.leaseUntil !== null && row.leaseUntil > now;
    return { name, catchUp, row, lastRun, isRunning };
  });
}

/** Runs of schedules, the newest start first. */
export async function listRuns(ctx: StaffCtx, { name, cursor, limit }: z.output<typeof RunQuery>) {
  const list = `runs ${name ?? ''}`;
  const [startedMs, lastName, dueMs] = decodeCursor(list, cursor, ['number', 'text', 'number']) ?? [];
  const isAfterCursor = () => {
    const startedAt = new Date(startedMs ?? 0);
    const isLaterInOrder = or(
      gt(scheduleRuns.name, lastName ?? ''),
      and(eq(scheduleRuns.name, lastName ?? ''), lt(scheduleRuns.dueAt, new Date(dueMs ?? 0))),
    );
    return or(
      lt(scheduleRuns.startedAt, startedAt),
      and(eq(scheduleRuns.startedAt, startedAt), isLaterInOrder),
    );
  };
  const rows = await ctx.deps.db
    .select()
    .from(scheduleRuns)
    .where(
      and(
        name ? eq(scheduleRuns.name, name) : undefined,
        startedMs === undefined ? undefined : isAfterCursor(),
      ),
    )
    .orderBy(desc(scheduleRuns.startedAt), scheduleRuns.name, desc(scheduleRuns.dueAt))
    .limit(limit + 1);
  return toPage(rows, limit, list, (run) => [run.startedAt.getTime(), run.name, run.dueAt.getTime()]);
}

/** What is under way and what waits: the outbox, the ledger, the dead letters, and QStash as far as it tells. */
export async function readJobOverview(ctx: StaffCtx) {
  const { db, clock, jobs } = ctx.deps;
  const now = clock.now();
  const since = new Date(now.getTime() - DAY_MS);
  const countIf = (condition: unknown) => sql`coalesce(sum(${condition}), 0)`.mapWith(Number);
  const [[events], leased, finished, letters, queues] = await Promise.all([
    db
      .select({
        all: count(),
        waiting: countIf(sql`${outbox.availableAt} <= ${sql.param(now, outbox.availableAt)}`),
        failing: countIf(isNotNull(outbox.remaining)),
        oldestAt: sql`min(${outbox.createdAt})`.mapWith(outbox.createdAt),
      })
      .from(outbox),
    db
      .select({ name: jobRuns.name, count: count() })
      .from(jobRuns)
      .where(and(isNull(jobRuns.finishedAt), gt(jobRuns.leaseUntil, now)))
      .groupBy(jobRuns.name),
    db
      .select({ name: jobRuns.name, count: count() })
      .from(jobRuns)
      .where(gte(jobRuns.finishedAt, since))
      .groupBy(jobRuns.name),
    db
      .select({ name: deadLetters.name, count: count() })
      .from(deadLetters)
      .where(and(eq(deadLetters.state, 'open'), eq(deadLetters.kind, 'job')))
      .groupBy(deadLetters.name),
    readQueues(ctx),
  ]);
  const countOf = (rows: { name: string; count: number }[], name: string) =>
    rows.find((row) => row.name === name)?.count ?? 0;
  const all = events?.all ?? 0;
  const waiting = events?.waiting ?? 0;
  return {
    outbox: {
      waiting,
      held: all - waiting,
      failing: events?.failing ?? 0,
      oldestAt: all > 0 ? (events?.oldestAt ?? null) : null,
    },
    isQueueReachable: queues !== undefined,
    jobs: jobs.names.map((name) => ({
      name,
      leased: countOf(leased, name),
      finishedLastDay: countOf(finished, name),
      openDeadLetters: countOf(letters, name),
      queue: queues?.get(jobs.find(name)?.flowControl?.key ?? '') ?? null,
    })),
  };
}

/** QStash's counts by flow-control key; undefined when it does not answer. */
async function readQueues(ctx: StaffCtx) {
  const { jobs, queue, log } = ctx.deps;
  const keys = [...new Set(jobs.names.flatMap((name) => jobs.find(name)?.flowControl?.key ?? []))];
  try {
    return new Map(await Promise.all(keys.map(async (key) => [key, await queue.readFlow(key)] as const)));
  } catch (error) {
    log.warn('queue not read', { error: error instanceof Error ? error.name : typeof error });
    return undefined;
  }
}

/** What staff did, newest first. */
export async function listAuditLog(ctx: StaffCtx, query: z.output<typeof AuditQuery>) {
  const { staffId, targetKind, targetId, cursor, limit } = query;
  const list = JSON.stringify(['audit', staffId, targetKind, targetId]);
  const [before] = decodeCursor(list, cursor, ['id']) ?? [];
  const { db } = ctx.deps;
  const rows = await db
    .select()
    .from(auditLog)
    .where(
      and(
        staffId ? eq(auditLog.staffId, staffId) : undefined,
        targetKind ? eq(auditLog.targetKind, targetKind) : undefined,
        targetId ? eq(auditLog.targetId, targetId) : undefined,
        before ? lt(auditLog.id, before) : undefined,
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit + 1);
  const page = toPage(rows, limit, list, ({ id }) => [id]);
  const staffIds = [...new Set(page.items.map((row) => row.staffId))];
  const people =
    staffIds.length > 0
      ? await db.select({ id: staff.id, email: staff.email }).from(staff).where(inArray(staff.id, staffIds))
      : [];
  const emails = new Map(people.map(({ id, email }) => [id, email]));
  return { ...page, items: page.items.map((row) => ({ ...row, email: emails.get(row.staffId) ?? null })) };
}
