import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import type { TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { block, countOf, leave, signUpMany } from '../../../test/harness/society.ts';

let app: TestApp;
let minsu: TestPerson;
let jiwoo: TestPerson;
let sora: TestPerson;
let postId: string;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
  [minsu, jiwoo, sora] = (await signUpMany(app, 3)) as [TestPerson, TestPerson, TestPerson];
});

/** Three people who have not met before, and a post of the first. */
async function begin(): Promise<void> {
  [minsu, jiwoo, sora] = (await signUpMany(app, 3)) as [TestPerson, TestPerson, TestPerson];
  postId = await writePost(app, minsu, { careerId: await makeCareer(app, minsu) });
}

function comment(who: TestPerson, text: string, headers: Record<string, string> = {}): Promise<Answer> {
  return app.request('POST', `/v1/posts/${postId}/comments`, { token: who.token, body: { text }, headers });
}

function reply(
  who: TestPerson,
  commentId: string,
  body: { text: string; replyToUserId?: string },
  headers: Record<string, string> = {},
): Promise<Answer> {
  return app.request('POST', `/v1/comments/${commentId}/replies`, { token: who.token, body, headers });
}

function remove(who: TestPerson, commentId: string): Promise<Answer> {
  return app.request('DELETE', `/v1/comments/${commentId}`, { token: who.token });
}

function list(who: TestPerson, query = ''): Promise<Answer> {
  return app.request('GET', `/v1/posts/${postId}/comments${query}`, { token: who.token });
}

function listReplies(who: TestPerson, commentId: string, query = ''): Promise<Answer> {
  return app.request('GET', `/v1/comments/${commentId}/replies${query}`, { token: who.token });
}

function texts(answer: Answer): (string | null)[] {
  return answer.body.items.map(({ text }: AnyJson) => text);
}

async function counts(commentId?: string): Promise<{ comments: number; replies?: number }> {
  const commentCount = await countOf(app, 'select comment_count as n from posts where id = ?', postId);
  if (commentId === undefined) return { comments: commentCount };
  const replies = await countOf(app, 'select reply_count as n from comments where id = ?', commentId);
  return { comments: commentCount, replies };
}

