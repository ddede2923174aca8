import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { makeJpeg, makePng, SECRET } from '../../../test/harness/images.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { previewLinks } from './jobs.ts';

let app: TestApp;
let minsu: TestPerson;
let careerId: string;
/** The open web of these tests. */
let pages: Record<string, (request: Request) => Response | Promise<Response>>;
let asked: string[];

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    web: async (request) => {
      asked.push(request.url);
      const page = pages[request.url];
      if (!page) throw new TypeError('nothing there');
      return page(request);
    },
  });
  minsu = await signUpPerson(app);
  const career = await app.request('POST', '/v1/careers', {
    token: minsu.token,
    body: { name: '링크', kind: 'personal' },
  });
  careerId = career.body.id;
});

beforeEach(() => {
  pages = {};
  asked = [];
});

async function writePost(links: string[]): Promise<string> {
  const post = await app.request('POST', '/v1/posts', {
    token: minsu.token,
    body: { careerId, text: '읽어 보세요', links },
  });
  expect(post.status).toBe(201);
  return post.body.id;
}

async function previewsOf(postId: string): Promise<Record<string, unknown>[]> {
  return app.sql(
    'select state, outcome, title, description, picture_key from post_links where post_id = ? order by position',
    postId,
  );
}

/** A post with one link, after the job: its row, and what readers get. */
async function preview(link: string) {
  const postId = await writePost([link]);
  await app.queue.deliver();
  const [row] = await previewsOf(postId);
  const post = await app.request('GET', `/v1/posts/${postId}`, { token: minsu.token });
  expect(post.status).toBe(200);
  return { postId, row, shown: post.body.links[0] };
}

function page(head: string, init: ResponseInit = {}): Response {
  return new Response(`<!doctype html><head>${head}</head>`, {
    headers: { 'content-type': 'text/html' },
    ...init,
  });
}

function picture(bytes: Buffer, type = 'image/png'): Response {
  return new Response(bytes as unknown as BodyInit, { headers: { 'content-type': type } });
}

const HEAD = '<title>제목</title><meta property="og:image" content="/p.jpg">';

describe('a link', () => {
  it('waits until the job has read its page, then shows title, description and a picture of our own', async () => {
    pages['https://news.example.com/1'] = () =>
      page(`${HEAD}<meta property="og:description" content="설명">`);
    pages['https://news.example.com/p.jpg'] = () => picture(makeJpeg({ withSecrets: true }), 'text/plain');
    const postId = await writePost(['https://news.example.com/1']);
    expect(asked).toEqual([]);
    expect(await previewsOf(postId)).toMatchObject([{ state: 'waiting', outcome: null }]);
    await app.queue.deliver();
    expect(await previewsOf(postId)).toMatchObject([
      { state: 'ready', outcome: 'ok', title: '제목', description: '설명' },
    ]);
    const post = await app.request('GET', `/v1/posts/${postId}`, { token: minsu.token });
    const { pathname } = new URL(post.body.links[0].pictureUrl);
    const shown = await app.request('GET', pathname);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(shown.bytes.includes(SECRET)).toBe(false);
    expect(asked).toEqual(['https://news.example.com/1', 'https://news.example.com/p.jpg']);
    expect(app.logs.join('\n')).not.toContain('news.example.com');
  });

  it('in EUC-KR reads as Korean', async () => {
    const body = Buffer.concat([
      Buffer.from('<meta charset="euc-kr"><title>'),
      Buffer.from('c7d1b1db', 'hex'),
      Buffer.from('</title>'),
    ]);
    pages['https://old.example.kr/'] = () => new Response(body, { headers: { 'content-type': 'text/html' } });
    expect((await preview('https://old.example.kr/')).row).toMatchObject({ outcome: 'ok', title: '한글' });
  });

  it('shows no picture when there is none to be had', async () => {
    const pictures: Record<string, Response | undefined> = {
      missing: undefined,
      page: page('x'),
      svg: picture(Buffer.from('<svg onload="alert(1)"/>'), 'image/svg+xml'),
      cut: picture(makePng().subarray(0, 60)),
      huge: picture(makePng({ width: 6000, height: 5000, isHeaderOnly: true })),
      heavy: picture(Buffer.concat([makePng(), Buffer.alloc(5 * 1024 * 1024)])),
      moved: new Response(null, { status: 302, headers: { location: 'https://169.254.169.254/p.png' } }),
    };
    const before = app.media.keys();
    for (const [name, answer] of Object.entries(pictures)) {
      pages[`https://a.example.com/${name}`] = () =>
        page(`<title>${name}</title><meta property="og:image" content="/${name}.png">`);
      if (answer) pages[`https://a.example.com/${name}.png`] = () => answer;
      expect((await preview(`https://a.example.com/${name}`)).row).toMatchObject({
        outcome: 'ok',
        title: name,
        picture_key: null,
      });
    }
    for (const address of [
      'https://127.0.0.1/p.png',
      'javascript:alert(1)',
      'data:image/png;base64,AAAA',
      'https://',
    ]) {
      pages['https://a.example.com/odd'] = () =>
        page(`<title>odd</title><meta property="og:image" content="${address}">`);
      asked = [];
      expect((await preview('https://a.example.com/odd')).row).toMatchObject({ picture_key: null });
      expect(asked).toEqual(['https://a.example.com/odd']);
    }
    expect(app.media.keys()).toEqual(before);
  });

  it('whose picture is named by http is asked for by https', async () => {
    pages['https://a.example.com/http'] = () =>
      page('<title>http</title><meta property="og:image" content="http://img.example.com/p.png">');
    pages['https://img.example.com/p.png'] = () => picture(makePng());
    expect((await preview('https://a.example.com/http')).row?.['picture_key']).toMatch(/^[\w-]{43}$/);
  });
});

