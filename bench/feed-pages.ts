/** Database time of feed pages, first and deep, for people who follow few and many. */
import type { Report } from './report.ts';
import type { BenchContext } from './context.ts';
import { percentile } from './percentiles.ts';
import { catchStatements, explainStatement, timeStatement, type TimedStatement } from './statement-times.ts';
import type { Viewer, ViewerKind } from './viewers.ts';
import type { RunningWorker } from './worker.ts';

const DEEP_PAGE = 50;
const VIEWERS_AT_MOST = 60;
/** Each statement of a page is timed this often, the least counts: the machine has other things to do too. */
const TIMES = 3;

type Page = { ms: number; rowsRead: number; statements: TimedStatement[] };

const follows: Record<ViewerKind, string> = { usual: 'some 50', busy: '300', heavy: '1,000' };

export async function measureFeedPages(
  { dataSet, say }: BenchContext,
  worker: RunningWorker,
  viewers: Record<ViewerKind, Viewer[]>,
  { rows, missing, details }: Report,
): Promise<void> {
  const { connection } = dataSet;
  const all: TimedStatement[] = [];

  async function measurePage(
    viewer: Viewer,
    cursor: string | null,
  ): Promise<{ page: Page; next: string | null }> {
    let next: string | null = null;
    const caught = await catchStatements(connection, async () => {
      next = await readPage(worker, viewer, cursor);
    });
    const statements: TimedStatement[] = [];
    for (const sql of caught) statements.push(await timeBest(sql));
    all.push(...statements);
    const ms = statements.reduce((sum, statement) => sum + statement.ms, 0);
    const rowsRead = statements.reduce((sum, statement) => sum + statement.rowsRead, 0);
    return { page: { ms, rowsRead, statements }, next };
  }

  async function timeBest(sql: string): Promise<TimedStatement> {
    let best = await timeStatement(connection, sql);
    for (let time = 1; time < TIMES; time++) {
      const again = await timeStatement(connection, sql);
      if (again.ms < best.ms) best = again;
    }
    return best;
  }

  for (const [kind, people] of Object.entries(viewers) as [ViewerKind, Viewer[]][]) {
    say(`feed pages, ${follows[kind]} follows …`);
    const firsts: Page[] = [];
    const deeps: Page[] = [];
    for (const viewer of people.slice(0, VIEWERS_AT_MOST)) {
      const first = await measurePage(viewer, null);
      firsts.push(first.page);
      let cursor = first.next;
      for (let number = 2; number < DEEP_PAGE && cursor !== null; number++) {
        cursor = await readPage(worker, viewer, cursor);
      }
      if (cursor !== null) deeps.push((await measurePage(viewer, cursor)).page);
    }
    const name = `feed page, ${follows[kind]} follows`;
    addPages(rows, `${name}: database time`, firsts, 20);
    if (deeps.length < firsts.length)
      missing.push(
        `${name}: ${firsts.length - deeps.length} of ${firsts.length} feeds end before page ${DEEP_PAGE}`,
      );
    if (deeps.length === 0) continue;
    addPages(rows, `  page ${DEEP_PAGE}: database time`, deeps, 20);
    rows.push({
      what: `  page ${DEEP_PAGE} against the first, p95`,
      measured: p95(deeps) / p95(firsts),
      unit: '',
      budget: { most: 2 },
    });
  }
  details['slowest'] = await describeSlowest(all, (sql) => explainStatement(connection, sql));
}

function p95(pages: readonly Page[]): number {
  return percentile(
    pages.map(({ ms }) => ms),
    0.95,
  );
}

function addPages(rows: Report['rows'], what: string, pages: readonly Page[], most: number): void {
  rows.push(
    {
      what: `${what} p50`,
      measured: percentile(
        pages.map(({ ms }) => ms),
        0.5,
      ),
      unit: 'ms',
    },
    { what: '  p95', measured: p95(pages), unit: 'ms', budget: { most } },
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
      measured: Math.max(...pages.map(({ statements }) => statements.length)),
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

/** The kinds of statement that take longest at their p95, each with its slowest example explained. */
async function describeSlowest(
  statements: readonly TimedStatement[],
  explain: (sql: string) => Promise<string>,
): Promise<object[]> {
  const kinds = [...Map.groupBy(statements, ({ digest }) => digest).values()]
    .map((list) => ({
      list,
      p95: percentile(
        list.map(({ ms }) => ms),
        0.95,
      ),
    }))
    .toSorted((a, b) => b.p95 - a.p95);
  const described: object[] = [];
  for (const { list, p95 } of kinds) {
    const example = list.toSorted((a, b) => b.ms - a.ms)[0];
    if (!example) continue;
    described.push({
      digest: example.digest,
      times: list.length,
      p50: percentile(
        list.map(({ ms }) => ms),
        0.5,
      ),
      p95,
      rowsReadP95: percentile(
        list.map(({ rowsRead }) => rowsRead),
        0.95,
      ),
      slowest: {
        ms: example.ms,
        rowsRead: example.rowsRead,
        sql: example.sql,
        plan: await explain(example.sql),
      },
    });
  }
  return described;
}
