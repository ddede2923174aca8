/** One visit: what is asked, in which order, how it ends, what it costs; and the pages of single things afterwards. */
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createTestSource,
  keepTags,
  registryOf,
  requestOf,
  startCrawl,
  type TestAnswer,
} from '../../../test/harness/crawl-engine.ts';
import type { SystemCtx } from '../../platform/context.ts';
import { sha256 } from '../../platform/crypto.ts';
import { koreanDay } from '../../platform/korea-time.ts';

const HOST = 'plain.example.com';
const plain = createTestSource('plain', { kind: 'blog' });
const page = (path: string) => `https://${HOST}${path}`;

let app: TestApp;
let asked: string[];
let pages: Record<string, (request: Request) => Response | Promise<Response>>;

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: registryOf([plain]),
    web: async (request) => {
      asked.push(request.url);
      const { pathname, search } = new URL(request.url);
      const answer = pages[decodeURIComponent(pathname + search)];
      return answer ? answer(request) : new Response('', { status: 404 });
    },
  });
});

beforeEach(async () => {
  asked = [];
  pages = {};
  Object.assign(plain, createTestSource('plain', { kind: 'blog' }));
  const tables = ['discovery_visits', 'discovery_runs', 'discovery_hosts', 'discovery_validators', 'tags'];
  for (const table of [...tables, 'discoveries', 'discovery_identities', 'discovery_tags']) {
    await app.sql(`delete from ${table}`);
  }
  app.clock.advance(86_400_000);
  await app.queue.advance(86_400_000);
});

const json = (body: TestAnswer) => () => Response.json(body);

/** The day with one tag: how its visit ended. */
async function visit(tag = '취업') {
  await keepTags(app, [tag]);
  await startCrawl(app);
  await app.runJobs();
  return readVisit();
}

type VisitRow = Record<string, unknown> & { completions: unknown; dropped: unknown };

async function readVisit(): Promise<VisitRow> {
  const [row] = await app.sql<VisitRow>(
    'select outcome, is_partial, `stored`, known, dropped, completions, deferrals from discovery_visits where day = ?',
    koreanDay(app.clock.now()),
  );
  if (!row) throw new Error('no visit');
  return row;
}

