import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { reportExportSteps, reportPurgeSteps } from './retention.ts';

let app: TestApp;
let reporter: TestPerson;
let author: TestPerson;
let postId: string;

beforeAll(async () => {
  app = await startTestApp();
  reporter = await signUpPerson(app);
  author = await signUpPerson(app);
  postId = await writePost(author);
});

type Kind = 'post' | 'comment' | 'user';

function report(who: TestPerson, targetKind: Kind, targetId: string, extra: object = {}): Promise<Answer> {
  return app.request('POST', '/v1/reports', {
    token: who.token,
    body: { targetKind, targetId, reason: 'spam', ...extra },
  });
}

async function create(person: TestPerson, path: string, body: object): Promise<AnyJson> {
  const answer = await app.request('POST', path, { token: person.token, body });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function writePost(person: TestPerson): Promise<string> {
  const career = await create(person, '/v1/careers', { name: '기록', kind: 'personal' });
  return (await create(person, '/v1/posts', { careerId: career.id, text: '글' })).id;
}

let commentCount = 0;

async function writeComment(person: TestPerson, onPost: string, parentId = '0'): Promise<string> {
  commentCount += 1;
  const id = String(1000 + commentCount);
  await app.sql(
    `insert into comments (id, post_id, author_id, post_author_id, parent_id, text, day, created_at)
     select ?, id, ?, author_id, ?, '댓글', day, created_at from posts where id = ?`,
    id,
    person.userId,
    parentId,
    onPost,
  );
  return id;
}

async function block(who: TestPerson, whom: TestPerson): Promise<void> {
  const answer = await app.request('PUT', `/v1/users/${whom.userId}/block`, { token: who.token });
  expect(answer.status).toBe(204);
}

describe('a report', () => {
  it('is kept for staff: who, what, why', async () => {
    const commentId = await writeComment(author, postId);
    const replyId = await writeComment(author, postId, commentId);
    for (const [kind, id] of [
      ['post', postId],
      ['comment', commentId],
      ['comment', replyId],
      ['user', author.userId],
    ] as const) {
      const answer = await report(reporter, kind, id, { reason: 'abuse', text: ' 욕설입니다 ' });
      expect(answer.status).toBe(201);
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(8);
      expect(await app.sql('select * from reports where id = ?', answer.body.id)).toMatchObject([
        {
          reporter_id: reporter.userId,
          target_kind: kind,
          target_id: id,
          reason: 'abuse',
          text: '욕설입니다',
          state: 'open',
        },
      ]);
    }
  });

  it('is answered again while it is open, as it was; once closed a new one is filed', async () => {
    const [who, other] = [await signUpPerson(app), await signUpPerson(app)];
    const first = await report(who, 'post', postId, { text: '처음' });
    app.clock.advance(1000);
    const second = await report(who, 'post', postId, { text: '다시', reason: 'other' });
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(await app.sql('select text from reports where id = ?', first.body.id)).toEqual([{ text: '처음' }]);
    expect((await report(other, 'post', postId)).body.id).not.toBe(first.body.id);
    await app.sql(`update reports set state = 'closed', open_mark = null where id = ?`, first.body.id);
    const third = await report(who, 'post', postId);
    expect(third.body.id).not.toBe(first.body.id);
    await app.sql(`update reports set state = 'closed', open_mark = null where id = ?`, third.body.id);
    expect((await report(who, 'post', postId)).status).toBe(201);
  });

  it('is one, however often it is sent at once', async () => {
    const who = await signUpPerson(app);
    const answers = await Promise.all(Array.from({ length: 8 }, () => report(who, 'user', author.userId)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('is not for oneself or what is one’s own', async () => {
    const commentId = await writeComment(author, postId);
    for (const answer of [
      await report(author, 'user', author.userId),
      await report(author, 'post', postId),
      await report(author, 'comment', commentId),
    ])
      expect(answer.body.code).toBe('target_is_own');
  });

  it('is not for what the reporter cannot see', async () => {
    const [who, blocker, left] = [await signUpPerson(app), await signUpPerson(app), await signUpPerson(app)];
    const commentOfLeft = await writeComment(left, postId);
    const postOfBlocker = await writePost(blocker);
    const commentOnBlocker = await writeComment(author, postOfBlocker);
    const deletedPost = await writePost(author);
    const commentOnDeleted = await writeComment(author, deletedPost);
    const deletedComment = await writeComment(author, postId);
    await block(blocker, who);
    await app.sql('update users set left_at = ? where id = ?', '2026-11-24 02:00:00', left.userId);
    await app.sql('update posts set deleted_at = ? where id = ?', '2026-11-24 02:00:00', deletedPost);
    await app.sql('update comments set deleted_at = ? where id = ?', '2026-11-24 02:00:00', deletedComment);
    const hidden: [Kind, string][] = [
      ['user', left.userId],
      ['comment', commentOfLeft],
      ['user', blocker.userId],
      ['post', postOfBlocker],
      ['comment', commentOnBlocker],
      ['post', deletedPost],
      ['comment', commentOnDeleted],
      ['comment', deletedComment],
      ['post', '5'],
    ];
    for (const [kind, id] of hidden) expect((await report(who, kind, id)).status, `${kind} ${id}`).toBe(404);
    expect(await app.sql('select 1 from reports where reporter_id = ?', who.userId)).toEqual([]);
  });

  it('can still be made of somebody whom the reporter has blocked', async () => {
    const [who, whom] = [await signUpPerson(app), await signUpPerson(app)];
    await block(who, whom);
    expect((await report(who, 'user', whom.userId)).status).toBe(201);
  });

  it('takes only what the form offers', async () => {
    for (const body of [
      { reason: 'because' },
      { targetKind: 'career' },
      { targetId: 'x' },
      { text: '가'.repeat(1001) },
      { extra: 1 },
    ])
      expect((await report(reporter, 'post', postId, body)).status).toBe(400);
  });
});

describe('reports of somebody who leaves for good', () => {
  it('can be taken along, and go with them; so do those about them, but no others', async () => {
    const [who, other] = [await signUpPerson(app), await signUpPerson(app)];
    const mine = await report(who, 'post', postId, { text: '광고입니다' });
    await report(other, 'user', who.userId);
    const kept = await report(other, 'post', postId);
    const [read] = reportExportSteps;
    expect(await app.asSystem((ctx) => read!.read(ctx, who.userId, undefined))).toEqual({
      rows: [
        {
          id: mine.body.id,
          targetKind: 'post',
          targetId: postId,
          reason: 'spam',
          text: '광고입니다',
          state: 'open',
          createdAt: new Date(mine.body.createdAt),
        },
      ],
      next: undefined,
    });
    const [purge] = reportPurgeSteps;
    expect(await app.asSystem((ctx) => purge!.run(ctx, who.userId))).toBe(2);
    expect(await app.asSystem((ctx) => purge!.run(ctx, who.userId))).toBe(0);
    expect(await app.sql('select id from reports where reporter_id = ?', other.userId)).toEqual([
      { id: kept.body.id },
    ]);
  });
});
