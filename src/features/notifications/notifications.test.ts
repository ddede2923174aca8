/** Who is told of what: each deed against each relation, grouping, what hides later, and what it costs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { block, countOf, leave } from '../../../test/harness/society.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { rankChanged } from '../ranking/index.ts';
import { notify } from './notify.ts';
import { excerptOf, sectionOf } from './view.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

async function act(who: TestPerson, method: string, path: string, body?: object): Promise<AnyJson> {
  const answer = await app.request(method, path, { token: who.token, body });
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

async function listOf(who: TestPerson, query = ''): Promise<AnyJson[]> {
  return (await act(who, 'GET', `/v1/notifications${query}`)).items;
}

async function unreadOf(who: TestPerson): Promise<number> {
  return (await act(who, 'GET', '/v1/notifications/unread')).count;
}

type Stage = { told: TestPerson; actor: TestPerson };
type Deed = {
  kind: string;
  /** What must be there before; answers what `act` needs. */
  prepare(stage: Stage): Promise<string>;
  act(stage: Stage, thing: string): Promise<unknown>;
};

async function postOf(author: TestPerson): Promise<string> {
  return writePost(app, author, { careerId: await makeCareer(app, author) });
}

async function commentOf(author: TestPerson, postId: string): Promise<string> {
  return (await act(author, 'POST', `/v1/posts/${postId}/comments`, { text: '잘 봤어요' })).id;
}

async function groupOf(manager: TestPerson, ...members: TestPerson[]): Promise<string> {
  const careerId = await makeCareer(app, manager, { kind: 'group' });
  for (const member of members) {
    await act(manager, 'PUT', `/v1/users/${member.userId}/follow`);
    await act(manager, 'POST', `/v1/careers/${careerId}/invitations`, { userIds: [member.userId] });
    await act(member, 'PUT', `/v1/me/career-invitations/${careerId}`);
  }
  return careerId;
}

const deeds: Deed[] = [
  {
    kind: 'follow',
    prepare: async ({ told }) => told.userId,
    act: ({ actor }, id) => act(actor, 'PUT', `/v1/users/${id}/follow`),
  },
  {
    kind: 'career_invitation',
    async prepare({ told, actor }) {
      await act(actor, 'PUT', `/v1/users/${told.userId}/follow`);
      return makeCareer(app, actor, { kind: 'group' });
    },
    act: ({ told, actor }, id) =>
      act(actor, 'POST', `/v1/careers/${id}/invitations`, { userIds: [told.userId] }),
  },
  {
    kind: 'post_like',
    prepare: ({ told }) => postOf(told),
    act: ({ actor }, id) => act(actor, 'PUT', `/v1/posts/${id}/like`),
  },
  {
    kind: 'comment_like',
    prepare: async ({ told }) => commentOf(told, await postOf(await signUpPerson(app))),
    act: ({ actor }, id) => act(actor, 'PUT', `/v1/comments/${id}/like`),
  },
  {
    kind: 'comment',
    prepare: ({ told }) => postOf(told),
    act: ({ actor }, id) => commentOf(actor, id),
  },
  {
    kind: 'reply',
    prepare: async ({ told }) => commentOf(told, await postOf(await signUpPerson(app))),
    act: ({ actor }, id) => act(actor, 'POST', `/v1/comments/${id}/replies`, { text: '저도요' }),
  },
  {
    kind: 'mention',
    async prepare({ told }) {
      const third = await signUpPerson(app);
      const commentId = await commentOf(third, await postOf(third));
      await act(told, 'POST', `/v1/comments/${commentId}/replies`, { text: '궁금해요' });
      return commentId;
    },
    act: ({ told, actor }, id) =>
      act(actor, 'POST', `/v1/comments/${id}/replies`, { text: '알려 드릴게요', replyToUserId: told.userId }),
  },
  {
    kind: 'career_post',
    prepare: async ({ told, actor }) => groupOf(await signUpPerson(app), told, actor),
    act: ({ actor }, careerId) => writePost(app, actor, { careerId }),
  },
];

async function setStage(): Promise<Stage> {
  const [told, actor] = await Promise.all([signUpPerson(app), signUpPerson(app)]);
  return { told, actor };
}

