import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answer,
  redirectTo,
  startCrawledWeb,
  type CrawledWeb,
} from '../../../../test/harness/crawl-transport.ts';
import type { PageResult } from './read-page.ts';

let crawl: CrawledWeb;
const servers: Server[] = [];

beforeAll(async () => {
  crawl = await startCrawledWeb();
});

beforeEach(() => {
  crawl.asked.length = 0;
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function pageOf(result: { kind: string }): Extract<PageResult, { kind: 'page' }> {
  expect(result.kind).toBe('page');
  return result as Extract<PageResult, { kind: 'page' }>;
}

function textOf(result: { kind: string }): string {
  return new TextDecoder().decode(pageOf(result).page.bytes);
}

/** A site behind a real connection. */
async function serve(listener: RequestListener): Promise<(request: Request) => Promise<Response>> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return ({ signal }) => fetch(`http://127.0.0.1:${port}/`, { signal });
}

/** The 8 seconds are over after 20 milliseconds. */
function hurry(): void {
  const { timeout } = AbortSignal;
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) =>
    timeout.call(AbortSignal, milliseconds === 8000 ? 20 : milliseconds),
  );
}

describe('a page', () => {
  it('is asked for under our own name, with the source’s headers', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page?q=%EC%B7%A8%EC%97%85`] = () =>
      answer('{"a":1}', { headers: { 'content-type': 'application/json;charset=utf-8' } });
    const result = await crawl.read(source, {
      url: `https://${source.host}/page?q=%EC%B7%A8%EC%97%85#part`,
      headers: { 'x-key': 'k' },
    });
    expect(pageOf(result).page).toMatchObject({
      step: 'search',
      url: `https://${source.host}/page?q=%EC%B7%A8%EC%97%85`,
      contentType: 'application/json;charset=utf-8',
      isCut: false,
    });
    expect(textOf(result)).toBe('{"a":1}');
    expect(Object.fromEntries(crawl.asked[0]!.headers)).toMatchObject({
      'user-agent': 'LoopUsBot/1.0 (+http://127.0.0.1:8787/bot; mailto:crawler@loopus.local)',
      accept: 'application/json',
      'accept-language': 'ko',
      'x-key': 'k',
    });
  });

  it('costs three statements, five with an allowance and validators, and one to be remembered', async () => {
    const quotas = [{ name: 'cost', limit: 10, timeZone: 'UTC' }];
    const source = crawl.makeSource({ budget: { pauseSeconds: 0, visits: 1, quotas }, isRobotsAsked: true });
    crawl.sites[`https://${source.host}/robots.txt`] = () => answer('User-agent: *\nDisallow: /search');
    crawl.sites[`https://${source.host}/page`] = () => answer('{}', { headers: { etag: '"1"' } });
    const full = { quota: { name: 'cost', cost: 1 }, isConditional: true };
    await crawl.read(source, full);
    expect(await crawl.cost(source)).toEqual({ statements: 3, roundTrips: 4, toRemember: 0 });
    expect(await crawl.cost(source, full)).toEqual({ statements: 5, roundTrips: 5, toRemember: 1 });
  });

  it('in the local edition comes from the stand-in, under its real address', async () => {
    const source = crawl.makeSource();
    crawl.app.env['CRAWL_STAND_IN_URL'] = 'https://stand-in.example/crawl/';
    crawl.app.forgetEnv();
    crawl.sites[`https://stand-in.example/crawl/${source.host}/page?a=b`] = () => redirectTo('/moved');
    crawl.sites[`https://stand-in.example/crawl/${source.host}/moved`] = () => answer('moved');
    const result = await crawl.read(source, { url: `https://${source.host}/page?a=b` });
    const refused = await crawl.read(source, { url: `https://stand-in.example/crawl/${source.host}/page` });
    crawl.app.env['CRAWL_STAND_IN_URL'] = undefined;
    crawl.app.forgetEnv();
    expect(pageOf(result).page.url).toBe(`https://${source.host}/moved`);
    expect(refused).toMatchObject({ outcome: 'ssrf_blocked' });
    expect(crawl.asked).toHaveLength(2);
  });
});

