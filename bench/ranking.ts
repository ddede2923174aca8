/** The hourly ranking and the daily snapshot through the built Worker and the queue, and what readers wait for. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DataPlane } from '../local/data-plane.ts';
import type { StatementReport } from '../local/planetscale/statement-log.ts';
import { addDays } from '../src/platform/korea-time.ts';
import type { BenchContext } from './context.ts';
import { findProcess, readProcessorMs } from './processor-time.ts';
import { openRankingData, type RankingData } from './ranking-data.ts';
import { measureReads } from './ranking-reads.ts';
import type { Report, Row } from './report.ts';
import { buildWorker, startBuiltWorker, type RunningWorker } from './worker.ts';

const BUDGET_MS = 60_000;
const PATIENCE_MS = 15 * 60_000;
const STAFF = 'bench@loopus.local';

/** Computes everything from nothing, a day later, and after an hour in which one in twenty got something. */
export async function runRankingBench(ctx: Omit<BenchContext, 'dataSet'>): Promise<Report> {
  const { plane, scale, stateDir, say } = ctx;
  const data = await openRankingData(plane, scale, say);
  const report: Report = { rows: [], missing: [], details: {} };
  const built = await buildWorker(join(stateDir, 'worker'));
  const worker = await startBuiltWorker(built, { ...plane.env, DATABASE_URL: data.databaseUrl });
  try {
    await data.connection.query(
      "replace into staff (email, id, role, created_at) values (?, 1, 'writer', now())",
      [STAFF],
    );
    const scan = await timeScan(data.connection);
    report.rows.push(
      { what: 'people', measured: data.people, unit: '' },
      { what: 'one bare scan of the activity', measured: scan, unit: 'ms' },
    );
    const mysqlId = findProcess(`--datadir=${join(stateDir, 'mysql')}`);
    const measured = { plane, mysqlId, data, worker, report, scan, say };
    say('the first run, with the snapshot of last midnight, and the one after it …');
    await measureRuns(measured, ['first', 'next day']);
    await makeWeekAgo(data.connection);
    say('an hour later …');
    await data.connection.query(
      'update activity_days set likes = likes + 1 where day = (select day from (select max(day) as day from activity_days) as newest) and user_id % 7 < 2',
    );
    await measureRuns(measured, ['hourly']);
    say('the same as one query with window functions? …');
    report.rows.push({
      what: 'differences from one window-function query',
      measured: await countDifferences(data.connection),
      unit: '',
      budget: { most: 0 },
    });
    await measureReads({ data, worker, report, say });
    return report;
  } finally {
    await worker.stop();
    await data.connection.end();
  }
}

type Measured = {
  plane: DataPlane;
  /** Undefined where processes cannot be looked at. */
  mysqlId: number | undefined;
  data: RankingData;
  worker: RunningWorker;
  report: Report;
  scan: number;
  say(line: string): void;
};

async function timeScan(connection: Connection): Promise<number> {
  const times: number[] = [];
  for (let time = 0; time < 3; time += 1) {
    const started = performance.now();
    await connection.query('select sum(posts + likes + comments + bookmarks + views) from activity_days');
    times.push(performance.now() - started);
  }
  return Math.min(...times);
}

