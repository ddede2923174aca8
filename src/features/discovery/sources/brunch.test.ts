import { describe, expect, it } from 'vitest';
import {
  crawlConfig,
  crawlNow,
  makeBrunchAnswer,
  makeBrunchHit,
  makeBrunchPage,
  parsePage,
} from '../../../../test/harness/crawl.ts';
import { brunch } from './brunch.ts';

const list = (entries: unknown[]) => parsePage(brunch, makeBrunchAnswer(entries));
const readPage = (html: string | Uint8Array, url = 'https://brunch.co.kr/@eveningdriver/78') =>
  parsePage(brunch, html, { step: 'article', url, contentType: 'text/html;charset=utf-8' });
const outcomeOf = (parsing: Promise<unknown>) =>
  parsing.then(
    () => 'ok',
    (error: { outcome: string }) => error.outcome,
  );

describe('Brunch', () => {
  it('30: is asked by its search and, where that is closed, by the listing of a keyword; each encoded once', () => {
    const [search, keyword, ...others] = brunch.requests({ phrase: 'r&d 50%', now: crawlNow }, crawlConfig);
    expect(others).toEqual([]);
    expect(Object.fromEntries(new URL(search?.url ?? '').searchParams)).toMatchObject({
      q: 'r&d 50%',
      highlighter: 'n',
      page: '1',
      pageSize: '20',
    });
    expect(keyword?.url).toBe('https://api.brunch.co.kr/v1/top/keyword/r%26d%2050%25');
  });

  it('gives articles of a search', async () => {
    expect(await list([makeBrunchHit()])).toEqual({
      items: [
        {
          identities: ['brunch:eHom_78', 'brunch:@eveningdriver_78'],
          title: '하루가 나를 지나갈 때',
          author: 'EveningDriver',
          url: 'https://brunch.co.kr/@eveningdriver/78',
          pictureUrl: 'https://t1.daumcdn.net/brunch/service/user/eHom/image/a.jpg',
          publishedAt: new Date('2026-11-20T03:30:00Z'),
          language: null,
        },
      ],
      dropped: {},
      next: [],
      later: [],
    });
  });

  it('24: is read in all shapes that are known', async () => {
    const hit = makeBrunchHit();
    const { userName, ...article } = hit;
    const listed = { article, profile: { userName }, timestamp: 1 };
    for (const data of [
      { list: [hit] },
      { articleList: [listed] },
      [hit],
      { list: [{ ...hit, no: '78' }] },
      { list: [{ ...hit, publishTime: 1_795_145_400 }] },
    ]) {
      const parsed = await parsePage(brunch, { code: 200, data });
      expect(parsed.items).toMatchObject([
        { identities: ['brunch:eHom_78', 'brunch:@eveningdriver_78'], author: 'EveningDriver' },
      ]);
    }
    for (const data of [null, [], { list: null }, { list: [] }, { articleList: [] }]) {
      expect((await parsePage(brunch, { code: 200, data })).items).toEqual([]);
    }
    expect((await parsePage(brunch, { code: '200', data: [hit] })).items).toHaveLength(1);
    expect((await parsePage(brunch, { data: [hit] })).items).toHaveLength(1);
  });

  it('24: tells walls, faults and other shapes apart', async () => {
    const bodies: [object | string, string][] = [
      [{ code: 401, data: null }, 'blocked_login'],
      [{ code: 401 }, 'blocked_login'],
      [{ code: 429, data: null }, 'throttled'],
      [{ code: 500, message: 'x' }, 'unreachable'],
      [{ code: 404, data: null }, 'http_error'],
      [{ code: 200 }, 'schema_changed'],
      [{ code: 200, data: { posts: [] } }, 'schema_changed'],
      [{ code: 200, data: 'x' }, 'schema_changed'],
      [{ code: 200, result: [] }, 'schema_changed'],
      ['5', 'schema_changed'],
      ['null', 'schema_changed'],
      [{ code: 200, data: [{ a: 1 }, { a: 2 }, 'x'] }, 'schema_changed'],
      ['<html><body>hello</body></html>', 'unexpected_format'],
      ['<html><a href="https://accounts.kakao.com/login?continue=x">', 'blocked_login'],
      ['<html><div class="wrap_exception">서비스 접속이 원활하지 않습니다.</div>', 'unreachable'],
      ['', 'unexpected_format'],
    ];
    for (const [body, outcome] of bodies) {
      expect({ body, outcome: await outcomeOf(parsePage(brunch, body)) }).toEqual({ body, outcome });
    }
    expect(await outcomeOf(parsePage(brunch, '{"code":200,"da', { isCut: true }))).toBe('unreachable');
    const judge = (status: number, body = '') =>
      brunch.judge?.({ status, url: '', headers: new Headers(), body });
    expect(judge(401)).toEqual({ outcome: 'blocked_login' });
    expect(judge(500, 'wrap_exception')).toEqual({ outcome: 'unreachable' });
    expect(judge(404)).toBeUndefined();
  });

  it('24: an entry that is broken costs itself alone', async () => {
    const entries = [
      makeBrunchHit({ publishTime: 0, articleImageForHome: null, articleImageList: 'x' }),
      makeBrunchHit({
        no: 79,
        contentId: null,
        publishTime: 'soon',
        publishTimestamp: Date.UTC(2026, 10, 1),
        articleImageForHome: '',
        articleImageList: [
          5,
          null,
          { type: 'body', url: 'https://t1.daumcdn.net/body' },
          { type: 'cover', url: '//t1.daumcdn.net/cover' },
        ],
      }),
      makeBrunchHit({ no: null, contentId: 'x' }),
      makeBrunchHit({ no: 'a/b' }),
      makeBrunchHit({ title: null }),
      makeBrunchHit({ title: '<b></b>' }),
      makeBrunchHit({ no: 80, notPublished: true }),
      makeBrunchHit({ no: 81, userId: '../x', profileId: '<i>', contentId: '' }),
      null,
      'x',
      ['x'],
    ];
    const { items, dropped, later } = await list(entries);
    expect(items).toMatchObject([
      { publishedAt: null, pictureUrl: null },
      {
        identities: ['brunch:eHom_79', 'brunch:@eveningdriver_79'],
        publishedAt: new Date('2026-11-01T00:00:00Z'),
        pictureUrl: 'https://t1.daumcdn.net/cover',
      },
    ]);
    expect(dropped).toEqual({ no_id: 3, no_title: 2, gone: 1, malformed: 3 });
    expect(later).toEqual([
      { step: 'article', url: items[0]?.url, accept: 'text/html', maxBytes: 256 * 1024 },
    ]);
  });

  it('is known by the name that there is', async () => {
    const only = (more: object) => list([{ title: '제목', ...more }]);
    expect((await only({ contentId: 'DyM_23' })).items).toMatchObject([
      { identities: ['brunch:DyM_23'], url: 'https://brunch.co.kr/@@DyM/23' },
    ]);
    expect((await only({ profileId: 'Name', no: 5 })).items).toMatchObject([
      { identities: ['brunch:@name_5'], url: 'https://brunch.co.kr/@Name/5' },
    ]);
    expect((await only({ contentId: 'a_b_7' })).items).toMatchObject([{ identities: ['brunch:a_b_7'] }]);
  });

  it('25: the same page again adds nothing and asks for no other', async () => {
    const entries = Array.from({ length: 20 }, (_, no) => makeBrunchHit({ no: no + 1 }));
    const first = await list(entries);
    const again = await parsePage(brunch, makeBrunchAnswer(entries), { before: first.items });
    expect(again.items).toEqual(first.items);
    expect(again).toMatchObject({ dropped: { repeated: 20 }, next: [] });
  });

  it('26: highlights go, angle brackets that are text stay', async () => {
    const titles = ['<b>Hello</b>, <b>world</b>!', '<잠> &#39;<b>꿈</b>&#39;', '&lt;THE C&gt; R&amp;D'];
    const { items } = await list(titles.map((title, no) => makeBrunchHit({ title, no })));
    expect(items.map(({ title }) => title)).toEqual(['Hello, world!', "<잠> '꿈'", '<THE C> R&D']);
  });

  it('27: a picture is on https, or there is none', async () => {
    const pictures = [
      '//img1.daumcdn.net/thumb/R1280x0/?fname=http%253A%252F%252Ft1',
      'http://t1.daumcdn.net/name',
      `https://t1.daumcdn.net/?fname=${'a'.repeat(3072)}`,
      'http://127.1/a.jpg',
      'data:image/png;base64,AA',
    ];
    const { items } = await list(
      pictures.map((articleImageForHome, no) => makeBrunchHit({ articleImageForHome, no })),
    );
    expect(items.map(({ pictureUrl }) => pictureUrl)).toEqual([
      'https://img1.daumcdn.net/thumb/R1280x0/?fname=http%253A%252F%252Ft1',
      'https://t1.daumcdn.net/name',
      null,
      null,
      null,
    ]);
  });

  it('32: names of the language are data like any other', async () => {
    const entry = JSON.stringify(makeBrunchHit()).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    const { items } = await parsePage(
      brunch,
      `{"code":200,"__proto__":{"polluted":1},"data":{"list":[${entry}]}}`,
    );
    expect(items).toHaveLength(1);
    expect(items[0]).not.toHaveProperty('polluted');
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('the page of an article', () => {
  const head = `<meta property="og:title" content="23화 하루가 나를 지나갈 때"><meta property="og:image" content="//img1.daumcdn.net/thumb/R1280x0.fwebp/?fname=x"><meta property="og:article:author" content="EveningDriver"><meta property="og:regDate" content="2025-12-17T12:30+09:00"><link rel="alternate" type="application/rss+xml" href="https://brunch.co.kr/rss/@@eHom">`;

  it('19: completes an article, under all its names', async () => {
    const read = await readPage(makeBrunchPage(head));
    expect(read.items).toEqual([
      {
        identities: ['brunch:@eveningdriver_78', 'brunch:eHom_78'],
        title: '하루가 나를 지나갈 때',
        author: 'EveningDriver',
        url: 'https://brunch.co.kr/@eveningdriver/78',
        pictureUrl: 'https://img1.daumcdn.net/thumb/R1280x0.fwebp/?fname=x',
        publishedAt: new Date('2025-12-17T03:30:00Z'),
        language: null,
      },
    ]);
    const canonical = `${head}<link rel="canonical" href="https://brunch.co.kr/@eveningdriver/78">`;
    const inner = await readPage(makeBrunchPage(canonical), 'https://brunch.co.kr/@@eHom/78');
    expect(inner.items[0]?.identities).toEqual(['brunch:eHom_78', 'brunch:@eveningdriver_78']);
    const found = await list([makeBrunchHit({ userId: '', contentId: '', publishTime: null })]);
    const both = await parsePage(brunch, makeBrunchPage(head), {
      step: 'article',
      url: 'https://brunch.co.kr/@eveningdriver/78',
      before: found.items,
    });
    expect(both.items).toHaveLength(1);
    expect(both.items[0]).toMatchObject({
      publishedAt: new Date('2025-12-17T03:30:00Z'),
      identities: ['brunch:@eveningdriver_78', 'brunch:eHom_78'],
    });
  });

  it('20: that calls itself a page of elsewhere is believed nothing of it', async () => {
    for (const canonical of [
      'https://evil.example.org/@other/78',
      'https://brunch.co.kr/@other/79',
      'https://brunch.co.kr.evil.org/@other/78',
      'javascript:x',
      '//',
    ]) {
      for (const tag of [
        `<link rel="canonical" href="${canonical}">`,
        `<meta property="og:url" content="${canonical}">`,
      ]) {
        const { items } = await readPage(makeBrunchPage(head + tag));
        expect(items[0]).toMatchObject({
          identities: ['brunch:@eveningdriver_78', 'brunch:eHom_78'],
          url: 'https://brunch.co.kr/@eveningdriver/78',
        });
      }
    }
  });

  it('is read from the data of its script', async () => {
    const props = {
      article: [
        0,
        {
          title: [0, '다른 "제목" <잠>'],
          userName: [0, '저녁'],
          userId: [0, 'eHom'],
          publishTime: [0, Date.UTC(2026, 10, 1)],
          tags: [1, [[0, 'x']]],
        },
      ],
    };
    const island = `<astro-island uid="1" props="${JSON.stringify(props).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('>', '&gt;')}" client="load"></astro-island>`;
    const { items } = await readPage(
      makeBrunchPage(
        '<meta property="og:title" content="x">',
        `<astro-island props="{}"></astro-island>${island}`,
      ),
    );
    expect(items).toMatchObject([
      {
        title: '다른 "제목" <잠>',
        author: '저녁',
        publishedAt: new Date('2026-11-01T00:00:00Z'),
        identities: ['brunch:@eveningdriver_78', 'brunch:eHom_78'],
      },
    ]);
    for (const broken of [
      '<astro-island props="{',
      '<astro-island props=null>',
      '<astro-island>'.repeat(1000),
    ]) {
      expect((await readPage(makeBrunchPage(head, broken))).items).toMatchObject([
        { title: '하루가 나를 지나갈 때' },
      ]);
    }
  });

  it('that is none tells what it is', async () => {
    const pages: [string, string][] = [
      ['<title>브런치</title><main id="root"></main>', 'layout_changed'],
      ['', 'layout_changed'],
      ['{"code":200}', 'layout_changed'],
      [
        '<meta property="og:title" content="브런치스토리"><meta property="og:type" content="website">',
        'layout_changed',
      ],
      [makeBrunchPage('<meta property="og:title" content=" ">'), 'layout_changed'],
      ['<div class="wrap_exception">서비스 접속이 원활하지 않습니다.</div>', 'unreachable'],
      ['<a href="https://accounts.kakao.com/login?continue=x">로그인</a>', 'blocked_login'],
    ];
    for (const [html, outcome] of pages) {
      expect({ html, outcome: await outcomeOf(readPage(html)) }).toEqual({ html, outcome });
    }
    // Every article offers to log in.
    expect(
      await outcomeOf(readPage(makeBrunchPage(head, '<a href="https://accounts.kakao.com/login">'))),
    ).toBe('ok');
  });

  it('8, 9: nested without end or in another encoding is read all the same', async () => {
    expect((await readPage(makeBrunchPage(head, '<div>'.repeat(45_000)))).items).toHaveLength(1);
    expect((await readPage(makeBrunchPage(`${head}${'<x>'.repeat(80_000)}`))).items).toHaveLength(1);
    const korean = makeBrunchPage(head)
      .replace('23화 하루가 나를 지나갈 때', '@')
      .replaceAll(/[^\0-\x7f]/g, '?')
      .replace('@', '\xc7\xd1\xb1\xdb');
    expect((await readPage(Buffer.from(korean, 'latin1'))).items).toMatchObject([{ title: '한글' }]);
  });
});
