/** What counts as activity, however people try. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { createRandom } from '../../../test/harness/ranking.ts';
import { startStaff, type TestStaff } from '../../../test/harness/staff.ts';
import { addDays, koreanDay } from '../../platform/korea-time.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { createIdMaker } from '../../platform/ids.ts';
import { accountLeft, accountRestored } from '../account/index.ts';
import type { ActivityDay } from './mark-activity.ts';
import { recountMarked } from './recount-activity.ts';
import { START_WEIGHTS } from './weights.ts';

let app: TestApp;
let staff: TestStaff;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  staff = await startStaff(app);
  await staff.add('writer@loopus.local', 'writer');
});

function today(): string {
  return koreanDay(app.clock.now());
}

/** Counts all that is marked, as a run does before anything else. */
async function recount(): Promise<void> {
  await app.settle();
  await app.asSystem(async (ctx) => {
    let after: ActivityDay | undefined;
    do after = (await recountMarked(ctx, START_WEIGHTS, after)).next;
    while (after);
  });
  expect(await app.sql('select * from activity_marks')).toEqual([]);
}

type Counts = { posts: number; likes: number; comments: number; bookmarks: number; views: number };
const NOTHING: Counts = { posts: 0, likes: 0, comments: 0, bookmarks: 0, views: 0 };

async function activityOf({ userId }: TestPerson, day = today()): Promise<Counts> {
  await recount();
  const rows = await app.sql<Counts>(
    'select posts, likes, comments, bookmarks, views from activity_days where user_id = ? and day = ?',
    userId,
    day,
  );
  return rows[0] ?? NOTHING;
}