describe('a link that gives no preview leaves its post as it is, and says why', () => {
  it.each([
    ['a private address', 'https://10.0.0.1/', 'refused_host'],
    ['metadata of a cloud', 'https://169.254.169.254/latest/', 'refused_host'],
    ['a name for this machine', 'https://localhost/', 'refused_host'],
    ['another port', 'https://a.example.com:8443/', 'refused_host'],
    ['one that is not there', 'https://gone.example.com/', 'unreachable'],
  ])('%s', async (_name, link, outcome) => {
    const { row, shown } = await preview(link);
    expect(row).toEqual({ state: 'failed', outcome, title: null, description: null, picture_key: null });
    expect(shown).toMatchObject({ state: 'failed', title: null, pictureUrl: null });
  });

  it('our own hosts', async () => {
    const { STAFF_HOST } = app.env;
    app.env['STAFF_HOST'] = 'staff.loopus.kr';
    app.forgetEnv();
    expect((await preview('https://staff.loopus.kr/')).row).toMatchObject({ outcome: 'refused_host' });
    app.env['STAFF_HOST'] = STAFF_HOST;
    app.forgetEnv();
    expect(asked).toEqual([]);
  });

  it.each([
    [
      'a redirect inwards',
      () => new Response(null, { status: 301, headers: { location: 'https://127.1/' } }),
      'refused_host',
    ],
    [
      'a redirect to itself',
      () => new Response(null, { status: 302, headers: { location: '/x' } }),
      'too_many_redirects',
    ],
    ['a PDF', () => new Response('%PDF', { headers: { 'content-type': 'application/pdf' } }), 'not_html'],
    ['an error', () => page(HEAD, { status: 404 }), 'http_error'],
    ['a page without a title', () => page('<meta name=description content=x>'), 'no_title'],
  ])('%s', async (_name, answer, outcome) => {
    pages['https://a.example.com/x'] = answer;
    const { row } = await preview('https://a.example.com/x');
    expect(row).toMatchObject({ state: 'failed', outcome, title: null });
  });

  it('a page that does not answer in five seconds', async () => {
    const { timeout } = AbortSignal;
    const shortened = vi
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((milliseconds) =>
        timeout.call(AbortSignal, milliseconds === 5000 ? 20 : milliseconds),
      );
    pages['https://a.example.com/slow'] = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const { row } = await preview('https://a.example.com/slow');
    shortened.mockRestore();
    expect(row).toMatchObject({ state: 'failed', outcome: 'timeout', title: null });
  });
});

it('a page of 5 MB is read to its first megabyte', async () => {
  let sent = 0;
  pages['https://a.example.com/long'] = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          const part = sent === 0 ? `<head>${HEAD}` : '<!-- -->'.repeat(8192);
          sent += part.length;
          if (sent > 5 * 1024 * 1024) controller.close();
          else controller.enqueue(new TextEncoder().encode(part));
        },
      }),
      { headers: { 'content-type': 'text/html' } },
    );
  expect((await preview('https://a.example.com/long')).row).toMatchObject({ outcome: 'ok', title: '제목' });
  expect(sent).toBeLessThan(1.3 * 1024 * 1024);
});

