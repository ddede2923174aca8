/** How the index follows MySQL: by rows and jobs, through an engine that lags, refuses, lies, is away or has lost all. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logIn, PASSWORD, signUp } from '../../../test/harness/account.ts';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import {
  buildSearch,
  garbleEngine,
  indexPrefixOf,
  loseIndexes,
  setTaskFault,
  syncSearchNow,
} from '../../../test/harness/search.ts';
import { countOf } from '../../../test/harness/society.ts';

const WORDS =
  'zebra mango piano cactus violet bishop turkey window candle magnet jigsaw fossil hammock'.split(' ');

let app: TestApp;
let author: TestPerson;
let careerId: string;
let count = -1;
/** A word that nothing else has, too short for typos. */
let word: string;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  author = await signUpPerson(app);
  careerId = await makeCareer(app, author);
  await buildSearch(app);
  await app.queue.deliver();
});

beforeEach(() => {
  count += 1;
  word = WORDS[count] ?? '';
});

afterEach(async () => {
  await app.fault('search', undefined);
  await garbleEngine(app, false);
  await setTaskFault(app, undefined);
});

function write(text: string): Promise<string> {
  return writePost(app, author, { careerId, text });
}

function search(q = word) {
  return app.request('GET', `/v1/search/posts?${new URLSearchParams({ q })}`, { token: author.token });
}

async function found(q = word): Promise<string[]> {
  return (await search(q)).body.items.map(({ id }: AnyJson) => id);
}

function waiting(): Promise<number> {
  return countOf(app, 'select count(*) as n from search_changes');
}

async function engine(path: string): Promise<AnyJson> {
  const response = await fetch(`${app.urls.search}${path}`, {
    headers: { authorization: `Bearer ${String(app.env['MEILI_KEY'])}` },
  });
  return response.json();
}

function countWrites(): Promise<number> {
  return engine(`/tasks?types=documentAdditionOrUpdate&indexUids=${indexPrefixOf(app)}_posts&limit=1`).then(
    ({ total }) => total,
  );
}

/** The minutes until the schedule has looked twice. */
function passMinutes(): Promise<void> {
  return app.passTime(11);
}

describe('a change', () => {
  it('is written by the job it asked for, whose message holds ids alone', async () => {
    const id = await write(`${word} 비밀스러운 글`);
    await app.queue.deliver();
    expect(await found()).toEqual([id]);
    expect(await waiting()).toBe(0);
    const bodies = (await app.queue.deliveries())
      .map(({ body }) => body)
      .filter((body) => body.includes('search.'));
    expect(bodies.length).toBeGreaterThan(0);
    expect(bodies.join('\n')).not.toMatch(/[가-힣]/);
  });

  it('is one row and one document however often it happens', async () => {
    const id = await write(word);
    for (let edit = 0; edit < 5; edit += 1)
      await app.request('PATCH', `/v1/posts/${id}`, {
        token: author.token,
        body: { text: `${word} ${edit}` },
      });
    expect(await countOf(app, "select count(*) as n from search_changes where kind = 'posts'")).toBe(1);
    const before = await countWrites();
    await app.queue.deliver();
    expect(await countWrites()).toBe(before + 1);
    expect((await search()).body.items[0].text).toBe(`${word} 4`);
  });

  it('that comes while the thing is being written is not lost', async () => {
    const id = await write(word);
    await setTaskFault(app, { delayMs: 150 });
    const syncing = syncSearchNow(app);
    const edited = app.request('PATCH', `/v1/posts/${id}`, {
      token: author.token,
      body: { text: `${word} 나중` },
      settle: false,
    });
    await Promise.all([syncing, edited]);
    await setTaskFault(app, undefined);
    await app.settle();
    await syncSearchNow(app);
    expect((await engine(`/indexes/${indexPrefixOf(app)}_posts/documents/${id}`)).text).toBe(`${word} 나중`);
    expect(await waiting()).toBe(0);
  });

  it('is never undone by one that was read earlier and written later', async () => {
    const id = await write(word);
    // The first has read the post and is on its way to the engine.
    await app.fault('search', { mode: 'delay', delayMs: 300, match: '_posts/documents', count: 1 });
    const first = syncSearchNow(app);
    await expect
      .poll(() => countOf(app, 'select count(*) as n from search_changes where claim is not null'))
      .toBe(1);
    await app.request('PATCH', `/v1/posts/${id}`, {
      token: author.token,
      body: { text: `${word} 새것` },
      settle: false,
    });
    await Promise.all([first, syncSearchNow(app), syncSearchNow(app)]);
    await app.settle();
    await syncSearchNow(app);
    expect((await engine(`/indexes/${indexPrefixOf(app)}_posts/documents/${id}`)).text).toBe(`${word} 새것`);
  });

  it('of a person who leaves takes their posts out, and brings them back', async () => {
    const email = 'leaver.search@snu.ac.kr';
    const leaver = { ...author, ...(await signUp(app, email)) };
    const ids: string[] = [];
    const own = await makeCareer(app, leaver);
    for (let post = 0; post < 3; post += 1)
      ids.push(await writePost(app, leaver, { careerId: own, text: `${word} ${post}` }));
    await app.queue.deliver();
    expect((await found()).toSorted()).toEqual(ids.toSorted());
    const inEngine = async () => {
      await app.queue.deliver();
      return (await engine(`/indexes/${indexPrefixOf(app)}_posts/documents/${ids[0]}`)).code ?? 'there';
    };
    await app.request('POST', '/v1/account/leave', {
      token: leaver.token,
      body: { password: PASSWORD, reason: '' },
    });
    expect(await inEngine()).toBe('document_not_found');
    expect((await logIn(app, email)).body.isRestored).toBe(true);
    expect(await inEngine()).toBe('there');
    expect((await found()).toSorted()).toEqual(ids.toSorted());
  });
});