describe('a visit', () => {
  it('that finds nothing is empty, which is not the same as one that could not look', async () => {
    pages['/search?q=취업'] = json({ items: [] });
    expect(await visit()).toMatchObject({ outcome: 'empty', stored: 0, dropped: {} });
  });

  it('counts what its source leaves out together with what is too old or there twice', async () => {
    pages['/search?q=취업'] = json({
      items: [{ id: 'a' }, { id: 'a' }, { id: 'old', publishedAt: '2020-01-01T00:00:00Z' }],
      dropped: { no_title: 2, repeated: 1 },
    });
    expect(await visit()).toMatchObject({
      outcome: 'ok',
      stored: 1,
      dropped: { no_title: 2, repeated: 2, too_old: 1 },
    });
  });

  it.each(['#', '😀', '%00', '\u3164'])('of a tag like %j asks nobody', async (tag) => {
    expect(await visit(tag)).toMatchObject({ outcome: 'skipped' });
    expect(asked).toEqual([]);
  });

  it('asks with one plain phrase, whatever the tag looks like', async () => {
    await visit('site:evil.comor"x"');
    expect(asked).toEqual([page('/search?q=evil.comor%20x')]);
  });

  it('is not made when the keys have been taken away since', async () => {
    await keepTags(app, ['취업']);
    await startCrawl(app);
    plain.isConfigured = () => false;
    await app.runJobs();
    expect(await readVisit()).toMatchObject({ outcome: 'config_error' });
    expect(asked).toEqual([]);
  });

  it('reads the pages that follow, each once, and five of them at most', async () => {
    pages['/search?q=취업'] = json({
      items: [{ id: '0' }],
      next: [page('/p1'), page(`/search?q=${encodeURIComponent('취업')}`), page('/p1')],
    });
    for (let number = 1; number < 10; number += 1) {
      pages[`/p${number}`] = json({
        items: [{ id: String(number) }],
        next: [page(`/p${number + 1}`), page('/p1')],
      });
    }
    expect(await visit()).toMatchObject({ outcome: 'ok', is_partial: 1, stored: 6 });
    expect(asked.map((url) => new URL(url).pathname)).toEqual(['/search', '/p1', '/p2', '/p3', '/p4', '/p5']);
  });

  it('that is led in a circle ends', async () => {
    pages['/search?q=취업'] = json({ items: [{ id: '0' }], next: [page('/p1')] });
    pages['/p1'] = json({ items: [{ id: '1' }], next: [page('/p2')] });
    pages['/p2'] = json({ items: [{ id: '1' }], next: [page('/p1'), page('/p2')] });
    expect(await visit()).toMatchObject({ outcome: 'ok', is_partial: 0, stored: 2 });
    expect(asked).toHaveLength(3);
  });

  it('keeps what it has when a page that follows fails, and says which way it did', async () => {
    pages['/search?q=취업'] = json({ items: [{ id: '0' }], next: [page('/p1')] });
    pages['/p1'] = json({ fault: 'schema_changed' });
    expect(await visit()).toMatchObject({ outcome: 'schema_changed', is_partial: 1, stored: 1 });
  });

  it('begins no further page when it has taken long', async () => {
    pages['/search?q=취업'] = () => {
      app.clock.advance(4000);
      return json({ items: [{ id: '0' }], next: [page('/p1')] })();
    };
    expect(await visit()).toMatchObject({ outcome: 'ok', is_partial: 1, stored: 1 });
    expect(asked).toHaveLength(1);
  });

  it('of a page that was cut off keeps what came, and asks for the whole page the next time', async () => {
    plain.parse = async ({ isCut }) => ({
      items: [{ ...item('a'), title: isCut ? '반쪽' : '온전' }],
      dropped: {},
      next: [],
      later: [],
    });
    plain.requests = () => [requestOf(page('/list'), { isConditional: true })];
    const headers = { etag: '"1"' };
    pages['/list'] = () => new Response(cutOff('{'), { headers });
    expect(await visit()).toMatchObject({ outcome: 'ok', is_partial: 1, stored: 1 });
    expect(await app.sql('select * from discovery_validators')).toEqual([]);
    pages['/list'] = ({ headers: sent }) =>
      sent.has('if-none-match') ? new Response(null, { status: 304 }) : new Response('{}', { headers });
    await nextDay();
    expect(await readVisit()).toMatchObject({ outcome: 'ok', is_partial: 0, known: 1 });
    await nextDay();
    expect(await readVisit()).toMatchObject({ outcome: 'not_modified', stored: 0, known: 0 });
  });

  it('takes a page that is a wall for a wish to be left alone', async () => {
    pages['/search?q=취업'] = json({ fault: 'blocked_consent' });
    expect(await visit()).toMatchObject({ outcome: 'blocked_consent', stored: 0 });
    const [host] = await app.sql<{ open: string }>(
      'select timestampdiff(minute, ?, open_until) as `open` from discovery_hosts',
      app.clock.now().toISOString().slice(0, 19).replace('T', ' '),
    );
    expect(Number(host?.open)).toBeGreaterThanOrEqual(59);
  });
});