describe('an address that is none of the source’s (input 16)', () => {
  const tricks = [
    'https://news.google.com.evil.com/x',
    'https://news.google.com@evil.com/x',
    'https://user:secret@news.google.com/x',
    'https://evil.com#news.google.com/x',
    'https://evil.com\\news.google.com/x',
    'https://news.google.com\\@evil.com/x',
    'https://news.google.com\\x',
    'https:\\\\news.google.com/x',
    'https:/news.google.com/x',
    'https://news.google.com:8443/x',
    'https://news.google.com:80/x',
    'https://news.google.com./x',
    'https://NEWS.google.com./x',
    'https://news。google。com/x',
    'https://news.google。com/x',
    'https://nеws.google.com/x',
    'https://news\t.google.com/x',
    ' https://news.google.com/x',
    'https://news.google.com',
    'http://news.google.com/x',
    '//news.google.com/x',
    'https://xnews.google.com/x',
    'https://x.news.google.com/x',
    'https://google.com/x',
    'https://127.0.0.1/x',
    'https://127.1/x',
    'http://127.1/',
    'https://0x7f.1/x',
    'https://2130706433/x',
    'https://10.0.0.1/x',
    'http://169.254.169.254/latest/meta-data/',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'http://[::ffff:7f00:1]/',
    'https://[::ffff:8.8.8.8]/x',
    'http://host.:80/',
    'https://localhost/x',
    'https://db.internal/x',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '',
  ];

  it.each(tricks)('%s is not asked', async (url) => {
    const source = crawl.makeSource({ hosts: ['news.google.com'] });
    expect(await crawl.read(source, { url })).toMatchObject({ outcome: 'ssrf_blocked' });
    expect(crawl.asked).toEqual([]);
  });

  const sendable = tricks.filter((url) => /^[\x21-\x7e]+$/.test(url) && url !== 'https:/news.google.com/x');

  it.each(sendable)('nor when a redirect leads to %s', async (location) => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = () => redirectTo(location);
    const result = await crawl.read(source);
    expect(result).toMatchObject({ kind: 'refused' });
    expect((result as { outcome: string }).outcome).toMatch(/^(ssrf_blocked|redirect_refused)$/);
    expect(crawl.asked).toHaveLength(1);
  });

  it.each(['https://HOST\\page2', '/\\HOST/page2', '\\page2', '/page 2', '/\u00e9'])(
    'nor when a redirect to its own host is written as %s',
    async (location) => {
      const source = crawl.makeSource();
      crawl.sites[`https://${source.host}/page`] = () => redirectTo(location.replace('HOST', source.host));
      expect(await crawl.read(source)).toMatchObject({ outcome: 'redirect_refused' });
      expect(crawl.asked).toHaveLength(1);
    },
  );

  it('says of a redirect inwards that it was one', async () => {
    for (const location of [
      'http://127.1/',
      'http://[::ffff:7f00:1]/',
      'http://169.254.169.254/latest/',
      'http://host.:80/',
      'https://db.internal/',
      'https://a:b@www.example.com/',
      'https://www.example.com:8443/',
    ]) {
      const source = crawl.makeSource();
      crawl.sites[`https://${source.host}/page`] = () => redirectTo(location);
      expect(await crawl.read(source)).toMatchObject({ outcome: 'ssrf_blocked' });
    }
  });
});

describe('a redirect', () => {
  it('is followed three times on its host, with the same headers (input 17)', async () => {
    const source = crawl.makeSource();
    const site = (path: string) => `https://${source.host}${path}`;
    crawl.sites[site('/page')] = () => redirectTo('/1', 301);
    crawl.sites[site('/1')] = () => redirectTo(site('/2#x'), 307);
    crawl.sites[site('/2')] = () => redirectTo(`//${source.host}/3`, 308);
    crawl.sites[site('/3')] = () => answer('here');
    const result = await crawl.read(source, { headers: { 'x-key': 'k' } });
    expect([textOf(result), pageOf(result).page.url]).toEqual(['here', site('/3')]);
    expect(crawl.asked.map(({ headers }) => headers.get('x-key'))).toEqual(['k', 'k', 'k', 'k']);
  });

  it.each([
    ['20 times', (hop: number) => `/${hop + 1}`, 'redirect_refused', 4],
    ['in a circle, as an automatic login does', () => '/page', 'blocked_login', 1],
    ['in a wide circle', (hop: number) => (hop === 0 ? '/1' : '/page'), 'blocked_login', 2],
    ['to a login', () => 'https://accounts.kakao.com/login/?continue=x', 'blocked_login', 1],
    ['to another login', () => 'http://logins.daum.net/accounts/kakaossotokenlogin.do', 'blocked_login', 1],
    ['to a consent page (input 1)', () => 'https://consent.google.com/m?continue=x', 'blocked_consent', 1],
    ['to a CAPTCHA (input 2)', () => 'https://www.google.com/sorry/index?continue=x', 'throttled', 1],
    ['to another host', () => 'https://www.example.com/', 'redirect_refused', 1],
    ['to http', (_hop: number, host: string) => `http://${host}/page2`, 'redirect_refused', 1],
    ['to nowhere', () => 'https://', 'redirect_refused', 1],
  ])('%s (input 17)', async (_name, next, outcome, requests) => {
    const source = crawl.makeSource();
    for (let hop = 0; hop <= 20; hop += 1) {
      crawl.sites[`https://${source.host}/${hop === 0 ? 'page' : hop}`] = () =>
        redirectTo(next(hop, source.host));
    }
    expect(await crawl.read(source)).toMatchObject({ outcome });
    expect(crawl.asked).toHaveLength(requests);
  });

  it('to another host of the source is refused as well: that one has a pace of its own', async () => {
    const source = crawl.makeSource({ hosts: ['one.news-site.kr', 'two.news-site.kr'] });
    crawl.sites['https://one.news-site.kr/page'] = () => redirectTo('https://two.news-site.kr/page');
    expect(await crawl.read(source)).toMatchObject({ outcome: 'redirect_refused' });
    expect(crawl.asked).toHaveLength(1);
  });

  it('must not lead to what robots.txt closes', async () => {
    const source = crawl.makeSource({ isRobotsAsked: true });
    crawl.sites[`https://${source.host}/robots.txt`] = () => answer('User-agent: *\nDisallow: /search');
    crawl.sites[`https://${source.host}/page`] = () => redirectTo('/search?q=x');
    expect(await crawl.read(source)).toMatchObject({ outcome: 'robots_disallowed' });
    expect(crawl.asked.map(({ url }) => new URL(url).pathname)).toEqual(['/robots.txt', '/page']);
  });

  it('without a place to go is an answer like others', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = () => new Response(null, { status: 302 });
    expect(await crawl.read(source)).toMatchObject({ outcome: 'http_error' });
  });
});

