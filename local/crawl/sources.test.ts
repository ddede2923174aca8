/** The sources of the Worker read what is imitated here. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CrawlConfig, FoundItem, Source, SourceRequest } from '../../src/features/discovery/source.ts';
import { sources } from '../../src/features/discovery/sources/index.ts';
import type { StandIn } from '../stand-in.ts';
import { startCrawlSites } from './server.ts';

const keys = {
  youtubeApiKey: 'youtube-key',
  naverClientId: 'naver-id',
  naverClientSecret: 'naver-secret',
  kakaoRestKey: 'kakao-key',
};
const tags = ['취준', '공모전', '타입스크립트', 'uxui', '간호', '스터디 그룹'];

let sites: StandIn;

beforeAll(async () => {
  sites = await startCrawlSites({ keys });
});

afterAll(() => sites.close());

const config: CrawlConfig = {
  contact: 'crawler@loopus.example',
  robotsExceptions: [],
  standInUrl: undefined,
  youtubeKey: keys.youtubeApiKey,
  naver: { clientId: keys.naverClientId, clientSecret: keys.naverClientSecret },
  kakaoKey: keys.kakaoRestKey,
};

type Reading = { items: FoundItem[]; dropped: object[]; later: SourceRequest[] };

async function readAll(source: Source, first: SourceRequest, before: FoundItem[] = []): Promise<Reading> {
  const reading: Reading = { items: before, dropped: [], later: [] };
  const rest = [first];
  for (let request = rest.shift(); request; request = rest.shift()) {
    const { host, pathname, search } = new URL(request.url);
    const response = await fetch(`${sites.url}/${host}${pathname}${search}`, {
      headers: { 'user-agent': 'LoopUsBot/1.0', ...request.headers },
    });
    expect([request.url, response.status]).toEqual([request.url, 200]);
    const page = {
      step: request.step,
      url: request.url,
      contentType: response.headers.get('content-type') ?? '',
      bytes: await response.bytes(),
      isCut: false,
    };
    const parsed = await source.parse(page, reading.items, { now: new Date(), config });
    reading.items = parsed.items;
    reading.dropped.push(parsed.dropped);
    reading.later.push(...parsed.later);
    rest.push(...parsed.next);
  }
  return reading;
}

it.each(sources)('$id finds whole things, and drops nothing else than a repeated one', async (source) => {
  for (const phrase of tags) {
    for (const request of source.requests({ phrase, now: new Date() }, config)) {
      const { items, dropped, later } = await readAll(source, request);
      expect(items.length).toBeGreaterThanOrEqual(10);
      // Google gives one story under two ids.
      const expected = source.id === 'google-news' ? [['repeated', 1]] : [];
      expect(dropped.flatMap((one) => Object.entries(one))).toEqual(expected);
      for (const item of items) {
        expect(item.title).toMatch(/[가-힣]/);
        expect(item.title).not.toMatch(/<\/?b>|&(?:amp|lt|gt|quot|#39);/);
        expect(item.author).toBeTruthy();
        expect(item.url).toMatch(/^https:\/\//);
        expect(item.publishedAt!.getTime()).toBeLessThan(Date.now());
        expect(item.identities.length).toBeGreaterThan(0);
      }
      const pictures = items.filter(({ pictureUrl }) => pictureUrl !== null);
      expect(pictures.length > 0).toBe(source.kind !== 'news');
      // Only from hosts that are nobody's.
      for (const { pictureUrl } of pictures)
        expect(new URL(pictureUrl!).host).toMatch(/\.loopus-demo\.example\.com$/);
      for (const page of later.slice(0, 2)) {
        const known = items.find(({ url }) => url === page.url)!;
        const completed = await readAll(source, page, [known]);
        expect(completed.dropped).toEqual([{}]);
        expect(completed.items).toMatchObject([{ title: known.title, publishedAt: known.publishedAt }]);
      }
    }
  }
});

it('a story of both news searches is one', async () => {
  const found = new Map<string, Set<string>>();
  for (const source of sources.filter(({ kind }) => kind === 'news')) {
    for (const phrase of tags) {
      const [request] = source.requests({ phrase, now: new Date() }, config);
      const { items } = await readAll(source, request!);
      for (const identity of items.flatMap(({ identities }) => identities)) {
        found.set(identity, (found.get(identity) ?? new Set()).add(source.id));
      }
    }
  }
  const shared = [...found.values()].filter((by) => by.size > 1);
  expect(shared.length).toBeGreaterThan(tags.length * 5);
});
