/** Database time of feed pages, first and deep, for people who follow few and many. */
import type { Connection } from 'mysql2/promise';
import { readNewestDetails, type Report } from './report.ts';
import type { BenchContext } from './context.ts';
import { percentile } from './percentiles.ts';
import { catchStatements, explainStatement, timeStatement, type TimedStatement } from './statement-times.ts';
import type { Viewer, ViewerKind } from './viewers.ts';
import type { RunningWorker } from './worker.ts';

const DEEP_PAGE = 50;
const VIEWERS_AT_MOST = 60;
/** Each statement of a page is timed this often, the least counts: the machine has other things to do too. */
const TIMES = 3;
/** Promised of a page at its p95. */
const DATABASE_MS = 20;
/** Where results keep the p95 of first pages, by kind of viewer. */
const FIRST_PAGES = 'firstPagesP95';

type Page = { ms: number; rowsRead: number; statements: number };

const follows: Record<ViewerKind, string> = { usual: 'some 50', busy: '300', heavy: '1,000' };

type P95ByKind = Partial<Record<ViewerKind, number>>;

export async function measureFeedPages(
  { dataSet, scale, say }: BenchContext,
  worker: RunningWorker,
  viewers: Record<ViewerKind, Viewer[]>,
  report: Report,
): Promise<void> {
  const { connection } = dataSet;
  const meter: Meter = { connection, worker, statements: [] };
  const medium = scale === 'large' ? readNewestDetails('feed', 'medium', 'none') : undefined;
  const p95OfMedium = (medium?.[FIRST_PAGES] ?? {}) as P95ByKind;
  const p95OfFirst: P95ByKind = {};
  for (const [kind, people] of Object.entries(viewers) as [ViewerKind, Viewer[]][]) {
    const name = `feed page, ${follows[kind]} follows`;
    say(`${name} …`);
    const pages = await measurePages(meter, people.slice(0, VIEWERS_AT_MOST));
    p95OfFirst[kind] = p95(pages.firsts);
    describePages(name, pages, p95OfMedium[kind], report);
    if (scale === 'large' && p95OfMedium[kind] === undefined)
      report.missing.push(`${name}: not against medium, which has no result yet`);
  }
  report.details[FIRST_PAGES] = p95OfFirst;
  report.details['slowest'] = await describeSlowest(meter);
}

/** `statements`: all that it has timed. */
type Meter = { connection: Connection; worker: RunningWorker; statements: TimedStatement[] };
type Pages = { firsts: Page[]; deeps: Page[] };

/** Deep pages are fewer when feeds end before. */
async function measurePages(meter: Meter, people: readonly Viewer[]): Promise<Pages> {
  const firsts: Page[] = [];
  const deeps: Page[] = [];
  for (const viewer of people) {
    const first = await measurePage(meter, viewer, null);
    firsts.push(first.page);
    let cursor = first.next;
    for (let number = 2; number < DEEP_PAGE && cursor !== null; number++) {
      cursor = await readPage(meter.worker, viewer, cursor);
    }
    if (cursor !== null) deeps.push((await measurePage(meter, viewer, cursor)).page);
  }
  return { firsts, deeps };
}

async function measurePage(
  { connection, worker, statements }: Meter,
  viewer: Viewer,
  cursor: string | null,
): Promise<{ page: Page; next: string | null }> {
  let next: string | null = null;
  const caught = await catchStatements(connection, async () => {
    next = await readPage(worker, viewer, cursor);
  });
  const timed: TimedStatement[] = [];
  for (const sql of caught) timed.push(await timeBest(connection, sql));
  statements.push(...timed);
  const ms = timed.reduce((sum, statement) => sum + statement.ms, 0);
  const rowsRead = timed.reduce((sum, statement) => sum + statement.rowsRead, 0);
  return { page: { ms, rowsRead, statements: timed.length }, next };
}

async function timeBest(connection: Connection, sql: string): Promise<TimedStatement> {
  let best = await timeStatement(connection, sql);
  for (let time = 1; time < TIMES; time++) {
    const again = await timeStatement(connection, sql);
    if (again.ms < best.ms) best = again;
  }
  return best;
}

function describePages(
  name: string,
  { firsts, deeps }: Pages,
  p95OfMedium: number | undefined,
  { rows, missing }: Report,
): void {
  addPages(rows, `${name}: database time`, firsts);
  if (p95OfMedium !== undefined) {
    const measured = p95(firsts) / p95OfMedium;
    rows.push({ what: '  against medium, p95', measured, unit: '', budget: { most: 1.5 } });
  }
  if (deeps.length < firsts.length) {
    const ended = firsts.length - deeps.length;
    missing.push(`${name}: ${ended} of ${firsts.length} feeds end before page ${DEEP_PAGE}`);
  }
  if (deeps.length === 0) return;
  addPages(rows, `  page ${DEEP_PAGE}: database time`, deeps);
  rows.push({
    what: `  page ${DEEP_PAGE} against the first, p95`,
    measured: p95(deeps) / p95(firsts),
    unit: '',
    budget: { most: 2 },
  });
}

function p95(pages: readonly Page[]): number {
  return percentile(
    pages.map(({ ms }) => ms),
    0.95,
  );
}

function addPages(rows: Report['rows'], what: string, pages: readonly Page[]): void {
  rows.push(
    {
      what: `${what} p50`,
      measured: percentile(
        pages.map(({ ms }) => ms),
        0.5,
      ),
      unit: 'ms',
    },
    { what: '  p95', measured: p95(pages), unit: 'ms', budget: { most: DATABASE_MS } },
    {
      what: '  index entries read, p95',
      measured: percentile(
        pages.map(({ rowsRead }) => rowsRead),
        0.95,
      ),
      unit: '',
    },
    {
      what: '  statements',
      measured: Math.max(...pages.map(({ statements }) => statements)),
      unit: '',
    },
  );
}

async function readPage(
  worker: RunningWorker,
  { token }: Viewer,
  cursor: string | null,
): Promise<string | null> {
  const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
  const answer = await fetch(`${worker.url}/v1/feed${query}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`GET /v1/feed answers ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { nextCursor: string | null }).nextCursor;
}

/** The kinds of statement, those that take longest at their p95 first, each with its slowest example explained. */
async function describeSlowest({ connection, statements }: Meter): Promise<object[]> {
  const described: ({ p95: number } & Record<string, unknown>)[] = [];
  for (const list of Map.groupBy(statements, ({ digest }) => digest).values()) {
    const example = list.toSorted((a, b) => b.ms - a.ms)[0];
    if (!example) continue;
    const times = list.map(({ ms }) => ms);
    const reads = list.map(({ rowsRead }) => rowsRead);
    described.push({
      digest: example.digest,
      times: list.length,
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
      rowsReadP95: percentile(reads, 0.95),
      slowest: { ...example, plan: await explainStatement(connection, example.sql) },
    });
  }
  return described.toSorted((a, b) => b.p95 - a.p95);
}