describe('a body', () => {
  it('of 50 MB is read to the limit and called off, whether or not it says its length (input 6)', async () => {
    for (const headers of [{}, { 'content-length': String(50 * 1024 * 1024) }]) {
      const source = crawl.makeSource();
      let pulled = 0;
      let isCancelled = false;
      crawl.sites[`https://${source.host}/page`] = () =>
        answer(
          new ReadableStream({
            pull(controller) {
              pulled += 1;
              controller.enqueue(new Uint8Array(65_536).fill(97));
            },
            cancel() {
              isCancelled = true;
            },
          }),
          { headers: headers as Record<string, string> },
        );
      expect(await crawl.read(source, { maxBytes: 200_000 })).toMatchObject({ outcome: 'too_large' });
      expect(isCancelled).toBe(true);
      expect(pulled).toBeLessThan(7);
    }
  });

  it('of exactly the limit is taken', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = () => answer('a'.repeat(1000));
    expect(textOf(await crawl.read(source))).toHaveLength(1000);
    crawl.sites[`https://${source.host}/page`] = () => answer('a'.repeat(1001));
    expect(await crawl.read(source)).toMatchObject({ outcome: 'too_large' });
  });

  it('of little gzip that unpacks to much is measured unpacked (input 6)', async () => {
    const source = crawl.makeSource();
    const small = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    expect(small.length).toBeLessThan(300_000);
    crawl.sites[`https://${source.host}/page`] = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(small);
    });
    const before = process.memoryUsage().arrayBuffers;
    expect(await crawl.read(source, { maxBytes: 2 * 1024 * 1024 })).toMatchObject({ outcome: 'too_large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024);
  });

  it('that is cut off is given as far as it came, and its validators are not kept (input 3)', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000', etag: '"whole"' });
      response.write('the first half', () => response.destroy());
    });
    const result = pageOf(await crawl.read(source, { isConditional: true }));
    expect([result.page.isCut, textOf(result)]).toEqual([true, 'the first half']);
    await result.remember();
    crawl.sites[`https://${source.host}/page`] = () => answer();
    await crawl.read(source, { isConditional: true });
    expect(crawl.asked.at(-1)!.headers.get('if-none-match')).toBeNull();
  });

  it('that is cut off before it begins is none', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.flushHeaders();
      response.destroy();
    });
    expect(await crawl.read(source)).toMatchObject({ outcome: 'unreachable' });
  });

  it('that comes byte by byte, or an answer that never comes, is given up (input 7)', async () => {
    hurry();
    const slow = crawl.makeSource();
    let timer: NodeJS.Timeout | undefined;
    crawl.sites[`https://${slow.host}/page`] = await serve((_request, response) => {
      response.writeHead(200);
      timer = setInterval(() => response.write('a'), 5);
    });
    expect(await crawl.read(slow)).toMatchObject({ outcome: 'timeout' });
    clearInterval(timer);
    const stalled = crawl.makeSource();
    crawl.sites[`https://${stalled.host}/page`] = () => answer(new ReadableStream({}));
    expect(await crawl.read(stalled)).toMatchObject({ outcome: 'timeout' });
    const silent = crawl.makeSource();
    crawl.sites[`https://${silent.host}/page`] = ({ signal }) =>
      new Promise<Response>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    expect(await crawl.read(silent)).toMatchObject({ outcome: 'timeout' });
    const failing = crawl.makeSource();
    crawl.sites[`https://${failing.host}/page`] = () => answer(new ReadableStream({}), { status: 500 });
    expect(await crawl.read(failing)).toMatchObject({ outcome: 'timeout' });
  });

  it('may be empty', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = () => new Response(null, { status: 204 });
    expect(textOf(await crawl.read(source))).toBe('');
  });
});