describe('robots.txt', () => {
  beforeEach(() => {
    plain.isRobotsAsked = true;
    plain.requests = () => [requestOf(page('/closed')), requestOf(page('/open'))];
    pages['/closed'] = json({ items: [{ id: 'closed' }] });
    pages['/open'] = json({ items: [{ id: 'open' }] });
  });

  const robots = (text: string) => () => new Response(text, { headers: { 'content-type': 'text/plain' } });

  it('that closes the first way in leaves the second', async () => {
    pages['/robots.txt'] = robots('User-agent: *\nDisallow: /closed');
    expect(await visit()).toMatchObject({ outcome: 'ok', stored: 1 });
    expect(asked.map((url) => new URL(url).pathname)).toEqual(['/robots.txt', '/open']);
  });

  it('that closes all of them is an outcome, and nothing is fetched', async () => {
    pages['/robots.txt'] = robots('User-agent: *\nDisallow: /');
    expect(await visit()).toMatchObject({ outcome: 'robots_disallowed', stored: 0 });
    expect(asked.map((url) => new URL(url).pathname)).toEqual(['/robots.txt']);
  });

  it('does not close what the operator has excepted', async () => {
    pages['/robots.txt'] = robots('User-agent: *\nDisallow: /');
    app.env['CRAWL_ROBOTS_EXCEPTIONS'] = 'other, plain';
    app.forgetEnv();
    expect(await visit()).toMatchObject({ outcome: 'ok', stored: 1 });
    delete app.env['CRAWL_ROBOTS_EXCEPTIONS'];
    app.forgetEnv();
  });

  it('takes a turn of its own where the host wants a pause', async () => {
    plain.budget = { pauseSeconds: 2, visits: 10 };
    pages['/robots.txt'] = robots('User-agent: *\nDisallow: /closed');
    await keepTags(app, ['취업']);
    await startCrawl(app);
    await passSeconds(1, 1);
    expect(await readVisit()).toMatchObject({ outcome: null, deferrals: 1 });
    await passSeconds(10);
    expect(await readVisit()).toMatchObject({ outcome: 'ok', deferrals: 1 });
    expect(asked.map((url) => new URL(url).pathname)).toEqual(['/robots.txt', '/open']);
  });
});

describe('pages of single things', () => {
  const things = ['a', 'b', 'c'];
  const address = (id: string) => page(`/thing/${id}`);
  const list = (ids: string[]) =>
    json({ items: ids.map((id) => ({ id, url: address(id) })), later: ids.map(address) });
  const dates = { publishedAt: '2026-11-20T00:00:00Z' };

  beforeEach(() => {
    pages['/search?q=취업'] = list(things);
    for (const id of things) pages[`/thing/${id}`] = json({ items: [{ id, url: address(id), ...dates }] });
  });

  const undated = async () =>
    (await app.sql<{ url: string }>('select url from discoveries where published_at is null')).length;

  it('are read by messages of their own, once a day though two tags have found them, and complete them', async () => {
    pages['/search?q=인턴'] = list(things);
    await keepTags(app, ['인턴']);
    await app.queue.set({ duplicate: 1 });
    await visit();
    await app.queue.set({ duplicate: 0 });
    await passSeconds(60);
    expect(asked.filter((url) => url.includes('/thing/')).toSorted()).toEqual(things.map(address));
    expect(await undated()).toBe(0);
    const sums = await app.sql<{ completions: Record<string, number> | null }>(
      'select completions from discovery_visits where completions is not null',
    );
    expect(sums.map(({ completions }) => completions)).toEqual([{ ok: 3 }]);
  });

  it('are not read again for things that were there on an earlier day', async () => {
    await visit();
    asked = [];
    await nextDay();
    expect(asked.map((url) => new URL(url).pathname)).toEqual(['/search']);
  });

  it('are twenty for one visit at most', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `m${index}`);
    pages['/search?q=취업'] = list(many);
    await visit();
    expect(asked.filter((url) => url.includes('/thing/'))).toHaveLength(20);
  });

  it('are read after all when the queue was away just then', async () => {
    pages['/search?q=취업'] = async () => {
      await app.queue.set({ down: true });
      return list(things)();
    };
    await visit().catch(() => undefined);
    pages['/search?q=취업'] = list(things);
    await app.queue.set({ down: false });
    await passSeconds(300, 30);
    expect(await undated()).toBe(0);
    expect(await readVisit()).toMatchObject({ outcome: 'ok', known: 3, completions: { ok: 3 } });
  });

  it('that fail are counted by how, in the row of their visit', async () => {
    pages['/thing/a'] = json({ fault: 'layout_changed' });
    pages['/thing/b'] = () => new Response('', { status: 404 });
    expect((await visit()).completions).toEqual({ ok: 1, layout_changed: 1, http_error: 1 });
    expect(await undated()).toBe(2);
  });

  it('wait for their host like everything else', async () => {
    pages['/thing/a'] = () => new Response('', { status: 429, headers: { 'retry-after': '600' } });
    await visit();
    const before = asked.length;
    await passSeconds(500, 50);
    expect(asked).toHaveLength(before);
    await passSeconds(600, 20);
    expect((await readVisit()).completions).toEqual({ throttled: 1, ok: 2 });
  });

  it('carry no keys in their messages', async () => {
    plain.parse = async () => ({
      items: [item('a')],
      dropped: {},
      next: [],
      later: [requestOf(page('/secret'), { headers: { authorization: 'key' } })],
    });
    await visit();
    await passSeconds(600, 30);
    expect(await app.sql('select name, error from dead_letters')).toEqual([
      { name: 'discovery.visit.plain', error: 'Error' },
    ]);
    await app.sql('delete from dead_letters');
  });
});

