/** The daily run from its start to its end: who is asked for what, once, whatever is delivered how often or dies. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createTestSource,
  keepTags,
  registryOf,
  requestOf,
  startCrawl,
  type TestAnswer,
} from '../../../test/harness/crawl-engine.ts';
import { startStaff, type TestStaff } from '../../../test/harness/staff.ts';

const quick = createTestSource('quick', {
  budget: {
    pauseSeconds: 0,
    visits: 50,
    quotas: [{ name: 'quick.calls', limit: 40, timeZone: 'America/Los_Angeles' }],
  },
  requests: ({ phrase }) => [
    requestOf(`https://quick.example.com/search?q=${encodeURIComponent(phrase)}`, {
      quota: { name: 'quick.calls', cost: 1 },
    }),
  ],
});
const slow = createTestSource('slow', { kind: 'blog', pauseSeconds: 5 });
const keyless = createTestSource('keyless', { isConfigured: () => false });
const TAGS = ['취업', '인턴', '면접'];
const EACH_ONCE = Object.fromEntries(
  [quick, slow].flatMap(({ host }) => TAGS.map((tag) => [`${host} ${tag}`, 1])),
);

type Asked = { at: number; url: URL };

let app: TestApp;
let staff: TestStaff;
let tags: Record<string, string>;
let asked: Asked[];
/** What the web answers; by default one thing a tag and source. */
let answer: (url: URL, signal: AbortSignal) => Response | Promise<Response>;

const json = (body: TestAnswer) => Response.json(body);
const queryOf = (url: URL) => url.searchParams.get('q') ?? '';
const oneThing = (url: URL) => json({ items: [{ id: `${today()}/${url.hostname}/${queryOf(url)}` }] });

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: registryOf([quick, slow, keyless]),
    web: async (request) => {
      const url = new URL(request.url);
      asked.push({ at: app.clock.now().getTime(), url });
      return answer(url, request.signal);
    },
  });
  staff = await startStaff(app);
  await staff.add('reader@loopus.kr', 'reader');
  await staff.add('writer@loopus.kr', 'writer');
  tags = await keepTags(app, TAGS);
});

beforeEach(() => {
  asked = [];
  answer = oneThing;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await app.queue.set({ duplicate: 0, reorder: false, drop: 0, delayMs: 0, down: false });
  await app.fault('planetscale', undefined);
  // What is left of a day is done before the next begins.
  answer = () => json({});
  await passUntilQuiet();
  await app.sql('delete from dead_letters');
  await app.sql('delete from discovery_hosts');
  app.clock.advance(86_400_000);
  await app.queue.advance(86_400_000);
});

/** Time passes for the app and its queue alike. */
async function passSeconds(seconds: number, step = 5): Promise<void> {
  for (let passed = 0; passed < seconds; passed += step) {
    app.clock.advance(step * 1000);
    await app.queue.advance(step * 1000);
    await app.queue.deliver();
    await app.settle();
  }
}

async function passUntilQuiet(): Promise<void> {
  const isWaiting = async () => (await app.queue.deliveries()).some(({ state }) => state === 'waiting');
  for (let hour = 0; hour < 60 && (await isWaiting()); hour += 1) await passSeconds(3600, 600);
}

type VisitRow = {
  source: string;
  tag_id: string;
  state: string;
  outcome: string | null;
  attempts: number;
  deferrals: number;
  stored: number;
  known: number;
  lease_until: string | null;
};

function visits(source?: string): Promise<VisitRow[]> {
  return app.sql<VisitRow>(
    `select source, tag_id, state, outcome, attempts, deferrals, \`stored\`, known, lease_until
     from discovery_visits where day = ? and source like ? order by source, position`,
    today(),
    source ?? '%',
  );
}

function today(): string {
  return new Date(app.clock.now().getTime() + 9 * 3600_000).toISOString().slice(0, 10);
}

/** How often each pair of host and query was asked for. */
function counts(): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { url } of asked) {
    const key = `${url.hostname} ${queryOf(url)}`;
    sums[key] = (sums[key] ?? 0) + 1;
  }
  return sums;
}

