import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { scheduleRuns, schedules } from '../schema/engine-room.ts';
import type { Ctx, SystemCtx } from './context.ts';
import { randomToken } from './crypto.ts';
import type { Queryable } from './db/client.ts';
import { startOfKoreanDay } from './korea-time.ts';
import { describeError } from './log.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A start that has not ended by then is taken for dead (milliseconds). */
export const START_LEASE_MS = 5 * MINUTE_MS;
/** Missed starts that one tick makes up for. */
const CATCH_UP_PER_TICK = 24;

export type Schedule = {
  name: string;
  /** After an outage: start for the newest due time alone, or for each that was missed. */
  catchUp: 'latest' | 'each';
  /**
   * Starts the work of one due time: finds what is to be done and enqueues jobs, within seconds. May be run again for
   * the same due time (the one before failed or died): jobs get keys made of `dueAt`.
   */
  start(ctx: SystemCtx, dueAt: Date): Promise<void>;
  /** The newest due time at or before an instant. */
  latest(at: Date): Date;
  /** The first due time after an instant. */
  next(after: Date): Date;
};

/** Declares a schedule: every so many minutes (counted from midnight UTC), or daily at a Korean time. List it in src/schedules.ts. */
export function defineSchedule(
  spec: Pick<Schedule, 'name' | 'catchUp' | 'start'> &
    ({ everyMinutes: number } | { dailyAt: `${number}:${number}` }),
): Schedule {
  const period = 'everyMinutes' in spec ? spec.everyMinutes * MINUTE_MS : DAY_MS;
  const offset =
    'everyMinutes' in spec ? 0 : startOfKoreanDay('1970-01-01').getTime() + readTimeOfDay(spec.dailyAt);
  function latest(at: Date): Date {
    return new Date(Math.floor((at.getTime() - offset) / period) * period + offset);
  }
  const { name, catchUp, start } = spec;
  return { name, catchUp, start, latest, next: (after) => new Date(latest(after).getTime() + period) };
}

function readTimeOfDay(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!match) throw new Error(`no time of day: ${text}`);
  return (Number(match[1]) * 60 + Number(match[2])) * MINUTE_MS;
}

/** The schedules of the whole app (built from src/schedules.ts). */
export type Schedules = { list: readonly Schedule[]; find(name: string): Schedule | undefined };

/** Throws when two schedules share a name. */
export function createSchedules(list: readonly Schedule[]): Schedules {
  const byName = new Map(list.map((schedule) => [schedule.name, schedule]));
  if (byName.size !== list.length) throw new Error('two schedules share a name');
  return { list, find: (name) => byName.get(name) };
}

/**
 * Starts what is due, each by whoever gets its lease: several triggers at once make one run, a missed one is caught up,
 * a holder that died is replaced. A start that fails is told in the log and in its run's row, tried again with a growing
 * delay (10 minutes at most), and holds up no other. `names` bounds it to some schedules.
 */
export async function startDueSchedules(ctx: SystemCtx, names?: readonly string[]): Promise<void> {
  const all = ctx.deps.schedules.list.filter(({ name }) => names?.includes(name) ?? true);
  await enterMissing(ctx, all);
  for (const schedule of all) {
    try {
      for (let run = 0; run < CATCH_UP_PER_TICK && (await startIfDue(ctx, schedule)); run += 1);
    } catch (error) {
      ctx.deps.log.error('schedule not started', { schedule: schedule.name, ...describeError(error) });
    }
  }
}

/** A new schedule is due at its next time. */
async function enterMissing(ctx: SystemCtx, all: readonly Schedule[]): Promise<void> {
  const { db, clock } = ctx.deps;
  if (all.length === 0) return;
  const names = all.map(({ name }) => name);
  const rows = await db
    .select({ name: schedules.name })
    .from(schedules)
    .where(inArray(schedules.name, names));
  const missing = all.filter(({ name }) => !rows.some((row) => row.name === name));
  if (missing.length === 0) return;
  await db
    .insert(schedules)
    .ignore()
    .values(missing.map(({ name, next }) => ({ name, dueAt: next(clock.now()) })));
}

type Claim = { dueAt: Date; dueBy: 'cron' | 'staff'; token: string };

/** Answers whether it ran, and another due time may wait. */
async function startIfDue(ctx: SystemCtx, schedule: Schedule): Promise<boolean> {
  const claim = await claimDue(ctx, schedule.name);
  if (!claim) return false;
  const now = ctx.deps.clock.now();
  const skipsMissed = schedule.catchUp === 'latest' && claim.dueBy === 'cron';
  const dueAt = skipsMissed ? schedule.latest(now) : claim.dueAt;
  const attempts = await openRun(ctx, schedule.name, dueAt, claim.dueBy);
  if (attempts > 0) {
    try {
      await schedule.start(ctx, dueAt);
    } catch (error) {
      await failRun(ctx, schedule.name, dueAt, claim, attempts, error);
      return false;
    }
  }
  await closeRun(ctx, schedule, dueAt, claim);
  return true;
}

