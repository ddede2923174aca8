import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  redirectTo,
  startCrawledWeb,
  type CrawledWeb,
  type SiteSource,
} from '../../../../test/harness/crawl-transport.ts';
import { claimHost, findHost } from './hosts.ts';

let crawl: CrawledWeb;

beforeAll(async () => {
  crawl = await startCrawledWeb();
});

beforeEach(() => {
  crawl.asked.length = 0;
});

type Result = Awaited<ReturnType<CrawledWeb['read']>>;

function pathsAsked(): string[] {
  return crawl.asked.map(({ url }) => new URL(url).pathname);
}

/** What came of several readings: how many of each kind. */
function tally(results: Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const kind =
      result.kind === 'wait' ? result.why : result.kind === 'refused' ? result.outcome : result.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function readTogether(source: SiteSource, readers: number): Promise<Result[]> {
  return Promise.all(Array.from({ length: readers }, () => crawl.read(source)));
}

function site(source: SiteSource, path: string, reply: () => Response | Promise<Response>): void {
  crawl.sites[`https://${source.host}${path}`] = reply;
}

function setExceptions(names: string): void {
  crawl.app.env['CRAWL_ROBOTS_EXCEPTIONS'] = names;
  crawl.app.forgetEnv();
}

describe('the pace of a host', () => {
  it('holds for 20 readers at once over a minute, robots.txt included', async () => {
    const source = crawl.makeSource({ pauseSeconds: 2, isRobotsAsked: true });
    site(source, '/robots.txt', () => answer('User-agent: *\nDisallow: /search\nCrawl-delay: 5'));
    site(source, '/page', () => answer());
    const results: Result[] = [];
    for (let second = 0; second <= 60; second += 1) {
      results.push(...(await readTogether(source, 20)));
      crawl.app.clock.advance(1000);
    }
    // Every five seconds, no sooner and no later.
    const times = crawl.asked.map(({ at }) => at);
    expect(times.slice(1).map((at, index) => at - times[index]!)).toEqual(Array(12).fill(5000));
    expect(pathsAsked()).toEqual(['/robots.txt', ...Array(12).fill('/page')]);
    expect(tally(results)).toEqual({ page: 12, pace: 61 * 20 - 12 });
  });

  it('lets one in at a time (input 31)', async () => {
    const source = crawl.makeSource();
    let finish: (() => void) | undefined;
    const isAsked = new Promise<void>((begun) => {
      site(source, '/page', () => {
        begun();
        return new Promise((resolve) => {
          finish = () => resolve(answer());
        });
      });
    });
    const first = crawl.read(source);
    await isAsked;
    expect(await crawl.read(source)).toMatchObject({ kind: 'wait', why: 'pace' });
    finish!();
    expect(await first).toMatchObject({ kind: 'page' });
    site(source, '/page', () => answer());
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    expect(crawl.asked).toHaveLength(2);
  });

  it('is not held up for ever by a reader that died', async () => {
    const source = crawl.makeSource();
    site(source, '/page', () => answer());
    await crawl.read(source);
    await crawl.app.sql(
      'update discovery_hosts set next_at = date_add(next_at, interval 15 second) where host = ?',
      source.host,
    );
    expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 15, why: 'pace' });
    crawl.app.clock.advance(15_000);
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
  });

  it('counts every redirect as a request', async () => {
    const source = crawl.makeSource({ pauseSeconds: 2 });
    site(source, '/page', () => redirectTo('/there'));
    site(source, '/there', () => answer());
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 4, why: 'pace' });
  });

  it('of one is not that of another', async () => {
    const hosts = ['one.paced-site.kr', 'two.paced-site.kr'];
    const source = crawl.makeSource({ pauseSeconds: 60, hosts });
    for (const host of hosts) crawl.sites[`https://${host}/page`] = () => answer();
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    expect(await crawl.read(source)).toMatchObject({ kind: 'wait', seconds: 60 });
    const other = { url: 'https://two.paced-site.kr/page' };
    expect(await crawl.read(source, other)).toMatchObject({ kind: 'page' });
  });

  it('of a turn that took too long is left to who came after', async () => {
    const source = crawl.makeSource({ pauseSeconds: 2 });
    let second: Promise<Result> | undefined;
    let finishSecond: (() => void) | undefined;
    site(source, '/page', async () => {
      crawl.app.clock.advance(20_000);
      await new Promise<void>((begun) => {
        site(source, '/page', () => {
          begun();
          return new Promise((resolve) => {
            finishSecond = () => resolve(answer());
          });
        });
        second = crawl.read(source);
      });
      return answer();
    });
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    expect(await crawl.read(source)).toMatchObject({ kind: 'wait', seconds: 15 });
    finishSecond!();
    expect(await second).toMatchObject({ kind: 'page' });
    expect(crawl.asked).toHaveLength(2);
  });
});

