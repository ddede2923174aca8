import { describe, expect, it } from 'vitest';
import {
  crawlConfig,
  crawlNow,
  makeFeed,
  makeNaverAnswer,
  makeNaverHit,
  parsePage,
} from '../../../../test/harness/crawl.ts';
import { googleNews } from './google-news.ts';
import { naverNews } from './naver-news.ts';

const list = (entries: unknown[]) => parsePage(naverNews, makeNaverAnswer(entries));
const judge = (status: number, body: string | object) =>
  naverNews.judge?.({
    status,
    url: '',
    headers: new Headers(),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('Naver News', () => {
  it('30: is asked for a phrase, encoded once, with its keys in headers', () => {
    const [request] = naverNews.requests({ phrase: 'r&d 50%', now: crawlNow }, crawlConfig);
    expect(new URL(request?.url ?? '').searchParams.get('query')).toBe('r&d 50%');
    expect(request?.url).not.toMatch(/naver-(?:id|secret)/);
    expect(request?.headers).toEqual({
      'X-Naver-Client-Id': 'naver-id',
      'X-Naver-Client-Secret': 'naver-secret',
    });
    expect(() =>
      naverNews.requests({ phrase: 'x', now: crawlNow }, { ...crawlConfig, naver: undefined }),
    ).toThrow('config_error');
  });

  it('12, 26: gives articles of newspapers, their titles as text', async () => {
    const { items } = await list([
      makeNaverHit({ title: '<b>반도체</b>채용 &quot;늘린다&quot; &lt;잠&gt; &amp;amp;' }),
    ]);
    expect(items).toEqual([
      {
        identities: [
          expect.stringMatching(/^url:/),
          'naver:023_0003901234',
          expect.stringMatching(/^story:/),
        ],
        title: '반도체채용 "늘린다" <잠> &amp;',
        author: 'chosun.com',
        url: 'https://www.chosun.com/economy/2026/11/24/ABC/',
        pictureUrl: null,
        publishedAt: new Date('2026-11-24T01:00:00Z'),
        language: null,
      },
    ]);
  });

  it('15, 16: an address that is none costs its item alone', async () => {
    const { items, dropped } = await list([
      makeNaverHit({ originallink: '' }),
      makeNaverHit({
        originallink: 'javascript:alert(1)',
        link: 'https://n.news.naver.com/mnews/article/023/0003901235',
      }),
      makeNaverHit({ originallink: '', link: '' }),
      makeNaverHit({ originallink: 'http://10.0.0.1/', link: 'http://127.1/' }),
      makeNaverHit({ title: null }),
      makeNaverHit({ title: 7 }),
      null,
      makeNaverHit({
        originallink: 'http://www.hani.co.kr/arti/1.html?utm_source=x',
        link: 'http://www.hani.co.kr/arti/1.html',
        pubDate: null,
      }),
    ]);
    expect(items.map(({ url, author }) => [url, author])).toEqual([
      ['https://n.news.naver.com/mnews/article/023/0003901234?sid=101', null],
      ['https://n.news.naver.com/mnews/article/023/0003901235', null],
      ['http://www.hani.co.kr/arti/1.html?utm_source=x', 'hani.co.kr'],
    ]);
    expect(items[2]?.identities).toHaveLength(2);
    expect(dropped).toEqual({ no_address: 1, refused_address: 1, no_title: 2, malformed: 1 });
  });

  it('18: shares its stories with Google News', async () => {
    const title = '반도체 “대박”… 채용 늘린다';
    const google = await parsePage(googleNews, makeFeed([{ title: `${title} - 조선일보` }]));
    const naver = await list([makeNaverHit({ title: '<b>반도체</b> &quot;대박&quot;... 채용 늘린다' })]);
    const shared = google.items[0]?.identities.filter((identity) =>
      naver.items[0]?.identities.includes(identity),
    );
    expect(shared).toEqual([expect.stringMatching(/^story:/)]);
  });

  it('23, 24: none is none, another shape is an alarm', async () => {
    expect((await list([])).items).toEqual([]);
    const many = await list(
      Array.from({ length: 150 }, (_, index) =>
        makeNaverHit({
          title: `제목 ${index}`,
          originallink: `https://press.example.org/${index}`,
          link: '',
        }),
      ),
    );
    expect(many).toMatchObject({ dropped: { over_limit: 50 } });
    for (const [body, outcome] of [
      ['{"total":0}', 'schema_changed'],
      ['{"items":null}', 'schema_changed'],
      ['[]', 'schema_changed'],
      ['{"items":[{"a":1},{"a":2},{"a":3}]}', 'schema_changed'],
      ['{"errorMessage":"Query limit exceeded","errorCode":"010"}', 'quota_spent'],
      ['<rss/>', 'unexpected_format'],
    ] as const) {
      await expect(parsePage(naverNews, body)).rejects.toMatchObject({ outcome });
    }
  });

  it('29: its errors', () => {
    expect(judge(401, { errorMessage: 'NID AUTH Result Invalid (1000)', errorCode: '024' })).toEqual({
      outcome: 'config_error',
    });
    expect(judge(403, '')).toEqual({ outcome: 'config_error' });
    expect(
      judge(429, { errorMessage: 'Query limit exceeded (쿼리 한도를 초과했습니다)', errorCode: '010' }),
    ).toEqual({ outcome: 'quota_spent', isDaySpent: true });
    expect(
      judge(429, { errorMessage: 'Rate limit exceeded (속도 제한을 초과했습니다)', errorCode: '012' }),
    ).toEqual({ outcome: 'throttled' });
    expect(judge(400, { errorMessage: 'Incorrect query request', errorCode: 'SE01' })).toEqual({
      outcome: 'request_refused',
    });
    expect(judge(500, { errorMessage: 'System Error', errorCode: 'SE99' })).toBeUndefined();
    expect(judge(429, 'x')).toBeUndefined();
    expect(judge(502, '<html>')).toBeUndefined();
  });
});