async function act(who: TestPerson, method: string, path: string, body?: object): Promise<{ id: string }> {
  const answer = await app.request(method, path, { token: who.token, body });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

async function post(who: TestPerson): Promise<string> {
  return writePost(app, who, { careerId: await makeCareer(app, who) });
}

async function give(giver: TestPerson, postId: string): Promise<void> {
  await act(giver, 'PUT', `/v1/posts/${postId}/like`);
  await act(giver, 'PUT', `/v1/posts/${postId}/bookmark`);
  await act(giver, 'POST', `/v1/posts/${postId}/comments`, { text: '멋져요' });
  await act(giver, 'POST', '/v1/posts/seen', { postIds: [postId] });
}

const ONE_OF_EACH = { likes: 1, comments: 1, bookmarks: 1, views: 1 };

describe('activity', () => {
  it('is what one writes and what others give, on the day they give it', async () => {
    const [author, giver] = [await signUpPerson(app), await signUpPerson(app)];
    const postId = await post(author);
    const first = today();
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1 });
    app.clock.advance(86_400_000);
    await give(giver, postId);
    expect(await activityOf(author)).toEqual({ posts: 0, ...ONE_OF_EACH });
    expect(await activityOf(author, first)).toEqual({ ...NOTHING, posts: 1 });
    expect(await activityOf(giver)).toEqual(NOTHING);
  });

  it('counts likes of comments for who wrote them, as long as comment and post are there', async () => {
    const [author, writer, giver] = [
      await signUpPerson(app),
      await signUpPerson(app),
      await signUpPerson(app),
    ];
    const postId = await post(author);
    const comment = await act(writer, 'POST', `/v1/posts/${postId}/comments`, { text: '좋네요' });
    await act(giver, 'PUT', `/v1/comments/${comment.id}/like`);
    expect(await activityOf(writer)).toEqual({ ...NOTHING, likes: 1 });
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1, comments: 1 });
    await act(writer, 'DELETE', `/v1/comments/${comment.id}`);
    expect(await activityOf(writer)).toEqual(NOTHING);
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1 });
    const again = await act(writer, 'POST', `/v1/posts/${postId}/comments`, { text: '좋네요' });
    await act(giver, 'PUT', `/v1/comments/${again.id}/like`);
    expect(await activityOf(writer)).toEqual({ ...NOTHING, likes: 1 });
    await act(author, 'DELETE', `/v1/posts/${postId}`);
    expect(await activityOf(writer)).toEqual(NOTHING);
  });

  it('goes when it is taken back, also days later', async () => {
    const [author, giver] = [await signUpPerson(app), await signUpPerson(app)];
    const postId = await post(author);
    await give(giver, postId);
    const day = today();
    expect(await activityOf(author)).toEqual({ posts: 1, ...ONE_OF_EACH });
    app.clock.advance(3 * 86_400_000);
    await act(giver, 'DELETE', `/v1/posts/${postId}/like`);
    await act(giver, 'DELETE', `/v1/posts/${postId}/bookmark`);
    expect(await activityOf(author, day)).toEqual({ ...NOTHING, posts: 1, comments: 1, views: 1 });
    await act(author, 'DELETE', `/v1/posts/${postId}`);
    expect(await activityOf(author, day)).toEqual(NOTHING);
    expect(await app.sql('select * from activity_days where user_id = ?', author.userId)).toEqual([]);
  });

  it('between two people counts only while there is no block, whoever set it', async () => {
    const [author, giver] = [await signUpPerson(app), await signUpPerson(app)];
    await give(giver, await post(author));
    for (const [blocker, blocked] of [
      [author, giver],
      [giver, author],
    ] as const) {
      await act(blocker, 'PUT', `/v1/users/${blocked.userId}/block`);
      expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1 });
      await act(blocker, 'DELETE', `/v1/users/${blocked.userId}/block`);
      expect(await activityOf(author)).toEqual({ posts: 1, ...ONE_OF_EACH });
    }
  });

  it('of somebody who left does not count for others, and does again when they come back', async () => {
    const [author, giver] = [await signUpPerson(app), await signUpPerson(app)];
    await give(giver, await post(author));
    expect(await activityOf(author)).toEqual({ posts: 1, ...ONE_OF_EACH });
    await app.sql('update users set left_at = created_at where id = ?', giver.userId);
    await app.asSystem((ctx) =>
      inTransaction(ctx, async (tx) => tx.emit(accountLeft, { userId: giver.userId })),
    );
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1 });
    await app.sql('update users set left_at = null where id = ?', giver.userId);
    await app.asSystem((ctx) =>
      inTransaction(ctx, async (tx) => tx.emit(accountRestored, { userId: giver.userId })),
    );
    expect(await activityOf(author)).toEqual({ posts: 1, ...ONE_OF_EACH });
  });

  it('comes out right when people act while it is counted', async () => {
    const author = await signUpPerson(app);
    const postId = await post(author);
    const givers = await Promise.all(Array.from({ length: 20 }, () => signUpPerson(app)));
    await Promise.all([
      ...givers.map((giver) =>
        app.request('PUT', `/v1/posts/${postId}/like`, { token: giver.token, settle: false }),
      ),
      ...Array.from({ length: 6 }, () => app.asSystem((ctx) => recountMarked(ctx, START_WEIGHTS, undefined))),
    ]);
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1, likes: 20 });
  });
});

const ids = createIdMaker({ now: () => new Date(app.clock.now()) });

/** Rows as the routes would write them, many at once. */
async function insertPosts(author: TestPerson, count: number): Promise<string[]> {
  const postIds = Array.from({ length: count }, () => ids.next());
  const rows = postIds.map((id) => `(${id}, ${author.userId}, 1, 1, 1, '글', '${today()}', now())`);
  await app.sql(
    `insert into posts (id, author_id, career_id, school_id, field_id, text, day, created_at) values ${rows.join(', ')}`,
  );
  return postIds;
}

async function insertLikes(giver: TestPerson, author: TestPerson, postIds: readonly string[]): Promise<void> {
  const rows = postIds.map(
    (id) => `(1, ${id}, ${giver.userId}, ${ids.next()}, ${author.userId}, '${today()}')`,
  );
  await app.sql(
    `insert into likes (target_kind, target_id, user_id, id, author_id, day) values ${rows.join(', ')}`,
  );
}

async function mark(who: TestPerson): Promise<void> {
  await app.sql('insert ignore into activity_marks values (?, ?)', who.userId, today());
}