describe('robots.txt', () => {
  it('closes a page: nothing is fetched, and the host’s row says why (input 33)', async () => {
    const source = crawl.makeSource({ isRobotsAsked: true, pauseSeconds: 2 });
    site(source, '/robots.txt', () => answer('User-agent: *\nDisallow: /\nAllow: /home'));
    site(source, '/page', () => answer());
    expect(await crawl.read(source)).toMatchObject({ outcome: 'robots_disallowed' });
    // It is known: nobody has to wait to be told.
    expect(tally(await readTogether(source, 5))).toEqual({ robots_disallowed: 5 });
    expect(pathsAsked()).toEqual(['/robots.txt']);
    expect(await crawl.host(source.host)).toMatchObject({
      robots_state: 'rules',
      robots_text: 'User-agent: LoopUsBot\nDisallow: /\nAllow: /home',
    });
  });

  it('is not asked by sources whose terms permit the calls', async () => {
    const source = crawl.makeSource();
    site(source, '/page', () => answer());
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    expect(pathsAsked()).toEqual(['/page']);
  });

  it('is read once a day, and its news are obeyed', async () => {
    const source = crawl.makeSource({ isRobotsAsked: true });
    site(source, '/robots.txt', () => answer('User-agent: *\nDisallow:'));
    site(source, '/page', () => answer());
    for (let hour = 0; hour < 24; hour += 1) {
      expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
      crawl.app.clock.advance(3600_000);
    }
    expect(pathsAsked().filter((path) => path === '/robots.txt')).toHaveLength(1);
    site(source, '/robots.txt', () => answer('User-agent: LoopUsBot\nDisallow: /'));
    expect(await crawl.read(source)).toMatchObject({ outcome: 'robots_disallowed' });
    crawl.app.clock.advance(24 * 3600_000);
    site(source, '/robots.txt', () => answer('', { status: 404 }));
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
  });

  const refused = 'robots_disallowed';
  it.each<[string, () => Response | Promise<Response>, string, string]>([
    ['404', () => answer('gone', { status: 404 }), 'none', 'page'],
    ['403', () => answer('no', { status: 403 }), 'none', 'page'],
    ['an empty file', () => answer(''), 'rules', 'page'],
    ['nothing about us or everybody', () => answer('User-agent: GPTBot\nDisallow: /'), 'rules', 'page'],
    ['503', () => answer('busy', { status: 503 }), 'unreachable', refused],
    ['500', () => answer('broken', { status: 500 }), 'unreachable', refused],
    ['429', () => answer('slowly', { status: 429 }), 'unreachable', refused],
    ['no connection', () => Promise.reject(new TypeError('no connection')), 'unreachable', refused],
    ['HTML', () => answer('<!doctype html><p>hello', { headers: {} }), 'unverified', refused],
    [
      'HTML by its type',
      () => answer('User-agent: *\nAllow: /', { headers: { 'content-type': 'text/html' } }),
      'unverified',
      refused,
    ],
    ['a sentence', () => answer('Page not found'), 'unverified', refused],
    ['a redirect elsewhere', () => redirectTo('https://www.example.com/robots.txt'), 'unverified', refused],
    ['a redirect to http', () => redirectTo('http://127.0.0.1/robots.txt'), 'unverified', refused],
    ['a login', () => redirectTo('https://accounts.kakao.com/login'), 'unverified', refused],
    [
      '5 MB, closed at the beginning',
      () => answer(`User-agent: *\nDisallow: /\n${'Allow: /nothing\n'.repeat(330_000)}`),
      'rules',
      refused,
    ],
    [
      '5 MB, closed beyond 500 KiB',
      () => answer(`User-agent: *\n${'Allow: /some\n'.repeat(400_000)}Disallow: /\n`),
      'rules',
      'page',
    ],
    [
      '5 MB whose limit cuts `Disallow: /search` behind the slash',
      () =>
        answer(
          `${'User-agent: *\n'.padEnd(500 * 1024 - 12, '#')}\nDisallow: /search\n${'#'.repeat(5_000_000)}`,
        ),
      'rules',
      'page',
    ],
  ])('%s (input 33)', async (_name, robots, state, outcome) => {
    const source = crawl.makeSource({ isRobotsAsked: true });
    site(source, '/robots.txt', robots);
    site(source, '/page', () => answer());
    expect(Object.keys(tally([await crawl.read(source)]))).toEqual([outcome]);
    expect(await crawl.host(source.host)).toMatchObject({ robots_state: state });
    expect(pathsAsked()).toEqual(outcome === 'page' ? ['/robots.txt', '/page'] : ['/robots.txt']);
  });

  it('may have moved on its host', async () => {
    const source = crawl.makeSource({ isRobotsAsked: true });
    site(source, '/robots.txt', () => redirectTo('/files/robots.txt', 301));
    site(source, '/files/robots.txt', () => answer('User-agent: *\nDisallow: /page'));
    expect(await crawl.read(source)).toMatchObject({ outcome: 'robots_disallowed' });
    expect(await crawl.host(source.host)).toMatchObject({ robots_state: 'rules' });
  });

  it('that could not be had is tried again as soon as the host may be asked', async () => {
    const source = crawl.makeSource({ isRobotsAsked: true });
    site(source, '/page', () => answer());
    site(source, '/robots.txt', () => answer('', { status: 503, headers: { 'retry-after': '120' } }));
    expect(await crawl.read(source)).toMatchObject({ outcome: 'robots_disallowed' });
    expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 120, why: 'rest' });
    crawl.app.clock.advance(120_000);
    site(source, '/robots.txt', () => answer('User-agent: *\nDisallow: /search'));
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    expect(pathsAsked()).toEqual(['/robots.txt', '/robots.txt', '/page']);
  });

  it.each<[string, () => Response]>([
    ['closes it', () => answer('User-agent: *\nDisallow: /\nCrawl-delay: 3')],
    ['answers 503', () => answer('', { status: 503 })],
    ['is a page', () => answer('<html>')],
  ])(
    'is known and passed over where the operator has decided so: it %s (input 33)',
    async (_name, robots) => {
      const source = crawl.makeSource({ id: 'excepted', isRobotsAsked: true, pauseSeconds: 2 });
      site(source, '/robots.txt', robots);
      site(source, '/page', () => answer());
      setExceptions('another, excepted');
      const first = await crawl.read(source);
      expect(first).toMatchObject({ kind: 'wait', why: 'pace' });
      crawl.app.clock.advance((first as { seconds: number }).seconds * 1000);
      expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
      setExceptions('');
      expect(pathsAsked()).toEqual(['/robots.txt', '/page']);
      expect(await crawl.host(source.host)).toMatchObject({ failures: 0, open_until: null });
    },
  );

  it('is asked without the source’s keys', async () => {
    const source = crawl.makeSource({ isRobotsAsked: true });
    site(source, '/robots.txt', () => answer(''));
    site(source, '/page', () => answer());
    await crawl.read(source, { headers: { 'x-key': 'k' } });
    expect(crawl.asked.map(({ headers }) => headers.get('x-key'))).toEqual([null, 'k']);
  });
});