describe('an engine that lags', () => {
  it('is followed until it is done, without being told again', async () => {
    const id = await write(word);
    await setTaskFault(app, { isHeld: true });
    await app.queue.deliver();
    expect(await countOf(app, 'select count(*) as n from search_changes where task_uid is not null')).toBe(2);
    const writes = await countWrites();
    await setTaskFault(app, undefined);
    await passMinutes();
    expect(await countWrites()).toBe(writes);
    expect(await waiting()).toBe(0);
    expect(await found()).toEqual([id]);
  });
});

describe('an engine that refuses', () => {
  it('is asked again', async () => {
    const id = await write(word);
    await setTaskFault(app, { failures: 2 });
    await app.queue.deliver();
    expect(await waiting()).toBe(2);
    await passMinutes();
    expect(await found()).toEqual([id]);
    expect(await waiting()).toBe(0);
  });

  it('to the end leaves dead letters, which staff send again', async () => {
    const id = await write(word);
    await setTaskFault(app, { failures: 1000 });
    for (let hour = 0; hour < 8; hour += 1) {
      app.clock.advance(3600_000);
      await syncSearchNow(app);
    }
    expect(await waiting()).toBe(0);
    const letters = await app.sql<{ id: string; payload: string; error: string }>(
      "select id, payload, error from dead_letters where name = 'search.sync' and state = 'open'",
    );
    expect(letters.map(({ error }) => error)).toEqual(letters.map(() => 'internal'));
    expect(JSON.stringify(letters)).toContain(id);
    await setTaskFault(app, undefined);
    for (const { payload } of letters) {
      const message = typeof payload === 'string' ? JSON.parse(payload) : payload;
      await app.asSystem(
        (ctx) =>
          ctx.deps.jobs.find('search.sync')?.run(ctx, message, { key: 'x', slice: 0, position: undefined }) ??
          Promise.reject(new Error('no job')),
      );
    }
    expect(await found()).toEqual([id]);
    await app.sql('delete from dead_letters');
  });
});

describe('an engine that does not answer', () => {
  const ways: [string, () => Promise<void>][] = [
    ['is stopped', () => app.fault('search', { mode: 'drop' })],
    ['answers 500', () => app.fault('search', { mode: 'error' })],
    ['answers garbage', () => garbleEngine(app, true)],
    ['is slow', () => app.fault('search', { mode: 'delay', delayMs: 20_000 })],
  ];

  it.each(ways)('because it %s: search alone says so, and catches up afterwards', async (how, begin) => {
    await begin();
    // A second each, when it is slow.
    const paths = how === 'is slow' ? ['/v1/search'] : ['/v1/search', '/v1/search/people', '/v1/search/tags'];
    for (const path of paths) {
      const answer = await app.request('GET', `${path}?q=${encodeURIComponent(word)}`, {
        token: author.token,
      });
      expect([answer.status, answer.body.code]).toEqual([503, 'search_unavailable']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('content-type')).toContain('problem+json');
    }
    const id = await write(word);
    const feed = await app.request('GET', '/v1/feed', { token: author.token });
    expect(feed.status).toBe(200);
    if (how !== 'is slow') await app.queue.deliver();
    await app.fault('search', undefined);
    await garbleEngine(app, false);
    await passMinutes();
    expect(await found()).toEqual([id]);
    expect(await waiting()).toBe(0);
    expect(await app.sql("select name from dead_letters where state = 'open'")).toEqual([]);
  });
});

describe('an engine that has lost its indexes', () => {
  it('gets them again by itself, with what was written meanwhile', async () => {
    const before = await write(word);
    await app.queue.deliver();
    await loseIndexes(app);
    const answer = await search();
    expect([answer.status, answer.body.code]).toEqual([503, 'search_unavailable']);
    const meanwhile = await write(word);
    await app.queue.deliver();
    // Writing must not have made an index with the engine's own settings.
    expect((await engine(`/indexes/${indexPrefixOf(app)}_posts`)).code).toBe('index_not_found');
    await passMinutes();
    expect((await found()).toSorted()).toEqual([before, meanwhile].toSorted());
    await passMinutes();
    expect(await waiting()).toBe(0);
  });
});
