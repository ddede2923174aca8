import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, toSqlTime, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { makeStrips } from './make-strips.ts';

let app: TestApp;
let me: TestPerson;
let lastId = 0;

type Thing = {
  kind?: 'news' | 'video' | 'blog';
  tags?: string[];
  minutesAgo?: number;
  expiresInDays?: number;
  url?: string;
};

/** A thing that the crawl has found. Answers its title. */
async function found({
  kind = 'news',
  tags = [],
  minutesAgo = 0,
  expiresInDays = 30,
  url,
}: Thing): Promise<string> {
  lastId += 1;
  const title = `${kind} ${lastId}`;
  const now = app.clock.now().getTime();
  const at = toSqlTime(new Date(now - minutesAgo * 60_000));
  const end = toSqlTime(new Date(now + expiresInDays * 86_400_000));
  const source = { news: 'naver-news', video: 'youtube', blog: 'brunch' }[kind];
  await app.sql(
    'insert into discoveries (id, kind, source, title, author, url, published_at, first_seen_at, refreshed_at, expires_at, sort_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    lastId,
    kind,
    source,
    title,
    '가나일보',
    url ?? `https://news.example.com/${lastId}`,
    at,
    at,
    at,
    end,
    at,
  );
  for (const tag of tags) {
    await app.sql(
      'insert into discovery_tags (tag_id, discovery_id, kind, sort_at) select id, ?, ?, ? from tags where name = ?',
      lastId,
      kind,
      at,
      tag,
    );
  }
  return title;
}

async function list(query: string) {
  const answer = await app.request('GET', `/v1/discoveries?${query}`, { token: me.token });
  expect(answer.status).toBe(200);
  return answer;
}

const titles = (items: { title: string }[]) => items.map(({ title }) => title);

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  for (const table of ['discoveries', 'discovery_tags', 'discovery_strips', 'tag_days']) {
    await app.sql(`delete from ${table}`);
  }
  me = await signUpPerson(app);
  const careerId = await makeCareer(app, me);
  await writePost(app, me, { careerId, tags: ['캡스톤', '리액트'] });
  await app.settle();
});

describe('the list of a kind', () => {
  it('is newest first, and only what was found for the tag when one is named', async () => {
    const older = await found({ tags: ['캡스톤'], minutesAgo: 20 });
    const newer = await found({ tags: ['캡스톤', '리액트'], minutesAgo: 10 });
    const other = await found({ tags: ['리액트'], minutesAgo: 5 });
    await found({ kind: 'blog', tags: ['캡스톤'] });

    expect(titles((await list('kind=news')).body.items)).toEqual([other, newer, older]);
    const ofTag = await list(`kind=news&tag=${encodeURIComponent('#캡스톤')}`);
    expect(titles(ofTag.body.items)).toEqual([newer, older]);
    expect(ofTag.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
    expect(ofTag.cost.statements).toBeLessThanOrEqual(3);
  });

  it.each(['kind=news', `kind=news&tag=${encodeURIComponent('캡스톤')}`])(
    'pages without repeat or gap, also over equal times and while more is found: %s',
    async (query) => {
      const expected: string[] = [];
      for (let index = 0; index < 5; index += 1) expected.unshift(await found({ tags: ['캡스톤'] }));
      const seen: string[] = [];
      let cursor = '';
      for (;;) {
        const { body } = await list(`${query}&limit=2${cursor}`);
        seen.push(...titles(body.items));
        await found({ tags: ['캡스톤'] });
        if (body.nextCursor === null) break;
        cursor = `&cursor=${body.nextCursor}`;
      }
      expect(seen).toEqual(expected);
    },
  );

  it('leaves out what is past its time before the sweep has come', async () => {
    await found({ expiresInDays: -0.01 });
    expect((await list('kind=news')).body.items).toEqual([]);
  });

  it('tells of a video what a player needs, and of nothing else', async () => {
    await found({ kind: 'video', url: 'https://www.youtube.com/watch?v=abcdefghijk' });
    await found({ kind: 'news' });
    expect((await list('kind=video')).body.items[0]).toMatchObject({
      source: { id: 'youtube', name: 'YouTube' },
      video: { videoId: 'abcdefghijk', channelId: null },
    });
    expect((await list('kind=news')).body.items[0].video).toBeNull();
  });

  it('refuses unknown tags and kinds, and the cursor of another list', async () => {
    for (let index = 0; index < 2; index += 1) await found({});
    const { nextCursor } = (await list('kind=news&limit=1')).body;
    const statusOf = async (query: string) =>
      (await app.request('GET', `/v1/discoveries?${query}`, { token: me.token })).status;
    expect(await statusOf('kind=news&tag=nobodyusesthis')).toBe(404);
    expect(await statusOf('kind=podcast')).toBe(400);
    expect(await statusOf('tag=react')).toBe(400);
    expect(await statusOf(`kind=blog&cursor=${nextCursor}`)).toBe(400);
  });
});

describe('the strips of the feed', () => {
  const readStrips = async (person: TestPerson) => {
    const answer = await app.request('GET', '/v1/feed', { token: person.token });
    expect(answer.status).toBe(200);
    return answer.body.head.strips;
  };

  it('show the newest for my own tags first, then those of my field, then of all, each once', async () => {
    const neighbour = await signUpPerson(app);
    const stranger = await signUpPerson(app, { fieldId: 3 });
    await writePost(app, neighbour, { careerId: await makeCareer(app, neighbour), tags: ['공모전'] });
    await writePost(app, stranger, { careerId: await makeCareer(app, stranger), tags: ['도예'] });
    await app.settle();
    const ofAll = await found({ tags: ['도예'] });
    const ofField = await found({ tags: ['공모전'], minutesAgo: 1 });
    const myOlder = await found({ tags: ['캡스톤', '리액트'], minutesAgo: 3 });
    const myNewer = await found({ tags: ['리액트'], minutesAgo: 2 });
    await app.asSystem(makeStrips);

    expect(titles((await readStrips(me)).news)).toEqual([myNewer, myOlder, ofField, ofAll]);
    expect(titles((await readStrips(stranger)).news)[0]).toBe(ofAll);
  });

  it('hold ten of each kind, and none is empty for the others', async () => {
    for (let index = 0; index < 12; index += 1) {
      await found({ kind: 'news', tags: ['캡스톤'], minutesAgo: index });
      await found({ kind: 'blog', tags: ['리액트'], minutesAgo: index });
    }
    const strips = await readStrips(me);
    expect(strips.news).toHaveLength(10);
    expect(strips.blog).toHaveLength(10);
    expect(strips.video).toEqual([]);
  });

  it('of somebody who has written nothing are those of their field and of all', async () => {
    const title = await found({ tags: ['캡스톤'] });
    await app.passTime(61);
    expect(titles((await readStrips(await signUpPerson(app))).news)).toEqual([title]);
  });

  it('cost the first page no more than its budget', async () => {
    await found({ tags: ['캡스톤'] });
    await readStrips(me);
    const { cost } = await app.request('GET', '/v1/feed', { token: me.token });
    expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(4);
    expect(cost.statements).toBeLessThanOrEqual(12);
  });
});
