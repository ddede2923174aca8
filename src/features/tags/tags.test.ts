import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { block, countOf, leave, signUpMany } from '../../../test/harness/society.ts';

const NOW = '2026-11-24T03:00:00.000Z';

let app: TestApp;
let minsu: TestPerson;
let jiwoo: TestPerson;
let careers: Map<string, string>;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
  [minsu, jiwoo] = (await signUpMany(app, 2)) as [TestPerson, TestPerson];
  careers = new Map();
  await get(minsu, '/tags/autocomplete?q=a');
});

function get(who: TestPerson, path: string): Promise<Answer> {
  return app.request('GET', `/v1${path}`, { token: who.token });
}

async function write(who: TestPerson, ...tags: string[]): Promise<string> {
  const careerId = careers.get(who.userId) ?? (await makeCareer(app, who));
  careers.set(who.userId, careerId);
  return writePost(app, who, { careerId, tags });
}

async function writeAt(iso: string, who: TestPerson, ...tags: string[]): Promise<string> {
  app.clock.set(iso);
  const id = await write(who, ...tags);
  app.clock.set(NOW);
  return id;
}

async function complete(typed: string): Promise<[name: string, postCount: number][]> {
  const answer = await get(minsu, `/tags/autocomplete?q=${encodeURIComponent(typed)}`);
  expect(answer.status).toBe(200);
  return answer.body.items.map(({ name, postCount }: AnyJson) => [name, postCount]);
}

function ids({ body }: Answer): string[] {
  return body.items.map(({ id }: AnyJson) => id);
}

/** Every count of days and of tags that differs from the rows. */
async function findWrongCounts(): Promise<unknown[]> {
  const alive = 'from post_tags join posts on posts.id = post_id where deleted_at is null';
  return app.sql(
    `select 'day' as kind, cast(tag_id as char) as id, uses from tag_days where uses <>
       (select count(*) ${alive} and post_tags.tag_id = tag_days.tag_id and post_tags.day = tag_days.day and post_tags.field_id = tag_days.field_id)
     union all select 'people', cast(tag_id as char), people from tag_days where people <>
       (select count(distinct posts.author_id) ${alive} and post_tags.tag_id = tag_days.tag_id and post_tags.day = tag_days.day and post_tags.field_id = tag_days.field_id)
     union all select 'tag', cast(id as char), post_count from tags where post_count <>
       (select count(*) ${alive} and post_tags.tag_id = tags.id)
     union all select 'missing', cast(post_tags.tag_id as char), 0 ${alive} and not exists
       (select 1 from tag_days where tag_days.tag_id = post_tags.tag_id and tag_days.day = post_tags.day and tag_days.field_id = post_tags.field_id)`,
  );
}

describe('completion', () => {
  it('finds tags half typed, by initial consonants, and the most used first', async () => {
    await write(minsu, '캡스톤', '캡스톤디자인', '캡틴');
    await write(jiwoo, '캡스톤디자인', '고려대', '공모전');
    for (const typed of ['캡', '캐', 'ㅋ', '#캡', ' 캡 ']) {
      expect(await complete(typed), typed).toEqual([
        ['캡스톤디자인', 2],
        ['캡스톤', 1],
        ['캡틴', 1],
      ]);
    }
    for (const typed of ['캡ㅅ', '캡스토', '캡슽', 'ㅋㅅㅌ', '캡ㅅㅌ']) {
      expect(await complete(typed), typed).toEqual([
        ['캡스톤디자인', 2],
        ['캡스톤', 1],
      ]);
    }
    expect(await complete('캡스톤')).toEqual([
      ['캡스톤', 1],
      ['캡스톤디자인', 2],
    ]);
    expect(await complete('골')).toEqual([['고려대', 1]]);
    expect(await complete('ㄱㅁ')).toEqual([['공모전', 1]]);
    expect(await complete('스톤')).toEqual([]);
  });

  it('takes case, signs and what no tag can be as they come', async () => {
    await write(minsu, 'React', 'R_D', 'RxD', '100%', `a${'😀'.repeat(29)}`);
    expect(await complete('REA')).toEqual([['react', 1]]);
    expect(await complete('r_')).toEqual([['r_d', 1]]);
    expect(await complete('%')).toEqual([]);
    expect(await complete('100%')).toEqual([['100%', 1]]);
    expect(await complete('a😀')).toEqual([[`a${'😀'.repeat(29)}`, 1]]);
    for (const typed of ['', '#', ' ', '<b>', '가'.repeat(40), '\u0000'])
      expect(await complete(typed)).toEqual([]);
  });

  it('gives at most 10, and none whose posts are gone', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `열개${index}`);
    await write(minsu, ...names);
    const postId = await write(jiwoo, '열개째', '열개0');
    const found = await complete('열개');
    expect(found).toHaveLength(10);
    expect(found[0]).toEqual(['열개0', 2]);
    await app.request('DELETE', `/v1/posts/${postId}`, { token: jiwoo.token });
    expect(new Set(await complete('열개'))).toEqual(new Set(names.map((name) => [name, 1])));
  });
});