/** Has staff start the ranking, waits until `names` runs are done, and reports what each took. */
async function measureRuns(
  { plane, mysqlId, data, worker, report, scan, say }: Measured,
  names: string[],
): Promise<void> {
  const { connection, database } = data;
  const [[last]] = await connection.query<RowDataPacket[]>(
    'select coalesce(max(generation), 0) as generation from ranking_runs',
  );
  const messagesBefore = await countMessages(plane);
  await control(plane.urls.planetscale, 'statements/reset', { database });
  const processorBefore = mysqlId === undefined ? 0 : readProcessorMs(mysqlId);
  await startRun(plane, worker);
  await waitForRuns(connection, Number(last?.['generation']) + names.length);
  const { databaseMs, statements } = (await control(
    plane.urls.planetscale,
    `statements?database=${database}`,
  )) as StatementReport;
  const processor = mysqlId === undefined ? undefined : readProcessorMs(mysqlId) - processorBefore;
  const messages = (await countMessages(plane)) - messagesBefore;
  const title = names.join(' and ');
  report.details[title] = statements.slice(0, 15).map(({ latencies, ...statement }) => ({
    ...statement,
    slowest: Math.max(...latencies),
  }));
  report.rows.push(
    {
      what: `${title}: database time`,
      measured: databaseMs,
      unit: 'ms',
      budget: { most: BUDGET_MS * names.length },
    },
    ...(processor === undefined
      ? []
      : [
          {
            what: '  processor time of MySQL, tidying up included',
            measured: processor,
            unit: 'ms' as const,
          },
        ]),
    { what: '  against the bare scan', measured: databaseMs / names.length / scan, unit: '' },
    {
      what: '  of a run, each 100,000 people (must not grow with the scale)',
      measured: (databaseMs / names.length / data.people) * 100_000,
      unit: 'ms',
    },
    { what: '  queue messages', measured: messages, unit: '', budget: { most: 100 * names.length } },
  );
  for (const [index, name] of names.entries()) {
    report.rows.push(...(await describeRun(connection, Number(last?.['generation']) + index + 1, name)));
  }
  say(`  ${title}: ${(databaseMs / 1000).toFixed(1)} s of database time, ${messages} messages`);
}

async function describeRun(connection: Connection, generation: number, name: string): Promise<Row[]> {
  const [[run]] = await connection.query<RowDataPacket[]>(
    'select timestampdiff(microsecond, started_at, finished_at) / 1000 as ms, people from ranking_runs where generation = ?',
    [generation],
  );
  const [phases] = await connection.query<RowDataPacket[]>(
    `select phase, count(*) as chunks, sum(milliseconds) as ms, max(milliseconds) as worst, sum(rows_written) as written, max(rows_written) as most
     from ranking_chunks where generation = ? group by phase order by min(finished_at)`,
    [generation],
  );
  const sumOf = (column: string) => phases.reduce((sum, phase) => sum + Number(phase[column]), 0);
  const most = (column: string) => Math.max(...phases.map((phase) => Number(phase[column])));
  return [
    { what: `${name} run: from start to end`, measured: Number(run?.['ms']), unit: 'ms' },
    { what: '  people ranked', measured: Number(run?.['people']), unit: '' },
    { what: '  rows written', measured: sumOf('written'), unit: '' },
    { what: '  worst chunk', measured: most('worst'), unit: 'ms', budget: { most: 1000 } },
    { what: '  rows of the largest chunk', measured: most('most'), unit: '', budget: { most: 10_000 } },
    ...phases.map((phase): Row => ({
      what: `  ${phase['phase']}: ${phase['chunks']} chunks, ${Number(phase['written']).toLocaleString('en')} rows, worst ${phase['worst']} ms; in all`,
      measured: Number(phase['ms']),
      unit: 'ms',
      ...(phase['phase'] === 'snapshot' && { budget: { most: BUDGET_MS } }),
    })),
  ];
}

async function startRun(plane: DataPlane, worker: RunningWorker): Promise<void> {
  const { token } = (await control(plane.urls.access, 'sign', { email: STAFF })) as { token: string };
  const answer = await fetch(`${worker.url}/v1/staff/ranking/runs`, {
    method: 'POST',
    headers: { 'cf-access-jwt-assertion': token },
  });
  if (answer.status !== 202)
    throw new Error(`starting the ranking answers ${answer.status}: ${await answer.text()}`);
}

async function waitForRuns(connection: Connection, generation: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const [[run]] = await connection.query<RowDataPacket[]>(
      'select state, error from ranking_runs where generation = ?',
      [generation],
    );
    if (run?.['state'] === 'done') return;
    if (run?.['state'] === 'failed') throw new Error(`the run failed: ${run['error']}`);
    await sleep(200);
  }
  throw new Error('the run is not done');
}

