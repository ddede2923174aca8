/** A crawl as it runs: what each host sees of it a minute, and how long its deliveries take. Real time, real pauses. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@planetscale/database';
import { fireCron } from '../local/cron.ts';
import { beginCrawl } from '../local/crawl/begin-crawl.ts';
import type { LoggedRequest } from '../local/crawl/request-log.ts';
import { migrateDatabase } from '../local/migrate.ts';
import type { Delivery } from '../local/qstash/delivery-log.ts';
import { seedDemo } from '../local/seed/demo.ts';
import { seedDirectory } from '../local/seed/seed.ts';
import { startWorker } from '../local/worker-process.ts';
import { sources } from '../src/features/discovery/sources/index.ts';
import type { BenchContext } from './context.ts';
import type { Row } from './report.ts';

const DATABASE = 'crawl_pace';
/** Long enough for the host with the longest pause to be asked a score of times (seconds). */
const WATCHED_SECONDS = 120;
/** A job has so long (quality.md). */
const DELIVERY_SECONDS = 10;
const KEPT_OF_THE_CRAWL = [
  'discoveries',
  'discovery_hosts',
  'discovery_identities',
  'discovery_quotas',
  'discovery_runs',
  'discovery_tags',
  'discovery_validators',
  'discovery_visits',
  'schedules',
  'schedule_runs',
];

/** Begins the day's crawl for the tags of the demo population, at all imitated hosts, and watches it for two minutes. */
export async function measurePace({
  plane,
  stateDir,
  say,
}: Pick<BenchContext, 'plane' | 'stateDir' | 'say'>): Promise<Row[]> {
  const databaseUrl = await plane.createDatabase(DATABASE);
  await migrateDatabase(databaseUrl);
  await seedDirectory(databaseUrl);
  await seedDemo(databaseUrl, { now: new Date(), hashPassword: async () => 'nobody logs in' });
  const database = new Client({ url: databaseUrl });
  for (const table of KEPT_OF_THE_CRAWL) await database.execute(`delete from ${table}`);
  const env = { ...plane.env, DATABASE_URL: databaseUrl };
  const worker = await startWorker({ stateDir, port: 0, env });
  try {
    const stop = await beginCrawl(databaseUrl, () => fireCron(worker.url, say));
    say(`watching the crawl for ${WATCHED_SECONDS} s …`);
    await sleep(WATCHED_SECONDS * 1000);
    stop();
    const seen = await readControl<{ requests: LoggedRequest[] }>(`${plane.urls.crawl}/_control/requests`);
    const sent = await readControl<{ deliveries: Delivery[] }>(`${plane.urls.qstash}/_control/deliveries`);
    return [...describeHosts(seen.requests), slowestDelivery(sent.deliveries)];
  } finally {
    await worker.stop();
  }
}

async function readControl<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as T;
}

function describeHosts(requests: readonly LoggedRequest[]): Row[] {
  return [...Map.groupBy(requests, ({ host }) => host)].flatMap(([host, seen]) => {
    const times = seen.map(({ at }) => Date.parse(at)).toSorted((a, b) => a - b);
    const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 1000);
    const minutes = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 60_000;
    const pause = sources.find(({ hosts }) => hosts.includes(host))?.budget.pauseSeconds ?? 0;
    const rate: Row = { what: `${host}: requests a minute`, measured: gaps.length / minutes, unit: '' };
    const gap: Row = { what: '  the shortest pause', measured: Math.min(...gaps), unit: 's' };
    return gaps.length === 0 ? [] : [rate, pause > 0 ? { ...gap, budget: { least: pause } } : gap];
  });
}

function slowestDelivery(deliveries: readonly Delivery[]): Row {
  const seconds = deliveries
    .filter(({ body }) => body.includes('discovery.'))
    .flatMap(({ attempts }) => attempts)
    .flatMap(({ startedAt, finishedAt }) =>
      finishedAt === undefined ? [] : [(finishedAt - startedAt) / 1000],
    );
  return {
    what: `the slowest of ${seconds.length} deliveries of the crawl`,
    measured: Math.max(0, ...seconds),
    unit: 's',
    budget: { most: DELIVERY_SECONDS },
  };
}
