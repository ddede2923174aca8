import { and, isNotNull, lt, ne, or, isNull } from 'drizzle-orm';
import * as z from 'zod';
import { deadLetters, jobRuns, scheduleRuns } from '../schema/engine-room.ts';
import type { SystemCtx } from './context.ts';
import { enqueue } from './jobs/enqueue.ts';
import { defineSlicedJob } from './jobs/job.ts';
import { defineSchedule } from './schedules.ts';

/** Rows a sweep or a purge step deletes in one call, at most. */
export const DELETE_CHUNK = 1000;

/** Something that ends by itself: rows past their time. */
export type Sweep = {
  name: string;
  /** Deletes at most {@link DELETE_CHUNK} of what is over and answers how many it did; fewer means that none is left. */
  run(ctx: SystemCtx): Promise<number>;
};

/** What goes 30 days after somebody left. */
export type PurgeStep = {
  name: string;
  /**
   * Deletes at most {@link DELETE_CHUNK} of the person's rows (and their objects, keys, counts) and answers how many it
   * did; 0 means that none is left. Runs again until then, and survives being killed half way.
   */
  run(ctx: SystemCtx, userId: string): Promise<number>;
};

/** An object of R2 that goes into the archive, under a name unique to it. */
export type ExportMedia = { key: string; fileName: string; bytes: number };

/** What somebody takes along in a data export. */
export type ExportStep = {
  /** The section's name in the archive's JSON. */
  name: string;
  /**
   * One chunk of the person's things, as they should read them, from `after` (undefined: the beginning) on; `next` is
   * where the following chunk begins. `media` names R2 objects that belong to it.
   */
  read(
    ctx: SystemCtx,
    userId: string,
    after: string | undefined,
  ): Promise<{ rows: object[]; next: string | undefined; media?: ExportMedia[] }>;
};

/** How data ends (built from src/retention.ts). */
export type Retention = {
  sweeps: readonly Sweep[];
  purgeSteps: readonly PurgeStep[];
  exportSteps: readonly ExportStep[];
};

export function defineSweep(sweep: Sweep): Sweep {
  return sweep;
}

export function definePurgeStep(step: PurgeStep): PurgeStep {
  return step;
}

export function defineExportStep(step: ExportStep): ExportStep {
  return step;
}

/** One chunk out of at most `size` rows ordered by id: the next begins behind the last of them. */
export function toExportChunk<R extends { id: string }>(
  found: readonly R[],
  size: number,
  toRow: (row: R) => object = (row) => row,
): { rows: object[]; next: string | undefined } {
  return { rows: found.map(toRow), next: found.length === size ? found.at(-1)?.id : undefined };
}

/** Runs every sweep, one after the other, in bounded chunks. */
export const sweepExpired = defineSlicedJob({
  name: 'retention.sweep',
  schema: z.object({ dueAt: z.iso.datetime() }),
  key: ({ dueAt }) => dueAt,
  retries: 3,
  /** The sweep at work. */
  position: z.number().int().min(0),
  async runChunk(ctx, _payload, position = 0) {
    const sweep = ctx.deps.retention.sweeps[position];
    if (!sweep) return { rows: 0, next: undefined };
    const rows = await sweep.run(ctx);
    if (rows > 0) ctx.deps.log.info('swept', { sweep: sweep.name, rows });
    return { rows, next: rows < DELETE_CHUNK ? position + 1 : position };
  },
});

/** Each night, when few are awake. */
export const startSweep = defineSchedule({
  name: 'retention.sweep',
  dailyAt: '04:30',
  catchUp: 'latest',
  start: (ctx, dueAt) => enqueue(ctx, sweepExpired, [{ dueAt: dueAt.toISOString() }]),
});

const DAY_MS = 86_400_000;

function daysAgo(ctx: SystemCtx, days: number): Date {
  return new Date(ctx.deps.clock.now().getTime() - days * DAY_MS);
}

/** The engine room's own rows: what was done, and letters that are settled. QStash repeats nothing after a month. */
export const engineSweeps: readonly Sweep[] = [
  defineSweep({
    name: 'job_runs',
    async run(ctx) {
      const isOld = and(isNotNull(jobRuns.finishedAt), lt(jobRuns.finishedAt, daysAgo(ctx, 30)));
      const isAbandoned = and(isNull(jobRuns.finishedAt), lt(jobRuns.leaseUntil, daysAgo(ctx, 30)));
      const { rowsAffected } = await ctx.deps.db
        .delete(jobRuns)
        .where(or(isOld, isAbandoned))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  defineSweep({
    name: 'schedule_runs',
    async run(ctx) {
      const { rowsAffected } = await ctx.deps.db
        .delete(scheduleRuns)
        .where(lt(scheduleRuns.startedAt, daysAgo(ctx, 90)))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
  defineSweep({
    name: 'dead_letters',
    async run(ctx) {
      const { rowsAffected } = await ctx.deps.db
        .delete(deadLetters)
        .where(and(ne(deadLetters.state, 'open'), lt(deadLetters.settledAt, daysAgo(ctx, 90))))
        .limit(DELETE_CHUNK);
      return rowsAffected;
    },
  }),
];
