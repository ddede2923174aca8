/** Sources that answer garbage, 429, 5 MB or not at all: they harm neither each other nor anybody else, and come back. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startCrawlSites } from '../../local/crawl/server.ts';
import type { StandIn } from '../../local/stand-in.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { startCrawl } from '../harness/crawl-engine.ts';
import { findBroken } from '../harness/invariants.ts';
import { buildSearch } from '../harness/search.ts';
import { catchUp, expectSound } from '../harness/soundness.ts';
import { makeCast, oneTry, playStory } from '../harness/story.ts';

/** What each source does on a bad day, and what is then said of each visit. */
const TROUBLES: Record<string, [order: object | undefined, outcome: string]> = {
  brunch: [{ mode: 'garbage' }, 'unexpected_format'],
  'google-news': [{ mode: 'throttle', retryAfter: '90000' }, 'throttled'],
  'kakao-blog': [{ mode: 'huge' }, 'too_large'],
  'naver-news': [{ mode: 'hang' }, 'timeout'],
  youtube: [undefined, 'ok'],
};

const WRONG_THINGS: Record<string, string> = {
  'a thing that nothing is known by':
    'select 1 from discoveries left join discovery_identities on discovery_id = id where discovery_id is null',
  'a name of nothing':
    'select 1 from discovery_identities left join discoveries on id = discovery_id where id is null',
  'a link of nothing or to no tag':
    'select 1 from discovery_tags left join discoveries on discoveries.id = discovery_id left join tags on tags.id = tag_id where discoveries.id is null or tags.id is null',
  'one story twice': 'select 1 from discoveries group by kind, url having count(*) > 1',
  'a visit that did not end': "select 1 from discovery_visits where state <> 'done'",
};

let app: TestApp;
let sites: StandIn;

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    web: ({ url, headers, signal }) => {
      const { host, pathname, search } = new URL(url);
      if (host === 'example.com') throw new TypeError('not there');
      return fetch(`${sites.url}/${host}${pathname}${search}`, { headers, redirect: 'manual', signal });
    },
  });
  sites = await startCrawlSites({
    keys: {
      youtubeApiKey: String(app.env['YOUTUBE_API_KEY']),
      naverClientId: String(app.env['NAVER_CLIENT_ID']),
      naverClientSecret: String(app.env['NAVER_CLIENT_SECRET']),
      kakaoRestKey: String(app.env['KAKAO_REST_KEY']),
    },
  });
  app.env['CRAWL_ROBOTS_EXCEPTIONS'] = 'google-news';
  app.forgetEnv();
  await buildSearch(app);
});

afterEach(() => vi.restoreAllMocks());

afterAll(() => sites?.close());

async function control(name: string, body: object): Promise<void> {
  const response = await fetch(`${sites.url}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

async function crawl(): Promise<Record<string, string[]>> {
  await control('clock', { now: app.clock.now().toISOString() });
  await startCrawl(app);
  await catchUp(app);
  const rows = await app.sql<{ source: string; outcome: string }>(
    'select source, outcome from discovery_visits where day = (select max(day) from discovery_runs) order by source',
  );
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ source }) => source)].map(([source, visits]) => [
      source,
      [...new Set(visits.map(({ outcome }) => outcome))],
    ]),
  );
}

it('all at once, on one day: the others go on, and the next day everything is read once', async () => {
  const { timeout } = AbortSignal;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) =>
    timeout.call(AbortSignal, milliseconds === 8000 ? 1000 : milliseconds),
  );
  for (const [source, [order]] of Object.entries(TROUBLES))
    if (order) await control('source', { source, ...order });
  await playStory(await makeCast(app), oneTry(app));
  expect(await crawl()).toEqual(
    Object.fromEntries(Object.entries(TROUBLES).map(([source, [, outcome]]) => [source, [outcome]])),
  );
  expect(await app.sql('select distinct kind from discoveries')).toEqual([{ kind: 'video' }]);
  await fetch(`${sites.url}/_control/source`, { method: 'DELETE' });

  for (let hour = 0; hour < 24; hour += 1) {
    app.clock.advance(3600_000);
    await app.queue.advance(3600_000);
  }
  expect(await crawl()).toEqual(Object.fromEntries(Object.keys(TROUBLES).map((source) => [source, ['ok']])));
  const kinds = await app.sql<{ kind: string }>('select distinct kind from discoveries order by kind');
  expect(kinds.map(({ kind }) => kind)).toEqual(['blog', 'news', 'video']);
  expect(await findBroken(app.sql, WRONG_THINGS)).toEqual({});
  await expectSound(app);
}, 120_000);