describe('a conversation', () => {
  it('reads as it went, with first replies that name whom they answer, and counts', async () => {
    await begin();
    const first = await comment(jiwoo, '수고했어요!\n다음은 언제예요?');
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      postId,
      isStub: false,
      author: { id: jiwoo.userId, relation: 'self' },
      text: '수고했어요!\n다음은 언제예요?',
      isMine: true,
      replies: { items: [], nextCursor: null },
    });
    await comment(sora, '멋지다');
    const answered = await reply(minsu, first.body.id, { text: '다음 주요' });
    expect(answered.body).toMatchObject({
      commentId: first.body.id,
      replyTo: { id: jiwoo.userId, name: jiwoo.name },
      author: { id: minsu.userId },
    });
    await reply(jiwoo, first.body.id, { text: '기대할게요', replyToUserId: minsu.userId });
    await reply(sora, first.body.id, { text: '저도요', replyToUserId: jiwoo.userId });

    const page = await list(sora);
    expect(texts(page)).toEqual(['수고했어요!\n다음은 언제예요?', '멋지다']);
    expect(page.body.nextCursor).toBeNull();
    const [shown] = page.body.items;
    expect(shown).toMatchObject({ replyCount: 3, isMine: false, author: { relation: 'none' } });
    expect(shown.replies.items).toMatchObject([
      { text: '다음 주요', replyTo: { id: jiwoo.userId } },
      { text: '기대할게요', replyTo: { id: minsu.userId } },
    ]);
    const rest = await listReplies(sora, first.body.id, `?cursor=${shown.replies.nextCursor}`);
    expect(rest.body).toMatchObject({
      items: [{ text: '저도요', isMine: true, replyTo: { id: jiwoo.userId } }],
      nextCursor: null,
    });
    expect(await counts(first.body.id)).toEqual({ comments: 5, replies: 3 });
    const card = await app.request('GET', `/v1/posts/${postId}`, { token: sora.token });
    expect(card.body).toMatchObject({
      commentCount: 5,
      firstComments: [{ replyCount: 3 }, { replyCount: 0 }],
    });
  });

  it('refuses empty and long text, and takes 1,000 emoji', async () => {
    await begin();
    const made = await comment(jiwoo, '😀'.repeat(1000));
    expect(made.status).toBe(201);
    expect((await list(sora)).body.items[0].text).toBe('😀'.repeat(1000));
    for (const text of ['', '   ', '😀'.repeat(1001), 'a\u202eb']) {
      expect((await comment(jiwoo, text)).body.code, JSON.stringify(text)).toBe('invalid_input');
      expect((await reply(jiwoo, made.body.id, { text })).body.code).toBe('invalid_input');
    }
  });

  it('has two levels, and a reply answers only somebody who spoke there', async () => {
    await begin();
    const made = await comment(jiwoo, '댓글');
    const answer = await reply(minsu, made.body.id, { text: '답글' });
    expect((await reply(sora, answer.body.id, { text: '답글의 답글' })).body.code).toBe('comment_is_reply');
    expect((await listReplies(sora, answer.body.id)).body.code).toBe('comment_not_found');
    const toStranger = { text: '불러 볼까', replyToUserId: sora.userId };
    expect((await reply(minsu, made.body.id, toStranger)).body.code).toBe('reply_target_not_found');
    expect((await reply(minsu, '123456789', { text: '없는 댓글' })).body.code).toBe('comment_not_found');
    const toMyself = await reply(minsu, made.body.id, { text: '덧붙이면', replyToUserId: minsu.userId });
    expect(toMyself.body.replyTo).toEqual({ id: minsu.userId, name: minsu.name });
    await remove(minsu, answer.body.id);
    await remove(minsu, toMyself.body.id);
    const toSilent = { text: '어디 갔어요', replyToUserId: minsu.userId };
    expect((await reply(sora, made.body.id, toSilent)).body.code).toBe('reply_target_not_found');
  });

  it('is not there for posts that are gone or not to be seen', async () => {
    await begin();
    const made = await comment(jiwoo, '댓글');
    await block(app, minsu, sora);
    expect((await comment(sora, '몰래')).body.code).toBe('post_not_found');
    expect((await list(sora)).body.code).toBe('post_not_found');
    expect((await reply(sora, made.body.id, { text: '몰래' })).body.code).toBe('comment_not_found');
    expect((await listReplies(sora, made.body.id)).body.code).toBe('comment_not_found');
    await app.request('DELETE', `/v1/posts/${postId}`, { token: minsu.token });
    expect((await comment(jiwoo, '늦은 댓글')).body.code).toBe('post_not_found');
    expect((await reply(jiwoo, made.body.id, { text: '늦은 답글' })).body.code).toBe('comment_not_found');
    expect((await remove(jiwoo, made.body.id)).status).toBe(204);
  });
});

describe('the same Idempotency-Key', () => {
  const key = (name: string) => ({ 'idempotency-key': name });

  it('answers with what it made, and refuses other content', async () => {
    await begin();
    const made = await comment(jiwoo, '한 번만', key('c1'));
    const again = await comment(jiwoo, '한 번만', key('c1'));
    expect(again.status).toBe(201);
    expect(again.body).toEqual(made.body);
    expect((await comment(jiwoo, '다른 말', key('c1'))).body.code).toBe('idempotency_key_reused');
    const answer = await reply(minsu, made.body.id, { text: '답' }, key('r1'));
    expect((await reply(minsu, made.body.id, { text: '답' }, key('r1'))).body).toEqual(answer.body);
    expect((await reply(minsu, made.body.id, { text: '딴 답' }, key('r1'))).body.code).toBe(
      'idempotency_key_reused',
    );
    expect((await comment(minsu, '답', key('r1'))).body.code).toBe('idempotency_key_reused');
    expect(await counts(made.body.id)).toEqual({ comments: 2, replies: 1 });
  });

  it('neither answers nor writes anew what has been deleted meanwhile, answered or not', async () => {
    await begin();
    const [alone, answered] = [
      await comment(jiwoo, '혼자', key('d1')),
      await comment(jiwoo, '답 받은 말', key('d2')),
    ];
    const answer = await reply(minsu, answered.body.id, { text: '답' }, key('d3'));
    await reply(jiwoo, answered.body.id, { text: '남는 답' });
    await remove(minsu, answer.body.id);
    expect((await reply(minsu, answered.body.id, { text: '답' }, key('d3'))).body.code).toBe(
      'comment_not_found',
    );
    for (const { body } of [alone, answered]) await remove(jiwoo, body.id);
    expect((await comment(jiwoo, '혼자', key('d1'))).body.code).toBe('comment_not_found');
    expect((await comment(jiwoo, '답 받은 말', key('d2'))).body.code).toBe('comment_not_found');
    expect(await counts()).toEqual({ comments: 1 });
  });

  it('makes one comment of ten at once', async () => {
    await begin();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => comment(jiwoo, '동시에', key('c-at-once'))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await counts()).toEqual({ comments: 1 });
  });
});

