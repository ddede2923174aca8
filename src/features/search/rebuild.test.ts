/** An index is built anew while people write and search: nothing is lost or doubled, wherever it is cut off. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, toSqlTime, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import {
  buildSearch,
  indexPrefixOf,
  runRebuild,
  setTaskFault,
  syncSearchNow,
} from '../../../test/harness/search.ts';
import { startStaff } from '../../../test/harness/staff.ts';
import { askForRebuild } from '../../../local/commands/search-rebuild.ts';
import { createIdMaker } from '../../platform/ids.ts';
import { JobBusy } from '../../platform/jobs/ledger.ts';
import { rebuildSearch } from './rebuild.ts';

/** More than two pieces of a rebuild. */
const POSTS = 1100;

let app: TestApp;
let author: TestPerson;
let careerId: string;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  author = await signUpPerson(app);
  careerId = await makeCareer(app, author);
  await insertPosts(POSTS);
  await buildSearch(app);
});

beforeEach(async () => {
  await app.queue.deliver();
  await syncSearchNow(app);
});

afterEach(async () => {
  await app.fault('search', undefined);
  await setTaskFault(app, undefined);
});

async function insertPosts(count: number): Promise<void> {
  const ids = createIdMaker(app.clock);
  const now = toSqlTime(app.clock.now());
  const values = Array.from(
    { length: count },
    (_, at) =>
      `(${ids.next()}, ${author.userId}, ${careerId}, 1, 1, '오래된 글 ${at}', '2026-11-24', '${now}')`,
  );
  await app.sql(
    `insert into posts (id, author_id, career_id, school_id, field_id, text, day, created_at) values ${values.join(',')}`,
  );
}

async function engine(path: string): Promise<AnyJson> {
  const response = await fetch(`${app.urls.search}${path}`, {
    headers: { authorization: `Bearer ${String(app.env['MEILI_KEY'])}` },
  });
  return response.json();
}

/** Every post as the live index has it. */
async function indexed(): Promise<Record<string, string>> {
  const { results, total } = await engine(`/indexes/${indexPrefixOf(app)}_posts/documents?limit=10000`);
  expect(results).toHaveLength(total);
  return Object.fromEntries(results.map(({ id, text }: AnyJson) => [id, text]));
}

async function stored(): Promise<Record<string, string>> {
  const rows = await app.sql<{ id: string; text: string }>(
    'select id, text from posts where deleted_at is null',
  );
  return Object.fromEntries(rows.map(({ id, text }) => [id, text]));
}

/** What a rebuild must leave. */
async function expectWhole(): Promise<void> {
  await syncSearchNow(app);
  expect(await indexed()).toEqual(await stored());
  const { results } = await engine('/indexes?limit=1000');
  const names = results
    .map(({ uid }: AnyJson) => uid)
    .filter((uid: string) => uid.startsWith(`${indexPrefixOf(app)}_`));
  await expect.poll(async () => names.filter((uid: string) => /_\d+$/.test(uid))).toEqual([]);
  expect(await app.sql('select kind from search_indexes where rebuild_id is not null')).toEqual([]);
  expect(await app.sql("select * from search_changes where destination = 'live'")).toEqual([]);
}

function newRun() {
  return { kind: 'posts' as const, run: createIdMaker(app.clock).next() };
}

function deliver(payload: ReturnType<typeof newRun>): Promise<void> {
  return app.asSystem((ctx) =>
    rebuildSearch.run(ctx, payload, { key: rebuildSearch.key(payload), slice: 0, position: undefined }),
  );
}

it('under constant writing loses and doubles nothing, and search goes on answering', async () => {
  const victims = Object.keys(await stored());
  await setTaskFault(app, { delayMs: 20 });
  const rebuilt = new AbortController();
  let round = 0;
  async function write(): Promise<void> {
    while (!rebuilt.signal.aborted) {
      round += 1;
      const [edited, deleted] = [victims[round * 7], victims[round * 7 + 1]];
      await Promise.all([
        writePost(app, author, { careerId, text: `새 글 ${round}` }),
        app.request('PATCH', `/v1/posts/${edited}`, {
          token: author.token,
          body: { text: `고친 글 ${round}` },
        }),
        app.request('DELETE', `/v1/posts/${deleted}`, { token: author.token }),
      ]);
      const { status, body } = await app.request(
        'GET',
        `/v1/search/posts?q=${encodeURIComponent('오래된 글')}`,
        { token: author.token },
      );
      expect([status, body.items.length]).toEqual([200, 20]);
      if (round % 2 === 0) await syncSearchNow(app);
    }
  }
  const writing = write();
  await app.asSystem((ctx) => runRebuild(ctx, 'posts')).finally(() => rebuilt.abort());
  await writing;
  expect(round).toBeGreaterThan(1);
  await setTaskFault(app, undefined);
  await expectWhole();
});

