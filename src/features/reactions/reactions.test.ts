import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import type { TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { block, countOf, leave, signUpMany } from '../../../test/harness/society.ts';
import { reactionReactions } from './index.ts';

let app: TestApp;
let minsu: TestPerson;
let jiwoo: TestPerson;
let sora: TestPerson;
let postId: string;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
});

/** Three people who have not met before, and a post of the first. */
async function begin(): Promise<void> {
  [minsu, jiwoo, sora] = (await signUpMany(app, 3)) as [TestPerson, TestPerson, TestPerson];
  postId = await write(minsu);
}

async function write(author: TestPerson): Promise<string> {
  return writePost(app, author, { careerId: await makeCareer(app, author) });
}

function act(who: TestPerson, method: 'PUT' | 'DELETE' | 'GET', path: string): Promise<Answer> {
  return app.request(method, `/v1${path}`, { token: who.token });
}

async function comment(who: TestPerson, path = `/posts/${postId}/comments`): Promise<string> {
  const answer = await app.request('POST', `/v1${path}`, { token: who.token, body: { text: '댓글' } });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

function ids({ body }: Answer): string[] {
  return body.items.map(({ id }: AnyJson) => id);
}

type Counted = 'like_count' | 'bookmark_count' | 'comment_count';
function countOfPost(column: Counted, id = postId): Promise<number> {
  return countOf(app, `select ${column} as n from posts where id = ?`, id);
}

function countFailedReactions(): number {
  return app.logs.filter((line) => line.includes('reaction failed')).length;
}

describe('a like', () => {
  it('of a post, a comment or a reply is set and unset, each once', async () => {
    await begin();
    const commentId = await comment(jiwoo);
    const replyId = await comment(minsu, `/comments/${commentId}/replies`);
    const things = [`/posts/${postId}`, `/comments/${commentId}`, `/comments/${replyId}`];
    for (const thing of things) {
      expect((await act(sora, 'PUT', `${thing}/like`)).status).toBe(204);
      expect((await act(sora, 'PUT', `${thing}/like`)).status).toBe(204);
      expect((await act(minsu, 'PUT', `${thing}/like`)).status).toBe(204);
      expect(ids(await act(jiwoo, 'GET', `${thing}/likes`))).toEqual([minsu.userId, sora.userId]);
    }
    const card = (await act(sora, 'GET', `/posts/${postId}`)).body;
    expect(card).toMatchObject({
      likeCount: 2,
      isLiked: true,
      firstComments: [{ likeCount: 2, isLiked: true }],
    });
    const [shown] = (await act(sora, 'GET', `/posts/${postId}/comments`)).body.items;
    expect(shown).toMatchObject({
      likeCount: 2,
      isLiked: true,
      replies: { items: [{ likeCount: 2, isLiked: true }] },
    });
    expect((await act(jiwoo, 'GET', `/posts/${postId}`)).body).toMatchObject({
      likeCount: 2,
      isLiked: false,
    });

    for (const thing of things) {
      expect((await act(sora, 'DELETE', `${thing}/like`)).status).toBe(204);
      expect((await act(sora, 'DELETE', `${thing}/like`)).status).toBe(204);
      expect(ids(await act(jiwoo, 'GET', `${thing}/likes`))).toEqual([minsu.userId]);
    }
    expect((await act(sora, 'GET', `/posts/${postId}`)).body).toMatchObject({ likeCount: 1, isLiked: false });
    const [after] = (await act(sora, 'GET', `/posts/${postId}/comments`)).body.items;
    expect(after).toMatchObject({ likeCount: 1, isLiked: false, replies: { items: [{ likeCount: 1 }] } });
    expect(await app.sql('select * from outbox')).toEqual([]);
  });

  it('keeps the author and the Korean day for whom and when it counts', async () => {
    await begin();
    app.clock.set('2026-11-24T15:30:00.000Z');
    await act(sora, 'PUT', `/posts/${postId}/like`);
    await act(sora, 'PUT', `/posts/${postId}/bookmark`);
    app.clock.set('2026-11-24T03:00:00.000Z');
    const rows = await app.sql(
      `select cast(author_id as char) as author, cast(day as char) as day from likes where target_id = ?
       union all select cast(author_id as char), cast(day as char) from bookmarks where post_id = ?`,
      postId,
      postId,
    );
    const expected = { author: minsu.userId, day: '2026-11-25' };
    expect(rows).toEqual([expected, expected]);
  });

  it('tells others only when something changed', async () => {
    await begin();
    // What cannot be counted stays in the outbox.
    await app.fault('planetscale', { mode: 'error', match: 'like_count` = ' });
    for (const method of ['DELETE', 'PUT', 'PUT', 'DELETE', 'DELETE'] as const)
      expect((await act(sora, method, `/posts/${postId}/like`)).status).toBe(204);
    await app.fault('planetscale', undefined);
    const events = await app.sql('select name from outbox order by id');
    expect(events.map(({ name }) => name)).toEqual(['post.liked', 'post.unliked']);
    await app.sql('update posts set like_count = 7 where id = ?', postId);
    app.clock.advance(11_000);
    await app.tick();
    expect(await app.sql('select * from outbox')).toEqual([]);
    expect(await countOfPost('like_count')).toBe(0);
  });

  it('is not for what is gone or not to be seen; one of mine can always be taken back', async () => {
    await begin();
    const commentId = await comment(jiwoo);
    for (const path of ['/posts/123456789/like', `/posts/${commentId}/like`, '/posts/123456789/bookmark'])
      expect((await act(sora, 'PUT', path)).body.code, path).toBe('post_not_found');
    for (const path of ['/comments/123456789/like', `/comments/${postId}/like`])
      expect((await act(sora, 'PUT', path)).body.code, path).toBe('comment_not_found');
    await act(sora, 'PUT', `/posts/${postId}/like`);
    await act(sora, 'PUT', `/comments/${commentId}/like`);

    await block(app, jiwoo, sora);
    expect((await act(sora, 'PUT', `/comments/${commentId}/like`)).body.code).toBe('comment_not_found');
    expect((await act(sora, 'GET', `/comments/${commentId}/likes`)).body.code).toBe('comment_not_found');
    await block(app, minsu, sora);
    expect((await act(sora, 'PUT', `/posts/${postId}/like`)).body.code).toBe('post_not_found');
    expect((await act(sora, 'PUT', `/posts/${postId}/bookmark`)).body.code).toBe('post_not_found');
    expect((await act(sora, 'GET', `/posts/${postId}/likes`)).body.code).toBe('post_not_found');
    expect((await act(sora, 'DELETE', `/posts/${postId}/like`)).status).toBe(204);
    expect(await countOfPost('like_count')).toBe(0);

    await act(jiwoo, 'DELETE', `/comments/${commentId}`);
    expect((await act(minsu, 'PUT', `/comments/${commentId}/like`)).body.code).toBe('comment_not_found');
    const other = await comment(minsu);
    await act(minsu, 'DELETE', `/posts/${postId}`);
    expect((await act(jiwoo, 'PUT', `/posts/${postId}/like`)).body.code).toBe('post_not_found');
    expect((await act(jiwoo, 'PUT', `/comments/${other}/like`)).body.code).toBe('comment_not_found');
  });
});

describe('who likes something', () => {
  it('pages without repeating or skipping while others like and unlike, and without the hidden', async () => {
    await begin();
    const people = await signUpMany(app, 14);
    for (const person of people) await act(person, 'PUT', `/posts/${postId}/like`);
    await block(app, people[0]!, sora);
    await block(app, sora, people[5]!);
    await leave(app, people[9]!);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/posts/${postId}/likes?limit=4${cursor ? `&cursor=${cursor}` : ''}`;
      const page: Answer = await act(sora, 'GET', path);
      seen.push(...ids(page));
      cursor = page.body.nextCursor;
      if (seen.length === 4) {
        await act(jiwoo, 'PUT', `/posts/${postId}/like`);
        await act(people[13]!, 'DELETE', `/posts/${postId}/like`);
      }
    } while (cursor);
    const hidden = new Set([0, 5, 9].map((index) => people[index]!.userId));
    expect(seen).toEqual(
      people
        .map(({ userId }) => userId)
        .filter((id) => !hidden.has(id))
        .toReversed(),
    );
  });
});

describe('bookmarks and liked posts', () => {
  it('are my own lists, latest first, of posts I may still see', async () => {
    await begin();
    const posts = [postId, await write(jiwoo), await write(minsu), await write(jiwoo), await write(minsu)];
    for (const [path, kind] of [
      ['/me/bookmarks', 'bookmark'],
      ['/me/likes', 'like'],
    ] as const) {
      for (const id of posts) {
        expect((await act(sora, 'PUT', `/posts/${id}/${kind}`)).status).toBe(204);
        expect((await act(sora, 'PUT', `/posts/${id}/${kind}`)).status).toBe(204);
      }
      const first = await act(sora, 'GET', `${path}?limit=3`);
      expect(ids(first)).toEqual(posts.slice(2).toReversed());
      expect(first.body.items[0]).toMatchObject({ isBookmarked: true, isLiked: kind === 'like' });
      const second = await act(sora, 'GET', `${path}?limit=3&cursor=${first.body.nextCursor}`);
      expect(ids(second)).toEqual(posts.slice(0, 2).toReversed());
      expect(second.body.nextCursor).toBeNull();
      expect(ids(await act(minsu, 'GET', path))).toEqual([]);
      expect((await act(sora, 'GET', `/me/bookmarks?cursor=${first.body.nextCursor}`)).status).toBe(
        kind === 'bookmark' ? 200 : 400,
      );
    }
    expect(await countOfPost('bookmark_count')).toBe(1);
    await act(sora, 'DELETE', `/posts/${posts[4]}/bookmark`);
    await act(sora, 'DELETE', `/posts/${posts[4]}/bookmark`);
    await act(minsu, 'DELETE', `/posts/${posts[2]}`);
    await block(app, jiwoo, sora);
    expect(ids(await act(sora, 'GET', '/me/bookmarks?limit=1'))).toEqual([postId]);
    expect(ids(await act(sora, 'GET', '/me/likes'))).toEqual([posts[4], postId]);
    expect(await countOfPost('bookmark_count', posts[4])).toBe(0);
  });
});

describe('the cost', () => {
  it('of likes and bookmarks is at most 6 round trips and 6 statements, of their lists 3 and 8', async () => {
    await begin();
    const commentId = await comment(jiwoo);
    await act(sora, 'GET', '/me/likes');
    for (const path of [
      `/posts/${postId}/like`,
      `/comments/${commentId}/like`,
      `/posts/${postId}/bookmark`,
    ]) {
      const costs = [];
      for (const method of ['PUT', 'PUT', 'DELETE', 'DELETE', 'PUT'] as const)
        costs.push((await act(sora, method, path)).cost);
      expect(Math.max(...costs.map(({ sequentialRoundTrips }) => sequentialRoundTrips))).toBeLessThanOrEqual(
        6,
      );
      expect(Math.max(...costs.map(({ statements }) => statements))).toBeLessThanOrEqual(6);
    }
    const lists = [`/posts/${postId}/likes`, `/comments/${commentId}/likes`, '/me/likes', '/me/bookmarks'];
    for (const path of lists) {
      const { body, cost } = await act(sora, 'GET', path);
      expect(body.items, path).toHaveLength(1);
      expect(cost.sequentialRoundTrips, path).toBeLessThanOrEqual(3);
      expect(cost.statements, path).toBeLessThanOrEqual(8);
    }
  });
});

describe('a backlog of events', () => {
  it('is counted by one statement for all posts, and again the same', async () => {
    await begin();
    const posts = [postId, await write(jiwoo), await write(sora)];
    for (const id of posts) await act(sora, 'PUT', `/posts/${id}/like`);
    await act(jiwoo, 'PUT', `/posts/${postId}/like`);
    await app.sql('update posts set like_count = 9');
    const events = [...posts, ...posts, postId].map((id, index) => ({
      id: String(index + 1),
      name: 'post.liked',
      payload: { postId: id, userId: sora.userId },
      at: app.clock.now(),
    }));
    const recount = reactionReactions.find(({ name }) => name === 'reactions.recount_likes_of_posts')!;
    for (let round = 0; round < 2; round += 1) {
      const { statements } = await app.asSystem(async (ctx) => {
        await recount.run(ctx, events);
        return ctx.deps.outbound.counts();
      });
      expect(statements).toBe(1);
      expect(await Promise.all(posts.map((id) => countOfPost('like_count', id)))).toEqual([2, 1, 1]);
    }
  });
});

describe('at the same time', () => {
  it('100 people liking and unliking, bookmarking and unbookmarking one post leave counts that equal the rows', async () => {
    await begin();
    const people = await signUpMany(app, 100);
    const stays = (index: number) => index % 3 !== 0;
    await Promise.all(
      people.map(async (person, index) => {
        const last = stays(index) ? 'PUT' : 'DELETE';
        for (const kind of ['like', 'bookmark']) {
          const first = await act(person, index % 2 === 0 ? 'PUT' : 'DELETE', `/posts/${postId}/${kind}`);
          expect(first.status).toBe(204);
          expect((await act(person, last, `/posts/${postId}/${kind}`)).status).toBe(204);
        }
      }),
    );
    await app.settle();
    const expected = people.filter((_, index) => stays(index)).length;
    expect(await countOf(app, 'select count(*) as n from likes where target_id = ?', postId)).toBe(expected);
    expect(await countOfPost('like_count')).toBe(expected);
    expect(await countOfPost('bookmark_count')).toBe(expected);
    expect(await app.sql('select * from outbox')).toEqual([]);
  });

  it('likes of a comment, replies to it and comments beside it do not run into each other', async () => {
    await begin();
    const failedBefore = countFailedReactions();
    const people = await signUpMany(app, 40);
    const commentId = await comment(jiwoo);
    await Promise.all(
      people.map(async (person, index) => {
        expect((await act(person, 'PUT', `/comments/${commentId}/like`)).status).toBe(204);
        if (index % 2 === 0) await comment(person);
        await act(person, 'PUT', `/posts/${postId}/like`);
        if (index % 2 === 1) await comment(person, `/comments/${commentId}/replies`);
        if (index % 4 === 0) await act(person, 'DELETE', `/comments/${commentId}/like`);
      }),
    );
    await app.settle();
    const [row] = await app.sql('select like_count, reply_count from comments where id = ?', commentId);
    expect(row).toEqual({ like_count: 30, reply_count: 20 });
    expect(await countOfPost('comment_count')).toBe(41);
    expect(await countOfPost('like_count')).toBe(40);
    expect(await app.sql('select * from outbox')).toEqual([]);
    expect(countFailedReactions()).toBe(failedBefore);
  });
});
