/** The search routes: sections, lists, filters, paging, highlights, and what may never be shown. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { buildSearch, syncSearchNow } from '../../../test/harness/search.ts';

let app: TestApp;
let viewer: TestPerson;

beforeAll(async () => {
  app = await startTestApp();
  viewer = await signUpPerson(app, { name: '보는이' });
  await buildSearch(app);
  // The first call of an app reads the school directory.
  await search('people', '아무도없음');
});

function ask(path: string, query: Record<string, string | number>, who = viewer) {
  return app.request(
    'GET',
    `${path}?${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))}`,
    {
      token: who.token,
    },
  );
}

async function search(
  kind: string,
  q: string,
  more: Record<string, string | number> = {},
): Promise<AnyJson[]> {
  const answer = await ask(`/v1/search/${kind}`, { q, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.items;
}

/** The parts of the answer's texts that its highlights name. */
function shown(item: AnyJson): string[] {
  return item.highlights.map(({ field, index, start, length }: AnyJson) => {
    const value = field.split('.').reduce((one: AnyJson, name: string) => one[name], item);
    const part = Array.isArray(value) ? value[index].name : value;
    return `${field}: ${part.slice(start, start + length)}`;
  });
}

describe('people', () => {
  it('are found by name, with school and department, and by what they write about themselves', async () => {
    const person = await signUpPerson(app, { name: '하윤슬', schoolId: 22, departmentId: 1 });
    await app.sql(
      "update users set introduction = '백엔드를 공부하는 🎨 학생입니다' where id = ?",
      person.userId,
    );
    await buildSearch(app, ['people']);
    for (const q of [
      '하윤슬',
      '하윤',
      '하유',
      'ㅎㅇㅅ',
      '윤슬',
      '하윤슬 고려대',
      '고대 하윤ㅅ',
      'korea 하윤슬',
      '백엔드 공부',
    ]) {
      const [first] = await search('people', q);
      expect(first?.id, q).toBe(person.userId);
    }
    const [byName] = await search('people', '고려대 하윤ㅅ');
    expect(shown(byName)).toEqual(['name: 하윤슬', 'school.nameKo: 고려대']);
    const [byText] = await search('people', '백엔드');
    expect(shown(byText)).toEqual(['introduction: 백엔드']);
    expect(byText).toMatchObject({ introduction: '백엔드를 공부하는 🎨 학생입니다', relation: 'none' });
  });

  it('are filtered by school, field and year', async () => {
    const make = (schoolId: number, fieldId: number, admissionYear: number) =>
      signUpPerson(app, { name: '문가람', schoolId, fieldId, admissionYear });
    const [a, b, c] = [await make(5, 1, 2021), await make(5, 2, 2022), await make(6, 1, 2022)];
    await buildSearch(app, ['people']);
    const ids = async (filter: Record<string, number>) =>
      (await search('people', '문가람', filter)).map(({ id }) => id).toSorted();
    expect(await ids({})).toEqual([a, b, c].map(({ userId }) => userId).toSorted());
    expect(await ids({ schoolId: 5 })).toEqual([a, b].map(({ userId }) => userId).toSorted());
    expect(await ids({ fieldId: 1, admissionYear: 2022 })).toEqual([c.userId]);
    expect(await ids({ schoolId: 6, fieldId: 2 })).toEqual([]);
  });

  it('of the same name come in the order of their followers', async () => {
    const [few, many] = [
      await signUpPerson(app, { name: '서다온' }),
      await signUpPerson(app, { name: '서다온' }),
    ];
    await buildSearch(app, ['people']);
    const before = (await search('people', '서다온')).map(({ id }) => id);
    expect(before.toSorted()).toEqual([few.userId, many.userId].toSorted());
    for (const who of [viewer, few])
      await app.request('PUT', `/v1/users/${many.userId}/follow`, { token: who.token });
    await syncSearchNow(app);
    expect((await search('people', '서다온')).map(({ id }) => id)).toEqual([many.userId, few.userId]);
  });
});