/** Takes the lease of a schedule that is due and nobody holds. */
async function claimDue(ctx: SystemCtx, name: string): Promise<Claim | undefined> {
  const { db, clock } = ctx.deps;
  const now = clock.now();
  const isFree = or(isNull(schedules.leaseUntil), lte(schedules.leaseUntil, now));
  const isWanted = or(eq(schedules.isPaused, false), eq(schedules.dueBy, 'staff'));
  const isDue = and(eq(schedules.name, name), lte(schedules.dueAt, now), isFree, isWanted);
  const [row] = await db
    .select({ dueAt: schedules.dueAt, dueBy: schedules.dueBy })
    .from(schedules)
    .where(isDue);
  if (!row) return undefined;
  const token = randomToken();
  const { rowsAffected } = await db
    .update(schedules)
    .set({ leaseToken: token, leaseUntil: new Date(now.getTime() + START_LEASE_MS) })
    .where(and(isDue, eq(schedules.dueAt, row.dueAt)));
  return rowsAffected === 1 ? { ...row, token } : undefined;
}

/** Notes a start; answers which attempt it is, 0 when this due time is done already. */
async function openRun(
  ctx: SystemCtx,
  name: string,
  dueAt: Date,
  startedBy: 'cron' | 'staff',
): Promise<number> {
  const { db, clock } = ctx.deps;
  const [known] = await db
    .select({ state: scheduleRuns.state, attempts: scheduleRuns.attempts })
    .from(scheduleRuns)
    .where(and(eq(scheduleRuns.name, name), eq(scheduleRuns.dueAt, dueAt)));
  if (known?.state === 'done') return 0;
  const attempts = (known?.attempts ?? 0) + 1;
  const run = { state: 'started' as const, startedAt: clock.now(), finishedAt: null, error: null, attempts };
  await db
    .insert(scheduleRuns)
    .values({ name, dueAt, startedBy, ...run })
    .onDuplicateKeyUpdate({ set: run });
  return attempts;
}

async function failRun(
  ctx: SystemCtx,
  name: string,
  dueAt: Date,
  { token }: Claim,
  attempts: number,
  thrown: unknown,
): Promise<void> {
  const { db, clock, log } = ctx.deps;
  const error = thrown instanceof Error ? thrown.name : typeof thrown;
  log.error('schedule failed', {
    schedule: name,
    dueAt: dueAt.toISOString(),
    attempts,
    ...describeError(thrown),
  });
  await db
    .update(scheduleRuns)
    .set({ state: 'failed', finishedAt: clock.now(), error })
    .where(and(eq(scheduleRuns.name, name), eq(scheduleRuns.dueAt, dueAt)));
  const waitMs = Math.min(2 ** (attempts - 1), 10) * MINUTE_MS;
  await db
    .update(schedules)
    // A second early: the tick that is to try again may come a moment before its minute.
    .set({ leaseToken: null, leaseUntil: new Date(clock.now().getTime() + waitMs - 1000) })
    .where(and(eq(schedules.name, name), eq(schedules.leaseToken, token)));
}

async function closeRun(ctx: SystemCtx, schedule: Schedule, dueAt: Date, claim: Claim): Promise<void> {
  const { db, clock, log } = ctx.deps;
  const { name } = schedule;
  await db
    .update(scheduleRuns)
    .set({ state: 'done', finishedAt: clock.now() })
    .where(and(eq(scheduleRuns.name, name), eq(scheduleRuns.dueAt, dueAt)));
  const { rowsAffected } = await db
    .update(schedules)
    .set({ dueAt: schedule.next(dueAt), dueBy: 'cron', leaseToken: null, leaseUntil: null })
    .where(and(eq(schedules.name, name), eq(schedules.leaseToken, claim.token)));
  if (rowsAffected === 0) log.warn('schedule outlived its lease', { schedule: name });
  log.info('schedule started', { schedule: name, dueAt: dueAt.toISOString(), startedBy: claim.dueBy });
}

/**
 * Makes a schedule due now, a paused one too; one that is due already stays so. The next tick starts it, or the caller
 * does. One statement: of several who ask at once, none waits for another's lock with one of its own.
 */
export async function askForStart(ctx: Ctx, db: Queryable, schedule: Schedule): Promise<void> {
  const now = ctx.deps.clock.now();
  const asked = sql`values(${sql.identifier(schedules.dueAt.name)})`;
  await db
    .insert(schedules)
    .values({ name: schedule.name, dueAt: now, dueBy: 'staff' })
    .onDuplicateKeyUpdate({
      set: {
        dueAt: sql`if(${schedules.dueAt} > ${asked} or ${schedules.isPaused}, ${asked}, ${schedules.dueAt})`,
        // Set after `dueAt`, whose new value it sees.
        dueBy: sql`if(${schedules.dueAt} = ${asked}, 'staff', ${schedules.dueBy})`,
      },
    });
}
