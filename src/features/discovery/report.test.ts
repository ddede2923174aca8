/** What staff read of the crawl, and how what it left behind ends. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { createTestSource, keepTags, registryOf, startCrawl } from '../../../test/harness/crawl-engine.ts';
import { toSqlTime } from '../../../test/harness/people.ts';
import { startStaff, type TestStaff } from '../../../test/harness/staff.ts';
import { discoverySweeps } from './retention.ts';
import { outcomes, SourceError, type Outcome } from './source.ts';

const READER = 'reader@loopus.kr';
/** Each tag names the outcome that its visit has. */
const everything = createTestSource('everything', {
  async parse(page) {
    const outcome = new URL(page.url).searchParams.get('q') as Outcome;
    if (outcome !== 'ok') throw new SourceError(outcome, { retryAfter: 60 });
    return {
      items: [
        {
          identities: ['url:1'],
          title: '제목',
          author: null,
          url: 'https://x.example.com/1',
          pictureUrl: null,
          publishedAt: null,
          language: null,
        },
      ],
      dropped: { no_title: 2, malformed: 1 },
      next: [],
      later: [],
    };
  },
});
const asking = createTestSource('asking', { isRobotsAsked: true, visits: 4 });
const keyless = createTestSource('keyless', { isConfigured: () => false });

let app: TestApp;
let staff: TestStaff;

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: registryOf([everything, asking, keyless]),
    web: async (request) => {
      const { hostname, pathname } = new URL(request.url);
      if (pathname !== '/robots.txt') return new Response('{}');
      return new Response('User-agent: *\nDisallow: /\nCrawl-delay: 5', {
        headers: { 'content-type': hostname === asking.host ? 'text/plain' : 'text/html' },
      });
    },
  });
  staff = await startStaff(app);
  await staff.add(READER, 'reader');
  await keepTags(app, outcomes);
  await startCrawl(app);
  for (let minute = 0; minute < 100; minute += 1) {
    app.clock.advance(60_000);
    await app.queue.advance(60_000);
  }
});

async function read(path: string): Promise<AnyJson> {
  const answer = await staff.request(READER, 'GET', `/v1/staff/discovery/runs${path}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
}

const DAY = '2026-11-24';

describe('the report of a day', () => {
  it('has every outcome, with what was stored and left out', async () => {
    const { sources } = await read(`/${DAY}`);
    const report = sources.find(({ source }: { source: string }) => source === everything.id);
    expect(Object.fromEntries(report.outcomes.map((row: AnyJson) => [row.outcome, row.visits]))).toEqual(
      Object.fromEntries(outcomes.map((outcome) => [outcome, 1])),
    );
    expect(report).toMatchObject({
      hot: 0,
      rotated: outcomes.length,
      leftOver: 0,
      isConfigured: true,
      problem: null,
      planned: outcomes.length,
      done: outcomes.length,
      waiting: 0,
      begun: 0,
      partial: 0,
      stored: 1,
      known: 0,
      dropped: { no_title: 2, malformed: 1 },
      completions: {},
    });
    // Walls make the host rest, and the visits behind them wait.
    expect(report.deferrals).toBeGreaterThan(0);
  });

  it('says of a source without keys that they are missing', async () => {
    const { sources } = await read(`/${DAY}`);
    expect(sources.find(({ source }: { source: string }) => source === keyless.id)).toMatchObject({
      problem: 'config_error',
      isConfigured: false,
      planned: 0,
      outcomes: [],
      leftOver: outcomes.length,
    });
  });

  it('says what robots.txt closes, and what hosts and allowances are like', async () => {
    const { sources, hosts, quotas } = await read(`/${DAY}`);
    const report = sources.find(({ source }: { source: string }) => source === asking.id);
    expect(report.outcomes).toEqual([{ outcome: 'robots_disallowed', visits: 4 }]);
    expect(report.leftOver).toBe(outcomes.length - 4);
    const states = Object.fromEntries(hosts.map((host: AnyJson) => [host.host, host.robots]));
    expect(states).toMatchObject({
      [everything.host]: null,
      [asking.host]: { state: 'rules', text: expect.stringContaining('Disallow: /') },
    });
    expect(quotas).toEqual([]);
    await app.sql("insert into discovery_quotas values ('youtube.search', '2026-11-23', 90, 1)");
    expect((await read(`/${DAY}`)).quotas).toEqual([
      { name: 'youtube.search', day: '2026-11-23', used: 90, isSpent: true },
    ]);
  });

  it('is not there for a day without a run, nor for those who are no staff', async () => {
    expect((await staff.request(READER, 'GET', '/v1/staff/discovery/runs/2026-01-01')).status).toBe(404);
    expect((await staff.request(READER, 'GET', '/v1/staff/discovery/runs/yesterday')).status).toBe(400);
    expect((await app.request('GET', '/v1/staff/discovery/runs')).status).toBe(401);
  });
});

describe('lists', () => {
  it('of days page through all of them, newest first', async () => {
    for (let day = 10; day < 15; day += 1) {
      await app.sql(`insert into discovery_runs values ('2026-10-${day}', '2026-10-${day}', '{}')`);
    }
    const days: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: AnyJson = await read(`?limit=4${cursor && `&cursor=${cursor}`}`);
      days.push(...page.items.map((item: AnyJson) => item.day));
      cursor = page.nextCursor;
    }
    expect(days).toEqual([DAY, '2026-10-14', '2026-10-13', '2026-10-12', '2026-10-11', '2026-10-10']);
    const [newest] = (await read('?limit=1')).items;
    expect(newest).toMatchObject({ planned: outcomes.length + 4, done: outcomes.length + 4 });
    expect(newest.plans.map(({ source }: AnyJson) => source)).toEqual(['asking', 'everything', 'keyless']);
    await app.sql("delete from discovery_runs where day < '2026-11-01'");
  });

  it('of visits page through all of them, or those of a source or an outcome', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: AnyJson = await read(`/${DAY}/visits?limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map((item: AnyJson) => `${item.source} ${item.position}`));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([
      ...Array.from({ length: 4 }, (_, index) => `asking ${index}`),
      ...outcomes.map((_, index) => `everything ${index}`),
    ]);
    const { items } = await read(`/${DAY}/visits?source=everything&outcome=layout_changed`);
    expect(items).toMatchObject([
      { tag: { name: 'layout_changed' }, outcome: 'layout_changed', state: 'done', stored: 0, dropped: {} },
    ]);
    const wrong = await staff.request(READER, 'GET', `/v1/staff/discovery/runs/${DAY}/visits?outcome=fine`);
    expect(wrong.status).toBe(400);
  });
});