/** The things that were found today. */
async function found(): Promise<{ things: number; links: number }> {
  const [row] = await app.sql<{ things: string; links: string }>(
    `select count(distinct id) as things, count(discovery_id) as links
     from discoveries left join discovery_tags on discovery_id = id where url like ?`,
    `https://pages.example.com/${today()}/%`,
  );
  return { things: Number(row?.things), links: Number(row?.links) };
}

async function usedToday(): Promise<number> {
  const rows = await app.sql<{ used: number }>('select used from discovery_quotas order by day desc limit 1');
  return rows[0]?.used ?? 0;
}

describe('a daily run', () => {
  it('visits each pair of source and tag once, and links what it finds to the tag', async () => {
    await startCrawl(app);
    await passSeconds(60);
    expect(counts()).toEqual(EACH_ONCE);
    const rows = await visits();
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'done', outcome: 'ok', attempts: 1, stored: 1, lease_until: null });
    }
    const links = await app.sql<{ tag_id: string; url: string }>(
      'select tag_id, url from discovery_tags inner join discoveries on id = discovery_id where source = ? order by url',
      quick.id,
    );
    const expected = TAGS.map((tag) => ({
      tag_id: tags[tag],
      url: `https://pages.example.com/${today()}/${quick.host}/${tag}`,
    }));
    expect(links).toEqual(expected.toSorted((a, b) => (a.url < b.url ? -1 : 1)));
    expect(await usedToday()).toBe(3);
  });

  it('is the same run when its trigger fires three times and every message comes three times, in disorder', async () => {
    await app.queue.set({ duplicate: 2, reorder: true });
    await Promise.all([startCrawl(app), startCrawl(app), startCrawl(app)]);
    const [before] = await app.sql('select plan from discovery_runs where day = ?', today());
    await passSeconds(120);
    expect(counts()).toEqual(EACH_ONCE);
    expect((await visits()).every(({ state, outcome }) => state === 'done' && outcome === 'ok')).toBe(true);
    expect(await found()).toEqual({ things: 6, links: 6 });
    expect(await usedToday()).toBe(3);
    // Begun again on the same day, by whoever: there is nothing left to visit and nothing to plan.
    await keepTags(app, [`늦은태그${today()}`]);
    const started = await staff.request(
      'writer@loopus.kr',
      'POST',
      '/v1/staff/schedules/discovery.daily/start',
    );
    expect(started.status).toBe(204);
    await passSeconds(1200, 60);
    expect(counts()).toEqual(EACH_ONCE);
    expect(await app.sql('select plan from discovery_runs where day = ?', today())).toEqual([before]);
    await app.sql('delete from tags where name like ?', '늦은태그%');
  });

  it('goes on where it was, begun again on the same day', async () => {
    // The first visit is made; the messages of the others are lost for good.
    await startCrawl(app);
    await app.queue.advance(1000);
    await app.queue.set({ drop: 1000 });
    for (let hour = 0; hour < 6; hour += 1) await passSeconds(3600, 3600);
    await app.queue.set({ drop: 0 });
    const done = (await visits()).filter(({ state }) => state === 'done').length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(6);
    expect(asked).toHaveLength(done);
    await startCrawl(app);
    await passSeconds(120);
    expect(counts()).toEqual(EACH_ONCE);
    expect((await visits()).every(({ state }) => state === 'done')).toBe(true);
  });

  it('plans a source that had no keys when it has them and the day is begun again', async () => {
    await startCrawl(app);
    await passSeconds(60);
    expect(await visits(keyless.id)).toEqual([]);
    const hasKeys = vi.spyOn(keyless, 'isConfigured').mockReturnValue(true);
    await startCrawl(app);
    await passSeconds(60);
    hasKeys.mockRestore();
    expect((await visits(keyless.id)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(counts()).toEqual({
      ...EACH_ONCE,
      ...Object.fromEntries(TAGS.map((tag) => [`${keyless.host} ${tag}`, 1])),
    });
  });
});