describe('a host that wants to be left alone', () => {
  it.each([
    ['120', 120],
    ['Tue, 24 Nov 2026 03:30:00 GMT', 1800],
    ['-5', 3600],
    ['99999999', 86_400],
    ['soon', 3600],
    ['1', 60],
    [undefined, 3600],
  ])('with Retry-After: %s (input 2)', async (retryAfter, seconds) => {
    for (const status of [429, 503]) {
      crawl.app.clock.set('2026-11-24T03:00:00.000Z');
      const source = crawl.makeSource();
      site(source, '/page', () =>
        answer('', { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } }),
      );
      expect(await crawl.read(source)).toMatchObject({ outcome: 'throttled' });
      expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds, why: 'rest' });
      crawl.app.clock.advance(seconds * 1000 - 1);
      expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 1, why: 'rest' });
      crawl.app.clock.advance(1);
      site(source, '/page', () => answer());
      expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    }
    expect(crawl.asked).toHaveLength(4);
  });

  it('is tried by one of 20 after 1, 2, 4 … 24 hours, and open to all once that went well', async () => {
    const source = crawl.makeSource();
    site(source, '/page', () => answer('', { status: 429 }));
    expect(await crawl.read(source)).toMatchObject({ outcome: 'throttled' });
    for (const hours of [1, 2, 4, 8, 16, 24]) {
      expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: hours * 3600, why: 'rest' });
      crawl.app.clock.advance(hours * 3600_000);
      expect(tally(await readTogether(source, 20))).toEqual({ throttled: 1, rest: 19 });
    }
    expect(crawl.asked).toHaveLength(7);
    expect(await crawl.host(source.host)).toMatchObject({ failures: 7 });
    crawl.app.clock.advance(24 * 3600_000);
    let finish: (() => void) | undefined;
    const isProbed = new Promise<void>((begun) => {
      site(source, '/page', () => {
        begun();
        return new Promise((resolve) => {
          finish = () => resolve(answer());
        });
      });
    });
    const probe = crawl.read(source);
    await isProbed;
    expect(tally(await readTogether(source, 19))).toEqual({ rest: 19 });
    site(source, '/page', () => answer());
    finish!();
    expect(await probe).toMatchObject({ kind: 'page' });
    expect(await crawl.host(source.host)).toMatchObject({ failures: 0, open_until: null });
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
  });

  it('because it does not answer rests from the third time in a row on', async () => {
    const source = crawl.makeSource();
    const fail = () => crawl.read(source);
    expect(await fail()).toMatchObject({ outcome: 'unreachable' });
    site(source, '/page', () => answer('', { status: 500 }));
    expect(await fail()).toMatchObject({ outcome: 'http_error' });
    site(source, '/page', () => answer());
    expect(await fail()).toMatchObject({ kind: 'page' });
    site(source, '/page', () => answer('', { status: 502 }));
    for (let time = 0; time < 3; time += 1) expect(await fail()).toMatchObject({ outcome: 'http_error' });
    for (const minutes of [5, 10, 20]) {
      expect(await fail()).toEqual({ kind: 'wait', seconds: minutes * 60, why: 'rest' });
      crawl.app.clock.advance(minutes * 60_000);
      expect(tally(await readTogether(source, 20))).toEqual({ http_error: 1, rest: 19 });
    }
  });

  it('and fails when it is tried rests again at once', async () => {
    const source = crawl.makeSource();
    site(source, '/page', () => answer('', { status: 429 }));
    await crawl.read(source);
    crawl.app.clock.advance(3600_000);
    site(source, '/page', () => answer('', { status: 500 }));
    expect(await crawl.read(source)).toMatchObject({ outcome: 'http_error' });
    expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 300, why: 'rest' });
  });

  it('is not asked by who has read of it before it said so', async () => {
    const source = crawl.makeSource();
    await crawl.app.asSystem(async (ctx) => {
      const before = await findHost(ctx, source.host);
      await crawl.app.sql(
        'update discovery_hosts set open_until = ? where host = ?',
        '2099-01-01 00:00:00',
        source.host,
      );
      expect(await claimHost(ctx, before, 0)).toBeUndefined();
    });
  });

  it('is not one that merely has no such page', async () => {
    const source = crawl.makeSource();
    site(source, '/page', () => answer('', { status: 404 }));
    for (let time = 0; time < 5; time += 1) {
      expect(await crawl.read(source)).toMatchObject({ outcome: 'http_error' });
    }
  });

  it.each([
    ['a consent page (input 1)', () => redirectTo('https://consent.google.com/m'), 'blocked_consent'],
    ['a login', () => redirectTo('https://accounts.kakao.com/login'), 'blocked_login'],
    ['a CAPTCHA (input 2)', () => redirectTo('https://www.google.com/sorry/index'), 'throttled'],
    ['a challenge', () => answer('', { status: 403, headers: { 'cf-mitigated': 'challenge' } }), 'throttled'],
  ])('because it puts up %s', async (_name, reply, outcome) => {
    const source = crawl.makeSource();
    site(source, '/page', reply);
    expect(await crawl.read(source)).toMatchObject({ outcome });
    expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 3600, why: 'rest' });
  });

  it('as only who read the page can tell', async () => {
    const source = crawl.makeSource();
    site(source, '/page', () => answer('<html>before you continue'));
    const result = await crawl.read(source);
    if (result.kind !== 'page') throw new Error(result.kind);
    await result.rest();
    expect(await crawl.read(source)).toEqual({ kind: 'wait', seconds: 3600, why: 'rest' });
  });
});