describe('what is over', () => {
  const sweep = (name: string) =>
    app.asSystem(async (ctx) => discoverySweeps.find((one) => one.name === name)?.run(ctx));
  const daysAgo = (days: number) => new Date(app.clock.now().getTime() - days * 86_400_000);

  it('of things goes with their names and their places on the pages of tags; the rest stays', async () => {
    await app.sql('delete from discovery_tags');
    await app.sql('delete from discovery_identities');
    await app.sql('delete from discoveries');
    for (const [id, days] of [
      [1, 1],
      [2, 0],
      [3, -1],
    ] as const) {
      const at = toSqlTime(daysAgo(days));
      await app.sql(
        `insert into discoveries (id, kind, source, title, url, first_seen_at, refreshed_at, expires_at, sort_at)
         values (?, 'news', 'x', 't', 'u', ?, ?, ?, ?)`,
        id,
        at,
        at,
        at,
        at,
      );
      await app.sql("insert into discovery_tags values (7, ?, 'news', ?)", id, at);
      await app.sql('insert into discovery_identities values (?, ?)', `url:${id}`, id);
    }
    expect(await sweep('discoveries')).toBe(2);
    expect(await sweep('discoveries')).toBe(0);
    expect(await app.sql('select id from discoveries')).toEqual([{ id: '3' }]);
    expect(await app.sql('select discovery_id from discovery_tags')).toEqual([{ discovery_id: '3' }]);
    expect(await app.sql('select identity from discovery_identities')).toEqual([{ identity: 'url:3' }]);
  });

  it('of reports goes after 90 days, of validators after 60', async () => {
    const day = (days: number) => toSqlTime(daysAgo(days)).slice(0, 10);
    for (const days of [92, 89]) {
      await app.sql("insert into discovery_runs values (?, now(3), '{}')", day(days));
      await app.sql(
        "insert into discovery_visits (day, source, tag_id, position, state) values (?, 'x', 1, 1, 'done')",
        day(days),
      );
      await app.sql("insert into discovery_quotas values ('x', ?, 1, 0)", day(days));
    }
    for (const days of [61, 59]) {
      await app.sql(
        'insert into discovery_validators (url_hash, checked_at) values (?, ?)',
        String(days),
        toSqlTime(daysAgo(days)),
      );
    }
    for (const name of ['discovery_runs', 'discovery_visits', 'discovery_quotas', 'discovery_validators']) {
      expect(await sweep(name), name).toBe(1);
      expect(await sweep(name), name).toBe(0);
    }
    expect(await app.sql('select url_hash from discovery_validators')).toEqual([{ url_hash: '59' }]);
  });
});