describe('posts', () => {
  let author: TestPerson;
  let careerId: string;

  beforeAll(async () => {
    author = await signUpPerson(app, { name: '글쓴이', schoolId: 7, fieldId: 3 });
    careerId = await makeCareer(app, author, { name: '공모전 수첩' });
  });

  it('are found by text, tag and career name, once the job has run', async () => {
    const id = await writePost(app, author, {
      careerId,
      text: '여름 내내 준비한 포스터가 드디어 완성되었습니다',
      tags: ['시각디자인'],
    });
    expect(await search('posts', '포스터')).toEqual([]);
    await syncSearchNow(app);
    for (const q of ['포스터', '포스터를', '포스ㅌ', '완성 포스터', '시각디자인', '공모전 수첩'])
      expect(
        (await search('posts', q)).map((post) => post.id),
        q,
      ).toContain(id);
    const [post] = await search('posts', '포스터 시각디자');
    expect(shown(post).toSorted()).toEqual(['tags: 시각디자', 'text: 포스터']);
    const [byCareer] = await search('posts', '수첩');
    expect(shown(byCareer)).toEqual(['career.name: 수첩']);
  });

  it('are filtered by school, field and period of Korean days', async () => {
    const id = await writePost(app, author, { careerId, text: '달맞이꽃 관찰 기록' });
    await syncSearchNow(app);
    const count = async (filter: Record<string, string | number>) =>
      (await search('posts', '달맞이꽃', filter)).length;
    expect((await search('posts', '달맞이꽃'))[0]?.id).toBe(id);
    // 12:00 in Korea.
    expect(await count({ from: '2026-11-24', to: '2026-11-24' })).toBe(1);
    expect(await count({ to: '2026-11-23' })).toBe(0);
    expect(await count({ from: '2026-11-25' })).toBe(0);
    expect(await count({ schoolId: 7, fieldId: 3 })).toBe(1);
    expect(await count({ schoolId: 8 })).toBe(0);
  });

  it('that are equally good come newest first', async () => {
    const ids: string[] = [];
    for (let day = 0; day < 3; day += 1) {
      ids.unshift(await writePost(app, author, { careerId, text: `산수유 ${day}` }));
      app.clock.advance(86_400_000);
    }
    await syncSearchNow(app);
    expect((await search('posts', '산수유')).map(({ id }) => id)).toEqual(ids);
  });

  it('by initial consonants alone are none: text has no index of them', async () => {
    expect(await search('posts', 'ㄱ')).toEqual([]);
  });
});

describe('tags and schools', () => {
  it('a tag exactly as typed comes first, then the most used', async () => {
    const author = await signUpPerson(app);
    const careerId = await makeCareer(app, author);
    for (const tags of [['도예'], ['도예공방'], ['도예공방'], ['c언어']])
      await writePost(app, author, { careerId, tags });
    await syncSearchNow(app);
    const names = async (q: string) => (await search('tags', q)).map(({ name }) => name);
    expect(await names('도예')).toEqual(['도예', '도예공방']);
    expect(await names('ㄷㅇ')).toEqual(['도예', '도예공방']);
    expect(await names('도예 공ㅂ')).toEqual(['도예공방']);
    expect(await names('#C언')).toEqual(['c언어']);
    const [tag] = await search('tags', 'ㄷㅇㄱ');
    expect([tag.postCount, shown(tag)]).toEqual([2, ['name: 도예공']]);
  });

  it('a tag that nobody uses any more is not shown', async () => {
    const author = await signUpPerson(app);
    const postId = await writePost(app, author, {
      careerId: await makeCareer(app, author),
      tags: ['한철장사'],
    });
    await syncSearchNow(app);
    expect(await search('tags', '한철장사')).toHaveLength(1);
    await app.request('DELETE', `/v1/posts/${postId}`, { token: author.token });
    expect(await search('tags', '한철장사')).toEqual([]);
    await syncSearchNow(app);
    expect(await search('tags', '한철장사')).toEqual([]);
  });

  it('a school is found by short forms, English, parts and initial consonants', async () => {
    for (const [q, name] of [
      ['고대', '고려대학교'],
      ['골', '고려대학교'],
      ['korea univ', '고려대학교'],
      ['ㄱㄹㄷ', '고려대학교'],
      ['과학기술대', '서울과학기술대학교'],
      ['snu', '서울대학교'],
    ] as const)
      expect(
        (await search('schools', q)).map(({ nameKo }) => nameKo),
        q,
      ).toContain(name);
    const [school] = await search('schools', '고려대학');
    expect(shown(school)).toEqual(['nameKo: 고려대학']);
  });
});

