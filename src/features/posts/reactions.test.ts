import { beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../platform/events.ts';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { careerDeleted } from '../careers/index.ts';
import { postCreated, postDeleted, postsSeen } from './events.ts';
import { postReactions } from './reactions.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

function event<P extends object>({ name }: { name: string }, payload: P): Event {
  return { id: '1', name, payload, at: app.clock.now() };
}

async function run(name: string, events: Event[]): Promise<void> {
  const reaction = postReactions.find((one) => one.name === name);
  await app.asSystem(async (ctx) => reaction!.run(ctx, events));
}

/** All that reactions of posts write. */
async function snapshot(): Promise<unknown> {
  const queries = [
    'select id, post_count from users order by id',
    'select id, post_count, last_post_at, cover_key from careers order by id',
    'select career_id, user_id, post_count, last_post_at from career_members order by career_id, user_id',
    'select id, view_count, deleted_at is null as is_alive from posts order by id',
    'select id, state from media order by id',
  ];
  return Promise.all(queries.map((query) => app.sql(query)));
}

async function spoilCounts(): Promise<void> {
  await app.sql('update users set post_count = 9');
  await app.sql(`update careers set post_count = 9, last_post_at = '2020-01-01', cover_key = 'wrong'`);
  await app.sql(`update career_members set post_count = 9, last_post_at = '2020-01-01'`);
  await app.sql('update posts set view_count = 9');
}

async function signUpAuthor(
  posts: number,
): Promise<{ author: TestPerson; careerId: string; postIds: string[] }> {
  const author = await signUpPerson(app);
  const careerId = await makeCareer(app, author);
  const postIds: string[] = [];
  for (let index = 0; index < posts; index += 1) postIds.push(await writePost(app, author, { careerId }));
  return { author, careerId, postIds };
}

describe('recounts', () => {
  it('come out the same however often and late they run, and heal what is wrong', async () => {
    await app.sql('delete from users');
    await app.sql('delete from careers');
    await app.sql('delete from posts');
    const { author, careerId, postIds } = await signUpAuthor(3);
    const viewer = await signUpPerson(app);
    await app.request('POST', '/v1/posts/seen', { token: viewer.token, body: { postIds } });
    await app.request('DELETE', `/v1/posts/${postIds[2]}`, { token: author.token });
    const right = await snapshot();
    const payloads = postIds.map((postId) => ({ postId, authorId: author.userId, careerId }));
    const written = payloads.map((payload) => event(postCreated, payload));
    const gone = [event(postDeleted, payloads[2]!)];
    const seen = [event(postsSeen, { postIds }), event(postsSeen, { postIds: postIds.slice(1) })];
    await spoilCounts();
    await app.sql('update users set post_count = 0 where id = ?', viewer.userId);
    for (const _again of [1, 2]) {
      await run('posts.recount_posts', [...gone, ...written]);
      await run('posts.recount_views', seen);
      expect(await snapshot()).toEqual(right);
    }
  });
});

describe('what many saw', () => {
  it('is counted once a post, in one statement for 500 posts', async () => {
    const { author, careerId, postIds } = await signUpAuthor(50);
    const viewers = await Promise.all(Array.from({ length: 100 }, () => signUpPerson(app)));
    const rows = viewers.flatMap(({ userId }) =>
      postIds.map((postId) => `(${postId}, ${userId}, '2026-11-24', ${author.userId})`),
    );
    await app.sql(`insert into post_views (post_id, viewer_id, day, author_id) values ${rows.join(', ')}`);
    const others = Array.from({ length: 960 }, (_, index) => String(index + 1));
    const sent: string[] = [];
    await app.asSystem(async (ctx) => {
      const { db } = ctx.deps;
      const update: typeof db.update = (table) => {
        sent.push('update');
        return db.update(table);
      };
      const watched = { ...ctx, deps: { ...ctx.deps, db: Object.assign(Object.create(db), { update }) } };
      const reaction = postReactions.find(({ name }) => name === 'posts.recount_views');
      const seen = viewers.map(() => event(postsSeen, { postIds }));
      await reaction!.run(watched, seen);
      expect(sent).toHaveLength(1);
      await reaction!.run(watched, [...seen, event(postsSeen, { postIds: others })]);
      expect(sent).toHaveLength(4);
    });
    const counted = await app.sql('select distinct view_count from posts where career_id = ?', careerId);
    expect(counted).toEqual([{ view_count: 100 }]);
  });
});

describe('the deletion of a career', () => {
  it('goes on where it was cut off, and deletes nothing twice', async () => {
    const { author, careerId } = await signUpAuthor(0);
    const [user] = await app.sql<{ school_id: number; field_id: number }>(
      'select school_id, field_id from users where id = ?',
      author.userId,
    );
    const rows = Array.from(
      { length: 450 },
      (_, index) =>
        `(${8_000_000 + index}, ${author.userId}, ${careerId}, ${user!.school_id}, ${user!.field_id}, '글', '2026-11-24', '2026-11-24')`,
    );
    await app.sql(
      `insert into posts (id, author_id, career_id, school_id, field_id, text, day, created_at) values ${rows.join(', ')}`,
    );
    const events = [event(careerDeleted, { careerId, ownerId: author.userId })];
    const alive = async () =>
      (await app.sql('select id from posts where career_id = ? and deleted_at is null', careerId)).length;
    // A post of the second chunk: its transaction fails, the first has gone through.
    await app.fault('planetscale', { mode: 'error', match: '8000250' });
    await expect(run('posts.delete_with_career', events)).rejects.toThrow();
    await app.fault('planetscale', undefined);
    expect(await alive()).toBe(250);
    app.clock.advance(60_000);
    await run('posts.delete_with_career', events);
    expect(await alive()).toBe(0);
    const times = await app.sql('select distinct deleted_at from posts where career_id = ?', careerId);
    expect(times).toHaveLength(2);
    const before = await snapshot();
    await run('posts.delete_with_career', events);
    expect(await snapshot()).toEqual(before);
    expect(await app.sql(`select 1 from outbox where name = 'post.deleted'`)).toEqual([]);
  });
});
