/** Search as people type it, one and two syllables: how long, and whose time it is (engine, MySQL, Worker). */
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { askForRebuild } from '../local/commands/search-rebuild.ts';
import { indexPrefix } from '../src/platform/search.ts';
import type { BenchContext } from './context.ts';
import type { DataSet } from './data-set.ts';
import { percentile } from './percentiles.ts';
import type { Report } from './report.ts';
import { startEngine, type BenchEngine } from './search-engine.ts';
import { lengthOf, startTimingProxy, type TimingProxy } from './timing-proxy.ts';
import { openViewers } from './viewers.ts';
import { buildWorker, startBuiltWorker } from './worker.ts';

/** Beginnings of names, tags, schools and words of posts. */
const QUERIES = {
  'one syllable': '김 이 박 최 공 해 디 데 인 연 서 개'.split(' '),
  'two syllables': '김민 이서 박지 공모 해커 디자 데이 인턴 연세 서울 개발 ㄱㅁ'.split(' '),
} as const;

const PATHS = [
  '/v1/search',
  '/v1/search/people',
  '/v1/search/posts',
  '/v1/search/tags',
  '/v1/search/schools',
];
const ROUNDS = 10;
/** quality.md: server side, for two syllables. */
const BUDGET_MS = 50;
const REBUILD_PATIENCE_MS = 45 * 60_000;

/** Runs the bench; what it writes is gone afterwards. */
export async function runSearchBench(ctx: BenchContext): Promise<Report> {
  const { dataSet, plane, stateDir, latency, say } = ctx;
  const report: Report = { rows: [], missing: [], details: {} };
  const engine = await startEngine(latency);
  const database = new URL(dataSet.databaseUrl);
  const proxies = {
    engine: await startTimingProxy(engine.url),
    MySQL: await startTimingProxy(database.origin),
    Redis: await startTimingProxy(plane.urls.upstash),
  };
  database.host = new URL(proxies.MySQL.url).host;
  const built = await buildWorker(join(stateDir, 'worker'));
  const worker = await startBuiltWorker(built, {
    ...plane.env,
    DATABASE_URL: database.href,
    REDIS_URL: proxies.Redis.url,
    MEILI_URL: proxies.engine.url,
    MEILI_KEY: engine.key,
  });
  try {
    await forget(dataSet);
    await buildIndexes(ctx, { ...plane.env, PUBLIC_URL: worker.url }, engine, report);
    const [viewer] = (await openViewers(dataSet, new Date())).usual;
    if (!viewer) throw new Error('The data set has no usual person.');
    const ask = createAsk(worker.url, viewer.token);
    for (const path of PATHS) {
      for (const [syllables, queries] of Object.entries(QUERIES)) {
        say(`${path}, ${syllables} …`);
        await measure(`${path}, ${syllables}`, path, queries, { ask, proxies, report });
      }
    }
  } finally {
    await worker.stop();
    await forget(dataSet);
    for (const proxy of Object.values(proxies)) await proxy.close();
    await engine.stop();
  }
  report.details = { engine: engine.isStandIn ? 'stand-in' : 'real', queries: QUERIES, rounds: ROUNDS };
  return report;
}

/** The rebuild by its own job, which is measured by the way. */
async function buildIndexes(
  { dataSet, say }: BenchContext,
  env: Record<string, string>,
  engine: BenchEngine,
  { rows }: Report,
): Promise<void> {
  const started = performance.now();
  await askForRebuild(env);
  for (;;) {
    await sleep(500);
    const [built] = await dataSet.connection.query<RowDataPacket[]>(
      'select kind from search_indexes where built_at is not null and rebuild_id is null',
    );
    if (built.length === 5) break;
    if (performance.now() - started > REBUILD_PATIENCE_MS) throw new Error('The rebuild does not end.');
  }
  rows.push({ what: 'rebuilding all indexes', measured: (performance.now() - started) / 1000, unit: 's' });
  say('the engine reads its documents …');
  // The stand-in notes words when it is first asked: that is no part of a search.
  const prefix = indexPrefix({ ENVIRONMENT: 'local', DATABASE_URL: dataSet.databaseUrl });
  for (const kind of ['people', 'posts', 'tags', 'schools']) {
    const answer = await fetch(`${engine.url}/indexes/${prefix}_${kind}/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${engine.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ q: '가', limit: 1 }),
    });
    if (!answer.ok) throw new Error(`The engine answered ${answer.status}: ${await answer.text()}`);
    await answer.body?.cancel();
  }
}

type Ask = (path: string, q: string) => Promise<number>;

/** One client with one connection. */
function createAsk(url: string, token: string): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (path, q) =>
    new Promise((resolve, reject) => {
      request(
        `${url}${path}?${new URLSearchParams({ q })}`,
        { agent, headers: { authorization: `Bearer ${token}` } },
        (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode ?? 0));
        },
      )
        .on('error', reject)
        .end();
    });
}

async function measure(
  name: string,
  path: string,
  queries: readonly string[],
  { ask, proxies, report }: { ask: Ask; proxies: Record<string, TimingProxy>; report: Report },
): Promise<void> {
  for (const q of queries) await ask(path, q);
  const totals: number[] = [];
  const parts: Record<string, number[]> = {};
  const faults = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const q of queries) {
      for (const proxy of Object.values(proxies)) proxy.take();
      const started = performance.now();
      const status = await ask(path, q);
      const total = performance.now() - started;
      if (status !== 200) {
        faults.set(status, (faults.get(status) ?? 0) + 1);
        continue;
      }
      const spans = Object.entries(proxies).map(([part, proxy]) => [part, proxy.take()] as const);
      for (const [part, own] of spans) (parts[part] ??= []).push(lengthOf(own));
      (parts['Worker and the way to it'] ??= []).push(total - lengthOf(spans.flatMap(([, own]) => own)));
      totals.push(total);
    }
  }
  for (const [status, count] of faults) report.missing.push(`${name}: ${count} times ${status}`);
  if (totals.length === 0) return;
  report.rows.push(
    { what: `${name}: p50`, measured: percentile(totals, 0.5), unit: 'ms' },
    {
      what: '  p95',
      measured: percentile(totals, 0.95),
      unit: 'ms',
      ...(name.includes('two') && { budget: { most: BUDGET_MS } }),
    },
    ...Object.entries(parts).flatMap(([part, own]) => [
      { what: `  of it ${part}: p50`, measured: percentile(own, 0.5), unit: 'ms' as const },
      { what: `  of it ${part}: p95`, measured: percentile(own, 0.95), unit: 'ms' as const },
    ]),
  );
}

async function forget({ connection }: DataSet): Promise<void> {
  await connection.query('delete from search_indexes');
  await connection.query('delete from search_changes');
  await connection.query("delete from job_runs where name like 'search.%'");
}
