/** People, their activity of 31 days and the posts of a week, made for the ranking alone: nothing else is read by it. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { DataPlane } from '../local/data-plane.ts';
import { migrateDatabase } from '../local/migrate.ts';
import { seedDirectory } from '../local/seed/seed.ts';
import { firstIdAt } from '../src/platform/ids.ts';
import { addDays, koreanDay, startOfKoreanDay } from '../src/platform/korea-time.ts';
import { openDatabase } from './load.ts';
import { scales, type ScaleName } from './scales.ts';

export type RankingData = { database: string; databaseUrl: string; connection: Connection; people: number };

/** Raised when the generator changes. */
const VERSION = 1;
const MARK = 'bench_ranking_data';
const ROWS_AT_ONCE = 4000;
const FIELDS = 16;
/** Days with activity, a person: five millions for a million people. */
const DAYS_A_PERSON = 5;
const WINDOW_DAYS = 31;
const WEEK_SHARE = 7 / 30;

const MADE = ['users', 'activity_days', 'posts'];
const COMPUTED = [
  'activity_marks',
  'ranking_runs',
  'ranking_pointer',
  'ranking_chunks',
  'ranking_scores',
  'ranking_levels',
  'ranking_scopes',
  'ranking_highlights',
  'rank_daily',
  'rank_daily_days',
  'rank_notices',
  'schedules',
  'schedule_runs',
  'job_runs',
  'outbox',
  'sessions',
];

/** Opens the data of a scale, and makes it when it is not there or not of today; nothing is computed yet. */
export async function openRankingData(
  plane: DataPlane,
  scale: ScaleName,
  say: (line: string) => void,
): Promise<RankingData> {
  const database = `bench_ranking_${scale}`;
  const databaseUrl = await plane.createDatabase(database);
  await migrateDatabase(databaseUrl);
  await seedDirectory(databaseUrl);
  const connection = await openDatabase(plane.mysql, database);
  const { people } = scales[scale];
  const mark = `${VERSION} ${koreanDay(new Date())}`;
  await connection.query(`create table if not exists ${MARK} (mark varchar(40) primary key)`);
  const [found] = await connection.query<RowDataPacket[]>(`select mark from ${MARK} where mark = ?`, [mark]);
  for (const table of COMPUTED) await connection.query(`truncate table ${table}`);
  if (found.length === 0) {
    for (const table of [MARK, ...MADE]) await connection.query(`truncate table ${table}`);
    const started = performance.now();
    await make(connection, scale, say);
    await connection.query(`analyze table ${MADE.join(', ')}`);
    await connection.query(`insert into ${MARK} values (?)`, [mark]);
    say(`${database}: made in ${Math.round((performance.now() - started) / 1000)} s`);
  }
  return { database, databaseUrl, connection, people };
}

/** A number from 0 to 1 for each call, the same in every run (mulberry32). */
export function createDraw(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Chooses 1 to `count`; the first are the most frequent (Zipf). */
function createChoice(count: number, exponent: number): (draw: number) => number {
  const weights = Array.from({ length: count }, (_, index) => 1 / (index + 1) ** exponent);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  const ends = weights.map((weight) => (sum += weight / all));
  return (draw) => {
    const index = ends.findIndex((end) => draw < end);
    return index < 0 ? count : index + 1;
  };
}

type Row = (string | number | null)[];

/** Collects rows and writes them in large statements. */
function createWriter(connection: Connection, into: string) {
  let rows: Row[] = [];
  async function flush(): Promise<void> {
    if (rows.length === 0) return;
    await connection.query(`insert into ${into} values ?`, [rows]);
    rows = [];
  }
  return {
    flush,
    async add(row: Row): Promise<void> {
      rows.push(row);
      if (rows.length === ROWS_AT_ONCE) await flush();
    },
  };
}

async function make(connection: Connection, scale: ScaleName, say: (line: string) => void): Promise<void> {
  const { people, posts, schools } = scales[scale];
  const draw = createDraw(20_261_124);
  const chooseSchool = createChoice(schools, 0.75);
  const chooseField = createChoice(FIELDS, 0.7);
  const today = koreanDay(new Date());
  const days = Array.from({ length: WINDOW_DAYS }, (_, ago) => addDays(today, -ago));
  const oldest = startOfKoreanDay(addDays(today, -400)).getTime();
  const [users, activity, written] = [
    createWriter(
      connection,
      'users (id, kind, password_hash, name, school_id, department_id, field_id, admission_year, links, is_hidden_from_rankings, left_at, suspended_at, created_at)',
    ),
    createWriter(connection, 'activity_days (user_id, day, posts, likes, comments, bookmarks, views)'),
    createWriter(
      connection,
      'posts (id, author_id, career_id, school_id, field_id, text, like_count, comment_count, bookmark_count, day, created_at)',
    ),
  ];
  const weekStart = BigInt(firstIdAt(startOfKoreanDay(days[6] ?? today)));
  const weekPosts = Math.round(posts * WEEK_SHARE);
  const postStep = (BigInt(firstIdAt(startOfKoreanDay(today))) - weekStart) / BigInt(weekPosts + 1);
  let nextPost = 0;
  for (let index = 0; index < people; index += 1) {
    if (index % 100_000 === 0) say(`  ${index.toLocaleString('en')} people …`);
    const id = String(
      BigInt(firstIdAt(new Date(oldest + index * 30_000))) + BigInt(Math.floor(draw() * 4_000_000)),
    );
    const [school, field] = [chooseSchool(draw()), chooseField(draw())];
    const fate = draw();
    const past = '2026-01-01';
    await users.add([
      id,
      'student',
      'none',
      '학생',
      school,
      1,
      field,
      2024,
      '{}',
      fate < 0.02 ? 1 : 0,
      fate > 0.99 ? past : null,
      fate > 0.985 && fate < 0.99 ? past : null,
      past,
    ]);
    // Few are liked a lot, and few are there every day.
    const popularity = Math.min(200, 0.5 / (draw() + 1e-9) ** 0.6);
    const share = (draw() ** 2 * 3 * DAYS_A_PERSON) / WINDOW_DAYS;
    const some = (mean: number) => Math.floor(-Math.log(1 - draw()) * mean * popularity);
    for (const day of days) {
      if (draw() >= share) continue;
      const wrote = draw() < 0.3 ? 1 + Math.floor(draw() * 2.2) : 0;
      await activity.add([id, day, wrote, some(1), some(0.25), some(0.15), 1 + some(6)]);
    }
    while (nextPost * people < weekPosts * (index + 1)) {
      await written.add([
        String(weekStart + postStep * BigInt(nextPost)),
        id,
        '1',
        school,
        field,
        '오늘의 기록',
        some(1),
        some(0.25),
        some(0.15),
        today,
        past,
      ]);
      nextPost += 1;
    }
  }
  for (const writer of [users, activity, written]) await writer.flush();
}
