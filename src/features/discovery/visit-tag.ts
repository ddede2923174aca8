import type { SystemCtx } from '../../platform/context.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import type { Job } from '../../platform/jobs/job.ts';
import { toCompletion, type Completion } from './complete-thing.ts';
import { whenAgain } from './patience.ts';
import { toPhrase } from './query.ts';
import { addDropped, readSource } from './read-source.ts';
import type { Source, SourceRequest } from './source.ts';
import { storeItems, type Stored } from './store-items.ts';
import {
  endVisit,
  giveVisitBack,
  readVisit,
  takeVisit,
  type Lease,
  type VisitEnd,
  type VisitKey,
} from './visits.ts';

/** Pages of single things that one visit has read later, at most. */
const MAX_LATER = 20;

export type Visit = VisitKey & { deferral: number };

export type VisitJobs = { visit: Job<Visit>; complete: Job<Completion> };

/**
 * Makes one visit, once: asks the source for a tag, stores what it gives and notes how it went. Delivered twice, late or
 * again after a death half way it does what is left to do.
 */
export async function visitTag(
  ctx: SystemCtx,
  source: Source,
  { deferral, ...key }: Visit,
  jobs: VisitJobs,
): Promise<void> {
  const lease = await takeVisit(ctx, key, deferral);
  if (!lease) return;
  try {
    const end = await makeVisit(ctx, source, lease, deferral, jobs);
    if (end) await finish(ctx, lease, end);
  } catch (error) {
    await giveVisitBack(ctx, lease, false);
    throw error;
  }
}

async function finish(ctx: SystemCtx, lease: Lease, end: VisitEnd): Promise<void> {
  await endVisit(ctx, lease, end);
  const { day, source, tagId } = lease;
  const { dropped: _dropped, ...facts } = end;
  ctx.deps.log.info('visit', { day, source, tag: tagId, ...facts });
}

/** Undefined when it has been put off. */
async function makeVisit(
  ctx: SystemCtx,
  source: Source,
  lease: Lease,
  deferral: number,
  jobs: VisitJobs,
): Promise<VisitEnd | undefined> {
  const { tagName, startedAt } = await readVisit(ctx, lease);
  const { clock, config } = ctx.deps;
  const phrase = tagName === null ? undefined : toPhrase(tagName);
  if (phrase === undefined) return { outcome: 'skipped' };
  if (!source.isConfigured(config.crawl)) return { outcome: 'config_error' };
  const requests = source.requests({ phrase, now: clock.now() }, config.crawl);
  const reading = await readSource(ctx, source, requests);
  if ('waitSeconds' in reading) {
    const delaySeconds = whenAgain(reading.waitSeconds, clock.now(), startedAt);
    if (delaySeconds === undefined) return { outcome: 'throttled' };
    await putOff(ctx, lease, deferral, delaySeconds, jobs.visit);
    return undefined;
  }
  const { things, stored, known, dropped } = await storeItems(ctx, source, lease.tagId, reading.items);
  await readLater(ctx, lease, choosePages(reading.later, things, startedAt), jobs.complete);
  await reading.remember();
  const { outcome, isPartial } = reading;
  return { outcome, isPartial, stored, known, dropped: addDropped(reading.dropped, dropped) };
}

/** The message goes first: should this die in between, it finds the visit as it was and makes it. */
async function putOff(
  ctx: SystemCtx,
  lease: Lease,
  deferral: number,
  delaySeconds: number,
  job: Job<Visit>,
): Promise<void> {
  const { day, source, tagId } = lease;
  const next = deferral + 1;
  await enqueue(ctx, job, [{ day, source, tagId, deferral: next }], {
    delaySeconds,
    occasion: String(next),
  });
  await giveVisitBack(ctx, lease, true);
}

/** Pages are read when their thing is new: of those first seen on an earlier day that has been done. */
function choosePages(
  later: readonly SourceRequest[],
  things: Stored['things'],
  startedAt: Date,
): SourceRequest[] {
  const isOld = new Set(things.flatMap(({ url, firstSeenAt }) => (firstSeenAt < startedAt ? url : [])));
  return later.filter(({ url }) => !isOld.has(url)).slice(0, MAX_LATER);
}

async function readLater(
  ctx: SystemCtx,
  { day, tagId }: Lease,
  pages: readonly SourceRequest[],
  job: Job<Completion>,
): Promise<void> {
  if (pages.length === 0) return;
  await enqueue(ctx, job, await Promise.all(pages.map((page) => toCompletion(day, tagId, page))));
}
