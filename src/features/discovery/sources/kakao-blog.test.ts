import { describe, expect, it } from 'vitest';
import {
  crawlConfig,
  crawlNow,
  makeBrunchAnswer,
  makeBrunchHit,
  makeKakaoAnswer,
  makeKakaoHit,
  parsePage,
} from '../../../../test/harness/crawl.ts';
import { foldItems } from '../reading/index.ts';
import { brunch } from './brunch.ts';
import { kakaoBlog } from './kakao-blog.ts';

const list = (entries: unknown[]) => parsePage(kakaoBlog, makeKakaoAnswer(entries));
const judge = (status: number, body: string | object) =>
  kakaoBlog.judge?.({
    status,
    url: '',
    headers: new Headers(),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe("Kakao's blog search", () => {
  it('30: is asked for a phrase, encoded once, with its key in a header', () => {
    const [request] = kakaoBlog.requests({ phrase: 'r&d 50%', now: crawlNow }, crawlConfig);
    expect(new URL(request?.url ?? '').searchParams.get('query')).toBe('r&d 50%');
    expect(request?.url).not.toContain('kakao-key');
    expect(request?.headers).toEqual({ Authorization: 'KakaoAK kakao-key' });
    expect(() =>
      kakaoBlog.requests({ phrase: 'x', now: crawlNow }, { ...crawlConfig, kakaoKey: undefined }),
    ).toThrow('config_error');
  });

  it('gives posts of blogs, their titles as text', async () => {
    expect((await list([makeKakaoHit()])).items).toEqual([
      {
        identities: [expect.stringMatching(/^url:[\w-]{43}$/)],
        title: '반도체 취업 후기 & 면접',
        author: '취업 <일기>',
        url: 'http://blog.naver.com/someone/223000000001',
        pictureUrl: 'https://search1.kakaocdn.net/argon/130x130_85_c/abc',
        publishedAt: new Date('2026-11-23T09:50:07Z'),
        language: null,
      },
    ]);
  });

  it('19: knows articles of Brunch as Brunch does, and blogs at both their addresses', async () => {
    const urls = [
      'https://brunch.co.kr/@eveningdriver/78',
      'https://m.blog.naver.com/someone/1',
      'https://blog.naver.com/someone/1',
      'https://brunch.co.kr/@@eHom/79',
    ];
    const { items, dropped } = await list(urls.map((url) => makeKakaoHit({ url })));
    expect(items).toHaveLength(3);
    expect(dropped).toEqual({ repeated: 1 });
    const own = await parsePage(brunch, makeBrunchAnswer([makeBrunchHit(), makeBrunchHit({ no: 79 })]));
    expect(foldItems([...items, ...own.items])).toHaveLength(3);
  });

  it('an entry that is broken costs itself alone', async () => {
    const { items, dropped } = await list([
      makeKakaoHit({ thumbnail: '', blogname: null, datetime: '' }),
      makeKakaoHit({ url: 'http://169.254.169.254/' }),
      makeKakaoHit({ url: null }),
      makeKakaoHit({ title: '<b> </b>' }),
      5,
    ]);
    expect(items).toMatchObject([{ pictureUrl: null, author: null, publishedAt: null }]);
    expect(dropped).toEqual({ refused_address: 1, no_address: 1, no_title: 1, malformed: 1 });
  });

  it('23, 24: none is none, another shape is an alarm', async () => {
    expect((await list([])).items).toEqual([]);
    for (const [body, outcome] of [
      ['{"meta":{}}', 'schema_changed'],
      ['{"documents":{}}', 'schema_changed'],
      ['"x"', 'schema_changed'],
      ['{"code":-10,"msg":"API limit has been exceeded."}', 'quota_spent'],
      ['<html>', 'unexpected_format'],
    ] as const) {
      await expect(parsePage(kakaoBlog, body)).rejects.toMatchObject({ outcome });
    }
  });

  it('29: its errors', () => {
    expect(
      judge(401, { errorType: 'AccessDeniedError', message: 'cannot find Authorization : KakaoAK header' }),
    ).toEqual({ outcome: 'config_error' });
    expect(judge(401, { code: -401, msg: 'wrong appKey(x) format' })).toEqual({ outcome: 'config_error' });
    expect(
      judge(403, { errorType: 'NotAuthorizedError', message: 'App disabled OPEN_MAP_AND_LOCAL service.' }),
    ).toEqual({ outcome: 'config_error' });
    expect(judge(429, { code: -10, msg: 'API limit has been exceeded.' })).toEqual({
      outcome: 'quota_spent',
      isDaySpent: true,
    });
    expect(judge(400, { code: -10, msg: 'x' })).toEqual({ outcome: 'quota_spent', isDaySpent: true });
    expect(judge(429, { errorType: 'RequestThrottled', message: 'x' })).toEqual({ outcome: 'throttled' });
    expect(judge(400, { errorType: 'MissingParameter', message: 'query parameter required' })).toEqual({
      outcome: 'request_refused',
    });
    expect(judge(400, { code: -7, msg: 'maintenance' })).toEqual({ outcome: 'unreachable' });
    expect(judge(502, '<html>')).toBeUndefined();
  });
});