describe('a process that dies', () => {
  const deaths: [string, object][] = [
    ['after the page came', { mode: 'error', match: '' }],
    ['in the middle of the store', { mode: 'drop', match: 'insert into `discoveries`' }],
    ['after the store, before the visit is done', { mode: 'drop', match: 'update `discovery_visits`' }],
  ];
  it.each(deaths)('%s leaves a visit that is made again, and nothing twice', async (_when, fault) => {
    // From the first page of `quick` on, the database is as good as gone for whoever holds the visit.
    let isDead = false;
    answer = async (url) => {
      if (url.hostname === quick.host && !isDead) {
        isDead = true;
        await app.fault('planetscale', fault);
      }
      return oneThing(url);
    };
    await startCrawl(app);
    await app.queue.advance(1000);
    await app.settle();
    expect(isDead).toBe(true);
    await app.fault('planetscale', undefined);
    await passSeconds(600, 10);
    const rows = await visits();
    expect(rows.map(({ state, outcome }) => [state, outcome])).toEqual(
      Array.from({ length: 6 }, () => ['done', 'ok']),
    );
    expect(rows.reduce((sum, { stored, known }) => sum + stored + known, 0)).toBe(6);
    expect(await found()).toEqual({ things: 6, links: 6 });
    // Only what had been asked for already was asked for again, and the ledger knows of every call.
    const calls = asked.filter(({ url }) => url.hostname === quick.host).length;
    expect(calls).toBeGreaterThan(3);
    expect(await usedToday()).toBe(calls);
    const before = asked.length;
    await startCrawl(app);
    await passSeconds(60);
    expect(asked).toHaveLength(before);
    expect(await app.sql('select * from dead_letters')).toEqual([]);
  });
});

