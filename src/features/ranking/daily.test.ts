/** The snapshot of each midnight, and what is compared with it. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type PersonOptions, type TestPerson } from '../../../test/harness/people.ts';
import { readRuns } from '../../../test/harness/ranking.ts';
import { defineReaction } from '../../platform/events.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { createReactions } from '../../platform/outbox.ts';
import { rankChanged } from './events.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let told: AnyJson[] = [];
const listen = defineReaction({
  name: 'test.listen',
  on: [rankChanged],
  async run(_ctx, events) {
    told.push(...events.map(({ payload }) => payload));
  },
});

let app: TestApp;
/** Each test begins a hundred days after the one before, at 23:30 in Korea. */
let start = Date.parse('2026-11-24T14:30:00.000Z');

beforeAll(async () => {
  app = await startTestApp({ isListening: true, registry: { reactions: createReactions([listen]) } });
});

beforeEach(async () => {
  for (const table of [
    'users',
    'activity_days',
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
  ]) {
    await app.sql(`delete from ${table}`);
  }
  start += 100 * DAY;
  app.clock.set(new Date(start).toISOString());
  await app.tick();
  told = [];
});

function today(): string {
  return koreanDay(app.clock.now());
}

async function give(who: TestPerson, likes: number, day = today()): Promise<void> {
  await app.sql(
    'insert into activity_days values (?, ?, 0, ?, 0, 0, 0) on duplicate key update likes = likes + values(likes)',
    who.userId,
    day,
    likes,
  );
}

async function person(likes: number, options: PersonOptions = {}): Promise<TestPerson> {
  const made = await signUpPerson(app, options);
  if (likes > 0) await give(made, likes);
  return made;
}

async function get(who: TestPerson, path: string): Promise<AnyJson> {
  const answer = await app.request('GET', path, { token: who.token });
  expect(answer.status).toBe(200);
  return answer.body;
}

/** The clock strikes the next hour, for the schedule and the queue. */
async function nextHour(): Promise<void> {
  const ms = app.clock.now().getTime();
  app.clock.advance(HOUR - (ms % HOUR));
  await app.tick();
  await app.queue.deliver();
  await app.settle();
  app.clock.advance(6000);
}

function snapshots() {
  return app.sql<{ day: string; userId: string; nationRank: number }>(
    'select day, user_id as userId, nation_rank as nationRank from rank_daily order by day, nation_rank',
  );
}