async function kindsOf(who: TestPerson): Promise<string[]> {
  return (await listOf(who)).map(({ kind }) => kind);
}

describe.each(deeds.map((deed) => [deed.kind, deed] as const))('%s', (kind, deed) => {
  it('is told once, of the one who did it, however often the reaction runs', async () => {
    const stage = await setStage();
    const thing = await deed.prepare(stage);
    await act(stage.told, 'PUT', '/v1/notifications/read');
    await deed.act(stage, thing);
    const [newest, ...rest] = await listOf(stage.told);
    expect(newest).toMatchObject({
      kind,
      isUnread: true,
      section: 'today',
      person: { id: stage.actor.userId },
      othersCount: 0,
    });
    expect(rest.map((one) => one.kind)).not.toContain(kind);
    expect(await unreadOf(stage.told)).toBe(1);
    expect(app.channels.framesTo(stage.told.userId)).toContainEqual({ v: 1, type: 'notification', kind });
    expect(await kindsOf(stage.actor)).not.toContain(kind);
    await replay(stage);
    expect(await unreadOf(stage.told)).toBe(1);
    expect((await listOf(stage.told)).length).toBe(rest.length + 1);
  });

  it('hides from a person who blocked, and comes from nobody they block later', async () => {
    const stage = await setStage();
    const thing = await deed.prepare(stage);
    await deed.act(stage, thing);
    expect(await kindsOf(stage.told)).toContain(kind);
    await block(app, stage.told, stage.actor);
    expect(await kindsOf(stage.told)).not.toContain(kind);
    expect(await unreadOf(stage.told)).toBe((await listOf(stage.told)).length);
  });

  it('hides when the one who did it has left', async () => {
    const stage = await setStage();
    await deed.act(stage, await deed.prepare(stage));
    await leave(app, stage.actor);
    expect(await kindsOf(stage.told)).not.toContain(kind);
  });

  it('does not arise for one who has switched it off', async () => {
    const stage = await setStage();
    const thing = await deed.prepare(stage);
    await act(stage.told, 'PUT', `/v1/me/notification-preferences/${kind}`, { isOn: false });
    await deed.act(stage, thing);
    expect(await kindsOf(stage.told)).not.toContain(kind);
    expect(
      await countOf(
        app,
        'select count(*) as n from notifications where user_id = ? and kind = ?',
        stage.told.userId,
        kind,
      ),
    ).toBe(0);
    expect(app.channels.framesTo(stage.told.userId)).not.toContainEqual({ v: 1, type: 'notification', kind });
  });

  it('does not arise between people with a block, nor for one who left, even if the event comes late', async () => {
    for (const end of [
      block.bind(undefined, app),
      (_told: TestPerson, actor: TestPerson) => leave(app, actor),
    ]) {
      const { told, actor } = await setStage();
      await end(told, actor);
      await app.asSystem((ctx) =>
        notify(ctx, [
          {
            userId: told.userId,
            kind: kind as 'follow',
            subjectId: '7',
            actorId: actor.userId,
            orderId: '7',
            at: app.clock.now(),
          },
        ]),
      );
      expect(
        await countOf(app, 'select count(*) as n from notifications where user_id = ?', told.userId),
      ).toBe(0);
    }
  });
});

/** The same causes once more, as a reaction run again would bring them. */
async function replay({ told, actor }: Stage): Promise<void> {
  const rows = await app.sql<AnyJson>('select * from notifications where user_id = ?', told.userId);
  await app.asSystem((ctx) =>
    notify(
      ctx,
      rows.map((row) => ({
        userId: told.userId,
        kind: row.kind,
        subjectId: String(row.cause_key).split(':')[1] ?? '',
        actorId: actor.userId,
        orderId: String(row.order_id),
        at: app.clock.now(),
      })),
    ),
  );
}

