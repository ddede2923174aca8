import * as z from 'zod';
import type { SystemCtx } from '../../platform/context.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { Day, Id } from '../../platform/http/schemas.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { defineJob, defineSlicedJob, type FlowControl, type Job } from '../../platform/jobs/job.ts';
import { defineSchedule, type Schedule } from '../../platform/schedules.ts';
import { Completion, completeThing } from './complete-thing.ts';
import { planRun } from './plan.ts';
import type { Source } from './source.ts';
import { visitTag, type Visit, type VisitJobs } from './visit-tag.ts';
import { findOpenVisits, type OpenVisit } from './visits.ts';

/** Messages of one chunk. */
const CHUNK = 100;
/** Messages of one delivery: each chunk is a read and a publication or two. */
const ROWS_A_SLICE = 1000;
/** What fails is tried again after the lease of a process that died has run out. */
const retry = { retries: 2, retryDelay: '90000 * pow(2, retried)' };

const VisitPayload = z.object({
  day: Day,
  source: z.string(),
  tagId: Id,
  /** How often it had been put off when the message was sent. */
  deferral: z.number().int().min(0),
});

const Position = z.object({ source: z.string(), position: z.number().int() });

/** The daily crawl of some sources: what starts it and what does its work. */
export function createCrawl(sources: readonly Source[]): { jobs: readonly Job[]; schedule: Schedule } {
  const bySource = new Map(sources.map((source) => [source.id, createSourceJobs(source)]));
  const dispatch = createDispatch(bySource);
  const schedule = defineSchedule({
    name: 'discovery.daily',
    dailyAt: '05:30',
    catchUp: 'latest',
    async start(ctx, dueAt) {
      const day = koreanDay(dueAt);
      await planRun(ctx, sources, day);
      await enqueue(ctx, dispatch, [{ day, startedFor: dueAt.getTime() }]);
    },
  });
  const sourceJobs = [...bySource.values()].flatMap(({ visit, complete }) => [visit, complete]);
  return { jobs: [dispatch, ...sourceJobs] as Job[], schedule };
}

/**
 * Sends a message for each visit of a day that is not done. The same visit is the same message: begun again within ten
 * minutes, a day does not fill the queue a second time.
 */
function createDispatch(bySource: ReadonlyMap<string, VisitJobs>) {
  return defineSlicedJob({
    name: 'discovery.dispatch',
    schema: z.object({ day: Day, startedFor: z.number().int() }),
    key: ({ day, startedFor }) => `${day}:${startedFor}`,
    retries: 5,
    retryDelay: '10000 * pow(2, retried)',
    position: Position,
    maxRows: ROWS_A_SLICE,
    async runChunk(ctx, { day }, after) {
      const open = await findOpenVisits(ctx, day, [...bySource.keys()], after, CHUNK);
      for (const [source, visits] of Map.groupBy(open, (visit) => visit.source)) {
        const jobs = bySource.get(source);
        if (jobs) await sendVisits(ctx, jobs.visit, day, visits);
      }
      const last = open.at(-1);
      const next =
        open.length === CHUNK && last ? { source: last.source, position: last.position } : undefined;
      return { rows: open.length, next };
    },
  });
}

async function sendVisits(ctx: SystemCtx, job: Job<Visit>, day: string, visits: readonly OpenVisit[]) {
  const payloads = visits.map(({ source, tagId, deferrals }) => ({
    day,
    source,
    tagId,
    deferral: deferrals,
  }));
  await enqueue(ctx, job, payloads);
}

/** A source's messages wait for each other and for nobody else's. */
function createSourceJobs(source: Source): VisitJobs {
  const flowControl = flowOf(source);
  const complete: Job<Completion> = defineJob({
    name: `discovery.complete.${source.id}`,
    schema: Completion,
    key: ({ day, urlHash }) => `${day}:${urlHash}`,
    ...retry,
    flowControl,
    run: (ctx, payload) => completeThing(ctx, source, payload, complete),
  });
  const visit: Job<Visit> = defineJob({
    name: `discovery.visit.${source.id}`,
    schema: VisitPayload,
    key: ({ day, tagId }) => `${day}:${source.id}:${tagId}`,
    ...retry,
    flowControl,
    run: (ctx, payload) => visitTag(ctx, source, payload, { visit, complete }),
  });
  return { visit, complete };
}

function flowOf({ id, budget }: Source): FlowControl {
  const key = `discovery.${id}`;
  if (budget.pauseSeconds <= 0) return { key, parallelism: 1 };
  // A second more than the pause: what comes on the very second would find it not quite over.
  return { key, parallelism: 1, rate: 1, period: Math.ceil(budget.pauseSeconds) + 1 };
}