describe('what one delivery costs', () => {
  /** Calls that go out while it does its work: statements, publications and pages. */
  async function callsOf(work: (ctx: SystemCtx) => Promise<void> | undefined): Promise<number> {
    const before = asked.length;
    const calls = await app.asSystem(async (ctx) => {
      const publish = vi.spyOn(ctx.deps.queue, 'publish');
      await work(ctx);
      return ctx.deps.outbound.counts().statements + publish.mock.calls.length;
    });
    return calls + asked.length - before;
  }

  const callsOfJob = (name: string, payload: object) =>
    callsOf((ctx) => {
      const job = ctx.deps.jobs.find(name);
      return job?.run(ctx, payload, { key: job.key(payload), slice: 0, position: undefined });
    });

  it('is far below what an invocation may: fifty calls', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `c${index}`);
    pages['/search?q=t0'] = json({
      items: ids.map((id) => ({ id, url: page(`/thing/${id}`) })),
      next: [1, 2, 3, 4, 5].map((number) => page(`/p${number}`)),
      later: ids.map((id) => page(`/thing/${id}`)),
    });
    for (let number = 1; number <= 5; number += 1)
      pages[`/p${number}`] = json({ items: [{ id: `n${number}` }] });
    const tags = await keepTags(
      app,
      Array.from({ length: 90 }, (_, index) => `t${index}`),
    );
    const day = koreanDay(app.clock.now());
    expect(await callsOf((ctx) => startWith(ctx))).toBeLessThanOrEqual(12);
    expect(await callsOfJob('discovery.dispatch', { day, startedFor: 1 })).toBeLessThanOrEqual(4);
    const visitCalls = await callsOfJob('discovery.visit.plain', {
      day,
      source: plain.id,
      tagId: tags['t0'],
      deferral: 0,
    });
    expect(await app.sql('select `stored` from discovery_visits where tag_id = ?', tags['t0'])).toEqual([
      { stored: 105 },
    ]);
    expect(visitCalls).toBeLessThanOrEqual(35);
    const url = page('/thing/c1');
    const completion = {
      day,
      tagId: tags['t0'],
      urlHash: await sha256(url),
      page: requestOf(url),
      deferral: 0,
    };
    pages['/thing/c1'] = json({ items: [{ id: 'c1', url, publishedAt: '2026-11-20T00:00:00Z' }] });
    expect(await callsOfJob('discovery.complete.plain', completion)).toBeLessThanOrEqual(16);
    // What the start has published would be done in the next test.
    await app.runJobs();
  });

  function startWith(ctx: SystemCtx) {
    return ctx.deps.schedules.find('discovery.daily')?.start(ctx, ctx.deps.clock.now());
  }
});

function item(id: string) {
  return {
    identities: [`blog:${id}`],
    title: id,
    author: null,
    url: page(`/thing/${id}`),
    pictureUrl: null,
    publishedAt: null,
    language: null,
  };
}

/** A body whose connection breaks after its first bytes. */
function cutOff(text: string): ReadableStream<Uint8Array> {
  let isSent = false;
  return new ReadableStream({
    pull(controller) {
      if (isSent) {
        controller.error(new TypeError('connection lost'));
        return;
      }
      isSent = true;
      controller.enqueue(new TextEncoder().encode(text));
    },
  });
}

async function passSeconds(seconds: number, step = 5): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    app.clock.advance(step * 1000);
    await app.queue.advance(step * 1000);
    await app.queue.deliver();
    await app.settle();
  }
}

/** The next day's run. */
async function nextDay(): Promise<void> {
  app.clock.advance(86_400_000);
  await app.queue.advance(86_400_000);
  await startCrawl(app);
  await app.runJobs();
}
