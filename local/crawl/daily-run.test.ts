/** The whole crawl, with all its sources, against the imitated sites, over a day that passes as quickly as a test lets it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sources } from '../../src/features/discovery/sources/index.ts';
import { startTestApp, type TestApp } from '../../test/harness/app.ts';
import { keepTags, startCrawl } from '../../test/harness/crawl-engine.ts';
import type { StandIn } from '../stand-in.ts';
import { startCrawlSites } from './server.ts';

const TAGS = Array.from({ length: 90 }, (_, place) => `진로${place + 1}`);
const PATIENCE_MS = 300_000;
const DAY = '2026-11-24';

let sites: StandIn;
let app: TestApp;
let asked: { at: number; host: string; path: string }[] = [];

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    web: (request) => {
      const { host, pathname, search } = new URL(request.url);
      asked.push({ at: app.clock.now().getTime(), host, path: pathname + search });
      return fetch(`${sites.url}/${host}${pathname}${search}`, {
        headers: request.headers,
        redirect: 'manual',
        signal: request.signal,
      });
    },
  });
  const { env } = app;
  sites = await startCrawlSites({
    keys: {
      youtubeApiKey: String(env['YOUTUBE_API_KEY']),
      naverClientId: String(env['NAVER_CLIENT_ID']),
      naverClientSecret: String(env['NAVER_CLIENT_SECRET']),
      kakaoRestKey: String(env['KAKAO_REST_KEY']),
    },
  });
  await control('clock', { now: app.clock.now().toISOString() });
});

afterAll(() => sites?.close());

async function control(name: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${sites.url}/_control/${name}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function passSeconds(seconds: number, step: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    app.clock.advance(step * 1000);
    await app.queue.advance(step * 1000);
    await app.settle();
  }
}

/** A day of which nothing has been done, for these tags alone, with these exceptions from robots.txt. */
async function beginAnew(exceptions: readonly string[], names: readonly string[]): Promise<void> {
  for (const table of ['runs', 'visits', 'quotas', 'hosts', 'validators', 'tags', 'identities'])
    await app.sql(`delete from discovery_${table}`);
  await app.sql('delete from discoveries');
  await app.sql('delete from tags');
  await keepTags(app, names);
  await control('quota', { searches: 0, units: 0 });
  app.env['CRAWL_ROBOTS_EXCEPTIONS'] = exceptions.join(',');
  app.forgetEnv();
  asked = [];
}

async function countOpen(): Promise<number> {
  const [row] = await app.sql<{ open: string }>(
    "select count(*) as `open` from discovery_visits where state <> 'done'",
  );
  return Number(row?.open);
}

async function passUntilDone(step: number): Promise<void> {
  const isWaiting = async (): Promise<boolean> =>
    (await app.queue.deliveries()).some(({ state }) => state === 'waiting');
  for (let minute = 0; minute < 60 && (await isWaiting()); minute += 1) await passSeconds(60, step);
}

type VisitSum = { source: string; outcome: string | null; visits: string };

function sums(): Promise<VisitSum[]> {
  return app.sql<VisitSum>(
    'select source, outcome, count(*) as visits from discovery_visits where day = ? group by source, outcome order by source',
    DAY,
  );
}

it(
  'a source that robots.txt closes is not read unless the operator says so',
  async () => {
    await beginAnew([], TAGS.slice(0, 1));
    await startCrawl(app);
    await passUntilDone(1);
    expect(asked.filter(({ host }) => host === 'news.google.com').map(({ path }) => path)).toEqual([
      '/robots.txt',
    ]);
    expect(await sums()).toEqual(
      ['brunch', 'google-news', 'kakao-blog', 'naver-news', 'youtube'].map((source) => ({
        source,
        outcome: source === 'google-news' ? 'robots_disallowed' : 'ok',
        visits: expect.anything(),
      })),
    );
  },
  PATIENCE_MS,
);

it(
  'ninety tags at every source: each pair once, though all comes twice, is begun three times and is lost half way',
  async () => {
    await beginAnew(['google-news'], TAGS);
    await app.queue.set({ duplicate: 1, reorder: true });
    await Promise.all([startCrawl(app), startCrawl(app), startCrawl(app)]);
    await passSeconds(60, 1);
    // All that is on its way is lost, and with it whoever was to come again.
    await app.queue.set({ drop: 100_000 });
    await passSeconds(6 * 3600, 3600);
    await app.queue.set({ drop: 0 });
    const left = await countOpen();
    expect(left).toBeGreaterThan(90);
    expect(left).toBeLessThan(TAGS.length * sources.length);
    await Promise.all([startCrawl(app), startCrawl(app), startCrawl(app)]);
    await passSeconds(300, 1);
    await passUntilDone(6);

    expect(await sums()).toEqual(
      ['brunch', 'google-news', 'kakao-blog', 'naver-news', 'youtube'].map((source) => ({
        source,
        outcome: 'ok',
        visits: '90',
      })),
    );
    const searches = asked.filter(({ path }) =>
      /search(?:\/article)?\?|news\.json|\/v2\/search\//.test(path),
    );
    expect(searches).toHaveLength(TAGS.length * sources.length);
    expect(new Set(searches.map(({ host, path }) => host + path)).size).toBe(searches.length);
    const all = asked.map(({ host, path }) => host + path);
    expect(all.length).toBe(new Set(all).size);

    // What we count and what the service counts is the same.
    expect(await app.sql("select used from discovery_quotas where name = 'youtube.search'")).toEqual([
      { used: 90 },
    ]);
    expect(await control('quota')).toMatchObject({ searches: 90 });
    for (const { hosts, budget } of sources) {
      for (const host of hosts) {
        const times = asked.filter((one) => one.host === host).map(({ at }) => at);
        const pauses = times.slice(1).map((at, place) => (at - (times[place] ?? 0)) / 1000);
        expect([host, Math.min(...pauses) >= budget.pauseSeconds]).toEqual([host, true]);
      }
    }
    expect(await app.sql('select * from dead_letters')).toEqual([]);
    const [stored] = await app.sql<Record<string, string>>(
      `select count(*) as things, (select count(*) from discovery_tags) as links,
         (select count(distinct tag_id) from discovery_tags) as tags from discoveries`,
    );
    expect(Number(stored?.['things'])).toBeGreaterThan(90 * 40);
    expect(Number(stored?.['links'])).toBeGreaterThan(Number(stored?.['things']));
    expect(Number(stored?.['tags'])).toBe(90);
  },
  PATIENCE_MS,
);
