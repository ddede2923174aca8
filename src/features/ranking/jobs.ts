import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { koreanDay, startOfKoreanDay } from '../../platform/korea-time.ts';
import { Day, Id } from '../../platform/http/schemas.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { defineSlicedJob, type Job } from '../../platform/jobs/job.ts';
import { defineSchedule } from '../../platform/schedules.ts';
import { advanceRun } from './advance-run.ts';
import { doChunk, type Prepare } from './chunks.ts';
import { rankGroups, rankNation, rankScopes } from './rank-scopes.ts';
import { markRange } from './rebuild-activity.ts';
import { recountMarked } from './recount-activity.ts';
import { beginRun, findOpenChunk, readRun, takesSnapshot, type PhaseName } from './runs.ts';
import { scorePeople } from './score-people.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { loadWeights } from './weights.ts';

const Generation = z.number().int().positive();
/** Somebody's Korean day, behind which to go on. */
const Position = z.object({ userId: Id, day: Day });
/** One chunk of a run at a time: two at once take just as long on a small database, and are in people's way. */
const flowControl = { key: 'ranking', parallelism: 1 };
const retry = { retries: 5, retryDelay: '5000 * pow(2, retried)' };
/** Slices end by time: their chunks are bounded by rows themselves. */
const maxRows = 10_000_000;

/** Counts all activity anew that changed, then begins to score. */
export const countActivity = defineSlicedJob({
  name: 'ranking.count',
  schema: z.object({ generation: Generation }),
  key: ({ generation }) => String(generation),
  ...retry,
  flowControl,
  maxRows,
  position: Position,
  async runChunk(ctx, { generation }, position) {
    const run = await readRun(ctx, generation);
    if (run?.state === 'counting') {
      const { rows, next } = await recountMarked(ctx, run.weights, position);
      if (next) return { rows, next };
    }
    await goOn(ctx, generation);
    return { rows: 0, next: undefined };
  },
});

const PHASES = ['scores', 'groups', 'scopes', 'nation', 'snapshot'] as const satisfies PhaseName[];

/** How the chunks of each phase are done. */
export const prepares: Record<PhaseName, Prepare<never>> = {
  scores: scorePeople,
  groups: rankGroups,
  scopes: rankScopes,
  nation: rankNation,
  snapshot: takeSnapshot,
};

/** Works through the chunks of one part of a phase. Parts stand by themselves; whoever is last brings the run on. */
export const workOnPart = defineSlicedJob({
  name: 'ranking.part',
  schema: z.object({
    generation: Generation,
    phase: z.enum(PHASES),
    part: z.number().int().min(0),
  }),
  key: ({ generation, phase, part }) => `${generation}:${phase}:${part}`,
  ...retry,
  flowControl,
  maxRows,
  /** The number of the last chunk done. */
  position: z.number().int(),
  async runChunk(ctx, { generation, phase, part }, position = -1) {
    const run = await readRun(ctx, generation);
    if (run?.state === phase) {
      const chunk = await findOpenChunk(ctx, { generation, phase, part }, position);
      if (chunk) return { rows: await doChunk(ctx, run, chunk, prepares[phase]), next: chunk.number };
    }
    await goOn(ctx, generation, phase);
    return { rows: 0, next: undefined };
  },
});

/** Brings the run on. Of the phase that one comes from, the other parts are on their way by themselves. */
async function goOn(ctx: SystemCtx, generation: number, from?: PhaseName): Promise<void> {
  const work = await advanceRun(ctx, generation);
  if (!work) return followUp(ctx, generation);
  if (work.phase === from) return;
  await enqueue(
    ctx,
    workOnPart,
    work.parts.map((part) => ({ generation, phase: work.phase, part })),
  );
}

/** A run that took the snapshot of a midnight gone by is followed by the one it stood in for. */
async function followUp(ctx: SystemCtx, generation: number): Promise<void> {
  const run = await readRun(ctx, generation);
  if (run?.state !== 'done' || !takesSnapshot(run)) return;
  const isLate = run.dueAt.getTime() > startOfKoreanDay(koreanDay(run.dueAt)).getTime();
  if (isLate) await startRun(ctx, new Date(run.dueAt.getTime() + 1));
}

async function startRun(ctx: SystemCtx, dueAt: Date): Promise<void> {
  const { generation } = await beginRun(ctx, dueAt);
  await enqueue(ctx, countActivity, [{ generation }]);
}

/** Marks every day of a range to be counted anew; then counts them. */
export const rebuildActivity = defineSlicedJob({
  name: 'ranking.rebuild',
  schema: z.object({ from: Day, to: Day, askedBy: Id }),
  key: ({ askedBy }) => askedBy,
  ...retry,
  flowControl,
  position: Position,
  async runChunk(ctx, { from, to, askedBy }, position) {
    const { rows, next } = await markRange(ctx, { from, to }, position);
    if (!next) await enqueue(ctx, recountActivity, [{ askedBy }]);
    return { rows, next };
  },
});

/** Counts all activity anew that is marked, outside a run. */
export const recountActivity = defineSlicedJob({
  name: 'ranking.recount',
  schema: z.object({ askedBy: Id }),
  key: ({ askedBy }) => askedBy,
  ...retry,
  flowControl,
  maxRows,
  position: Position,
  runChunk: async (ctx, _payload, position) => recountMarked(ctx, await loadWeights(ctx), position),
});

export const rankingJobs: readonly Job[] = [countActivity, workOnPart, rebuildActivity, recountActivity];

/** Every hour; what was missed is not made up for, since each run computes everything. */
export const rankHourly = defineSchedule({
  name: 'ranking.hourly',
  everyMinutes: 60,
  catchUp: 'latest',
  start: startRun,
});
