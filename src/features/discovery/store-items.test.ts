/** One row a thing, however often, by whomever and at whatever moment it is found. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { toItem, type TestItem } from '../../../test/harness/crawl-engine.ts';
import { foldItems, identifyAddress, identifyStory } from './reading/index.ts';
import type { Source } from './source.ts';
import { completeItems, storeItems, type Stored } from './store-items.ts';

const DAY_MS = 86_400_000;
const news = { id: 'news-a', kind: 'news' } as const;
const otherNews = { id: 'news-b', kind: 'news' } as const;
const blog = { id: 'blog', kind: 'blog' } as const;
const video = { id: 'video', kind: 'video' } as const;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

beforeEach(async () => {
  for (const table of ['discoveries', 'discovery_identities', 'discovery_tags']) {
    await app.sql(`delete from ${table}`);
  }
  app.clock.advance(DAY_MS);
});

type From = Pick<Source, 'id' | 'kind'>;

function store(items: TestItem[], { source = news as From, tag = '1' } = {}): Promise<Stored> {
  return app.asSystem((ctx) =>
    storeItems(
      ctx,
      source,
      tag,
      items.map((item) => toItem(source.kind, item)),
    ),
  );
}

type Row = Record<string, string | null> & { id: string };

const rows = () => app.sql<Row>('select * from discoveries order by id');
const links = () =>
  app.sql<{ tag_id: string; discovery_id: string; kind: string; sort_at: string }>(
    'select * from discovery_tags order by tag_id, discovery_id',
  );
const identities = () =>
  app.sql<{ identity: string; discovery_id: string }>('select * from discovery_identities order by identity');

/** As MySQL shows it. */
const sqlTime = (at: Date) => at.toISOString().slice(0, 23).replace('T', ' ');
const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * DAY_MS).toISOString();