describe("one's own acts", () => {
  it('tell nobody', async () => {
    const me = await signUpPerson(app);
    const careerId = await groupOf(me, await signUpPerson(app));
    const postId = await writePost(app, me, { careerId });
    await act(me, 'PUT', `/v1/posts/${postId}/like`);
    const commentId = await commentOf(me, postId);
    await act(me, 'PUT', `/v1/comments/${commentId}/like`);
    await act(me, 'POST', `/v1/comments/${commentId}/replies`, { text: '혼잣말' });
    expect(await listOf(me)).toEqual([]);
    expect(await unreadOf(me)).toBe(0);
  });

  it('show among likes of others as neither the newest nor one of them', async () => {
    const { told, actor } = await setStage();
    const postId = await postOf(told);
    await act(actor, 'PUT', `/v1/posts/${postId}/like`);
    await act(told, 'PUT', `/v1/posts/${postId}/like`);
    expect((await listOf(told))[0]).toMatchObject({ person: { id: actor.userId }, othersCount: 0 });
  });
});

describe('likes of one thing', () => {
  it('are one notification of the newest and the number of the others, unread again with each new one', async () => {
    const { told } = await setStage();
    const postId = await postOf(told);
    const likers = await Promise.all(Array.from({ length: 4 }, () => signUpPerson(app)));
    for (const liker of likers) {
      app.clock.advance(1000);
      await act(liker, 'PUT', `/v1/posts/${postId}/like`);
    }
    const [group, ...rest] = await listOf(told);
    expect(rest).toEqual([]);
    expect(group).toMatchObject({ kind: 'post_like', person: { id: likers[3]?.userId }, othersCount: 3 });
    expect(group.post.excerpt).toBe('오늘 한 일');
    await act(told, 'PUT', `/v1/notifications/${group.id}/read`);
    expect(await unreadOf(told)).toBe(0);
    app.clock.advance(1000);
    await act(await signUpPerson(app), 'PUT', `/v1/posts/${postId}/like`);
    expect(await unreadOf(told)).toBe(1);
    await act(told, 'DELETE', `/v1/notifications/${group.id}`);
    expect(await listOf(told)).toEqual([]);
    app.clock.advance(1000);
    await act(await signUpPerson(app), 'PUT', `/v1/posts/${postId}/like`);
    expect(await listOf(told)).toMatchObject([{ isUnread: true, othersCount: 5 }]);
  });

  it('name the next one when the newest takes theirs back, and go with the last', async () => {
    const { told, actor } = await setStage();
    const postId = await postOf(told);
    await act(actor, 'PUT', `/v1/posts/${postId}/like`);
    app.clock.advance(1000);
    const second = await signUpPerson(app);
    await act(second, 'PUT', `/v1/posts/${postId}/like`);
    await act(second, 'DELETE', `/v1/posts/${postId}/like`);
    expect(await listOf(told)).toMatchObject([{ person: { id: actor.userId }, othersCount: 0 }]);
    await act(actor, 'DELETE', `/v1/posts/${postId}/like`);
    expect(await listOf(told)).toEqual([]);
    expect(await unreadOf(told)).toBe(0);
  });
});

describe('a rank that rose', () => {
  it('is told with the rank, by nobody, once', async () => {
    const { told } = await setStage();
    const payload = { userId: told.userId, day: '2026-11-24', rank: 90, previousRank: 120, topPercent: 5 };
    for (let run = 0; run < 2; run += 1) {
      await app.asSystem((ctx) => inTransaction(ctx, async (tx) => tx.emit(rankChanged, payload)));
    }
    expect(await listOf(told)).toMatchObject([
      { kind: 'rank_change', person: null, rank: { rank: 90, previousRank: 120, topPercent: 5 } },
    ]);
    await act(told, 'PUT', '/v1/me/notification-preferences/rank_change', { isOn: false });
    await app.asSystem((ctx) =>
      inTransaction(ctx, async (tx) => tx.emit(rankChanged, { ...payload, day: '2026-12-01' })),
    );
    expect(await listOf(told)).toHaveLength(1);
  });
});

