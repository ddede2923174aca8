/** Random activity, its ranks by one plain window-function query, and runs of the ranking. */
import { expect } from 'vitest';
import type { SystemCtx } from '../../src/platform/context.ts';
import { addDays, koreanDay } from '../../src/platform/korea-time.ts';
import { advanceRun } from '../../src/features/ranking/advance-run.ts';
import { doChunk } from '../../src/features/ranking/chunks.ts';
import { prepares, rankHourly } from '../../src/features/ranking/jobs.ts';
import type { ActivityDay } from '../../src/features/ranking/mark-activity.ts';
import { recountMarked } from '../../src/features/ranking/recount-activity.ts';
import {
  beginRun,
  findOpenChunk,
  readRun,
  takesSnapshot,
  type Chunk,
  type Run,
} from '../../src/features/ranking/runs.ts';
import type { TestApp } from './app.ts';

/** The same numbers each time. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

const ROWS_AT_ONCE = 2000;

async function insertRows(app: TestApp, into: string, rows: readonly string[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await app.sql(`insert into ${into} values ${rows.slice(start, start + ROWS_AT_ONCE).join(', ')}`);
  }
}

export type Crowd = { people: number; schools: number; fields: number; seed: number };

/**
 * People with activity in the 40 days before now. Some are hidden, have left, are suspended or are companies; few
 * different scores, so that many people share one.
 */
export async function insertCrowd(app: TestApp, { people, schools, fields, seed }: Crowd): Promise<string[]> {
  const random = createRandom(seed);
  const today = koreanDay(app.clock.now());
  const ids = Array.from({ length: people }, (_, index) => String(1_000_000_000_000 + index * 7919));
  const time = `'2026-01-01 00:00:00'`;
  const users = ids.map((id) => {
    const fate = random(40);
    const kind = fate === 0 ? 'company' : 'student';
    const [hidden, left, suspended] = [
      fate === 1 ? 1 : 0,
      fate === 2 ? time : 'null',
      fate === 3 ? time : 'null',
    ];
    return `(${id}, '${kind}', 'none', '학생', ${1 + random(schools)}, 1, ${1 + random(fields)}, 2024, '{}', ${hidden}, ${time}, ${left}, ${suspended})`;
  });
  await insertRows(
    app,
    'users (id, kind, password_hash, name, school_id, department_id, field_id, admission_year, links, is_hidden_from_rankings, created_at, left_at, suspended_at)',
    users,
  );
  const days = ids.flatMap((id) => {
    // One in ten does nothing at all.
    const active = random(10) === 0 ? 0 : 1 + random(3);
    const chosen = new Set(Array.from({ length: active }, () => random(40)));
    return [...chosen].map(
      (ago) =>
        `(${id}, '${addDays(today, -ago)}', ${random(2)}, ${random(4)}, ${random(2)}, ${random(2)}, ${random(12)})`,
    );
  });
  await insertRows(app, 'activity_days', days);
  return ids;
}

export type RankedRow = {
  id: string;
  school: number;
  field: number;
  score: number;
  nation: number;
  inSchool: number;
  inField: number;
  inGroup: number;
};

function toRanked(rows: Record<string, unknown>[]): RankedRow[] {
  return rows.map(({ id, ...numbers }) => ({
    id: String(id),
    ...(Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number(value)])) as Omit<
      RankedRow,
      'id'
    >),
  }));
}

/** Everybody's ranks over the 30 days up to `day`, by window functions over the activity and nothing else. */
export async function rankByWindows(app: TestApp, day: string): Promise<RankedRow[]> {
  return toRanked(
    await app.sql(
      `select id, school_id as school, field_id as field, score,
         rank() over (order by score desc) as nation,
         rank() over (partition by school_id order by score desc) as inSchool,
         rank() over (partition by field_id order by score desc) as inField,
         rank() over (partition by school_id, field_id order by score desc) as inGroup
       from (
         select u.id, u.school_id, u.field_id,
           sum(a.posts) * 10 + sum(a.likes) * 2 + sum(a.comments) * 3 + sum(a.bookmarks) * 4 + sum(a.views) div 10 as score
         from users as u inner join activity_days as a on a.user_id = u.id
         where a.day between ? and ? and u.kind = 'student' and u.left_at is null and u.suspended_at is null
           and u.is_hidden_from_rankings = 0
         group by u.id
       ) as scored where score > 0 order by id`,
      addDays(day, -29),
      day,
    ),
  );
}