describe('the job', () => {
  it('reads each of ten links once, one bad among them, also when it is delivered three times at once', async () => {
    const links = Array.from({ length: 10 }, (_, at) => `https://many.example.com/${at}`);
    for (const link of links.slice(1)) pages[link] = () => page(`<title>${link.at(-1)}</title>`);
    const postId = await writePost(links);
    await app.queue.deliver();
    const rows = await previewsOf(postId);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['unreachable', ...Array<string>(9).fill('ok')]);
    expect(rows.map(({ title }) => title)).toEqual([null, ...'123456789']);
    expect(asked.toSorted()).toEqual(links);
    const run = () =>
      app.asSystem((ctx) =>
        previewLinks.run(ctx, { postId }, { key: 'again', slice: 0, position: undefined }),
      );
    await Promise.all([run(), run(), run()]);
    expect(asked).toHaveLength(10);
    expect(await previewsOf(postId)).toEqual(rows);
  });

  it('run twice at once, both before the first has finished, shows one picture and sweeps the other', async () => {
    pages['https://a.example.com/twice'] = () => page(HEAD);
    pages['https://a.example.com/p.jpg'] = () => picture(makeJpeg());
    const postId = await writePost(['https://a.example.com/twice']);
    const run = (key: string) =>
      app.asSystem((ctx) => previewLinks.run(ctx, { postId }, { key, slice: 0, position: undefined }));
    await Promise.all([run('one'), run('two')]);
    const [row] = await previewsOf(postId);
    expect(
      await app.sql(
        `select state, count(*) as n from media where kind = 'preview' and created_at = ? and (state = 'pending' or object_key = ?) group by state order by state`,
        app.clock.now().toISOString().slice(0, 23),
        row?.['picture_key'],
      ),
    ).toMatchObject([{ state: 'claimed' }, { state: 'pending' }]);
  });

  it('that ends in the middle is taken up where it was', async () => {
    pages['https://a.example.com/a'] = () => page('<title>A</title>');
    pages['https://a.example.com/b'] = () => page('<title>B</title>');
    const postId = await writePost(['https://a.example.com/a', 'https://a.example.com/b']);
    await app.sql(
      `update post_links set state = 'ready', outcome = 'ok', title = 'before' where post_id = ? and position = 0`,
      postId,
    );
    await app.queue.deliver();
    expect(await previewsOf(postId)).toMatchObject([{ title: 'before' }, { title: 'B' }]);
    expect(asked).toEqual(['https://a.example.com/b']);
  });

  it('reads nothing for a post that is gone, and shows nothing that came too late', async () => {
    const gone = await writePost(['https://a.example.com/gone']);
    await app.request('DELETE', `/v1/posts/${gone}`, { token: minsu.token });
    await app.queue.deliver();
    expect(asked).toEqual([]);
    const late = await writePost(['https://a.example.com/late']);
    pages['https://a.example.com/late'] = async () => {
      await app.request('DELETE', `/v1/posts/${late}`, { token: minsu.token });
      return page(HEAD);
    };
    pages['https://a.example.com/p.jpg'] = () => picture(makeJpeg());
    await app.queue.deliver();
    expect(await previewsOf(late)).toMatchObject([{ state: 'waiting', picture_key: null }]);
    const claimed = await app.sql(
      `select id from media where kind = 'preview' and state = 'claimed' and object_key not in (select picture_key from post_links where picture_key is not null)`,
    );
    expect(claimed).toEqual([]);
  });

  it('is not asked for by posts without links', async () => {
    const count = async () =>
      (await app.queue.deliveries()).filter(({ body }) => body.includes('links.preview')).length;
    const before = await count();
    const post = await app.request('POST', '/v1/posts', {
      token: minsu.token,
      body: { careerId, text: '링크 없음' },
    });
    expect(post.status).toBe(201);
    await app.queue.deliver();
    expect(await count()).toBe(before);
  });
});

it('the picture of a link goes with its post', async () => {
  pages['https://a.example.com/with'] = () => page(HEAD);
  pages['https://a.example.com/p.jpg'] = () => picture(makeJpeg());
  const { postId, row } = await preview('https://a.example.com/with');
  const path = `/media/${String(row?.['picture_key'])}`;
  expect((await app.request('GET', path)).status).toBe(200);
  await app.request('DELETE', `/v1/posts/${postId}`, { token: minsu.token });
  app.clock.advance(60_000);
  expect((await app.request('GET', path)).status).toBe(404);
});