describe('a page of a tag', () => {
  it('shows six Korean months with zeros, and what of it is mine', async () => {
    await writeAt('2026-05-31T14:59:00.000Z', minsu, '달력');
    // June began in Korea.
    await writeAt('2026-05-31T15:00:00.000Z', minsu, '달력');
    await writeAt('2026-09-10T00:00:00.000Z', jiwoo, '달력');
    await writeAt('2026-09-30T15:00:00.000Z', jiwoo, '달력');
    const edited = await write(minsu, '달력', '다른');
    const page = await get(minsu, `/tags/${encodeURIComponent('#달력')}`);
    expect(page.body).toMatchObject({
      name: '달력',
      postCount: 5,
      myPostCount: 3,
      months: [
        { month: '2026-06', postCount: 1 },
        { month: '2026-07', postCount: 0 },
        { month: '2026-08', postCount: 0 },
        { month: '2026-09', postCount: 1 },
        { month: '2026-10', postCount: 1 },
        { month: '2026-11', postCount: 1 },
      ],
    });
    await app.request('PATCH', `/v1/posts/${edited}`, {
      token: minsu.token,
      body: { tags: ['다른', '새것'] },
    });
    const after = await get(jiwoo, `/tags/${encodeURIComponent('달력')}`);
    expect(after.body).toMatchObject({ postCount: 4, myPostCount: 2 });
    expect(after.body.months.at(-1)).toEqual({ month: '2026-11', postCount: 0 });
    expect((await get(minsu, `/tags/${encodeURIComponent('새것')}`)).body.postCount).toBe(1);
    await app.request('DELETE', `/v1/posts/${edited}`, { token: minsu.token });
    expect((await get(minsu, `/tags/${encodeURIComponent('새것')}`)).body).toMatchObject({
      postCount: 0,
      myPostCount: 0,
    });
    expect(await findWrongCounts()).toEqual([]);
  });

  it('is found by any spelling, with signs in it, and for the words that are addresses of their own', async () => {
    await write(minsu, 'CI/CD', 'Trending', 'c++');
    for (const name of ['ci/cd', ' CI / CD', '#trending', 'C++']) {
      const answer = await get(minsu, `/tags/${encodeURIComponent(name)}`);
      expect(answer.body, name).toMatchObject({ postCount: 1 });
      expect(ids(await get(minsu, `/tags/${encodeURIComponent(name)}/posts`)), name).toHaveLength(1);
    }
    expect((await get(minsu, `/tags/${encodeURIComponent('없는태그')}`)).body.code).toBe('tag_not_found');
    expect((await get(minsu, `/tags/${encodeURIComponent('없는태그')}/posts`)).body.code).toBe(
      'tag_not_found',
    );
    expect((await get(minsu, `/tags/${encodeURIComponent('가'.repeat(31))}`)).body.code).toBe(
      'invalid_input',
    );
  });
});

