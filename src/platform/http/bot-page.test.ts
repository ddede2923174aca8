import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

describe('the page that our User-Agent names', () => {
  it('says in Korean and English who we are, what we read and how to make us stop', async () => {
    const page = await app.request('GET', '/bot');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    const text = page.bytes.toString();
    expect(text).toMatch(/루프어스[^]*Crawl-delay[^]*lang="en"[^]*career network/);
    expect(text).toContain('User-agent: LoopUsBot\nDisallow: /');
    expect(text.match(/mailto:crawler@loopus\.local/g)).toHaveLength(2);
    expect(text).not.toContain('google-news');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('names what is read against robots.txt, as text', async () => {
    app.env['CRAWL_ROBOTS_EXCEPTIONS'] = 'google-news,<b>';
    app.forgetEnv();
    const text = (await app.request('GET', '/bot')).bytes.toString();
    expect(text.match(/: google-news, &lt;b&gt;\./g)).toHaveLength(2);
  });
});
