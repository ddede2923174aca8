import { describe, expect, it } from 'vitest';
import {
  crawlConfig,
  crawlNow,
  makeBrunchAnswer,
  makeBrunchHit,
  makeBrunchPage,
  makeFeed,
  makeKakaoAnswer,
  makeKakaoHit,
  makeNaverAnswer,
  makeNaverHit,
  makeVideo,
  makeVideoHit,
  makeYoutubeAnswer,
  pageOf,
} from '../../../../test/harness/crawl.ts';
import { SourceError, type FoundItem, type Source } from '../source.ts';
import { sources } from './index.ts';

const MAX_CAP = 2 * 1024 * 1024;
const VIDEO = 'A2SDDphj6eY';

/** What each kind of answer looks like when it is whole. */
const samples: [id: string, step: string, body: string][] = [
  ['google-news', 'search', makeFeed([{}, {}, {}])],
  ['naver-news', 'search', JSON.stringify(makeNaverAnswer([makeNaverHit(), makeNaverHit({ title: '둘' })]))],
  ['brunch', 'search', JSON.stringify(makeBrunchAnswer([makeBrunchHit(), makeBrunchHit({ no: 1 })]))],
  ['brunch', 'keyword', JSON.stringify({ code: 200, data: { articleList: [{ article: makeBrunchHit() }] } })],
  [
    'brunch',
    'article',
    makeBrunchPage('<meta property="og:title" content="제목">', '<astro-island props="{}">'),
  ],
  ['kakao-blog', 'search', JSON.stringify(makeKakaoAnswer([makeKakaoHit(), makeKakaoHit({ url: 'x' })]))],
  ['youtube', 'search', JSON.stringify(makeYoutubeAnswer('search', [makeVideoHit(VIDEO)]))],
  ['youtube', 'videos', JSON.stringify(makeYoutubeAnswer('video', [makeVideo(VIDEO)]))],
  ['youtube', 'channels', JSON.stringify(makeYoutubeAnswer('channel', [{ id: 'x', snippet: {} }]))],
];

function findSource(id: string): Source {
  const source = sources.find((each) => each.id === id);
  if (!source) throw new Error(`no source ${id}`);
  return source;
}

/** Numbers that are the same every time (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const BEFORE: FoundItem[] = [
  {
    identities: [`youtube:${VIDEO}`],
    title: 'x',
    author: null,
    url: `https://www.youtube.com/watch?v=${VIDEO}`,
    pictureUrl: null,
    publishedAt: null,
    language: null,
  },
];

/** The items, or the outcome; anything else that is thrown is a fault. */
async function tryParse(
  source: Source,
  step: string,
  bytes: Uint8Array,
  isCut = false,
): Promise<FoundItem[]> {
  const page = pageOf(bytes, { step, isCut, url: 'https://brunch.co.kr/@name/1' });
  try {
    const { items } = await source.parse(page, BEFORE, { now: crawlNow, config: crawlConfig });
    return items;
  } catch (error) {
    if (error instanceof SourceError) return [];
    throw error;
  }
}

