import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';

const DAY_MS = 86_400_000;
/** What may still name a post that is gone: notifications end by themselves, and show no more from the deletion on. */
const MAY_STAY = new Set(['notifications', 'search_changes']);

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

async function call(who: TestPerson, method: string, path: string, body?: object): Promise<AnyJson> {
  const answer = await app.request(method, path, { token: who.token, ...(body && { body }) });
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

async function sweep(): Promise<void> {
  await app.asSystem(async (ctx) => {
    const one = ctx.deps.retention.sweeps.find(({ name }) => name === 'deleted_posts');
    while ((await one!.run(ctx)) >= 1000);
  });
}

async function uploadFile(who: TestPerson): Promise<string> {
  const answer = await app.request('POST', '/v1/media/files?name=a.txt', {
    token: who.token,
    rawBody: 'file',
    headers: { 'content-type': 'text/plain', 'content-length': '4' },
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

/** A post with everything that can hang on one; answers the ids that name it. */
async function writeRichPost(author: TestPerson, careerId: string, reader: TestPerson): Promise<string[]> {
  const mediaId = await uploadFile(author);
  const links = ['https://example.com/'];
  const id = await writePost(app, author, { careerId, links, files: [{ mediaId }], tags: ['하나', '둘'] });
  await call(reader, 'PUT', `/v1/posts/${id}/like`);
  await call(reader, 'PUT', `/v1/posts/${id}/bookmark`);
  await call(reader, 'POST', '/v1/posts/seen', { postIds: [id] });
  const comment = await call(reader, 'POST', `/v1/posts/${id}/comments`, { text: '댓글' });
  const reply = await call(author, 'POST', `/v1/comments/${comment.id}/replies`, { text: '답글' });
  for (const liked of [comment.id, reply.id]) await call(reader, 'PUT', `/v1/comments/${liked}/like`);
  return [id, comment.id, reply.id];
}

/** Tables that hold one of the ids. */
async function tablesWith(ids: readonly string[]): Promise<string[]> {
  const tables = await app.sql<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  );
  const found: string[] = [];
  for (const { name } of tables) {
    if (MAY_STAY.has(name)) continue;
    const rows = await app.sql(`select * from \`${name}\``);
    const words = new Set(rows.flatMap((row) => Object.values(row).map(String)));
    if (ids.some((id) => words.has(id))) found.push(name);
  }
  return found.toSorted();
}

describe('a deleted post', () => {
  it('is kept for 30 days and then goes with all that hangs on it, also when it is cut off half way', async () => {
    const [author, reader] = (await Promise.all([1, 2].map(() => signUpPerson(app)))) as [
      TestPerson,
      TestPerson,
    ];
    const careerId = await makeCareer(app, author);
    const gone = await writeRichPost(author, careerId, reader);
    const kept = await writeRichPost(author, careerId, reader);
    const everywhere = [
      'bookmarks',
      'comments',
      'likes',
      'post_links',
      'post_media',
      'post_tags',
      'post_views',
      'posts',
    ];
    await call(author, 'DELETE', `/v1/posts/${gone[0]}`);
    // As when the reaction that takes its files out of reach had failed for good.
    await app.sql(`update media set state = 'claimed'`);
    app.clock.advance(30 * DAY_MS - 1000);
    await sweep();
    expect(await tablesWith(gone)).toEqual(everywhere);

    app.clock.advance(2000);
    await app.fault('planetscale', { mode: 'error', match: 'delete from `bookmarks`', count: 1 });
    await expect(sweep()).rejects.toThrow();
    expect(await tablesWith(gone)).toContain('posts');
    await sweep();
    expect(await tablesWith(gone)).toEqual([]);
    expect(await tablesWith(kept)).toEqual(everywhere);
    const states = await app.sql('select state, count(*) as n from media group by state order by state');
    expect(states.map(({ state, n }) => [state, Number(n)])).toEqual([
      ['claimed', 1],
      ['released', 1],
    ]);
    const post = await call(reader, 'GET', `/v1/posts/${kept[0]}`);
    expect(post).toMatchObject({ likeCount: 1, commentCount: 2, bookmarkCount: 1, viewCount: 1 });
    expect((await call(reader, 'GET', '/v1/tags/하나')).postCount).toBe(1);
    const told = await call(author, 'GET', '/v1/notifications');
    expect(JSON.stringify(told)).toContain(kept[0]);
    for (const id of gone) expect(JSON.stringify(told)).not.toContain(id);
  });

  it('goes in chunks, however much hangs on it and however many there are', async () => {
    const author = await signUpPerson(app);
    const careerId = await makeCareer(app, author);
    const values = (count: number, row: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => row(index)).join(', ');
    await app.sql(
      `insert into posts (id, author_id, career_id, school_id, field_id, text, day, created_at, deleted_at) values ${values(
        250,
        (index) =>
          `(${9000 + index}, ${author.userId}, ${careerId}, 1, 1, '글', '2026-11-24', '2026-11-24', '2026-11-24')`,
      )}`,
    );
    await app.sql(
      `insert into post_views (post_id, viewer_id, day, author_id) values ${values(2300, (index) => `(9000, ${index + 1}, '2026-11-24', ${author.userId})`)}`,
    );
    await app.sql(
      `insert into comments (id, post_id, author_id, post_author_id, parent_id, text, day, created_at) values ${values(
        1200,
        (index) => `(${100_000 + index}, 9001, 1, ${author.userId}, 0, '말', '2026-11-24', '2026-11-24')`,
      )}`,
    );
    await app.sql(
      `insert into likes (target_kind, target_id, user_id, id, author_id, day) values ${values(
        2400,
        (index) => `(2, ${100_000 + (index % 1200)}, ${index + 1}, ${index + 1}, 1, '2026-11-24')`,
      )}`,
    );
    app.clock.advance(31 * DAY_MS);
    const chunks: number[] = [];
    await app.asSystem(async (ctx) => {
      const one = ctx.deps.retention.sweeps.find(({ name }) => name === 'deleted_posts');
      do chunks.push(await one!.run(ctx));
      while (chunks.at(-1)! >= 1000);
    });
    expect(chunks.reduce((sum, rows) => sum + rows, 0)).toBe(250 + 2300 + 1200 + 2400);
    expect(Math.max(...chunks)).toBeLessThan(4000);
    for (const table of ['post_views', 'comments', 'likes'])
      expect(await app.sql(`select 1 from ${table} where author_id in (1, ?)`, author.userId), table).toEqual(
        [],
      );
    expect(await app.sql('select 1 from posts where career_id = ?', careerId)).toEqual([]);
  });
});