describe('an unchanged page', () => {
  it('is not sent again, once it was remembered', async () => {
    const source = crawl.makeSource();
    const modified = 'Tue, 24 Nov 2026 00:00:00 GMT';
    crawl.sites[`https://${source.host}/page`] = ({ headers }) =>
      headers.get('if-none-match') === '"same"'
        ? new Response(null, { status: 304 })
        : answer('whole', { headers: { etag: '"same"', 'last-modified': modified } });
    const ask = () => crawl.read(source, { isConditional: true });
    expect(textOf(await ask())).toBe('whole');
    const again = pageOf(await ask());
    expect(crawl.asked.at(-1)!.headers.get('if-none-match')).toBeNull();
    await again.remember();
    crawl.app.clock.advance(3600_000);
    expect(await ask()).toEqual({ kind: 'not_modified' });
    expect(crawl.asked.at(-1)!.headers.get('if-modified-since')).toBe(modified);
    const [kept] = await crawl.app.sql(
      'select checked_at from discovery_validators where etag = ?',
      '"same"',
    );
    expect(String(kept!['checked_at'])).toContain(crawl.app.clock.now().toISOString().slice(11, 19));
    // Only who asks for it.
    expect(textOf(await crawl.read(source))).toBe('whole');
  });

  it('has the validators of its last whole answer, or none', async () => {
    const source = crawl.makeSource();
    const ask = async (headers: Record<string, string>) => {
      crawl.sites[`https://${source.host}/page`] = () => answer('x', { headers });
      const result = pageOf(await crawl.read(source, { isConditional: true }));
      await result.remember();
      const sent = crawl.asked.at(-1)!.headers;
      return [sent.get('if-none-match'), sent.get('if-modified-since')];
    };
    expect(await ask({ etag: 'W/"1"' })).toEqual([null, null]);
    expect(await ask({ 'last-modified': 'yesterday' })).toEqual(['W/"1"', null]);
    expect(await ask({ etag: 'e'.repeat(301) })).toEqual([null, 'yesterday']);
    expect(await ask({})).toEqual([null, null]);
  });

  it('that nobody asked for is no answer', async () => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = () => new Response(null, { status: 304 });
    expect(await crawl.read(source, { isConditional: true })).toMatchObject({ outcome: 'http_error' });
  });
});

describe('an answer that is no page', () => {
  it.each([
    [404, {}, 'http_error', undefined],
    [403, { 'cf-mitigated': 'challenge' }, 'throttled', undefined],
    [429, { 'retry-after': '120' }, 'throttled', 120],
    [503, { 'retry-after': '-5' }, 'throttled', undefined],
    [500, {}, 'http_error', undefined],
    [502, {}, 'http_error', undefined],
  ])('%i %o', async (status, headers, outcome, retryAfter) => {
    const source = crawl.makeSource();
    crawl.sites[`https://${source.host}/page`] = () =>
      answer('<html>', { status, headers: headers as Record<string, string> });
    expect(await crawl.read(source)).toEqual({ kind: 'refused', outcome, retryAfter });
  });

  it('is judged by the source, which sees at most 64 KiB of it', async () => {
    const seen: number[] = [];
    const source = crawl.makeSource({
      judge: ({ status, body, headers }) => {
        seen.push(status, body.length);
        return headers.get('x-known') ? { outcome: 'config_error' } : undefined;
      },
    });
    crawl.sites[`https://${source.host}/page`] = () => answer('a'.repeat(200_000), { status: 400 });
    expect(await crawl.read(source)).toMatchObject({ outcome: 'http_error' });
    crawl.sites[`https://${source.host}/page`] = () =>
      answer('{}', { status: 400, headers: { 'x-known': '1' } });
    expect(await crawl.read(source)).toMatchObject({ outcome: 'config_error' });
    expect(seen).toEqual([400, 65_536, 400, 2]);
  });

  it('is none at all when nobody is there', async () => {
    expect(await crawl.read(crawl.makeSource())).toMatchObject({ outcome: 'unreachable' });
  });
});
