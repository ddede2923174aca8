/** The feed and what stands around it: database time of its pages, and the whole stack under load. */
import { join } from 'node:path';
import type { BenchContext } from './context.ts';
import { measureFeedPages } from './feed-pages.ts';
import { listRoutes } from './feed-routes.ts';
import { measureLikeStorm } from './like-storm.ts';
import { sendLoad } from './load-loop.ts';
import { removeTraces } from './remove-traces.ts';
import type { Report } from './report.ts';
import { measureRoutes } from './route-times.ts';
import { openViewers, type Viewer } from './viewers.ts';
import { buildWorker, measureStartUp, startBuiltWorker, type RunningWorker } from './worker.ts';

/** Runs the bench; what it writes is gone afterwards. */
export async function runFeedBench(ctx: BenchContext): Promise<Report> {
  const { dataSet, plane, stateDir, latency, say } = ctx;
  await removeTraces(dataSet);
  const report: Report = { rows: [], missing: [], details: {} };
  const built = await buildWorker(join(stateDir, 'worker'));
  const worker = await startBuiltWorker(built, { ...plane.env, DATABASE_URL: dataSet.databaseUrl });
  try {
    const viewers = await openViewers(dataSet, new Date());
    const everybody = Object.values(viewers).flat();
    await warmUp(worker, everybody);
    // Added latency changes nothing in the database.
    if (latency === 'none') await measureFeedPages(ctx, worker, viewers, report);
    await measureRoutes(ctx, worker, listRoutes(dataSet, viewers.usual), report);
    await measureLikeStorm(ctx, worker, report);
  } finally {
    await worker.stop();
    say('tidying up …');
    await removeTraces(dataSet);
  }
  report.rows.push(
    { what: 'Worker bundle, gzip', measured: built.gzipBytes / 1024, unit: 'KiB', budget: { most: 600 } },
    {
      what: 'Worker start-up, processor time',
      measured: await measureStartUp(built),
      unit: 'ms',
      budget: { most: 100 },
    },
  );
  return report;
}

/** The school directory and the sessions are in memory afterwards, as they are in a Worker that has run for a while. */
async function warmUp(worker: RunningWorker, viewers: readonly Viewer[]): Promise<void> {
  const shots = viewers.map(({ token }) => ({ method: 'GET', path: '/v1/feed', token }));
  await sendLoad({ url: worker.url, clients: 4, shots, first: 0, seconds: 'once' });
}
