import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { careerPurgeSteps } from '../careers/index.ts';
import { postExportSteps, postPurgeSteps } from './retention.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

async function put(who: TestPerson, path: string): Promise<void> {
  const answer = await app.request('PUT', path, { token: who.token });
  expect(answer.status).toBe(204);
}

async function see(who: TestPerson, postIds: string[]): Promise<void> {
  const answer = await app.request('POST', '/v1/posts/seen', { token: who.token, body: { postIds } });
  expect(answer.status).toBe(204);
}

/** A group of a manager and members, oldest member first. */
async function makeGroup(manager: TestPerson, members: TestPerson[]): Promise<string> {
  const careerId = await makeCareer(app, manager, { kind: 'group', name: '모임' });
  for (const member of members) {
    app.clock.advance(1000);
    await put(manager, `/v1/users/${member.userId}/follow`);
    await app.request('POST', `/v1/careers/${careerId}/invitations`, {
      token: manager.token,
      body: { userIds: [member.userId] },
    });
    await put(member, `/v1/me/career-invitations/${careerId}`);
  }
  return careerId;
}

/** As the job does it: each step until nothing is left. */
async function purge(person: TestPerson): Promise<void> {
  await app.sql(`update users set left_at = '2026-10-01' where id = ?`, person.userId);
  await app.asSystem(async (ctx) => {
    for (const step of [...postPurgeSteps, ...careerPurgeSteps]) {
      while ((await step.run(ctx, person.userId)) > 0);
    }
  });
}

/** Rows that still name the person, by table. */
async function tracesOf({ userId }: TestPerson): Promise<string[]> {
  const columns = await app.sql<{ table: string; column: string }>(
    `select table_name as \`table\`, column_name as \`column\` from information_schema.columns
     where table_schema = database() and table_name in ('posts', 'post_views', 'careers', 'career_members', 'career_follows')
       and column_name in ('author_id', 'viewer_id', 'owner_id', 'user_id')`,
  );
  const found = await Promise.all(
    columns.map(async ({ table, column }) =>
      (await app.sql(`select 1 from ${table} where ${column} = ?`, userId)).length > 0
        ? [`${table}.${column}`]
        : [],
    ),
  );
  return found.flat();
}