/** What every item keeps to, whatever it was read from. */
function expectSound(item: FoundItem): void {
  const texts = [item.title, item.author ?? 'x', item.url, item.pictureUrl ?? 'x'];
  for (const text of texts) {
    expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]|\p{Surrogate}/u);
    expect(text).not.toBe('');
    expect(text).toBe(text.normalize('NFC'));
  }
  expect([...item.title].length).toBeLessThanOrEqual(300);
  expect([...(item.author ?? '')].length).toBeLessThanOrEqual(120);
  expect(item.url).toMatch(/^https?:\/\/[^@/:]+\.[^@/:]+\//);
  expect(item.url.length).toBeLessThanOrEqual(2048);
  expect(item.pictureUrl ?? 'https://').toMatch(/^https:\/\//);
  expect(item.identities.length).toBeGreaterThan(0);
  for (const identity of item.identities) expect(identity).toMatch(/^[a-z]+:[@\w.-]{1,90}$/);
  if (item.publishedAt) expect(item.publishedAt.getTime()).toBeLessThanOrEqual(crawlNow.getTime());
}

describe('every source', () => {
  it.each(sources.map((source) => [source.id, source] as const))(
    '%s asks its own hosts, and tells no key',
    (_id, source) => {
      expect(source.id).toMatch(/^[a-z-]{1,20}$/);
      expect(source.isConfigured(crawlConfig)).toBe(true);
      const requests = source.requests({ phrase: '반도체 채용', now: crawlNow }, crawlConfig);
      expect(requests.length).toBeGreaterThan(0);
      for (const { url, maxBytes, quota } of requests) {
        expect(url).toMatch(/^https:/);
        expect(source.hosts).toContain(new URL(url).host);
        expect(url).not.toMatch(/test-key|naver-(?:id|secret)|kakao-key/);
        expect(maxBytes).toBeLessThanOrEqual(MAX_CAP);
        const names = source.budget.quotas?.map(({ name }) => name) ?? [];
        if (quota) expect(names).toContain(quota.name);
      }
    },
  );

  it('has an id of its own, and is asked for only with its keys', () => {
    expect(sources.map(({ id }) => id)).toEqual([
      'google-news',
      'naver-news',
      'brunch',
      'kakao-blog',
      'youtube',
    ]);
    const bare = { ...crawlConfig, youtubeKey: undefined, naver: undefined, kakaoKey: undefined };
    expect(sources.filter((source) => source.isConfigured(bare)).map(({ id }) => id)).toEqual([
      'google-news',
      'brunch',
    ]);
  });

  it('names allowances that fit their column', () => {
    for (const { budget } of sources) {
      for (const { name } of budget.quotas ?? []) expect(name.length).toBeLessThanOrEqual(30);
    }
  });
});

describe.each(samples)('%s, %s', (id, step, body) => {
  const source = findSource(id);
  const whole = Buffer.from(body);

  it('reads its sample', async () => {
    const items = await tryParse(source, step, whole);
    expect(items.length).toBeGreaterThan(step === 'article' ? 0 : BEFORE.length - 1);
    items.forEach(expectSound);
  });

  it('3: reads whatever is left of an answer, or says how it ended', async () => {
    const step_ = Math.max(1, Math.floor(whole.length / 200));
    for (let length = 0; length < whole.length; length += step_) {
      for (const isCut of [true, false]) {
        (await tryParse(source, step, whole.subarray(0, length), isCut)).forEach(expectSound);
      }
    }
  });

  it('stands any bytes in any place', async () => {
    const random = createRandom(whole.length);
    for (let round = 0; round < 200; round += 1) {
      const bytes = Uint8Array.from(whole);
      for (let change = 0; change <= random(8); change += 1) bytes[random(bytes.length)] = random(256);
      (await tryParse(source, step, bytes)).forEach(expectSound);
    }
  });

  it('stands pieces in the wrong places', async () => {
    const random = createRandom(whole.length + 1);
    const shards = [
      '<',
      '>',
      '&',
      '"',
      '{',
      '}',
      '[',
      ']',
      ']]>',
      '<![CDATA[',
      '<!--',
      '<item>',
      '</title>',
      'null',
      '\\ud800',
      '\u202e',
      '&#x202e;',
      '&#0;',
      '-1',
      '1e999',
      '"__proto__":',
    ];
    for (let round = 0; round < 200; round += 1) {
      const at = random(body.length);
      const shard = shards[random(shards.length)] ?? '';
      const piece = body.slice(random(body.length), random(body.length));
      const text = body.slice(0, at) + shard + piece + body.slice(at + random(20));
      (await tryParse(source, step, Buffer.from(text))).forEach(expectSound);
    }
  });

  it('stands noise', async () => {
    const random = createRandom(whole.length + 2);
    for (let round = 0; round < 100; round += 1) {
      (
        await tryParse(
          source,
          step,
          Uint8Array.from({ length: random(2000) }, () => random(256)),
        )
      ).forEach(expectSound);
    }
  });
});