describe('cut off', () => {
  const places: [string, object][] = [
    ['before the new index is made', { match: '/indexes/', when: 'before' }],
    ['after its settings were sent', { match: '/settings', when: 'after' }],
    ['in the middle of filling', { match: '/documents', when: 'after' }],
    ['before the swap', { match: '/swap-indexes', when: 'before' }],
    ['after the swap, which nobody heard of', { match: '/swap-indexes', when: 'after' }],
  ];

  it.each(places)('%s, it goes on and ends well', async (_place, where) => {
    const id = await writePost(app, author, { careerId, text: '첫 글' });
    await app.fault('search', { mode: 'drop', count: 1, ...where });
    const payload = newRun();
    await expect(deliver(payload)).rejects.toThrow();
    // Noted for the index that is being built as well.
    await app.request('PATCH', `/v1/posts/${id}`, { token: author.token, body: { text: '고친 첫 글' } });
    app.clock.advance(60_000);
    await deliver(payload);
    await expectWhole();
    expect((await indexed())[id]).toBe('고친 첫 글');
  });

  it('by a worker that died, the next waits until its lease is over', async () => {
    const payload = newRun();
    await app.fault('search', { mode: 'drop', count: 1, match: '/documents' });
    await expect(deliver(payload)).rejects.toThrow();
    // It died without giving its lease back.
    const until = toSqlTime(new Date(app.clock.now().getTime() + 40_000));
    await app.sql(
      "update search_indexes set lease_token = 'dead', lease_until = ? where kind = 'posts'",
      until,
    );
    await expect(deliver(payload)).rejects.toThrow(JobBusy);
    app.clock.advance(41_000);
    await deliver(payload);
    await expectWhole();
  });

  it('after its end, it does nothing again', async () => {
    const payload = newRun();
    await deliver(payload);
    const { total } = await engine('/tasks?limit=1');
    await deliver(payload);
    expect((await engine('/tasks?limit=1')).total).toBe(total);
    await expectWhole();
  });
});

it('delivered three times at once is done once', async () => {
  const payload = newRun();
  const results = await Promise.allSettled([deliver(payload), deliver(payload), deliver(payload)]);
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  expect(reasons.every((reason) => reason instanceof JobBusy)).toBe(true);
  expect(reasons.length).toBeLessThan(3);
  app.clock.advance(60_000);
  await deliver(payload);
  await expectWhole();
});

it('that is taken over by a later one ends quietly', async () => {
  const first = newRun();
  await app.fault('search', { mode: 'drop', count: 1, match: '/documents', when: 'after' });
  await expect(deliver(first)).rejects.toThrow();
  app.clock.advance(60_000);
  await deliver(newRun());
  await deliver(first);
  await expectWhole();
});

it('whose tasks the engine refuses does not go live', async () => {
  const before = await indexed();
  await setTaskFault(app, { failures: 4 });
  const payload = newRun();
  await expect(deliver(payload)).rejects.toThrow('failed');
  await setTaskFault(app, undefined);
  expect(await indexed()).toEqual(before);
  app.clock.advance(60_000);
  await deliver(newRun());
  await expectWhole();
});

describe('is started', () => {
  it('by the schedule when an index was built by another definition', async () => {
    await app.sql("update search_indexes set fingerprint = 'of yesterday' where kind = 'tags'");
    await app.passTime(6);
    const [row] = await app.sql<{ fingerprint: string }>(
      "select fingerprint from search_indexes where kind = 'tags'",
    );
    expect(row?.fingerprint).toMatch(/^[\w-]{43}$/);
    await expectWhole();
  });

  it('by a command, which needs the queue alone', async () => {
    const builtAt = async () =>
      (await app.sql("select built_at from search_indexes where kind = 'schools'"))[0];
    const before = await builtAt();
    app.clock.advance(60_000);
    await askForRebuild(app.env as Record<string, string>, ['schools']);
    await app.queue.deliver();
    expect(await builtAt()).not.toEqual(before);
    await expect(askForRebuild({})).rejects.toThrow('QSTASH_URL');
  });

  it('by staff, who see how the indexes stand', async () => {
    const staff = await startStaff(app);
    await staff.add('writer@loopus.kr', 'writer');
    await staff.add('reader@loopus.kr', 'reader');
    const overview = await staff.request('reader@loopus.kr', 'GET', '/v1/staff/search');
    expect(overview.body.isEngineReachable).toBe(true);
    expect(overview.body.indexes.map(({ kind, isCurrent }: AnyJson) => [kind, isCurrent])).toEqual(
      ['people', 'posts', 'tags', 'schools', 'companies'].map((kind) => [kind, true]),
    );
    const posts = overview.body.indexes[1];
    expect(posts).toMatchObject({
      documents: Object.keys(await stored()).length,
      waitingChanges: 0,
      rebuildStartedAt: null,
    });
    app.clock.advance(60_000);
    const path = '/v1/staff/search/rebuild';
    const refused = await staff.request('reader@loopus.kr', 'POST', path, { body: { kinds: ['posts'] } });
    expect(refused.status).toBe(403);
    const asked = await staff.request('writer@loopus.kr', 'POST', path, { body: { kinds: ['posts'] } });
    expect(asked.status).toBe(204);
    await app.queue.deliver();
    const after = await staff.request('reader@loopus.kr', 'GET', '/v1/staff/search');
    expect(after.body.indexes[1].builtAt > posts.builtAt).toBe(true);
    expect(after.body.indexes[0].builtAt).toBe(overview.body.indexes[0].builtAt);
    expect(await app.sql("select target_id from audit_log where action = 'search.rebuild_asked'")).toEqual([
      { target_id: 'posts' },
    ]);
    await app.fault('search', { mode: 'drop' });
    const away = await staff.request('reader@loopus.kr', 'GET', '/v1/staff/search');
    expect([away.body.isEngineReachable, away.body.indexes[1].documents]).toEqual([false, null]);
    await staff.close();
  });
});