describe('an allowance', () => {
  const quota = { name: 'calls', limit: 10, timeZone: 'America/Los_Angeles' };
  const asked = { quota: { name: 'calls', cost: 1 } };

  async function ledger(): Promise<Record<string, number>> {
    const rows = await crawl.app.sql<{ day: unknown; used: unknown }>(
      'select day, used from discovery_quotas where name = ? order by day',
      quota.name,
    );
    return Object.fromEntries(rows.map(({ day, used }) => [String(day).slice(0, 10), Number(used)]));
  }

  function makeCounted(parts: Parameters<CrawledWeb['makeSource']>[0] = {}): SiteSource {
    const source = crawl.makeSource({ budget: { pauseSeconds: 0, visits: 1, quotas: [quota] }, ...parts });
    site(source, '/page', () => answer());
    return source;
  }

  beforeEach(async () => {
    await crawl.app.sql('delete from discovery_quotas');
    crawl.app.clock.set('2026-11-24T03:00:00.000Z');
  });

  it('is spent before the call, by the source’s own day, and not exceeded (input 29)', async () => {
    const source = makeCounted();
    for (let call = 0; call < 10; call += 1)
      expect(await crawl.read(source, asked)).toMatchObject({ kind: 'page' });
    expect(await crawl.read(source, asked)).toMatchObject({ outcome: 'quota_spent' });
    expect(crawl.asked).toHaveLength(10);
    expect(await ledger()).toEqual({ '2026-11-23': 10 });
    // What costs nothing goes on, and the refusal has left the host free.
    expect(await crawl.read(source)).toMatchObject({ kind: 'page' });
    crawl.app.clock.set('2026-11-24T08:00:00.000Z');
    expect(await crawl.read(source, asked)).toMatchObject({ kind: 'page' });
    expect(await ledger()).toEqual({ '2026-11-23': 10, '2026-11-24': 1 });
  });

  it('holds no call that costs more than is left', async () => {
    const source = makeCounted();
    const dear = { quota: { name: 'calls', cost: 6 } };
    expect(await crawl.read(source, dear)).toMatchObject({ kind: 'page' });
    expect(await crawl.read(source, dear)).toMatchObject({ outcome: 'quota_spent' });
    expect(await crawl.read(source, { quota: { name: 'calls', cost: 4 } })).toMatchObject({ kind: 'page' });
    expect(await ledger()).toEqual({ '2026-11-23': 10 });
  });

  it('is spent once however many try at once, and not by those who wait (input 31)', async () => {
    const source = makeCounted({ budget: { pauseSeconds: 1, visits: 1, quotas: [quota] } });
    for (let second = 0; second < 15; second += 1) {
      await Promise.all(Array.from({ length: 5 }, () => crawl.read(source, asked)));
      crawl.app.clock.advance(1000);
    }
    expect(crawl.asked).toHaveLength(10);
    expect(await ledger()).toEqual({ '2026-11-23': 10 });
  });

  it('is not exceeded by two hosts that draw on it at once', async () => {
    const sources = Array.from({ length: 20 }, () => makeCounted());
    const results = await Promise.all(sources.map((source) => crawl.read(source, asked)));
    expect(tally(results)).toEqual({ page: 10, quota_spent: 10 });
    expect(await ledger()).toEqual({ '2026-11-23': 10 });
  });

  it('is spent by a call that fails, too', async () => {
    const source = makeCounted();
    site(source, '/page', () => answer('', { status: 500 }));
    await crawl.read(source, asked);
    expect(await ledger()).toEqual({ '2026-11-23': 1 });
  });

  it('is over for the day when the source says so, whatever our own count (input 29)', async () => {
    const source = makeCounted({ judge: () => ({ outcome: 'quota_spent', isDaySpent: true }) });
    site(source, '/page', () => answer('{"error":{}}', { status: 429 }));
    expect(await crawl.read(source, asked)).toMatchObject({ outcome: 'quota_spent' });
    site(source, '/page', () => answer());
    expect(await crawl.read(source, asked)).toMatchObject({ outcome: 'quota_spent' });
    expect(crawl.asked).toHaveLength(1);
    expect(await ledger()).toEqual({ '2026-11-23': 1 });
    crawl.app.clock.set('2026-11-24T08:00:00.000Z');
    expect(await crawl.read(source, asked)).toMatchObject({ kind: 'page' });
  });

  it('that a source does not have is a fault of ours', async () => {
    const source = crawl.makeSource();
    await expect(crawl.read(source, asked)).rejects.toThrow('has no quota calls');
    expect(crawl.asked).toEqual([]);
  });
});