describe('posts of a tag', () => {
  it('come newest first, without the hidden, and page while others write and delete', async () => {
    const [hidden, gone] = (await signUpMany(app, 2)) as [TestPerson, TestPerson];
    const written: string[] = [];
    for (let n = 0; n < 9; n += 1) written.push(await write(n % 2 ? minsu : jiwoo, '쪽', `쪽${n}`));
    await write(hidden, '쪽');
    await write(gone, '쪽');
    await block(app, hidden, minsu);
    await leave(app, gone);
    const path = `/tags/${encodeURIComponent('쪽')}/posts?limit=4`;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await get(minsu, `${path}${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...ids(page));
      cursor = page.body.nextCursor;
      if (seen.length === 4) {
        await write(jiwoo, '쪽');
        await app.request('DELETE', `/v1/posts/${written[8]}`, { token: jiwoo.token });
      }
    } while (cursor);
    expect(seen).toEqual(written.toReversed());
    expect((await get(minsu, `/tags/${encodeURIComponent('쪽1')}/posts?cursor=x`)).body.code).toBe(
      'invalid_cursor',
    );
    const first = await get(minsu, path);
    for (const other of [`/tags/${encodeURIComponent('쪽1')}/posts`, `${path}&order=popular`]) {
      const sign = other.includes('?') ? '&' : '?';
      const answer = await get(minsu, `${other}${sign}cursor=${first.body.nextCursor}`);
      expect(answer.body.code, other).toBe('invalid_cursor');
    }
  });

  it('come by likes, comments and bookmarks of the last 30 days', async () => {
    await writeAt('2026-10-25T14:59:00.000Z', minsu, '인기');
    const oldest = await writeAt('2026-10-25T15:00:00.000Z', minsu, '인기');
    const quiet = [await write(minsu, '인기'), await write(jiwoo, '인기'), await write(minsu, '인기')];
    const liked = await write(minsu, '인기');
    const commented = await write(minsu, '인기');
    const bookmarked = await write(minsu, '인기');
    const talked = await write(minsu, '인기');
    await app.request('PUT', `/v1/posts/${liked}/like`, { token: jiwoo.token });
    await app.request('PUT', `/v1/posts/${bookmarked}/bookmark`, { token: jiwoo.token });
    for (const postId of [commented, talked, talked])
      await app.request('POST', `/v1/posts/${postId}/comments`, { token: jiwoo.token, body: { text: '!' } });
    const path = `/tags/${encodeURIComponent('인기')}/posts?order=popular&limit=3`;
    const first = await get(minsu, path);
    expect(ids(first)).toEqual([talked, bookmarked, commented]);
    const second = await get(minsu, `${path}&cursor=${first.body.nextCursor}`);
    expect(ids(second)).toEqual([liked, quiet[2], quiet[1]]);
    const third = await get(minsu, `${path}&cursor=${second.body.nextCursor}`);
    expect(ids(third)).toEqual([quiet[0], oldest]);
    expect(third.body.nextCursor).toBeNull();
  });
});

describe('trending tags', () => {
  let made = 0;
  /** A tag used so often on each of these days, in a field; three people's posts with it stand on the first of them. */
  async function use(name: string, fieldId: number, usesByDay: Record<string, number>): Promise<void> {
    made += 1;
    const id = String(1000 + made);
    await app.sql(
      'insert ignore into tags (id, name, choseong, post_count, created_at) values (?, ?, ?, 50, now(3))',
      id,
      name,
      name,
    );
    for (const [day, uses] of Object.entries(usesByDay)) {
      await app.sql(
        'insert into tag_days (tag_id, day, field_id, uses) select id, ?, ?, ? from tags where name = ?',
        day,
        fieldId,
        uses,
        name,
      );
    }
    const [firstDay] = Object.keys(usesByDay);
    for (const author of [1, 2, 3]) {
      const postId = made * 10 + author;
      await app.sql(
        `insert into posts (id, author_id, career_id, school_id, field_id, text, day, created_at) values (?, ?, 1, 1, ?, '글', ?, ?)`,
        postId,
        author,
        fieldId,
        firstDay,
        firstDay,
      );
      await app.sql(
        'insert into post_tags (post_id, position, tag_id, author_id, field_id, day) select ?, 0, id, ?, ?, ? from tags where name = ?',
        postId,
        author,
        fieldId,
        firstDay,
        name,
      );
    }
  }

  it('rise above their own last four weeks, overall and by field, beside the most used', async () => {
    app.clock.set('2027-03-31T15:10:00.000Z');
    const viewer = await signUpPerson(app);
    await use('꾸준', 1, {
      '2027-04-01': 100,
      '2027-03-25': 100,
      '2027-03-20': 100,
      '2027-03-10': 100,
      '2027-03-05': 100,
    });
    await use('급상승', 1, { '2027-04-01': 10, '2027-03-26': 10, '2027-03-25': 4 });
    await use('급상승', 3, { '2027-03-30': 20 });
    await use('디자인만', 3, { '2027-04-01': 12 });
    await use('두번', 1, { '2027-04-01': 2 });
    await use('식은', 1, { '2027-04-01': 5, '2027-03-01': 400 });
    await use('오래전', 1, { '2027-04-01': 6, '2027-02-25': 900 });

    const computed = await get(viewer, '/tags/trending');
    const overall = computed.body;
    // The second time from Redis, and the same to the letter.
    const kept = await get(viewer, '/tags/trending');
    expect(kept.body).toEqual(overall);
    expect(kept.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(kept.cost.redisCommands).toBe(2);
    await app.fault('upstash', { mode: 'error' });
    expect((await get(viewer, '/tags/trending')).body).toEqual(overall);
    await app.fault('upstash', undefined);
    const summary = (list: AnyJson[]) =>
      list.map(({ name, recentCount, earlierCount }) => [name, recentCount, earlierCount]);
    expect(summary(overall.mostUsed)).toEqual([
      ['꾸준', 100, 400],
      ['급상승', 40, 4],
      ['디자인만', 12, 0],
      ['오래전', 6, 0],
      ['식은', 5, 400],
    ]);
    expect(summary(overall.rising).map(([name]) => name)).toEqual(['급상승', '디자인만', '오래전']);
    const design = (await get(viewer, '/tags/trending?fieldId=3')).body;
    expect(summary(design.rising)).toEqual([
      ['급상승', 20, 0],
      ['디자인만', 12, 0],
    ]);
    expect((await get(viewer, '/tags/trending?fieldId=17')).body.code).toBe('invalid_input');

    await use('방금', 3, { '2027-04-01': 90 });
    app.clock.advance(5 * 60_000 + 1);
    expect((await get(viewer, '/tags/trending')).body.rising[0].name).toBe('방금');
    app.clock.set(NOW);
    // Counts without posts are not for the tests that hold counts against rows.
    for (const table of ['tag_days', 'post_tags'])
      await app.sql(`delete from ${table} where tag_id < 100000`);
    for (const table of ['tags', 'posts']) await app.sql(`delete from ${table} where id < 100000`);
  });

  it('count people, each once a day: nobody pushes a tag by writing much or daily', async () => {
    const [loud, second, third] = (await signUpMany(app, 3)) as [TestPerson, TestPerson, TestPerson];
    const days = [7, 8, 9, 10].map((day) => `2027-01-${String(day).padStart(2, '0')}T03:00:00.000Z`);
    for (const day of days) for (const _again of [1, 2, 3]) await writeAt(day, loud, '혼자밀기', '많이쓰기');
    await writeAt(days[3]!, second, '많이쓰기', '셋이서');
    const last = await writeAt(days[3]!, third, '많이쓰기', '셋이서');
    await writeAt(days[3]!, loud, '셋이서');
    const trending = async () => {
      app.clock.set(new Date(new Date(days[3]!).getTime() + reads++ * 6 * 60_000).toISOString());
      const { body } = await get(minsu, '/tags/trending');
      return body.mostUsed.map(({ name, recentCount }: AnyJson) => [name, recentCount]);
    };
    let reads = 1;
    expect(await trending()).toEqual([
      ['많이쓰기', 6],
      ['셋이서', 3],
    ]);
    expect((await get(minsu, '/tags/혼자밀기')).body.postCount).toBe(12);
    await app.request('DELETE', `/v1/posts/${last}`, { token: third.token });
    expect(await trending()).toEqual([]);
    expect(await findWrongCounts()).toEqual([]);
    app.clock.set(NOW);
  });
});

describe('the cost', () => {
  it('is at most 3 round trips and 5 statements for a tag, 3 and 8 for its posts', async () => {
    await write(minsu, '값');
    // Keeping what was computed begins with the answer and would be counted to it.
    await get(minsu, '/tags/trending?fieldId=9');
    for (const path of [
      '/tags/autocomplete?q=ㄱㅂ',
      '/tags/autocomplete?q=값',
      '/tags/값',
      '/tags/trending?fieldId=9',
    ]) {
      const { cost, status } = await get(minsu, encodeURI(path));
      expect(status, path).toBe(200);
      expect(cost.sequentialRoundTrips, path).toBeLessThanOrEqual(3);
      expect(cost.statements, path).toBeLessThanOrEqual(5);
    }
    for (const order of ['newest', 'popular']) {
      const { cost, body } = await get(minsu, encodeURI(`/tags/값/posts?order=${order}`));
      expect(body.items).toHaveLength(1);
      expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
      expect(cost.statements).toBeLessThanOrEqual(8);
    }
  });
});

describe('at the same time', () => {
  it('posts written, edited and deleted with the same tags leave counts that equal the rows', async () => {
    const people = await signUpMany(app, 40);
    for (const person of people) careers.set(person.userId, await makeCareer(app, person));
    const names = ['함께1', '함께2', '함께3', '함께4', '함께5'];
    await Promise.all(
      people.map(async (person, index) => {
        const rotated = names.map((_, n) => names[(n + index) % names.length]!);
        const postId = await write(person, ...rotated.slice(0, 4));
        if (index % 2 === 0) {
          const body = { tags: rotated.slice(2) };
          const edited = await app.request('PATCH', `/v1/posts/${postId}`, { token: person.token, body });
          expect(edited.status).toBeLessThan(300);
        }
        if (index % 5 === 0) await app.request('DELETE', `/v1/posts/${postId}`, { token: person.token });
      }),
    );
    await app.settle();
    expect(await findWrongCounts()).toEqual([]);
    expect(
      await countOf(app, "select sum(post_count) as n from tags where name like '함께%'"),
    ).toBeGreaterThan(0);
    expect(await app.sql('select * from outbox')).toEqual([]);
    expect(app.logs.filter((line) => line.includes('reaction failed'))).toEqual([]);
  });
});