describe('deleting', () => {
  it('removes a comment without replies, and leaves a stub of one with replies until they are gone too', async () => {
    await begin();
    const alone = await comment(jiwoo, '혼자');
    const answered = await comment(jiwoo, '답이 달린');
    const answer = await reply(sora, answered.body.id, { text: '답' });
    expect((await remove(jiwoo, alone.body.id)).status).toBe(204);
    expect((await remove(jiwoo, answered.body.id)).status).toBe(204);
    expect((await remove(jiwoo, answered.body.id)).status).toBe(204);

    const page = await list(minsu);
    expect(page.body.items).toMatchObject([
      {
        id: answered.body.id,
        isStub: true,
        author: null,
        text: null,
        likeCount: 0,
        replyCount: 1,
        replies: { items: [{ id: answer.body.id, replyTo: { id: jiwoo.userId } }] },
      },
    ]);
    expect(JSON.stringify(page.body)).not.toContain('답이 달린');
    expect(await counts(answered.body.id)).toEqual({ comments: 1, replies: 1 });
    expect((await reply(minsu, answered.body.id, { text: '더' })).body.code).toBe('comment_not_found');
    expect(texts(await listReplies(minsu, answered.body.id))).toEqual(['답']);

    await remove(sora, answer.body.id);
    expect((await list(minsu)).body.items).toEqual([]);
    expect((await listReplies(minsu, answered.body.id)).body.code).toBe('comment_not_found');
    expect(await counts(answered.body.id)).toEqual({ comments: 0, replies: 0 });
  });

  it('is for its author alone', async () => {
    await begin();
    const made = await comment(jiwoo, '내 것');
    expect((await remove(sora, made.body.id)).body.code).toBe('forbidden');
    expect((await remove(minsu, made.body.id)).body.code).toBe('forbidden');
    expect((await remove(sora, '123456789')).body.code).toBe('comment_not_found');
    await block(app, jiwoo, sora);
    expect((await remove(sora, made.body.id)).body.code).toBe('comment_not_found');
    expect(texts(await list(minsu))).toEqual(['내 것']);
  });
});

describe('people who are not to be seen', () => {
  it.each([
    ['I blocked', () => block(app, sora, jiwoo)],
    ['blocked me', () => block(app, jiwoo, sora)],
    ['left', () => leave(app, jiwoo)],
  ])(
    'who %s: comments become stubs over the replies of others, and they are named nowhere',
    async (_, end) => {
      await begin();
      const alone = await comment(jiwoo, '혼자 쓴 댓글');
      const answered = await comment(jiwoo, '답이 달린 댓글');
      const other = await comment(minsu, '글쓴이의 댓글');
      await reply(minsu, answered.body.id, { text: '글쓴이의 답' });
      await reply(jiwoo, other.body.id, { text: '숨을 답글' });
      await reply(sora, other.body.id, { text: '내 답글', replyToUserId: jiwoo.userId });
      await end();

      const page = await list(sora);
      expect(page.body.items).toMatchObject([
        { id: answered.body.id, isStub: true, replies: { items: [{ text: '글쓴이의 답', replyTo: null }] } },
        { id: other.body.id, isStub: false, replies: { items: [{ text: '내 답글', replyTo: null }] } },
      ]);
      expect(JSON.stringify(page.body)).not.toContain(jiwoo.userId);
      expect(JSON.stringify(page.body)).not.toContain(jiwoo.name);
      expect(texts(await listReplies(sora, other.body.id))).toEqual(['내 답글']);
      expect((await listReplies(sora, alone.body.id)).body.code).toBe('comment_not_found');
      expect((await reply(sora, answered.body.id, { text: '더' })).body.code).toBe('comment_not_found');
      const toHidden = { text: '거기 있어요?', replyToUserId: jiwoo.userId };
      expect((await reply(sora, other.body.id, toHidden)).body.code).toBe('reply_target_not_found');
    },
  );
});