describe('attacks', () => {
  const { post: perPost, like, comment, bookmark, view } = START_WEIGHTS;

  it('500 posts in a day score like the first three', async () => {
    const author = await signUpPerson(app);
    await insertPosts(author, 500);
    await mark(author);
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: perPost.dailyCap });
  });

  it('one account that likes everything of a friend is one giver', async () => {
    const [author, friend] = [await signUpPerson(app), await signUpPerson(app)];
    await insertLikes(friend, author, await insertPosts(author, 60));
    await mark(author);
    expect((await activityOf(author)).likes).toBe(like.dailyCap);
  });

  it('a ring of 20 that gives each other all it can stays within 19 givers’ caps', async () => {
    const ring = await Promise.all(Array.from({ length: 20 }, () => signUpPerson(app)));
    for (const author of ring) {
      const postIds = await insertPosts(author, 5);
      for (const giver of ring.filter((one) => one !== author)) await insertLikes(giver, author, postIds);
      await mark(author);
    }
    for (const author of ring) {
      expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 3, likes: 19 * like.dailyCap });
    }
    // What one giver can bring at most a day, in points: not even what two posts do.
    const most =
      like.dailyCap * like.points +
      comment.dailyCap * comment.points +
      bookmark.dailyCap * bookmark.points +
      (view.dailyCap * view.points) / view.per;
    expect(most).toBeLessThan(2 * perPost.points);
  });

  it('liking and unliking beyond the cap, day after day, leaves what stands', async () => {
    const [author, giver] = [await signUpPerson(app), await signUpPerson(app)];
    const postIds = await insertPosts(author, 4);
    for (let round = 0; round < 3; round += 1) {
      for (const id of postIds) {
        await act(giver, 'PUT', `/v1/posts/${id}/like`);
        if (round < 2) await act(giver, 'DELETE', `/v1/posts/${id}/like`);
      }
    }
    expect((await activityOf(author)).likes).toBe(like.dailyCap);
    for (const id of postIds.slice(1)) await act(giver, 'DELETE', `/v1/posts/${id}/like`);
    expect((await activityOf(author)).likes).toBe(1);
  });

  it('what one gives oneself does not count', async () => {
    const author = await signUpPerson(app);
    const postId = await post(author);
    await act(author, 'PUT', `/v1/posts/${postId}/like`);
    await act(author, 'PUT', `/v1/posts/${postId}/bookmark`);
    await act(author, 'POST', `/v1/posts/${postId}/comments`, { text: '내 글' });
    await app.request('POST', '/v1/posts/seen', { token: author.token, body: { postIds: [postId] } });
    expect(await activityOf(author)).toEqual({ ...NOTHING, posts: 1 });
  });
});

describe('a rebuild by staff', () => {
  function rebuild(from: string, to: string) {
    return staff.request('writer@loopus.local', 'POST', '/v1/staff/ranking/rebuild', { body: { from, to } });
  }

  it('comes to the same, whatever stood there before', async () => {
    await recount();
    const read = () => app.sql('select * from activity_days order by user_id, day');
    const right = await read();
    expect(right.length).toBeGreaterThan(20);
    const random = createRandom(3);
    for (const row of right.filter(() => random(3) === 0)) {
      await app.sql('delete from activity_days where user_id = ? and day = ?', row['user_id'], row['day']);
    }
    await app.sql('update activity_days set likes = likes + 5 where user_id % 2 = 0');
    await app.sql('insert into activity_days values (1, ?, 9, 9, 9, 9, 9)', today());
    const answer = await rebuild(addDays(today(), -10), today());
    expect(answer.status).toBe(202);
    await app.settle();
    await app.queue.set({ duplicate: 1 });
    await app.queue.deliver();
    await app.queue.set({ duplicate: 0 });
    expect(await read()).toEqual(right);
    expect(
      await app.sql(`select action, target_id from audit_log where action = 'ranking.rebuild_asked'`),
    ).toEqual([{ action: 'ranking.rebuild_asked', target_id: `${addDays(today(), -10)}..${today()}` }]);
  });

  it('is refused for days that nothing is kept of', async () => {
    for (const [from, to] of [
      [addDays(today(), -35), today()],
      [today(), addDays(today(), 1)],
      [today(), addDays(today(), -1)],
    ] as const) {
      expect((await rebuild(from, to)).body.code).toBe('days_not_kept');
    }
  });
});
