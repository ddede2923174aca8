import { describe, expect, it } from 'vitest';
import {
  crawlConfig,
  crawlNow,
  makeArticleId,
  makeFeed,
  makeFeedItem,
  pageOf,
  parsePage,
} from '../../../../test/harness/crawl.ts';
import { googleNews } from './google-news.ts';

const parse = (body: string | Uint8Array, options: Parameters<typeof parsePage>[2] = {}) =>
  parsePage(googleNews, body, { url: 'https://news.google.com/rss/search?q=x', ...options });
const titlesOf = async (body: string | Uint8Array, contentType = 'application/xml; charset=utf-8') =>
  (await parse(body, { contentType })).items.map(({ title }) => title);
const outcomeOf = (body: string | Uint8Array, options = {}) =>
  parse(body, options).then(
    () => 'ok',
    (error: { outcome: string }) => error.outcome,
  );

describe('Google News', () => {
  it('30: is asked for one phrase, encoded once', () => {
    const [request, ...others] = googleNews.requests({ phrase: 'r&d 100%_채용', now: crawlNow }, crawlConfig);
    expect(others).toEqual([]);
    const url = new URL(request?.url ?? '');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: '"r&d 100%_채용" when:30d',
      hl: 'ko',
      gl: 'KR',
      ceid: 'KR:ko',
    });
    expect(url.origin + url.pathname).toBe('https://news.google.com/rss/search');
  });

  it('gives articles with publisher, date and language', async () => {
    const id = makeArticleId();
    const { items, dropped, next, later } = await parse(
      makeFeed([{ guid: id, title: '반도체 "대박" - 조선일보' }]),
    );
    expect(items).toEqual([
      {
        identities: [expect.stringMatching(/^gnews:[\w-]{43}$/), expect.stringMatching(/^story:[\w-]{43}$/)],
        title: '반도체 "대박"',
        author: '조선일보',
        url: `https://news.google.com/rss/articles/${id}?oc=5`,
        pictureUrl: null,
        publishedAt: new Date('2026-11-23T02:32:00Z'),
        language: 'ko',
      },
    ]);
    expect({ dropped, next, later }).toEqual({ dropped: {}, next: [], later: [] });
  });

  it('1: a page about consent is no feed', async () => {
    const consent =
      '<!doctype html><html lang="ko"><head><title>Google로 이동하기 전에</title></head><body><form action="https://consent.google.com/save"></form></body></html>';
    expect(await outcomeOf(consent, { contentType: 'text/html; charset=utf-8' })).toBe('blocked_consent');
    expect(await outcomeOf(`\n<!-- x -->${consent}`)).toBe('blocked_consent');
  });

  it('2: a CAPTCHA means that we ask too much', async () => {
    const captcha =
      '<html><body><form action="index" method="post"><div class="g-recaptcha"></div></form></body></html>';
    expect(await outcomeOf(captcha)).toBe('throttled');
    expect(await outcomeOf('<html></html>', { url: 'https://news.google.com/sorry/index?continue=x' })).toBe(
      'throttled',
    );
    const judge = (url: string, body: string) =>
      googleNews.judge?.({ status: 403, url, headers: new Headers(), body });
    expect(judge('https://news.google.com/sorry/index', '')).toEqual({ outcome: 'throttled' });
    expect(judge('https://news.google.com/rss/search', '')).toBeUndefined();
  });

  it('3: of a feed that is cut off the whole items are kept', async () => {
    const feed = makeFeed([{ title: '하나' }, { title: '둘' }, { title: '셋' }]);
    const cut = feed.slice(0, feed.indexOf('셋') + 1);
    expect((await parse(cut, { isCut: true })).items.map(({ title }) => title)).toEqual(['하나', '둘']);
    expect(await outcomeOf(feed.slice(0, feed.indexOf('하나')), { isCut: true })).toBe('unreachable');
    expect(await outcomeOf('', { isCut: true })).toBe('unreachable');
  });

  it('4: bare ampersands and entities that XML does not know are read', async () => {
    const item = `<item><title>삼성&nbsp;R&D 예산 & Q&amp;A - 조선일보</title><link>https://press.example.org/a?b=1&region=2&copy=3&amp;d=4</link><source url="https://press.example.org">조선일보</source></item>`;
    expect((await parse(makeFeed([item]))).items[0]).toMatchObject({
      title: '삼성 R&D 예산 & Q&A',
      url: 'https://press.example.org/a?b=1&region=2&copy=3&d=4',
    });
  });

  it('5: entities of the document are neither resolved nor fetched', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "${'&lol;'.repeat(10)}"><!ENTITY x SYSTEM "file:///etc/passwd">]>`;
    const item = makeFeedItem({ title: 'T' }).replace('>T<', '>폭탄 &lol2; &x; 끝<');
    expect(await titlesOf(makeFeed([item], bomb))).toEqual(['폭탄 &lol2; &x; 끝']);
  });

  it('8: an abyss of tags ends the reading; what came before is kept', async () => {
    const deep = '<a>'.repeat(20_000);
    expect(await titlesOf(makeFeed([{ title: '하나' }, { title: '둘', raw: deep }]))).toEqual(['하나']);
    expect(await outcomeOf(deep)).toBe('unexpected_format');
    expect(await outcomeOf(`<rss><channel>${deep}`)).toBe('ok');
    expect(await titlesOf(makeFeed([{ title: '하나', raw: `${'<x/>'.repeat(20_000)}` }]))).toEqual(['하나']);
  });

  it('9: is Korean in whatever it is written, whatever is said of it', async () => {
    // 한글 in EUC-KR.
    const korean = (prolog: string) => {
      const ascii = makeFeed([{ title: '@', source: '' }], prolog).replaceAll(/[^\0-\x7f]/g, '?');
      return Buffer.from(ascii.replaceAll('@', '\xc7\xd1\xb1\xdb'), 'latin1');
    };
    for (const prolog of [
      '',
      '<?xml version="1.0" encoding="euc-kr"?>',
      '<?xml version="1.0" encoding="UTF-8"?>',
    ]) {
      for (const type of [
        'application/xml',
        'application/xml; charset=euc-kr',
        'application/xml; charset=cp949',
        'application/xml; charset=utf-8',
      ]) {
        expect(await titlesOf(korean(prolog), type)).toEqual(['한글']);
      }
    }
    const broken = Buffer.from(makeFeed([{ title: '한글', source: '' }]));
    broken[broken.indexOf(Buffer.from('한글')) + 2] = 0xff;
    expect((await titlesOf(broken))[0]).toMatch(/^\ufffd+글$/);
  });

  it('10: may begin with a mark, a line or a comment', async () => {
    for (const start of ['\ufeff', '\n\n', '<!-- x -->', '\ufeff \n<!-- <rss> -->\n']) {
      expect(
        await titlesOf(makeFeed([{ title: '하나' }], `${start}<?xml version="1.0" encoding="UTF-8"?>`)),
      ).toEqual(['하나']);
    }
  });

  it('12, 13: a title is inert text, resolved once', async () => {
    const titles = [
      '<script>alert(1)</script> 주가 - 머니투데이',
      '"a" &quot;b&quot; &amp;amp;quot; - 머니투데이',
      '<잠> 3<5 - 머니투데이',
    ];
    expect(await titlesOf(makeFeed(titles.map((title) => ({ title, source: '머니투데이' }))))).toEqual([
      'alert(1) 주가',
      '"a" &quot;b&quot; &amp;amp;quot;',
      '<잠> 3<5',
    ]);
    const literal = makeFeedItem({ title: 'T', source: '' }).replace(
      '>T<',
      '><![CDATA[R&amp;D <b>둘</b> & 셋]]><',
    );
    expect(await titlesOf(makeFeed([literal]))).toEqual(['R&amp;D 둘 & 셋']);
  });

  it('14: without a headline it is none; what looks like a value is text', async () => {
    const titles = [
      '',
      ' ',
      ' - 조선일보',
      '- 조선일보',
      '\u200b - 조선일보',
      '007',
      'null',
      'true - 조선일보',
      'constructor',
      '가'.repeat(10_000),
    ];
    const { items, dropped } = await parse(
      makeFeed([...titles.map((title) => ({ title })), makeFeedItem().replace(/<title>.*?<\/title>/, '')]),
    );
    expect(items.map(({ title }) => title)).toEqual([
      '007',
      'null',
      'true',
      'constructor',
      `${'가'.repeat(299)}…`,
    ]);
    expect(dropped).toEqual({ no_title: 6 });
  });

  it('15, 16: an address that is none costs its item alone', async () => {
    const links = [
      'javascript:alert(1)',
      'data:text/html,x',
      'http://127.1/',
      'http://[::ffff:7f00:1]/',
      'http://169.254.169.254/',
      'http://host.:80/',
      'https://user:pass@press.example.org/',
      '//evil',
    ];
    const good = ['./articles/CBMiabcdefghij', 'http://press.example.org/a'];
    const items = [...links, ...good].map((link) => ({ link }));
    const blank = makeFeedItem()
      .replace(/<link>.*?<\/link>/, '<link> </link>')
      .replace(/<guid.*?<\/guid>/, '');
    const parsed = await parse(makeFeed([...items, blank, { title: '하나' }]));
    expect(parsed.items.map(({ url }) => url).slice(0, 2)).toEqual([
      'https://news.google.com/articles/CBMiabcdefghij',
      'http://press.example.org/a',
    ]);
    expect(parsed.items).toHaveLength(3);
    expect(parsed.dropped).toEqual({ refused_address: 8, no_address: 1 });
  });

  it('18: the same headline of the same newspaper is one story; the same guid is not', async () => {
    const twice = await parse(
      makeFeed([
        { title: '같은 제목 - 조선일보' },
        { title: '같은 제목 - 조선일보' },
        { title: '같은 제목 - 동아일보', source: '동아일보', sourceUrl: 'https://www.donga.com' },
      ]),
    );
    expect(twice.items.map(({ author }) => author)).toEqual(['조선일보', '동아일보']);
    expect(twice.items[0]?.identities).toHaveLength(3);
    expect(twice.dropped).toEqual({ repeated: 1 });
    const link = (name: string) => `https://press.example.org/${name}`;
    const guid = await parse(
      makeFeed([
        { guid: 'same', link: link('a'), title: '하나' },
        { guid: 'same', link: link('b'), title: '둘' },
      ]),
    );
    expect(guid.items.map(({ url }) => url)).toEqual([link('a'), link('b')]);
  });

  it('an old id holds the address of the newspaper', async () => {
    const url = 'https://www.chosun.com/economy/2024/01/02/ABC/?utm_source=x';
    const { items } = await parse(
      makeFeed([
        { guid: makeArticleId(url) },
        { guid: makeArticleId(`https://www.chosun.com/${'a'.repeat(150)}`) },
        { guid: makeArticleId('http://127.0.0.1/') },
      ]),
    );
    expect(items[0]).toMatchObject({
      url,
      identities: [
        expect.stringMatching(/^url:/),
        expect.stringMatching(/^gnews:/),
        expect.stringMatching(/^story:/),
      ],
    });
    expect(items[1]?.url).toBe(`https://www.chosun.com/${'a'.repeat(150)}`);
    expect(items[2]?.url).toMatch(/^https:\/\/news\.google\.com\//);
  });

  it('21: a date that cannot be told is none, and costs nothing', async () => {
    const { items } = await parse(
      makeFeed([
        { pubDate: 'soon' },
        { pubDate: '' },
        { pubDate: 'Fri, 01 Jan 2099 00:00:00 GMT' },
        { pubDate: 'Tue, 24 Nov 2026 23:00:00 GMT' },
      ]),
    );
    expect(items.map(({ publishedAt }) => publishedAt)).toEqual([null, null, null, crawlNow]);
  });

  it('22: only the publisher is taken off a title, exactly as it is named', async () => {
    const items = [
      { title: 'A - B - C - ABC News - Breaking News, Latest', source: 'ABC News - Breaking News, Latest' },
      { title: '반도체 - 채용 - 조선일보', source: '중앙일보' },
      { title: '반도체 - 채용', source: '' },
      { title: '속보 - 매일경제 |', source: '매일경제 |' },
      { title: '조선일보', source: '조선일보' },
      { title: '여러  칸 - R&D  신문', source: 'R&D 신문' },
    ];
    expect(await titlesOf(makeFeed(items))).toEqual([
      'A - B - C',
      '반도체 - 채용 - 조선일보',
      '반도체 - 채용',
      '속보',
      '조선일보',
      '여러 칸',
    ]);
  });

  it('23: none, one and five thousand items; other formats', async () => {
    expect(await parse(makeFeed([]))).toEqual({ items: [], dropped: {}, next: [], later: [] });
    expect((await parse(makeFeed([{}]))).items).toHaveLength(1);
    const many = await parse(
      makeFeed(Array.from({ length: 5000 }, (_, index) => ({ title: `제목 ${index}` }))),
    );
    expect(many.items).toHaveLength(100);
    expect(many.dropped).toEqual({ over_limit: 4900 });
    for (const other of [
      '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>x</title></entry></feed>',
      '<rdf:RDF><channel/><item><title>x</title></item></rdf:RDF>',
      '{"items":[]}',
      'no',
      '',
      '<rss version="2.0"></rss>',
    ]) {
      expect({ other, outcome: await outcomeOf(other) }).toEqual({ other, outcome: 'unexpected_format' });
    }
    const strange = makeFeed([
      '<item><headline>a</headline></item>',
      '<item><headline>b</headline></item>',
      '<item/>',
    ]);
    expect(await outcomeOf(strange)).toBe('schema_changed');
  });

  it('unclosed tags and markup in a description take nothing from an item', async () => {
    const link = 'https://press.example.org/a';
    const unclosed = `<item><title>하나<link>${link}<pubDate>Mon, 23 Nov 2026 02:32:00 GMT<source url="https://press.example.org">신문</item>`;
    const prose = `<item><description><b>x<title>아님</title><link>https://evil.example.org/</link></description><title>둘</title><link>${link}2</link></item>`;
    const open = `<item><title>셋</title><link>${link}3</link>`;
    const { items } = await parse(makeFeed([unclosed, prose, open, { title: '넷' }]));
    expect(items.map(({ title, url }) => [title, url]).slice(0, 3)).toEqual([
      ['하나', link],
      ['둘', `${link}2`],
      ['셋', `${link}3`],
    ]);
    expect(items).toHaveLength(4);
  });

  it('32: names of the language are data like any other', async () => {
    const item = `<item __proto__="x"><__proto__><title>숨음</title></__proto__><constructor>y</constructor><title>하나</title><link>https://press.example.org/a</link><source __proto__="z" url="https://press.example.org">신문</source></item>`;
    expect((await parse(makeFeed([item]))).items).toHaveLength(1);
    expect({}).not.toHaveProperty('x');
    expect(pageOf('x')).not.toHaveProperty('polluted');
  });
});