describe('a host', () => {
  it('is asked one by one with its pause, however the messages come', async () => {
    await app.queue.set({ duplicate: 2, reorder: true });
    await Promise.all([startCrawl(app), startCrawl(app)]);
    await passSeconds(90, 1);
    const times = asked.filter(({ url }) => url.hostname === slow.host).map(({ at }) => at);
    expect(times).toHaveLength(3);
    for (const [index, at] of times.entries()) {
      if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(5000);
    }
  });

  it('that asks for an hour of rest gets it, and is visited afterwards', async () => {
    let isBusy = true;
    answer = (url) => {
      if (url.hostname !== slow.host || !isBusy) return oneThing(url);
      isBusy = false;
      return new Response('', { status: 429, headers: { 'retry-after': '3600' } });
    };
    await startCrawl(app);
    await passSeconds(120);
    expect((await visits(slow.id)).map(({ state, outcome }) => outcome ?? state).toSorted()).toEqual([
      'planned',
      'planned',
      'throttled',
    ]);
    expect((await visits(quick.id)).every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(asked.filter(({ url }) => url.hostname === slow.host)).toHaveLength(1);
    await passSeconds(3400, 100);
    expect(asked.filter(({ url }) => url.hostname === slow.host)).toHaveLength(1);
    await passSeconds(600, 10);
    const rows = await visits(slow.id);
    expect(rows.map(({ outcome }) => outcome).toSorted()).toEqual(['ok', 'ok', 'throttled']);
    // Those that waited may have met again afterwards, and then one of them waits for the other.
    const waited = rows.filter(({ outcome }) => outcome === 'ok').map(({ deferrals }) => deferrals);
    expect(waited.every((times) => times === 1 || times === 2)).toBe(true);
  });

  it('that rests for longer than a day has ends its visits', async () => {
    answer = (url) =>
      url.hostname === slow.host
        ? new Response('', { status: 503, headers: { 'retry-after': '99999999' } })
        : oneThing(url);
    await startCrawl(app);
    await passSeconds(120);
    expect((await visits(slow.id)).map(({ outcome }) => outcome)).toEqual([
      'throttled',
      'throttled',
      'throttled',
    ]);
    expect(asked.filter(({ url }) => url.hostname === slow.host)).toHaveLength(1);
  });

  it('that does not answer is left alone from the third time on, and tried now and then until the day is over', async () => {
    answer = (url) => {
      if (url.hostname === slow.host) throw new TypeError('nothing there');
      return oneThing(url);
    };
    await keepTags(app, ['a1', 'a2', 'a3']);
    await startCrawl(app);
    await passSeconds(120);
    const outcomes = async () => (await visits(slow.id)).map(({ outcome }) => outcome);
    expect((await outcomes()).filter((outcome) => outcome === 'unreachable')).toHaveLength(3);
    await passSeconds(21 * 3600, 300);
    expect((await outcomes()).every((outcome) => outcome === 'unreachable' || outcome === 'throttled')).toBe(
      true,
    );
    await app.sql("delete from tags where name like 'a_'");
  });
});

describe('sources in trouble', () => {
  it('do not delay the others, and each is reported as just what it is', async () => {
    const { timeout } = AbortSignal;
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) =>
      timeout.call(AbortSignal, milliseconds === 8000 ? 50 : milliseconds),
    );
    answer = (url, signal) => {
      if (url.hostname === quick.host) return json({ fault: 'schema_changed' });
      if (url.hostname !== slow.host) return oneThing(url);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    };
    vi.spyOn(keyless, 'isConfigured').mockReturnValue(true);
    await startCrawl(app);
    await app.queue.advance(1000);
    await app.settle();
    // `slow` has not come further than its first visit; the others are through.
    expect((await visits(keyless.id)).map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect((await visits(quick.id)).map(({ outcome }) => outcome)).toEqual(TAGS.map(() => 'schema_changed'));
    expect((await visits(slow.id)).filter(({ state }) => state === 'planned')).toHaveLength(2);
    await passSeconds(60);
    const report = await staff.request('reader@loopus.kr', 'GET', `/v1/staff/discovery/runs/${today()}`);
    const outcomes = Object.fromEntries(
      report.body.sources.map(({ source, outcomes: list }: { source: string; outcomes: object[] }) => [
        source,
        list,
      ]),
    );
    expect(outcomes).toEqual({
      quick: [{ outcome: 'schema_changed', visits: 3 }],
      slow: [{ outcome: 'timeout', visits: 3 }],
      keyless: [{ outcome: 'ok', visits: 3 }],
    });
  });

  it('whose code is at fault become dead letters, and the report shows visits that did not end', async () => {
    answer = (url) => (url.hostname === quick.host ? new Response('<html>') : oneThing(url));
    await startCrawl(app);
    await passSeconds(900, 10);
    const letters = await app.sql<{ name: string; error: string }>('select name, error from dead_letters');
    expect(letters).toEqual(TAGS.map(() => ({ name: 'discovery.visit.quick', error: 'SyntaxError' })));
    const report = await staff.request('reader@loopus.kr', 'GET', `/v1/staff/discovery/runs/${today()}`);
    expect(report.body.sources[1]).toMatchObject({
      source: 'quick',
      planned: 3,
      done: 0,
      waiting: 0,
      begun: 3,
    });
    expect(report.body.sources[2]).toMatchObject({ source: 'slow', planned: 3, done: 3, stored: 3 });
  });
});

describe('the allowance of a source', () => {
  it('is not overdrawn within one of its days, although two Korean days fall into it', async () => {
    const names = Array.from({ length: 27 }, (_, index) => `할당${index}`);
    await keepTags(app, names);
    // 05:30 in Seoul is the middle of the day before in California.
    app.clock.set(`${today()}T12:00:00.000Z`);
    const callsOf = () => asked.filter(({ url }) => url.hostname === quick.host).length;
    await startCrawl(app);
    await passSeconds(60);
    expect(callsOf()).toBe(30);
    // 16:00 UTC is the next day in Seoul and still the same in California.
    app.clock.advance(4 * 3600_000);
    await startCrawl(app);
    await passSeconds(60);
    expect(callsOf()).toBe(40);
    expect((await visits(quick.id)).filter(({ outcome }) => outcome === 'quota_spent')).toHaveLength(20);
    expect(await usedToday()).toBe(40);
    await app.sql("delete from tags where name like '할당%'");
  });
});