describe('a person who is purged', () => {
  it('leaves no post, view or career, and the counts of the others are right', async () => {
    const [gone, jiwoo, sora] = (await Promise.all([1, 2, 3].map(() => signUpPerson(app)))) as [
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    const own = await makeCareer(app, gone);
    const group = await makeGroup(jiwoo, [gone, sora]);
    const links = ['https://example.com/'];
    const ownPosts = [
      await writePost(app, gone, { careerId: own, links }),
      await writePost(app, gone, { careerId: own }),
    ];
    const kept = await writePost(app, jiwoo, { careerId: group });
    await writePost(app, gone, { careerId: group });
    await app.request('DELETE', `/v1/posts/${ownPosts[1]}`, { token: gone.token });
    await put(sora, `/v1/careers/${own}/follow`);
    await see(gone, [kept]);
    await see(sora, [kept, ownPosts[0]!]);
    expect((await tracesOf(gone)).toSorted()).toEqual([
      'career_members.user_id',
      'careers.owner_id',
      'post_views.author_id',
      'post_views.viewer_id',
      'posts.author_id',
    ]);

    await purge(gone);
    await purge(gone);
    expect(await tracesOf(gone)).toEqual([]);
    expect(await app.sql('select 1 from post_links where post_id = ?', ownPosts[0])).toEqual([]);
    expect(await app.sql('select 1 from career_follows where career_id = ?', own)).toEqual([]);
    const career = await app.request('GET', `/v1/careers/${group}`, { token: sora.token });
    expect(career.body).toMatchObject({ postCount: 1, owner: { id: jiwoo.userId } });
    const post = await app.request('GET', `/v1/posts/${kept}`, { token: sora.token });
    expect(post.body.viewCount).toBe(1);
  });

  it('hands on a group although its heir has used the same idempotency key for a career', async () => {
    const [gone, heir] = (await Promise.all([1, 2].map(() => signUpPerson(app)))) as [TestPerson, TestPerson];
    const make = async ({ token }: TestPerson, name: string) => {
      const headers = { 'idempotency-key': 'first-career' };
      const made = await app.request('POST', '/v1/careers', {
        token,
        headers,
        body: { name, kind: 'group' },
      });
      return made.body.id as string;
    };
    const own = await make(heir, '내 모임');
    const group = await make(gone, '모임');
    await put(gone, `/v1/users/${heir.userId}/follow`);
    await app.request('POST', `/v1/careers/${group}/invitations`, {
      token: gone.token,
      body: { userIds: [heir.userId] },
    });
    await put(heir, `/v1/me/career-invitations/${group}`);

    await purge(gone);
    expect(await tracesOf(gone)).toEqual([]);
    const inherited = await app.request('GET', `/v1/careers/${group}`, { token: heir.token });
    expect(inherited.body.myRole).toBe('owner');
    expect(await make(heir, '내 모임')).toBe(own);
  });

  it('hands a group to its longest member, or takes it and what others wrote in it along', async () => {
    const [gone, first, second, past] = (await Promise.all([1, 2, 3, 4].map(() => signUpPerson(app)))) as [
      TestPerson,
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    const shared = await makeGroup(gone, [first, second]);
    const deserted = await makeGroup(gone, [past]);
    const oldPost = await writePost(app, past, { careerId: deserted });
    const path = `/v1/careers/${deserted}/members/${past.userId}`;
    await app.request('DELETE', path, { token: past.token });

    await purge(gone);
    const handedOver = await app.request('GET', `/v1/careers/${shared}`, { token: second.token });
    expect(handedOver.body).toMatchObject({ owner: { id: first.userId }, myRole: 'member' });
    expect(handedOver.body.members).toHaveLength(2);
    expect((await app.request('GET', `/v1/careers/${shared}`, { token: first.token })).body.myRole).toBe(
      'owner',
    );
    expect((await app.request('GET', `/v1/posts/${oldPost}`, { token: past.token })).status).toBe(404);
    expect((await app.request('GET', `/v1/careers/${deserted}`, { token: past.token })).status).toBe(404);
    expect(await tracesOf(gone)).toEqual([]);
  });
});

describe('an export', () => {
  it('holds every post I saw and on which day, in chunks that neither repeat nor skip', async () => {
    const [viewer, author, other] = (await Promise.all([1, 2, 3].map(() => signUpPerson(app)))) as [
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    const careerId = await makeCareer(app, author);
    const postId = await writePost(app, author, { careerId });
    await see(viewer, [postId]);
    await see(other, [postId]);
    const [{ day } = { day: '' }] = await app.sql<{ day: string }>(
      `select date_format(day, '%Y-%m-%d') as day from post_views where viewer_id = ?`,
      viewer.userId,
    );
    // More of one post than a chunk holds, so that a chunk ends between two days of the same post.
    const rows = Array.from(
      { length: 1500 },
      (_, index) =>
        `(${index < 2 ? index + 1 : 7}, ${viewer.userId}, date '2020-01-01' + interval ${index} day, ${author.userId})`,
    );
    await app.sql(`insert into post_views (post_id, viewer_id, day, author_id) values ${rows.join(', ')}`);
    const step = postExportSteps.find(({ name }) => name === 'seenPosts');
    const chunks: object[][] = [];
    await app.asSystem(async (ctx) => {
      let after: string | undefined;
      do {
        const { rows: found, next } = await step!.read(ctx, viewer.userId, after);
        chunks.push(found);
        after = next;
      } while (after !== undefined);
    });
    expect(chunks.map(({ length }) => length)).toEqual([1000, 501]);
    const seen = chunks.flat();
    expect(new Set(seen.map((row) => JSON.stringify(row))).size).toBe(1501);
    expect(seen).toContainEqual({ postId, day });
    expect(seen[0]).toEqual({ postId: '1', day: '2020-01-01' });
  });
});
