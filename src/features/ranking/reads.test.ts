/** What people see of the ranking. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type PersonOptions, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { rankHere } from '../../../test/harness/ranking.ts';
import { koreanDay } from '../../platform/korea-time.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

/** Everybody of the test before is gone. */
beforeEach(async () => {
  app.clock.advance(3_600_000);
  await app.sql('update users set suspended_at = created_at');
  await app.sql('delete from rank_daily');
  await app.sql('delete from rank_daily_days');
});

/** A person with so many points, from bookmarks (4 each) and likes (2 each). */
async function person(points: number, options: PersonOptions = {}): Promise<TestPerson> {
  const made = await signUpPerson(app, options);
  if (points > 0) await give(made, points);
  return made;
}

async function give({ userId }: TestPerson, points: number): Promise<void> {
  await app.sql(
    'insert into activity_days values (?, ?, 0, ?, 0, 0, 0) on duplicate key update likes = values(likes)',
    userId,
    koreanDay(app.clock.now()),
    points / 2,
  );
}

async function get(who: TestPerson, path: string): Promise<AnyJson> {
  const answer = await app.request('GET', path, { token: who.token });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

async function write(who: TestPerson): Promise<string> {
  return writePost(app, who, { careerId: await makeCareer(app, who), tags: ['공모전'] });
}

function ranksOf(items: AnyJson[]): [string, number][] {
  return items.map((item) => [item.person.id, item.rank]);
}

describe('before the first run', () => {
  it('there is nothing, and no error', async () => {
    const me = await person(10);
    expect(await get(me, '/v1/rankings')).toEqual({
      items: [],
      nextCursor: null,
      updatedAt: null,
      day: null,
    });
    expect(await get(me, '/v1/rankings/me')).toMatchObject({
      updatedAt: null,
      ranks: null,
      above: [],
      below: [],
    });
    expect(await get(me, '/v1/rankings/me/why')).toEqual({ explanation: null });
    expect(await get(me, '/v1/rankings/me/history')).toEqual({ days: [] });
    expect(await get(me, '/v1/rankings/schools')).toEqual({ items: [] });
    expect(await get(me, '/v1/rankings/board')).toMatchObject({ top: [], growing: [], popularPosts: [] });
  });
});

describe('the list', () => {
  it('ranks within the nation, a school, a field and both; equal scores share a rank', async () => {
    const a = await person(40, { schoolId: 1, fieldId: 1 });
    const b = await person(30, { schoolId: 1, fieldId: 2 });
    const c = await person(30, { schoolId: 2, fieldId: 2 });
    const d = await person(20, { schoolId: 1, fieldId: 2 });
    await person(0, { schoolId: 1, fieldId: 1 });
    await rankHere(app);
    const list = async (query: string) => ranksOf((await get(a, `/v1/rankings${query}`)).items);
    // Those with the same score: the newer account first.
    expect(await list('')).toEqual([
      [a.userId, 1],
      [c.userId, 2],
      [b.userId, 2],
      [d.userId, 4],
    ]);
    expect(await list('?schoolId=1')).toEqual([
      [a.userId, 1],
      [b.userId, 2],
      [d.userId, 3],
    ]);
    expect(await list('?fieldId=2')).toEqual([
      [c.userId, 1],
      [b.userId, 1],
      [d.userId, 3],
    ]);
    expect(await list('?schoolId=1&fieldId=2')).toEqual([
      [b.userId, 1],
      [d.userId, 2],
    ]);
    expect(await list('?schoolId=9')).toEqual([]);
  });

  it('leaves out the blocked, the hidden, and who left, without renumbering others before the next run', async () => {
    const [a, blocked, hidden, gone, e] = [
      await person(50),
      await person(40),
      await person(30),
      await person(20),
      await person(10),
    ];
    await rankHere(app);
    await app.request('PUT', `/v1/users/${blocked.userId}/block`, { token: a.token });
    await app.request('PATCH', '/v1/me', { token: hidden.token, body: { isHiddenFromRankings: true } });
    await app.sql('update users set left_at = created_at where id = ?', gone.userId);
    expect(ranksOf((await get(a, '/v1/rankings')).items)).toEqual([
      [a.userId, 1],
      [e.userId, 5],
    ]);
    expect(ranksOf((await get(a, '/v1/rankings/me')).below)).toEqual([[e.userId, 5]]);
    expect((await get(hidden, '/v1/rankings/me')).isHidden).toBe(true);
    expect((await get(hidden, '/v1/rankings/me')).ranks).toBeNull();
    expect((await get(a, `/v1/users/${hidden.userId}`)).ranks).toBeNull();
    app.clock.advance(3_600_000);
    await rankHere(app);
    // Hidden and gone take no place any more; the blocked still does.
    expect(ranksOf((await get(a, '/v1/rankings')).items)).toEqual([
      [a.userId, 1],
      [e.userId, 3],
    ]);
  });

  it('pages without repeating or skipping while a new ranking comes, and tells when its own is gone', async () => {
    const people: TestPerson[] = [];
    for (let index = 0; index < 7; index += 1) people.push(await person(10 + 2 * (index >> 1)));
    const [viewer] = people as [TestPerson];
    await rankHere(app);
    const first = await get(viewer, '/v1/rankings?limit=3');
    for (const one of people) await give(one, 100 - 2 * people.indexOf(one));
    await rankHere(app);
    const second = await get(viewer, `/v1/rankings?limit=3&cursor=${first.nextCursor}`);
    const third = await get(viewer, `/v1/rankings?limit=3&cursor=${second.nextCursor}`);
    const seen = [first, second, third].flatMap(({ items }) => items);
    expect(seen.map(({ person: one }) => one.id)).toEqual(people.toReversed().map(({ userId }) => userId));
    expect(seen.map(({ rank }) => rank)).toEqual([1, 2, 2, 4, 4, 6, 6]);
    expect(third.nextCursor).toBeNull();
    expect(second.updatedAt).toBe(first.updatedAt);
    await rankHere(app);
    const late = await app.request('GET', `/v1/rankings?limit=3&cursor=${first.nextCursor}`, {
      token: viewer.token,
    });
    expect([late.status, late.body.code]).toEqual([410, 'ranking_moved_on']);
    expect((await get(viewer, '/v1/rankings')).items[0].score).toBe(100);
  });

  it('refuses a cursor of another list', async () => {
    const me = await person(10);
    await person(8);
    await rankHere(app);
    const { nextCursor } = await get(me, '/v1/rankings?limit=1');
    const answer = await app.request('GET', `/v1/rankings?schoolId=1&cursor=${nextCursor}`, {
      token: me.token,
    });
    expect(answer.body.code).toBe('invalid_cursor');
  });
});

describe('my place', () => {
  it('shows five above and five below in any of my scopes', async () => {
    const people: TestPerson[] = [];
    for (let index = 0; index < 13; index += 1)
      people.push(await person(100 - 2 * index, { schoolId: 1 + (index % 2) }));
    const me = people[6]!;
    await rankHere(app);
    const mine = await get(me, '/v1/rankings/me');
    expect(mine.ranks.nation).toMatchObject({ rank: 7, people: 13 });
    expect(mine.ranks.school).toMatchObject({ rank: 4, people: 7 });
    expect(ranksOf(mine.above).map(([, rank]) => rank)).toEqual([2, 3, 4, 5, 6]);
    expect(ranksOf(mine.below).map(([, rank]) => rank)).toEqual([8, 9, 10, 11, 12]);
    const inSchool = await get(me, '/v1/rankings/me?scope=school');
    expect(inSchool.above.map((one: AnyJson) => one.person.id)).toEqual(
      [0, 2, 4].map((index) => people[index]!.userId),
    );
    expect(inSchool.below.map((one: AnyJson) => one.rank)).toEqual([5, 6, 7]);
  });

  it('stands between people with the same score', async () => {
    const [a, me, c] = [await person(10), await person(10), await person(10)];
    await rankHere(app);
    const { above, below, ranks } = await get(me, '/v1/rankings/me?scope=group');
    expect(ranksOf(above)).toEqual([[c.userId, 1]]);
    expect(ranksOf(below)).toEqual([[a.userId, 1]]);
    expect(ranks.group).toMatchObject({ rank: 1, people: 3 });
    expect(ranks.topPercent).toBe(34);
  });

  it('says why: points by kind come to the score, and what is missing to the next place', async () => {
    const me = await person(0, { schoolId: 3 });
    await app.sql(
      'insert into activity_days values (?, ?, 2, 3, 1, 2, 25)',
      me.userId,
      koreanDay(app.clock.now()),
    );
    await person(50, { schoolId: 4 });
    await person(60, { schoolId: 3, fieldId: 5 });
    await rankHere(app);
    const { explanation } = await get(me, '/v1/rankings/me/why');
    expect(explanation.score).toBe(2 * 10 + 3 * 2 + 1 * 3 + 2 * 4 + 2);
    expect(explanation.kinds.map(({ kind, count, earned }: AnyJson) => [kind, count, earned])).toEqual([
      ['post', 2, 20],
      ['like', 3, 6],
      ['comment', 1, 3],
      ['bookmark', 2, 8],
      ['view', 25, 2],
    ]);
    expect(explanation.next).toEqual({
      nation: { rank: 2, missingPoints: 11 },
      school: { rank: 1, missingPoints: 21 },
      field: { rank: 1, missingPoints: 11 },
      group: null,
    });
  });
});

describe('the board', () => {
  it('shows me, the first three, who grows, popular posts and tags in one request within its budget', async () => {
    const people = [await person(50), await person(40), await person(30), await person(20)];
    const me = people[3]!;
    const postId = await write(people[1]!);
    const other = await write(people[2]!);
    await app.request('PUT', `/v1/posts/${postId}/like`, { token: me.token });
    await app.sql(
      'insert into tag_days (tag_id, day, field_id, uses, people) select id, ?, 1, 20, 20 from tags on duplicate key update uses = 20, people = 20',
      koreanDay(app.clock.now()),
    );
    await rankHere(app);
    const board = await get(me, '/v1/rankings/board');
    expect(ranksOf(board.top)).toHaveLength(3);
    expect(board.me.ranks.nation.people).toBe(4);
    expect(board.growing).toHaveLength(4);
    expect(board.popularPosts.map(({ id }: AnyJson) => id)).toEqual([postId]);
    expect(board.popularPosts.map(({ id }: AnyJson) => id)).not.toContain(other);
    expect(board.topTags[0]).toMatchObject({ name: '공모전' });
    const { cost } = await app.request('GET', '/v1/rankings/board', { token: me.token });
    expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(4);
    expect(cost.statements).toBeLessThanOrEqual(12);
    expect(cost.redisCommands).toBeLessThanOrEqual(3);
    await app.request('PATCH', '/v1/me', { token: people[1]!.token, body: { isHiddenFromRankings: true } });
    expect((await get(me, '/v1/rankings/board')).popularPosts).toEqual([]);
  });

  it('is that of a school or a field when asked', async () => {
    const [a, b] = [await person(50, { schoolId: 5 }), await person(40, { schoolId: 6, fieldId: 3 })];
    await rankHere(app);
    expect(ranksOf((await get(a, '/v1/rankings/board?schoolId=6')).top)).toEqual([[b.userId, 1]]);
    expect(ranksOf((await get(a, '/v1/rankings/board?fieldId=3')).top)).toEqual([[b.userId, 1]]);
    expect(
      (await get(a, '/v1/rankings/board?schoolId=6')).growing.map((one: AnyJson) => one.person.id),
    ).toEqual([b.userId]);
  });
});

describe('schools and fields', () => {
  it('are compared by the points of all their people', async () => {
    await person(50, { schoolId: 5, fieldId: 2 });
    await person(30, { schoolId: 6, fieldId: 2 });
    const me = await person(20, { schoolId: 6, fieldId: 7 });
    await rankHere(app);
    const short = ({ items }: AnyJson) =>
      items.map((one: AnyJson) => [one.id, one.rank, one.people, one.points]);
    expect(short(await get(me, '/v1/rankings/schools'))).toEqual([
      [5, 1, 1, 50],
      [6, 1, 2, 50],
    ]);
    expect(short(await get(me, '/v1/rankings/fields'))).toEqual([
      [2, 1, 2, 80],
      [7, 2, 1, 20],
    ]);
  });
});

describe('reads', () => {
  it.each([
    ['/v1/rankings', 3, 8],
    ['/v1/rankings?schoolId=1&fieldId=1', 3, 8],
    // As a board: where I stand, who is around me, and what is shown of them.
    ['/v1/rankings/me', 4, 5],
    ['/v1/rankings/me/why', 3, 5],
    ['/v1/rankings/me/history', 3, 5],
    ['/v1/rankings/schools', 3, 5],
    ['/v1/rankings/fields', 3, 5],
  ])('%s takes at most %i round trips and %i statements', async (path, trips, statements) => {
    const me = await person(10);
    await person(20);
    await rankHere(app);
    await get(me, path);
    const { cost } = await app.request('GET', path, { token: me.token });
    expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(trips);
    expect(cost.statements).toBeLessThanOrEqual(statements);
  });
});