/** Everybody's ranks as readers get them, by the pointer. */
export async function readRanks(app: TestApp): Promise<RankedRow[]> {
  const level = (name: string, school: string, field: string) =>
    `inner join ranking_levels as ${name} on ${name}.school_id = ${school} and ${name}.generation = p.generation and ${name}.field_id = ${field} and ${name}.score = s.score`;
  return toRanked(
    await app.sql(
      `select s.user_id as id, s.school_id as school, s.field_id as field, s.score as score, n.above + 1 as nation,
         sc.above + 1 as inSchool, f.above + 1 as inField, g.above + 1 as inGroup
       from ranking_pointer as p
       inner join ranking_scores as s on s.since_generation <= p.generation and s.until_generation > p.generation
       ${level('n', '0', '0')} ${level('sc', 's.school_id', '0')} ${level('f', '0', 's.field_id')} ${level('g', 's.school_id', 's.field_id')}
       order by s.user_id`,
    ),
  );
}

/** Starts the run of a due time, as the schedule does. */
export function startRanking(app: TestApp, dueAt = app.clock.now()): Promise<void> {
  return app.asSystem((ctx: SystemCtx) => rankHourly.start(ctx, dueAt));
}

/** One whole run at the present time; answers its generation. */
export async function runRanking(app: TestApp): Promise<number> {
  await startRanking(app);
  await app.queue.deliver();
  await app.settle();
  const [run] = await app.sql<{ generation: string; state: string }>(
    'select generation, state from ranking_runs order by generation desc limit 1',
  );
  if (run?.state !== 'done') throw new Error(`the run is ${run?.state}`);
  return Number(run.generation);
}

let runsHere = 0;

/**
 * Runs in this process, without any queue: the snapshot of last midnight if it is missing, then up to now. Some seconds
 * later everybody knows.
 */
export async function rankHere(app: TestApp): Promise<void> {
  await app.asSystem(async (ctx) => {
    for (;;) {
      runsHere += 1;
      const dueAt = new Date(app.clock.now().getTime() + runsHere);
      await rankUntil(ctx, dueAt);
      const [run] = await readRuns(app);
      if (!takesSnapshot({ dueAt, day: run!['day']! })) return;
    }
  });
  app.clock.advance(5000);
}

/**
 * A run in this process that stops for good before the first chunk of a phase whose number is `number`. Answers what is
 * left: that chunk, as a late delivery would still do it.
 */
export async function rankUntil(
  ctx: SystemCtx,
  dueAt: Date,
  stop?: { phase: Chunk['phase']; number: number },
): Promise<{ run: Run; chunk: Chunk } | undefined> {
  const { generation, weights } = await beginRun(ctx, dueAt);
  let position: ActivityDay | undefined;
  do position = (await recountMarked(ctx, weights, position)).next;
  while (position);
  for (;;) {
    const work = await advanceRun(ctx, generation);
    const run = await readRun(ctx, generation);
    if (!work || !run) return undefined;
    const { phase } = work;
    const chunk = await findOpenChunk(ctx, { generation, phase, part: work.parts[0] ?? 0 }, -1);
    if (!chunk) continue;
    if (phase === stop?.phase && chunk.number === stop.number) return { run, chunk };
    await doChunk(ctx, run, chunk, prepares[phase]);
  }
}

/** Runs, the newest first. */
export function readRuns(app: TestApp): Promise<Record<string, string>[]> {
  return app.sql('select * from ranking_runs order by generation desc');
}

/** The newest run is done, readers have it, and all that they get equals the window-function query. */
export async function expectExact(app: TestApp): Promise<void> {
  const [run] = await readRuns(app);
  expect(run).toMatchObject({ state: 'done', error: null });
  const pointer = await app.sql('select generation from ranking_pointer');
  expect(pointer).toEqual([{ generation: run!['generation'] }]);
  const expected = await rankByWindows(app, run!['day']!);
  expect(expected.length).toBeGreaterThan(100);
  expect(await readRanks(app)).toEqual(expected);
}

/** An hour goes by in which people do something, move, hide, come back, leave. */
export async function stirCrowd(
  app: TestApp,
  ids: readonly string[],
  random: (below: number) => number,
): Promise<void> {
  app.clock.advance(3_600_000);
  const some = (part = 25) => ids.filter(() => random(part) === 0).join(', ');
  const day = koreanDay(app.clock.now());
  const isSome = () => `id in (${some()})`;
  await app.sql(
    `insert into activity_days select id, '${day}', 1, 2, 0, 1, 9 from users where ${isSome()}
     on duplicate key update likes = likes + 1`,
  );
  await app.sql(`delete from activity_days where user_id in (${some(50)})`);
  await app.sql(`update users set school_id = 1 + school_id % 7 where ${isSome()}`);
  await app.sql(`update users set field_id = 1 + field_id % 4 where ${isSome()}`);
  await app.sql(`update users set is_hidden_from_rankings = rand() < 0.1 where ${isSome()}`);
  await app.sql(`update users set left_at = if(rand() < 0.1, now(), null) where ${isSome()}`);
  await app.sql(`update users set suspended_at = if(rand() < 0.1, now(), null) where ${isSome()}`);
}