async function countMessages(plane: DataPlane): Promise<number> {
  const { deliveries } = (await control(plane.urls.qstash, 'deliveries')) as {
    deliveries: { body: string }[];
  };
  return deliveries.filter(({ body }) => body.includes('"name":"ranking.')).length;
}

async function control(url: string, name: string, body?: object): Promise<unknown> {
  const response = await fetch(
    `${url}/_control/${name}`,
    body && { method: 'POST', body: JSON.stringify(body) },
  );
  return response.json();
}

/** A snapshot of a week before yesterday's, so that growth and changes have something to compare with. */
async function makeWeekAgo(connection: Connection): Promise<void> {
  const [[newest]] = await connection.query<RowDataPacket[]>('select max(day) as day from rank_daily_days');
  const day = String(newest?.['day']);
  const weekAgo = addDays(day, -7);
  await connection.query(
    `insert ignore into rank_daily select ?, user_id, greatest(1, score - user_id % 50), nation_rank, school_id, school_rank, field_id, field_rank, group_rank from rank_daily where day = ?`,
    [weekAgo, day],
  );
  await connection.query(
    'insert ignore into rank_daily_days select ?, generation, people, finished_at from rank_daily_days where day = ?',
    [weekAgo, day],
  );
}

/** People whose four ranks, score or presence differ. */
async function countDifferences(connection: Connection): Promise<number> {
  const [[run]] = await connection.query<RowDataPacket[]>(
    'select generation, day from ranking_runs order by generation desc limit 1',
  );
  const generation = Number(run?.['generation']);
  const day = String(run?.['day']);
  const level = (name: string, school: string, field: string) =>
    `inner join ranking_levels as ${name} on ${name}.school_id = ${school} and ${name}.generation = ${generation} and ${name}.field_id = ${field} and ${name}.score = s.score`;
  await connection.query(
    'create temporary table expected (id bigint primary key, ranks varchar(60) not null)',
  );
  await connection.query(
    `insert into expected select id, concat_ws(' ', score, rank() over (order by score desc), rank() over (partition by school_id order by score desc),
       rank() over (partition by field_id order by score desc), rank() over (partition by school_id, field_id order by score desc))
     from (select u.id, u.school_id, u.field_id,
         sum(a.posts) * 10 + sum(a.likes) * 2 + sum(a.comments) * 3 + sum(a.bookmarks) * 4 + sum(a.views) div 10 as score
       from users as u inner join activity_days as a on a.user_id = u.id
       where a.day between ? and ? and u.left_at is null and u.suspended_at is null and u.is_hidden_from_rankings = 0 group by u.id) as scored
     where score > 0`,
    [addDays(day, -29), day],
  );
  await connection.query('create temporary table found (id bigint primary key, ranks varchar(60) not null)');
  await connection.query(
    `insert into found select s.user_id, concat_ws(' ', s.score, n.above + 1, sc.above + 1, f.above + 1, g.above + 1)
     from ranking_scores as s ${level('n', '0', '0')} ${level('sc', 's.school_id', '0')} ${level('f', '0', 's.field_id')} ${level('g', 's.school_id', 's.field_id')}
     where s.since_generation <= ${generation} and s.until_generation > ${generation}`,
  );
  // One at a time: MySQL opens a temporary table once a statement.
  const expected = await countRows(connection, 'expected');
  const found = await countRows(connection, 'found');
  const same = await countRows(
    connection,
    'expected as e inner join found as f on f.id = e.id and f.ranks = e.ranks',
  );
  await connection.query('drop temporary table expected, found');
  if (expected === 0) throw new Error('nobody is ranked');
  return expected + found - 2 * same;
}

async function countRows(connection: Connection, from: string): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(`select count(*) as number from ${from}`);
  return Number(row?.['number']);
}