describe('things that are gone', () => {
  it('a deleted comment, a deleted post and a taken back follow or invitation are not shown', async () => {
    const { told, actor } = await setStage();
    const postId = await postOf(told);
    const commentId = await commentOf(actor, postId);
    await act(actor, 'PUT', `/v1/users/${told.userId}/follow`);
    const careerId = await makeCareer(app, actor, { kind: 'group' });
    await act(actor, 'POST', `/v1/careers/${careerId}/invitations`, { userIds: [told.userId] });
    await act(actor, 'PUT', `/v1/posts/${postId}/like`);
    expect((await kindsOf(told)).toSorted()).toEqual(['career_invitation', 'comment', 'follow', 'post_like']);
    await act(actor, 'DELETE', `/v1/comments/${commentId}`);
    await act(actor, 'DELETE', `/v1/users/${told.userId}/follow`);
    await act(actor, 'DELETE', `/v1/careers/${careerId}/members/${told.userId}`);
    expect(await kindsOf(told)).toEqual(['post_like']);
    await act(told, 'DELETE', `/v1/posts/${postId}`);
    expect(await kindsOf(told)).toEqual([]);
    expect(await unreadOf(told)).toBe(0);
  });
});

describe('the list', () => {
  it('pages without repeat or gap while new ones come, and costs no more than it may', async () => {
    const { told } = await setStage();
    const postId = await postOf(told);
    const actors = await Promise.all(Array.from({ length: 5 }, () => signUpPerson(app)));
    const expected: string[] = [];
    for (const actor of actors) {
      app.clock.advance(1000);
      expected.unshift(await commentOf(actor, postId));
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await app.request('GET', `/v1/notifications?limit=2${cursor && `&cursor=${cursor}`}`, {
        token: told.token,
      });
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
      expect(answer.cost.statements).toBeLessThanOrEqual(8);
      seen.push(...answer.body.items.map(({ comment }: AnyJson) => comment.id));
      cursor = answer.body.nextCursor;
      app.clock.advance(1000);
      await commentOf(actors[0] as TestPerson, postId);
    }
    expect(seen).toEqual(expected);
    const unread = await app.request('GET', '/v1/notifications/unread', { token: told.token });
    expect(unread.body.count).toBe(8);
    expect(unread.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
  });

  it("leaves others' notifications alone", async () => {
    const { told, actor } = await setStage();
    await act(actor, 'PUT', `/v1/users/${told.userId}/follow`);
    const [{ id }] = (await listOf(told)) as [AnyJson];
    await act(actor, 'PUT', `/v1/notifications/${id}/read`);
    await act(actor, 'DELETE', `/v1/notifications/${id}`);
    expect(await listOf(told)).toMatchObject([{ id, isUnread: true }]);
  });

  it('stands in sections by Korean days', () => {
    const now = new Date('2026-11-24T03:00:00Z');
    expect(sectionOf(new Date('2026-11-23T15:00:00Z'), now)).toBe('today');
    expect(sectionOf(new Date('2026-11-23T14:59:59Z'), now)).toBe('week');
    expect(sectionOf(new Date('2026-11-17T15:00:00Z'), now)).toBe('week');
    expect(sectionOf(new Date('2026-11-17T14:59:59Z'), now)).toBe('month');
    expect(sectionOf(new Date('2026-10-25T15:00:00Z'), now)).toBe('month');
    expect(sectionOf(new Date('2026-10-25T14:59:59Z'), now)).toBe('older');
  });

  it('shows beginnings cut between characters', () => {
    expect(excerptOf('짧은\n글')).toBe('짧은 글');
    expect([...excerptOf('👩‍💻'.repeat(40))]).toHaveLength(60);
  });
});

describe('preferences', () => {
  it('are on until switched off, and on again', async () => {
    const { told } = await setStage();
    const states = async () =>
      new Map<string, boolean>(
        (await act(told, 'GET', '/v1/me/notification-preferences')).items.map(
          ({ kind, isOn }: AnyJson) => [kind, isOn] as const,
        ),
      );
    expect(new Set((await states()).values())).toEqual(new Set([true]));
    await act(told, 'PUT', '/v1/me/notification-preferences/comment', { isOn: false });
    expect([...(await states())].filter(([, isOn]) => !isOn)).toEqual([['comment', false]]);
    await act(told, 'PUT', '/v1/me/notification-preferences/comment', { isOn: true });
    expect((await states()).get('comment')).toBe(true);
  });
});