describe('a thing', () => {
  it('is one row with a link from each tag that finds it, whoever looks', async () => {
    const publishedAt = daysAgo(1);
    expect(await store([{ id: 'a', publishedAt }])).toMatchObject({ stored: 1, known: 0 });
    expect(await store([{ id: 'a', publishedAt }])).toMatchObject({ stored: 0, known: 1 });
    expect(await store([{ id: 'a' }], { tag: '2' })).toMatchObject({ stored: 0, known: 1 });
    const byOther = await store([{ id: 'x', identities: ['url:x', 'news:a'] }], {
      source: otherNews,
      tag: '3',
    });
    expect(byOther).toMatchObject({ stored: 0, known: 1 });
    const [row, ...more] = await rows();
    expect(more).toEqual([]);
    expect(row).toMatchObject({
      source: 'news-a',
      kind: 'news',
      title: '제목 a',
      published_at: sqlTime(new Date(publishedAt)),
    });
    expect(await links()).toEqual(
      ['1', '2', '3'].map((tag) => ({
        tag_id: tag,
        discovery_id: row?.id,
        kind: 'news',
        sort_at: row?.['sort_at'],
      })),
    );
    // What it was called by the other is known from now on.
    expect(await identities()).toEqual([
      { identity: 'news:a', discovery_id: row?.id },
      { identity: 'url:x', discovery_id: row?.id },
    ]);
    expect(await store([{ id: 'y', identities: ['url:x'] }], { tag: '4' })).toMatchObject({ known: 1 });
  });

  it('twice in one answer is one, also when only a third ties the two together', async () => {
    const result = await store([
      { id: 'a', identities: ['gnews:1', 'story:s'], author: '한겨레' },
      { id: 'b', identities: ['gnews:2', 'story:s'], pictureUrl: 'https://p.example.com/1.jpg' },
      { id: 'c', identities: ['gnews:3'] },
      { id: 'd', identities: ['gnews:4'] },
      { id: 'e', identities: ['gnews:3', 'gnews:4'] },
    ]);
    expect(result).toMatchObject({ stored: 2, known: 0, dropped: { repeated: 3 } });
    expect(await rows()).toMatchObject([
      { title: '제목 a', author: '한겨레', picture_url: 'https://p.example.com/1.jpg' },
      { title: '제목 c' },
    ]);
    expect(await identities()).toHaveLength(5);
  });

  it('that several items turn out to be is counted once', async () => {
    await store([{ id: 'a', identities: ['gnews:1', 'story:s'] }]);
    const result = await store([
      { id: 'a', identities: ['gnews:1'] },
      { id: 'b', identities: ['story:s'] },
    ]);
    expect(result).toMatchObject({ stored: 0, known: 1, dropped: { repeated: 1 } });
    expect(await rows()).toHaveLength(1);
  });

  it('without anything to know it by is left out', async () => {
    expect(await store([{ id: 'a', identities: [] }])).toMatchObject({ stored: 0, dropped: { no_id: 1 } });
    expect(await rows()).toEqual([]);
  });

  it('under many addresses is one: campaign marks, fragments, phone pages, both names of a Brunch writer', async () => {
    const addresses = [
      'https://www.hani.co.kr/arti/1.html?utm_source=x&utm_medium=y',
      'https://www.hani.co.kr/arti/1.html#top',
      'https://hani.co.kr/arti/1.html/',
      'https://m.hani.co.kr/arti/1.html',
    ];
    for (const [index, url] of addresses.entries()) {
      const identity = await identifyAddress(new URL(url));
      await store([{ id: String(index), url, identities: [identity] }], { tag: String(index + 1) });
    }
    expect(await rows()).toHaveLength(1);
    const byId = await identifyAddress(new URL('https://brunch.co.kr/@@eHom/78'));
    const byName = await identifyAddress(new URL('https://brunch.co.kr/@eveningdriver/78'));
    await store([{ id: 'p', identities: [byId] }], { source: blog });
    // The search gives both names, which ties the addresses together.
    await store([{ id: 'p', identities: [byId, byName] }], { source: blog, tag: '2' });
    expect(await store([{ id: 'q', identities: [byName] }], { source: blog, tag: '3' })).toMatchObject({
      known: 1,
    });
    expect(await rows()).toHaveLength(2);
  });

  it('with one headline and paper under two ids of Google is one story; ids that all are the same do not fold others', async () => {
    const story = await identifyStory('www.mt.co.kr', '‘삼성’ 주가, 올랐다');
    const same = await identifyStory('mt.co.kr', '"삼성" 주가 올랐다');
    expect(same).toBe(story);
    const folded = foldItems([
      toItem('news', { id: '1', identities: ['gnews:1', story] }),
      toItem('news', { id: '2', identities: ['gnews:2', same] }),
    ]);
    expect(folded).toHaveLength(1);
    expect(await store([{ id: '1', identities: ['gnews:1', story] }])).toMatchObject({ stored: 1 });
    expect(await store([{ id: '2', identities: ['gnews:2', same] }], { tag: '2' })).toMatchObject({
      known: 1,
    });
  });
});

describe('what is known', () => {
  it('is completed by what others say and corrected by who found it', async () => {
    await store([{ id: 'a', title: '처음', author: null }]);
    const picture = 'https://p.example.com/1.jpg';
    await store([{ id: 'a', title: '남의 제목', author: '남의 이름', pictureUrl: picture }], {
      source: otherNews,
    });
    expect(await rows()).toMatchObject([{ title: '처음', author: '남의 이름', picture_url: picture }]);
    await store([{ id: 'a', title: '고친 제목', author: '제 이름' }]);
    expect(await rows()).toMatchObject([
      { title: '고친 제목', author: '제 이름', picture_url: picture, source: 'news-a' },
    ]);
  });

  it('moves on the pages of all its tags when its date becomes known', async () => {
    await store([{ id: 'a' }]);
    await store([{ id: 'a' }], { tag: '2' });
    const [before] = await rows();
    expect(before).toMatchObject({ published_at: null, sort_at: before?.['first_seen_at'] });
    const publishedAt = daysAgo(3);
    app.clock.advance(3600_000);
    await app.asSystem((ctx) => completeItems(ctx, news, [toItem('news', { id: 'a', publishedAt })]));
    const [row] = await rows();
    const sortAt = sqlTime(new Date(publishedAt));
    expect(row).toMatchObject({
      published_at: sortAt,
      sort_at: sortAt,
      first_seen_at: before?.['first_seen_at'],
    });
    expect((await links()).map((link) => link.sort_at)).toEqual([sortAt, sortAt]);
    // A date that is known stays, whatever is said later.
    await store([{ id: 'a', publishedAt: daysAgo(2) }]);
    expect((await rows())[0]).toMatchObject({ published_at: sortAt });
  });

  it('alone is completed: what is not there (any more) is not made by it', async () => {
    await app.asSystem((ctx) => completeItems(ctx, news, [toItem('news', { id: 'a' })]));
    expect([await rows(), await links(), await identities()]).toEqual([[], [], []]);
  });
});