describe('the box', () => {
  it('answers every kind in one call to the engine, within its budget', async () => {
    const author = await signUpPerson(app, { name: '해바라' });
    const careerId = await makeCareer(app, author);
    await writePost(app, author, { careerId, text: '해바라기 밭에서', tags: ['해바라기'] });
    await buildSearch(app, ['people', 'posts', 'tags']);
    const answer = await ask('/v1/search', { q: '해바라' });
    expect(answer.body.people.map(({ name }: AnyJson) => name)).toEqual(['해바라']);
    expect(answer.body.posts.map(({ text }: AnyJson) => text)).toEqual(['해바라기 밭에서']);
    expect(answer.body.tags.map(({ name }: AnyJson) => name)).toEqual(['해바라기']);
    expect(answer.body.schools).toEqual([]);
    expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(answer.cost.statements).toBeLessThanOrEqual(8);
  });

  it('of nothing but signs is empty and asks nobody', async () => {
    const answer = await ask('/v1/search', { q: '!?#' });
    expect(answer.body).toEqual({ people: [], posts: [], tags: [], schools: [] });
    expect(answer.cost.sequentialRoundTrips).toBe(1);
    expect(await search('people', '…')).toEqual([]);
  });

  it('refuses what is no query', async () => {
    for (const q of ['', '   ', 'a'.repeat(101), 'a\u0000b', 'a\nb']) {
      const answer = await ask('/v1/search', { q });
      expect([answer.status, answer.body.code], JSON.stringify(q)).toEqual([400, 'invalid_input']);
    }
  });

  it('takes quotes, dashes and the language of filters as text', async () => {
    for (const q of ['"해바라기', '-해바라기', 'id = 1 OR id EXISTS', "' OR 1=1 --", '해바라기 -밭'])
      expect((await ask('/v1/search', { q })).status, q).toBe(200);
  });
});

describe('pages', () => {
  let people: TestPerson[];

  beforeAll(async () => {
    people = [];
    for (let index = 0; index < 27; index += 1) people.push(await signUpPerson(app, { name: '구슬비' }));
    await app.sql(
      "update users set introduction = '구슬비 팬' where id in (?, ?)",
      people[0]?.userId,
      viewer.userId,
    );
    await buildSearch(app, ['people']);
  });

  async function readAll(limit: number, roundTrips = 3): Promise<{ ids: string[]; pages: number }> {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let pages = 1; ; pages += 1) {
      const { body, cost } = await ask('/v1/search/people', {
        q: '구슬비',
        limit,
        ...(cursor && { cursor }),
      });
      expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(roundTrips);
      expect(cost.statements).toBeLessThanOrEqual(8);
      ids.push(...body.items.map(({ id }: AnyJson) => id));
      cursor = body.nextCursor ?? undefined;
      if (cursor === undefined) return { ids, pages };
    }
  }

  it('repeat and skip nobody; who is meant by name comes before who writes about it', async () => {
    const { ids, pages } = await readAll(10);
    expect(pages).toBe(3);
    expect(ids.slice(0, 27).toSorted()).toEqual(people.map(({ userId }) => userId).toSorted());
    expect(ids.slice(27)).toEqual([viewer.userId]);
  });

  it('are full although people on them are gone', async () => {
    const gone = people.slice(0, 9);
    for (const { userId } of gone)
      await app.sql("update users set suspended_at = '2026-11-24 00:00:00' where id = ?", userId);
    const { body } = await ask('/v1/search/people', { q: '구슬비', limit: 15 });
    expect(body.items).toHaveLength(15);
    const { ids } = await readAll(7, 5);
    expect(ids).toHaveLength(27 - 9 + 1);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { userId } of gone) await app.sql('update users set suspended_at = null where id = ?', userId);
  });

  it('take no cursor of another search', async () => {
    const { body } = await ask('/v1/search/people', { q: '구슬비', limit: 5 });
    const others: Record<string, string | number>[] = [{ q: '구슬' }, { q: '구슬비', schoolId: 1 }];
    for (const other of others) {
      const answer = await ask('/v1/search/people', { ...other, limit: 5, cursor: body.nextCursor });
      expect(answer.body.code).toBe('invalid_cursor');
    }
  });
});