describe('the snapshot', () => {
  it('is taken by the run of midnight, of the day that ends', async () => {
    const [a, b] = [await person(10), await person(5)];
    const yesterday = today();
    await nextHour();
    expect((await readRuns(app)).map(({ day, state }) => [day, state])).toEqual([[yesterday, 'done']]);
    expect(await snapshots()).toEqual([
      { day: yesterday, userId: a.userId, nationRank: 1 },
      { day: yesterday, userId: b.userId, nationRank: 2 },
    ]);
    await give(b, 20);
    await nextHour();
    expect((await readRuns(app))[0]).toMatchObject({ day: addDays(yesterday, 1), previous_day: yesterday });
    expect(await snapshots()).toHaveLength(2);
    const { ranks } = await get(b, '/v1/rankings/me');
    expect(ranks.nation).toEqual({ rank: 1, people: 2, previousRank: 2, change: 1, isNew: false });
    expect(ranks).toMatchObject({ topPercent: 50, topPercentChange: 50 });
    expect((await get(a, '/v1/rankings/me')).ranks.nation).toMatchObject({ rank: 2, change: -1 });
    expect((await get(b, `/v1/users/${b.userId}`)).ranks).toEqual(ranks);
  });

  it('is made up for when midnight was missed, and the present follows at once', async () => {
    const a = await person(10);
    const yesterday = today();
    app.clock.advance(5 * HOUR);
    await give(a, 7);
    await nextHour();
    expect((await readRuns(app)).map(({ day, state }) => [day, state])).toEqual([
      [addDays(yesterday, 1), 'done'],
      [yesterday, 'done'],
    ]);
    expect(await app.sql('select day, score from rank_daily')).toEqual([{ day: yesterday, score: 20 }]);
    expect((await get(a, '/v1/rankings/me')).ranks.score).toBe(34);
  });

  it('shows who is new, also in a school they moved to', async () => {
    const [a, b] = [await person(10, { schoolId: 1 }), await person(5, { schoolId: 1 })];
    await nextHour();
    const c = await person(30, { schoolId: 1 });
    await app.sql('update users set school_id = 2 where id = ?', b.userId);
    await nextHour();
    const { items } = await get(a, '/v1/rankings');
    expect(items.map(({ person: one, isNew, change }: AnyJson) => [one.id, isNew, change])).toEqual([
      [c.userId, true, null],
      [a.userId, false, -1],
      [b.userId, false, -1],
    ]);
    const { ranks } = await get(b, '/v1/rankings/me');
    expect(ranks.nation.isNew).toBe(false);
    expect(ranks.school).toEqual({ rank: 1, people: 1, previousRank: null, change: null, isNew: true });
    expect(ranks.field).toMatchObject({ isNew: false });
    expect(ranks.group).toMatchObject({ isNew: true });
  });

  it('makes a history, day by day', async () => {
    const [a, b] = [await person(10), await person(5)];
    const first = today();
    await nextHour();
    await give(b, 20);
    app.clock.advance(23.5 * HOUR);
    await nextHour();
    const { days } = await get(b, '/v1/rankings/me/history');
    expect(days.map(({ day, score, nationRank }: AnyJson) => [day, score, nationRank])).toEqual([
      [first, 10, 2],
      [addDays(first, 1), 50, 1],
    ]);
    expect((await get(a, '/v1/rankings/me/history?days=1')).days).toHaveLength(1);
  });

  it('is kept 90 days, and activity for as long as it can count', async () => {
    const a = await person(10);
    for (const ago of [91, 90, 89]) {
      await app.sql(
        'insert into rank_daily select ?, id, 1, 1, 1, 1, 1, 1, 1 from users',
        addDays(today(), -ago),
      );
    }
    for (const ago of [36, 35, 34]) await give(a, 1, addDays(today(), -ago));
    const yesterday = today();
    await nextHour();
    await app.asSystem(async (ctx) => {
      for (const sweep of ctx.deps.retention.sweeps.filter(({ name }) => /rank|activity/.test(name))) {
        await sweep.run(ctx);
      }
    });
    expect(await app.sql('select day from rank_daily order by day')).toEqual(
      [89, 0].map((ago) => ({ day: addDays(yesterday, -ago) })),
    );
    expect(await app.sql('select day from activity_days order by day')).toEqual(
      [0].map((ago) => ({ day: addDays(yesterday, -ago) })),
    );
  });

  it('is taken again as a whole when a run died while taking it', async () => {
    const [a, b] = [await person(10), await person(5)];
    await app.fault('planetscale', { mode: 'drop', match: 'insert into `rank_daily`' });
    await nextHour();
    await app.fault('planetscale', undefined);
    expect((await readRuns(app))[0]).toMatchObject({ state: 'snapshot' });
    expect((await get(a, '/v1/rankings')).items).toHaveLength(2);
    await app.sql(
      'insert into rank_daily values (?, ?, 1, 9, 1, 9, 1, 9, 9)',
      addDays(today(), -1),
      b.userId,
    );
    await nextHour();
    expect((await snapshots()).map(({ userId, nationRank }) => [userId, nationRank])).toEqual([
      [a.userId, 1],
      [b.userId, 2],
    ]);
    expect((await readRuns(app)).map(({ state }) => state)).toEqual(['done', 'done', 'abandoned']);
  });
});

describe('a change of rank', () => {
  it('is told to who rose into a better part within a week, at most once in a week', async () => {
    const people: TestPerson[] = [];
    for (let index = 0; index < 20; index += 1) people.push(await person(40 - index));
    const riser = people[12]!;
    const first = today();
    await nextHour();
    expect(told).toEqual([]);
    app.clock.advance(6 * DAY + 23.5 * HOUR);
    await give(riser, 100);
    await nextHour();
    const newest = addDays(first, 7);
    expect(told).toEqual([{ userId: riser.userId, day: newest, rank: 1, previousRank: 13, topPercent: 5 }]);
    app.clock.advance(23.5 * HOUR);
    await nextHour();
    expect(told).toHaveLength(1);
  });

  it('tells nobody who fell, stayed, or hides', async () => {
    const people: TestPerson[] = [];
    for (let index = 0; index < 10; index += 1) people.push(await person(40 - index));
    await nextHour();
    app.clock.advance(6 * DAY + 23.5 * HOUR);
    await give(people[9]!, 500);
    await app.sql('update users set is_hidden_from_rankings = 1 where id = ?', people[9]!.userId);
    await nextHour();
    expect(await app.sql('select count(*) as days from rank_daily_days')).toEqual([{ days: '2' }]);
    expect(told).toEqual([]);
  });
});

describe('growing people', () => {
  it('are those who gained most since a week ago', async () => {
    const [a, b, c] = [await person(100), await person(50), await person(10)];
    await nextHour();
    app.clock.advance(6 * DAY + 23.5 * HOUR);
    await nextHour();
    await give(b, 5);
    await give(c, 20);
    const d = await person(1);
    app.clock.advance(30 * HOUR);
    await nextHour();
    const { growing } = await get(a, '/v1/rankings/board');
    expect(growing.map(({ person: one, gained }: AnyJson) => [one.id, gained])).toEqual([
      [c.userId, 40],
      [b.userId, 10],
      [d.userId, 2],
    ]);
  });
});