describe('dates', () => {
  it('are never in the future', async () => {
    await store([{ id: 'a', publishedAt: '2099-01-01T00:00:00Z' }]);
    expect(await rows()).toMatchObject([
      { published_at: sqlTime(app.clock.now()), sort_at: sqlTime(app.clock.now()) },
    ]);
  });

  it.each([
    ['news', news, 30],
    ['blogs', blog, 180],
  ] as const)(
    'of %s decide how long they are kept, and what is over is not stored',
    async (_name, source, days) => {
      const result = await store(
        [
          { id: 'fresh', publishedAt: daysAgo(1) },
          { id: 'last', publishedAt: daysAgo(days - 1) },
          { id: 'over', publishedAt: daysAgo(days) },
          { id: 'undated' },
        ],
        { source },
      );
      expect(result).toMatchObject({ stored: 3, dropped: { too_old: 1 } });
      const ends = await app.sql<{ title: string; left: string }>(
        `select title, timestampdiff(day, ?, expires_at) as \`left\` from discoveries order by title`,
        sqlTime(app.clock.now()),
      );
      expect(ends.map(({ title, left }) => [title, Number(left)])).toEqual([
        ['제목 fresh', days - 1],
        ['제목 last', 1],
        ['제목 undated', days],
      ]);
    },
  );

  it('of videos do not matter for that: they are kept 30 days from when they were given last', async () => {
    await store([{ id: 'v', publishedAt: daysAgo(900) }], { source: video });
    app.clock.advance(20 * DAY_MS);
    await store([{ id: 'v', publishedAt: daysAgo(920) }], { source: video, tag: '2' });
    expect(await rows()).toMatchObject([
      {
        refreshed_at: sqlTime(app.clock.now()),
        expires_at: sqlTime(new Date(app.clock.now().getTime() + 30 * DAY_MS)),
      },
    ]);
  });
});

describe('visits at the same moment', () => {
  it('that find the same things store each once, whatever tags and sources they are of', async () => {
    const things = Array.from({ length: 40 }, (_, index) => index);
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, visit) =>
        store(
          // Each in its own order, and some that nobody else has.
          [...things.slice(visit * 5), ...things.slice(0, visit * 5)].map((thing) => ({
            id: String(thing),
            identities: [`url:${thing}`, `seen-by-${visit}:${thing}`],
          })),
          { source: visit % 2 ? news : otherNews, tag: String(visit + 1) },
        ),
      ),
    );
    expect(results.reduce((sum, { stored }) => sum + stored, 0)).toBe(40);
    expect(results.every(({ stored, known }) => stored + known === 40)).toBe(true);
    expect(await rows()).toHaveLength(40);
    expect(await links()).toHaveLength(240);
    const known = await identities();
    expect(known).toHaveLength(40 + 240);
    const ids = new Set((await rows()).map(({ id }) => id));
    expect(known.every(({ discovery_id: id }) => ids.has(id))).toBe(true);
    const owners = Map.groupBy(known, ({ identity }) => identity.split(':')[1]);
    for (const own of owners.values()) expect(new Set(own.map(({ discovery_id: id }) => id)).size).toBe(1);
  });
});

describe('the statements of a store', () => {
  it('are the same few for one thing and for a hundred, new or known', async () => {
    const costOf = (items: TestItem[], tag = '1') =>
      app.asSystem(async (ctx) => {
        await storeItems(
          ctx,
          news,
          tag,
          items.map((item) => toItem('news', item)),
        );
        return ctx.deps.outbound.counts().statements;
      });
    const hundred = Array.from({ length: 100 }, (_, index) => ({ id: `n${index}` }));
    expect(await costOf([{ id: 'one' }])).toBe(6);
    expect(await costOf(hundred)).toBe(6);
    expect(await costOf(hundred)).toBe(5);
    expect(await costOf(hundred, '2')).toBe(6);
    expect(await costOf([])).toBe(0);
  });
});
