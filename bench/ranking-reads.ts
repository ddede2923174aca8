/** What people wait for when they look at the ranking: the database's part, statement by statement. */
import { createHash } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { percentile } from './percentiles.ts';
import type { RankingData } from './ranking-data.ts';
import type { Report } from './report.ts';
import { catchStatements, explainStatement, timeStatement, type TimedStatement } from './statement-times.ts';
import type { RunningWorker } from './worker.ts';

const VIEWERS = 100;
/** Each statement is timed this often and the least counts: the machine has other things to do too. */
const TIMES = 3;
const DEEP_PAGE = 20;

type Reads = { data: RankingData; worker: RunningWorker; report: Report; say(line: string): void };

type Read = { what: string; path: string; budgetMs?: number };

const reads: Read[] = [
  { what: 'own rank with neighbours', path: '/v1/rankings/me', budgetMs: 2 },
  { what: 'own rank in the school, with neighbours', path: '/v1/rankings/me?scope=school', budgetMs: 2 },
  { what: 'own rank in the group, with neighbours', path: '/v1/rankings/me?scope=group', budgetMs: 2 },
  { what: 'why', path: '/v1/rankings/me/why' },
  { what: 'history', path: '/v1/rankings/me/history' },
  { what: 'the first 50', path: '/v1/rankings' },
  { what: 'the first 50 of a field', path: '/v1/rankings?fieldId=2' },
  { what: 'the first 50 of a school', path: '/v1/rankings?schoolId=2' },
  { what: 'the first 50 of a small group', path: '/v1/rankings?schoolId=40&fieldId=14' },
  { what: 'board', path: '/v1/rankings/board' },
  { what: 'board of a school', path: '/v1/rankings/board?schoolId=1' },
  { what: 'schools', path: '/v1/rankings/schools' },
];

export async function measureReads({ data, worker, report, say }: Reads): Promise<void> {
  const tokens = await openSessions(data);
  const all: TimedStatement[] = [];
  // The directory is in memory afterwards, as in a Worker that has run for a while.
  await get(worker, '/v1/rankings', tokens[0] ?? '');
  for (const { what, path, budgetMs } of reads) {
    say(`${what} …`);
    const timed = await timeRoute(data, worker, tokens.slice(0, budgetMs === undefined ? 20 : VIEWERS), path);
    all.push(...timed.flat());
    const totals = timed.map((statements) => statements.reduce((sum, { ms }) => sum + ms, 0));
    report.rows.push(
      { what: `${what}: database time p50`, measured: percentile(totals, 0.5), unit: 'ms' },
      {
        what: '  p95',
        measured: percentile(totals, 0.95),
        unit: 'ms',
        ...(budgetMs !== undefined && { budget: { most: budgetMs } }),
      },
    );
  }
  await measureDeepPage({ data, worker, report, say }, tokens[0] ?? '');
  report.details['slowest'] = await describeSlowest(data, all);
}

/** The session's own look-up is every route's, and left out. */
async function timeRoute(
  { connection }: RankingData,
  worker: RunningWorker,
  tokens: readonly string[],
  path: string,
): Promise<TimedStatement[][]> {
  const timed: TimedStatement[][] = [];
  for (const token of tokens) {
    const caught = await catchStatements(connection, async () => {
      await get(worker, path, token);
    });
    const statements: TimedStatement[] = [];
    for (const sql of caught.filter((text) => !text.includes('from `sessions`'))) {
      statements.push(await timeBest(connection, sql));
    }
    timed.push(statements);
  }
  return timed;
}

async function timeBest(connection: RankingData['connection'], sql: string): Promise<TimedStatement> {
  let best = await timeStatement(connection, sql);
  for (let time = 1; time < TIMES; time += 1) {
    const again = await timeStatement(connection, sql);
    if (again.ms < best.ms) best = again;
  }
  return best;
}

async function measureDeepPage({ data, worker, report }: Reads, token: string): Promise<void> {
  let cursor: string | null = null;
  for (let page = 1; page < DEEP_PAGE; page += 1) {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    ({ nextCursor: cursor } = await get(worker, `/v1/rankings?limit=100${query}`, token));
    if (cursor === null) return;
  }
  const [statements] = await timeRoute(
    data,
    worker,
    [token],
    `/v1/rankings?limit=100&cursor=${encodeURIComponent(cursor ?? '')}`,
  );
  report.rows.push({
    what: `page ${DEEP_PAGE} of 100: database time`,
    measured: statements?.reduce((sum, { ms }) => sum + ms, 0) ?? Number.NaN,
    unit: 'ms',
  });
}

async function get(
  worker: RunningWorker,
  path: string,
  token: string,
): Promise<{ nextCursor: string | null }> {
  const answer = await fetch(`${worker.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`GET ${path} answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as { nextCursor: string | null };
}

/** Ranked people from the first to the last. */
async function openSessions({ connection }: RankingData): Promise<string[]> {
  const [people] = await connection.query<RowDataPacket[]>(
    `select user_id as id from (
       select user_id, row_number() over (order by score desc) as place, count(*) over () as people
       from ranking_scores where until_generation = 2147483647
     ) as placed where place % greatest(1, people div ${VIEWERS}) = 0 limit ${VIEWERS}`,
  );
  const now = new Date().toISOString().slice(0, 23);
  const later = new Date(Date.now() + 86_400_000).toISOString().slice(0, 23);
  const sessions = people.map(({ id }) => ({ id: String(id), token: hash(`bench ${id}`) }));
  await connection.query(
    'replace into sessions (id, token_hash, user_id, device, place, created_at, last_used_at, expires_at) values ?',
    [sessions.map(({ id, token }) => [id, hash(token), id, 'bench', '', now, now, later])],
  );
  // From all over the ranking, also in the first twenty.
  const draw = sessions.map(({ token }) => token).toSorted();
  return draw;
}

/** SHA-256 in base64url: the form of tokens and of their hashes. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** The kinds of statement that take longest, each with its slowest example explained. */
async function describeSlowest(
  { connection }: RankingData,
  all: readonly TimedStatement[],
): Promise<object[]> {
  const slowest = [...Map.groupBy(all, ({ digest }) => digest).values()]
    .map((list) => list.toSorted((a, b) => b.ms - a.ms)[0])
    .filter((one) => one !== undefined)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 6);
  const described: object[] = [];
  for (const { sql, ms, rowsRead } of slowest) {
    described.push({ ms, rowsRead, sql, plan: await explainStatement(connection, sql) });
  }
  return described;
}