it('a key is in no log line, row or address, whatever happens (input 29)', async () => {
  const key = 'AIza-secret-key';
  const replies: (() => Response | Promise<Response>)[] = [
    () => answer(),
    () => answer(`{"error":"key=${key}"}`, { status: 400 }),
    () => answer(`{"error":"key=${key}"}`, { status: 429 }),
    () => answer(`<html>${key}`, { status: 502 }),
    () => redirectTo(`https://www.example.com/?key=${key}`),
    () => Promise.reject(new TypeError(`could not reach ?key=${key}`)),
    () => answer('a'.repeat(5000)),
  ];
  for (const reply of replies) {
    const source = crawl.makeSource({ isRobotsAsked: true });
    site(source, '/robots.txt', () => answer(''));
    site(source, '/page', reply);
    await crawl.read(source, { headers: { 'x-goog-api-key': key }, isConditional: true });
  }
  expect(crawl.asked.filter(({ headers }) => headers.get('x-goog-api-key') === key)).toHaveLength(7);
  expect(crawl.asked.map(({ url }) => url).join('\n')).not.toContain(key);
  expect(crawl.app.logs.join('\n')).toContain('a source refused');
  expect(crawl.app.logs.join('\n')).not.toContain(key);
  expect(JSON.stringify(await crawl.app.sql('select * from discovery_hosts'))).not.toContain(key);
});
