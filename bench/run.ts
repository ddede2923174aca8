/**
 * `npm run bench -- <name> …`: measures what docs promise, on data sets of several sizes. Without a name all of them, and
 * docs/performance.md is written anew.
 */
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LATENCY_PROFILES, startDataPlane } from '../local/data-plane.ts';
import { findStateDirectory } from '../local/engines/places.ts';
import { withLock } from '../local/lock.mjs';
import type { BenchContext } from './context.ts';
import { openDataSet } from './data-set.ts';
import { runCrawlBench } from './crawl.ts';
import { runFeedBench } from './feed.ts';
import { writePerformancePage } from './performance-page.ts';
import { runRealtimeBench } from './realtime.ts';
import { runRankingBench } from './ranking.ts';
import { publish, type Report } from './report.ts';
import { bufferPoolMb, scales, type ScaleName } from './scales.ts';
import { runSearchBench } from './search.ts';

const benches: Record<string, (ctx: BenchContext) => Promise<Report>> = {
  load: async ({ dataSet: { loaded } }) => ({
    rows: [
      { what: 'rows', measured: loaded.rows, unit: '' },
      { what: 'loading them', measured: loaded.seconds, unit: 's' },
    ],
    missing: [],
    details: {},
  }),
  feed: runFeedBench,
  search: runSearchBench,
  realtime: runRealtimeBench,
};

/** Those that make their own data. */
const benchesApart: Record<string, (ctx: Omit<BenchContext, 'dataSet'>) => Promise<Report>> = {
  ranking: runRankingBench,
  crawl: runCrawlBench,
};

const CHECKOUT = resolve(import.meta.dirname, '..');

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { names, isAll, scale, latency } = readOptions();
  const stateDir = join(findStateDirectory(CHECKOUT), 'bench');
  mkdirSync(stateDir, { recursive: true });
  await withLock(join(stateDir, 'bench.lock'), async () => {
    const failed: string[] = [];
    for (const name of names) {
      say(`\n${name}, ${scale}`);
      try {
        await runOne(name, { scale, latency, stateDir });
      } catch (error) {
        if (!isAll) throw error;
        failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        say(failed.at(-1) ?? '');
      }
    }
    if (isAll) say(writePerformancePage(scale));
    if (failed.length > 0) throw new Error(`Not measured:\n${failed.join('\n')}`);
  });
}

/** One bench on a data plane of its own, so that none begins with what the one before left in memory. */
async function runOne(
  name: string,
  { scale, latency, stateDir }: Pick<BenchContext, 'scale' | 'latency' | 'stateDir'>,
): Promise<void> {
  const bench = findBench(name);
  if (!bench) throw new Error(`no bench ${name}`);
  const startedAt = new Date();
  const loadBefore = loadavg();
  const plane = await startDataPlane({ stateDir, latency, bufferPoolMb: bufferPoolMb[scale], log: say });
  try {
    const report = await bench({ plane, scale, latency, stateDir, say });
    const engines = { mysql: plane.mysql.version, redis: plane.redis.version };
    publish({ bench: name, scale, latency, startedAt, loadBefore, engines }, report);
  } finally {
    await plane.stop();
  }
}

/** A bench with its data set, if it needs one. */
function findBench(name: string): (typeof benchesApart)[string] | undefined {
  const bench = benches[name];
  if (!bench) return benchesApart[name];
  return async (ctx) => {
    const dataSet = await openDataSet(ctx.plane, ctx.scale, ctx.say);
    const report = await bench({ ...ctx, dataSet });
    await dataSet.connection.end();
    return report;
  };
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scale: { type: 'string', default: 'small' },
      latency: { type: 'string', default: 'none' },
    },
  });
  const known = Object.keys({ ...benches, ...benchesApart });
  if (positionals.some((name) => !known.includes(name)))
    throw new Error(`npm run bench -- [${known.join(' | ')}]`);
  const isAll = positionals.length === 0;
  // The others load what they need themselves.
  const names = isAll ? known.filter((name) => name !== 'load') : positionals;
  const scale = (Object.keys(scales) as ScaleName[]).find((name) => name === values.scale);
  if (!scale) throw new Error(`--scale: ${Object.keys(scales).join(' | ')}`);
  const latency = LATENCY_PROFILES.find((name) => name === values.latency);
  if (!latency) throw new Error(`--latency: ${LATENCY_PROFILES.join(' | ')}`);
  return { names, isAll, scale, latency };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