describe('pages', () => {
  it('of comments and replies repeat and skip nothing while others write and delete', async () => {
    await begin();
    const written: string[] = [];
    for (let n = 0; n < 23; n += 1) written.push((await comment(jiwoo, `댓글 ${n}`)).body.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await list(sora, cursor ? `?cursor=${cursor}` : '');
      expect(page.body.items.length).toBeLessThanOrEqual(10);
      seen.push(...page.body.items.map(({ id }: AnyJson) => id));
      cursor = page.body.nextCursor;
      if (written.length === 23) written.push((await comment(minsu, '끝에 온 댓글')).body.id);
      if (seen.length === 10) await remove(jiwoo, seen[0]!);
    } while (cursor);
    expect(seen).toEqual(written);

    const [, threadId] = seen as [string, string];
    const replies: string[] = [];
    for (let n = 0; n < 12; n += 1) replies.push((await reply(sora, threadId, { text: `${n}` })).body.id);
    const first = await listReplies(minsu, threadId);
    const second = await listReplies(minsu, threadId, `?cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...second.body.items].map(({ id }: AnyJson) => id)).toEqual(replies);
    expect(second.body.nextCursor).toBeNull();
  });

  it('take no cursor of another list', async () => {
    await begin();
    await comment(jiwoo, '하나');
    const made = await comment(jiwoo, '둘');
    const { nextCursor } = (await list(sora, '?limit=1')).body;
    expect((await listReplies(sora, made.body.id, `?cursor=${nextCursor}`)).body.code).toBe('invalid_cursor');
    postId = await writePost(app, minsu, { careerId: await makeCareer(app, minsu) });
    expect((await list(sora, `?cursor=${nextCursor}`)).body.code).toBe('invalid_cursor');
  });
});

describe('the cost', () => {
  it('stays within the budgets', async () => {
    await begin();
    await list(jiwoo);
    await list(minsu);
    const made = await comment(jiwoo, '댓글', { 'idempotency-key': 'cost' });
    const answer = await reply(minsu, made.body.id, { text: '답', replyToUserId: jiwoo.userId });
    const costs = {
      write: [made, answer, await comment(jiwoo, '댓글', { 'idempotency-key': 'cost' })],
      read: [await list(minsu), await listReplies(minsu, made.body.id)],
      delete: [await remove(minsu, answer.body.id)],
    };
    const within = (answers: Answer[], trips: number, statements: number) => {
      for (const { cost, status } of answers) {
        expect(status).toBeLessThan(300);
        expect(cost.sequentialRoundTrips).toBeLessThanOrEqual(trips);
        expect(cost.statements).toBeLessThanOrEqual(statements);
      }
    };
    within(costs.write, 8, 10);
    within(costs.read, 3, 8);
    within(costs.delete, 8, 10);
  });
});

describe('at the same time', () => {
  it('100 people writing, answering and deleting leave counts that equal the rows', async () => {
    await begin();
    const people = await signUpMany(app, 100);
    const thread = (await comment(minsu, '여기에 답해 주세요')).body.id;
    await Promise.all(
      people.map(async (person, index) => {
        const made = await comment(person, `댓글 ${index}`);
        const answer = await reply(person, thread, { text: `답 ${index}` });
        expect([made.status, answer.status]).toEqual([201, 201]);
        if (index % 3 === 0) expect((await remove(person, made.body.id)).status).toBe(204);
        if (index % 2 === 0) expect((await remove(person, answer.body.id)).status).toBe(204);
      }),
    );
    await app.settle();
    expect(await counts(thread)).toEqual({ comments: 1 + 100 - 34 + 50, replies: 50 });
    expect(await app.sql('select * from outbox')).toEqual([]);
  });
});
