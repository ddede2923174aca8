import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, toSqlTime, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';

let app: TestApp;
let imageCount = 0;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
});

type Call = { body?: unknown; headers?: Record<string, string> };

function call(person: TestPerson, method: string, path: string, options: Call = {}): Promise<Answer> {
  return app.request(method, path, { token: person.token, ...options });
}

async function signUpMany<N extends number>(count: N): Promise<TestPerson[] & { length: N }> {
  const people = await Promise.all(Array.from({ length: count }, () => signUpPerson(app)));
  return people as TestPerson[] & { length: N };
}

async function listOf(viewer: TestPerson, owner: TestPerson): Promise<{ id: string; name: string }[]> {
  const answer = await call(viewer, 'GET', `/v1/users/${owner.userId}/careers`);
  expect(answer.status).toBe(200);
  return answer.body.items;
}

async function follow(who: TestPerson, whom: TestPerson): Promise<void> {
  expect((await call(who, 'PUT', `/v1/users/${whom.userId}/follow`)).status).toBe(204);
}

async function block(who: TestPerson, whom: TestPerson): Promise<void> {
  expect((await call(who, 'PUT', `/v1/users/${whom.userId}/block`)).status).toBe(204);
}

async function leave(person: TestPerson): Promise<void> {
  await app.sql('update users set left_at = ? where id = ?', '2026-11-24 02:00:00', person.userId);
}

/** A group with its manager and members who have accepted. */
async function makeGroup(manager: TestPerson, members: TestPerson[]): Promise<string> {
  const careerId = await makeCareer(app, manager, { name: '해커톤 팀', kind: 'group' });
  for (const member of members) await follow(manager, member);
  const userIds = members.map(({ userId }) => userId);
  if (userIds.length > 0)
    await call(manager, 'POST', `/v1/careers/${careerId}/invitations`, { body: { userIds } });
  for (const member of members) {
    expect((await call(member, 'PUT', `/v1/me/career-invitations/${careerId}`)).status).toBe(204);
  }
  return careerId;
}

/** A picture that waits to be claimed, as an upload leaves it. */
async function addImage(owner: TestPerson, key: string): Promise<string> {
  imageCount += 1;
  const id = String(6_000_000 + imageCount);
  await app.sql(
    `insert into media (id, owner_id, kind, object_key, content_type, size, width, height, state, created_at)
     values (?, ?, 'image', ?, 'image/webp', 1000, 640, 480, 'pending', ?)`,
    id,
    owner.userId,
    key,
    toSqlTime(app.clock.now()),
  );
  return id;
}

async function newestOf(careerId: string, author: TestPerson): Promise<string> {
  const [row] = await app.sql<{ id: string }>(
    'select max(id) as id from posts where career_id = ? and author_id = ?',
    careerId,
    author.userId,
  );
  return row!.id;
}

describe('a personal career', () => {
  it('is made, renamed and deleted by its owner alone', async () => {
    const [minsu, jiwoo] = await signUpMany(2);
    const made = await call(minsu!, 'POST', '/v1/careers', {
      body: { name: '  알고리즘 스터디 ', kind: 'personal' },
    });
    expect(made.body).toMatchObject({
      name: '알고리즘 스터디',
      kind: 'personal',
      postCount: 0,
      coverUrl: null,
      lastPostAt: null,
      myRole: 'owner',
      members: [],
      owner: { id: minsu!.userId, relation: 'self' },
    });
    const path = `/v1/careers/${made.body.id}`;
    expect((await call(jiwoo!, 'PATCH', path, { body: { name: '내 것' } })).body.code).toBe('forbidden');
    expect((await call(jiwoo!, 'DELETE', path)).body.code).toBe('forbidden');
    expect((await call(minsu!, 'PATCH', path, { body: { name: '코딩 테스트' } })).status).toBe(204);
    expect((await call(jiwoo!, 'GET', path)).body).toMatchObject({ name: '코딩 테스트', myRole: 'none' });
    expect((await call(minsu!, 'DELETE', path)).status).toBe(204);
    for (const person of [minsu!, jiwoo!]) {
      expect((await call(person, 'GET', path)).body.code).toBe('career_not_found');
      expect((await call(person, 'PATCH', path, { body: { name: '없음' } })).body.code).toBe(
        'career_not_found',
      );
    }
    expect(await listOf(minsu!, minsu!)).toEqual([]);
  });

  it.each([
    ['an empty name', ' '],
    ['21 characters', '가'.repeat(21)],
    ['markup', '<b>커리어</b>'],
    ['a control character', '커리\u0007어'],
    ['a line break', '커리\n어'],
    ['a character that turns the writing direction', '커리\u202e어'],
  ])('takes no name with %s', async (_what, name) => {
    const minsu = await signUpPerson(app);
    const answer = await call(minsu, 'POST', '/v1/careers', { body: { name, kind: 'personal' } });
    expect(answer.body.code).toBe('invalid_input');
  });

  it('counts a name in characters, not in bytes or halves', async () => {
    const minsu = await signUpPerson(app);
    const name = '😀'.repeat(20);
    const made = await call(minsu, 'POST', '/v1/careers', { body: { name, kind: 'personal' } });
    expect(made.body.name).toBe(name);
  });

  it('is made once however often the request is sent', async () => {
    const minsu = await signUpPerson(app);
    const headers = { 'idempotency-key': 'career-1' };
    const body = { name: '동아리', kind: 'personal' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => call(minsu, 'POST', '/v1/careers', { body, headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await listOf(minsu, minsu)).toHaveLength(1);
    const other = await call(minsu, 'POST', '/v1/careers', { body: { ...body, name: '다른 것' }, headers });
    expect(other.body.code).toBe('idempotency_key_reused');
    const path = `/v1/careers/${answers[0]!.body.id}`;
    expect((await call(minsu, 'PATCH', path, { body: { name: '새 이름' } })).status).toBe(204);
    const renamed = await call(minsu, 'POST', '/v1/careers', { body, headers });
    expect([renamed.status, renamed.body.name]).toEqual([201, '새 이름']);
    expect((await call(minsu, 'DELETE', path)).status).toBe(204);
    const deleted = await call(minsu, 'POST', '/v1/careers', { body, headers });
    expect([deleted.status, deleted.body.code]).toEqual([404, 'career_not_found']);
    expect(await app.sql('select 1 from careers where owner_id = ?', minsu.userId)).toHaveLength(1);
  });

  it('is made by many people at the same moment, none in the way of another', async () => {
    const people = await Promise.all(Array.from({ length: 40 }, () => signUpPerson(app)));
    const answers = await Promise.all(
      people.map(({ token }) =>
        app.request('POST', '/v1/careers', { token, body: { name: '동시에', kind: 'personal' } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(people.map(() => 201));
  });

  it('is one of 100 at most', async () => {
    const minsu = await signUpPerson(app);
    await app.sql(
      `insert into career_members (career_id, user_id, state, position, created_at)
       select id + 900000, ?, 'active', id, '2026-11-01' from schools order by id limit 99`,
      minsu.userId,
    );
    await makeCareer(app, minsu);
    const answer = await call(minsu, 'POST', '/v1/careers', { body: { name: '하나 더', kind: 'personal' } });
    expect(answer.body.code).toBe('limit_reached');
    const [row] = await app.sql<{ n: string }>(
      'select count(*) as n from careers where owner_id = ?',
      minsu.userId,
    );
    expect(row!.n).toBe('1');
  });
});

describe("a person's careers", () => {
  it('stand in their own order, with the share of their posts', async () => {
    const [minsu, viewer] = await signUpMany(2);
    const [a, b, c] = [
      await makeCareer(app, minsu!),
      await makeCareer(app, minsu!),
      await makeCareer(app, minsu!),
    ];
    for (const careerId of [a, a, b]) await writePost(app, minsu!, { careerId });
    expect(await listOf(viewer!, minsu!)).toMatchObject([
      { id: a, sharePercent: 67, ownPostCount: 2, isManager: true },
      { id: b, sharePercent: 33, ownPostCount: 1 },
      { id: c, sharePercent: 0, ownPostCount: 0, lastPostAt: null },
    ]);
    const put = await call(minsu!, 'PUT', '/v1/me/careers/order', { body: { careerIds: [c, a, b] } });
    expect(put.status).toBe(204);
    expect((await listOf(viewer!, minsu!)).map(({ id }) => id)).toEqual([c, a, b]);
    for (const careerIds of [
      [a, b],
      [a, b, c, c],
      [a, b, '77'],
    ]) {
      const answer = await call(minsu!, 'PUT', '/v1/me/careers/order', { body: { careerIds } });
      expect(answer.body.code).toBe('conflict');
    }
    const d = await makeCareer(app, minsu!);
    expect((await listOf(viewer!, minsu!)).map(({ id }) => id)).toEqual([c, a, b, d]);
  });

  it('are not there for those who cannot see the person', async () => {
    const [minsu, blocked, viewer] = await signUpMany(3);
    const careerId = await makeCareer(app, minsu!);
    await block(minsu!, blocked!);
    for (const path of [`/v1/users/${minsu!.userId}/careers`, `/v1/careers/${careerId}`]) {
      expect((await call(blocked!, 'GET', path)).status).toBe(404);
      expect((await call(viewer!, 'GET', path)).status).toBe(200);
    }
    await leave(minsu!);
    for (const path of [`/v1/users/${minsu!.userId}/careers`, `/v1/careers/${careerId}`]) {
      expect((await call(viewer!, 'GET', path)).status).toBe(404);
    }
  });
});

describe('a group career', () => {
  it('is joined by invitation and left again; posts stay', async () => {
    const [manager, jiwoo, haneul] = await signUpMany(3);
    const careerId = await makeCareer(app, manager!, { name: '해커톤 팀', kind: 'group' });
    await follow(manager!, jiwoo!);
    await follow(manager!, haneul!);
    const invited = await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
      body: { userIds: [jiwoo!.userId, haneul!.userId] },
    });
    expect(invited.body.invitedUserIds.toSorted()).toEqual([jiwoo!.userId, haneul!.userId].toSorted());

    const invitations = await call(jiwoo!, 'GET', '/v1/me/career-invitations');
    expect(invitations.body).toMatchObject({
      items: [{ career: { id: careerId, name: '해커톤 팀' }, manager: { id: manager!.userId } }],
      nextCursor: null,
    });
    expect((await call(jiwoo!, 'GET', `/v1/careers/${careerId}`)).body.myRole).toBe('invited');
    const early = await call(jiwoo!, 'POST', '/v1/posts', { body: { careerId, text: '아직' } });
    expect(early.body.code).toBe('career_not_yours');

    for (const _again of [1, 2]) {
      expect((await call(jiwoo!, 'PUT', `/v1/me/career-invitations/${careerId}`)).status).toBe(204);
      expect((await call(haneul!, 'DELETE', `/v1/me/career-invitations/${careerId}`)).status).toBe(204);
    }
    expect((await call(haneul!, 'PUT', `/v1/me/career-invitations/${careerId}`)).body.code).toBe('not_found');
    const postId = await writePost(app, jiwoo!, { careerId });
    const page = await call(haneul!, 'GET', `/v1/careers/${careerId}`);
    expect(page.body).toMatchObject({ postCount: 1, myRole: 'none' });
    expect(page.body.members.map(({ id }: { id: string }) => id)).toEqual([manager!.userId, jiwoo!.userId]);
    expect(await listOf(haneul!, jiwoo!)).toMatchObject([
      { id: careerId, isManager: false, sharePercent: 100 },
    ]);

    expect((await call(jiwoo!, 'DELETE', `/v1/careers/${careerId}/members/${jiwoo!.userId}`)).status).toBe(
      204,
    );
    expect(await listOf(haneul!, jiwoo!)).toEqual([]);
    expect((await call(haneul!, 'GET', `/v1/posts/${postId}`)).status).toBe(200);
    const late = await call(jiwoo!, 'POST', '/v1/posts', { body: { careerId, text: '늦게' } });
    expect(late.body.code).toBe('career_not_yours');
  });

  it('takes only students its manager follows and sees, once each', async () => {
    const [manager, stranger, gone, blocker, friend, company] = await signUpMany(6);
    const careerId = await makeCareer(app, manager!, { kind: 'group' });
    for (const person of [gone, blocker, friend, company]) await follow(manager!, person!);
    await leave(gone!);
    await block(blocker!, manager!);
    await app.sql(`update users set kind = 'company' where id = ?`, company!.userId);
    const userIds = [stranger, gone, blocker, friend, company].map((person) => person!.userId);
    for (const _again of [1, 2]) {
      const answer = await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
        body: { userIds },
      });
      expect(answer.body.invitedUserIds).toEqual([friend!.userId]);
    }
    await call(friend!, 'PUT', `/v1/me/career-invitations/${careerId}`);
    const answer = await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, { body: { userIds } });
    expect(answer.body.invitedUserIds).toEqual([]);
    const byMember = await call(friend!, 'POST', `/v1/careers/${careerId}/invitations`, {
      body: { userIds },
    });
    expect(byMember.body.code).toBe('forbidden');
    const personal = await makeCareer(app, manager!);
    const none = await call(manager!, 'POST', `/v1/careers/${personal}/invitations`, { body: { userIds } });
    expect(none.body.code).toBe('career_not_group');
    const many = { userIds: Array.from({ length: 21 }, (_, index) => String(index + 1)) };
    const tooMany = await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, { body: many });
    expect(tooMany.body.code).toBe('invalid_input');
  });

  it('holds 50 people at most, also when two invitations come at once', async () => {
    const people = await signUpMany(4);
    const [manager, ...friends] = people;
    const careerId = await makeCareer(app, manager!, { kind: 'group' });
    for (const friend of friends) await follow(manager!, friend);
    await app.sql(
      `insert into career_members (career_id, user_id, state, created_at)
       select ?, id + 800000, 'active', '2026-11-01' from schools order by id limit 47`,
      careerId,
    );
    const answers = await Promise.all(
      [friends.slice(0, 1), friends.slice(1)].map((some) =>
        call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
          body: { userIds: some.map(({ userId }) => userId) },
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(1);
    const [row] = await app.sql<{ n: string }>(
      'select count(*) as n from career_members where career_id = ?',
      careerId,
    );
    expect(Number(row!.n)).toBeLessThanOrEqual(50);
  });

  it('loses members by its manager, never the manager', async () => {
    const [manager, jiwoo, haneul] = await signUpMany(3);
    const careerId = await makeGroup(manager!, [jiwoo!, haneul!]);
    const member = (person: TestPerson) => `/v1/careers/${careerId}/members/${person.userId}`;
    expect((await call(jiwoo!, 'DELETE', member(haneul!))).body.code).toBe('forbidden');
    expect((await call(jiwoo!, 'DELETE', member(manager!))).body.code).toBe('forbidden');
    expect((await call(manager!, 'DELETE', member(manager!))).body.code).toBe('career_manager_stays');
    for (const _again of [1, 2]) expect((await call(manager!, 'DELETE', member(haneul!))).status).toBe(204);
    expect((await call(haneul!, 'GET', `/v1/careers/${careerId}`)).body.myRole).toBe('none');
    expect((await call(jiwoo!, 'DELETE', `/v1/careers/${careerId}`)).body.code).toBe('forbidden');
    expect(
      (await call(jiwoo!, 'PATCH', `/v1/careers/${careerId}`, { body: { name: '우리' } })).body.code,
    ).toBe('forbidden');
  });

  it('takes its posts along when it is deleted', async () => {
    const [manager, jiwoo, viewer] = await signUpMany(3);
    const careerId = await makeGroup(manager!, [jiwoo!]);
    const postIds = [
      await writePost(app, manager!, { careerId }),
      await writePost(app, jiwoo!, { careerId }),
    ];
    await call(viewer!, 'PUT', `/v1/careers/${careerId}/follow`);
    expect((await call(manager!, 'DELETE', `/v1/careers/${careerId}`)).status).toBe(204);
    for (const postId of postIds) {
      expect((await call(viewer!, 'GET', `/v1/posts/${postId}`)).body.code).toBe('post_not_found');
    }
    expect(await listOf(viewer!, jiwoo!)).toEqual([]);
    const [row] = await app.sql<{ count: number }>(
      'select post_count as count from users where id = ?',
      jiwoo!.userId,
    );
    expect(row!.count).toBe(0);
    expect(await app.sql('select 1 from career_follows where career_id = ?', careerId)).toEqual([]);
    const late = await call(jiwoo!, 'POST', '/v1/posts', { body: { careerId, text: '늦게' } });
    expect(late.body.code).toBe('career_not_found');
  });

  it('shows nobody whom the viewer cannot see', async () => {
    const [manager, jiwoo, viewer] = await signUpMany(3);
    const careerId = await makeGroup(manager!, [jiwoo!]);
    await block(viewer!, manager!);
    const page = await call(viewer!, 'GET', `/v1/careers/${careerId}`);
    expect(page.body).toMatchObject({ owner: null, members: [{ id: jiwoo!.userId }] });
    await block(jiwoo!, viewer!);
    expect((await call(viewer!, 'GET', `/v1/careers/${careerId}`)).status).toBe(404);
  });

  it('shows posts, last post and cover without those of people whom the viewer cannot see', async () => {
    const [manager, jiwoo, haneul, viewer] = await signUpMany(4);
    const careerId = await makeGroup(manager!, [jiwoo!, haneul!]);
    const coverOf = (key: string) => `http://127.0.0.1:8787/media/${key}`;
    const at: string[] = [];
    for (const author of [manager!, haneul!, jiwoo!]) {
      app.clock.advance(60_000);
      at.push(app.clock.now().toISOString());
      const mediaId = await addImage(author, `cover-of-${author.userId}`);
      await writePost(app, author, { careerId, images: [{ mediaId }] });
    }
    await follow(manager!, viewer!);
    await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
      body: { userIds: [viewer!.userId] },
    });
    const everywhere = async () => {
      const [page, ofManager, invitations, profile, posts] = await Promise.all(
        [
          `/v1/careers/${careerId}`,
          `/v1/users/${manager!.userId}/careers`,
          '/v1/me/career-invitations',
          `/v1/users/${manager!.userId}`,
          `/v1/careers/${careerId}/posts`,
        ].map((path) => call(viewer!, 'GET', path)),
      );
      const places = [
        page!.body,
        ofManager!.body.items[0],
        invitations!.body.items[0].career,
        profile!.body.careers[0],
      ];
      for (const place of places) expect(place.postCount).toBe(posts!.body.items.length);
      return places.map(({ postCount, lastPostAt, coverUrl }) => ({ postCount, lastPostAt, coverUrl }));
    };
    const fourTimes = (one: object) => [one, one, one, one];
    expect(await everywhere()).toEqual(
      fourTimes({ postCount: 3, lastPostAt: at[2], coverUrl: coverOf(`cover-of-${jiwoo!.userId}`) }),
    );
    await block(jiwoo!, viewer!);
    expect(await everywhere()).toEqual(
      fourTimes({ postCount: 2, lastPostAt: at[1], coverUrl: coverOf(`cover-of-${haneul!.userId}`) }),
    );
    // What somebody wrote who is in the group no longer.
    await call(haneul!, 'DELETE', `/v1/careers/${careerId}/members/${haneul!.userId}`);
    await block(viewer!, haneul!);
    expect(await everywhere()).toEqual(
      fourTimes({ postCount: 1, lastPostAt: at[0], coverUrl: coverOf(`cover-of-${manager!.userId}`) }),
    );
    await call(manager!, 'DELETE', `/v1/posts/${await newestOf(careerId, manager!)}`);
    expect(await everywhere()).toEqual(fourTimes({ postCount: 0, lastPostAt: null, coverUrl: null }));
  });

  it('hides an invitation of somebody I cannot see', async () => {
    const [manager, jiwoo] = await signUpMany(2);
    const careerId = await makeCareer(app, manager!, { kind: 'group' });
    await follow(manager!, jiwoo!);
    await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
      body: { userIds: [jiwoo!.userId] },
    });
    await block(manager!, jiwoo!);
    expect((await call(jiwoo!, 'GET', '/v1/me/career-invitations')).body.items).toEqual([]);
    expect((await call(jiwoo!, 'PUT', `/v1/me/career-invitations/${careerId}`)).status).toBe(404);
  });

  it('pages invitations', async () => {
    const [manager, jiwoo] = await signUpMany(2);
    await follow(manager!, jiwoo!);
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const careerId = await makeCareer(app, manager!, { kind: 'group' });
      await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
        body: { userIds: [jiwoo!.userId] },
      });
      made.push(careerId);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/v1/me/career-invitations?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const page = await call(jiwoo!, 'GET', path);
      expect(page.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
      seen.push(...page.body.items.map(({ career }: { career: { id: string } }) => career.id));
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(made.toReversed());
  });
});

describe('following a career', () => {
  it('is for others than its people, and changes nothing the second time', async () => {
    const [manager, jiwoo, viewer] = await signUpMany(3);
    const careerId = await makeGroup(manager!, [jiwoo!]);
    const path = `/v1/careers/${careerId}/follow`;
    for (const _again of [1, 2]) {
      const answer = await call(viewer!, 'PUT', path);
      expect(answer.status).toBe(204);
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(6);
      expect(answer.cost.statements).toBeLessThanOrEqual(6);
    }
    expect((await call(viewer!, 'GET', `/v1/careers/${careerId}`)).body.isFollowed).toBe(true);
    for (const person of [manager!, jiwoo!])
      expect((await call(person, 'PUT', path)).body.code).toBe('target_is_own');
    expect((await call(viewer!, 'PUT', '/v1/careers/77/follow')).body.code).toBe('career_not_found');
    for (const _again of [1, 2]) expect((await call(viewer!, 'DELETE', path)).status).toBe(204);
    expect((await call(viewer!, 'GET', `/v1/careers/${careerId}`)).body.isFollowed).toBe(false);
  });

  it('ends when I join', async () => {
    const [manager, jiwoo] = await signUpMany(2);
    const careerId = await makeCareer(app, manager!, { kind: 'group' });
    await call(jiwoo!, 'PUT', `/v1/careers/${careerId}/follow`);
    await follow(manager!, jiwoo!);
    await call(manager!, 'POST', `/v1/careers/${careerId}/invitations`, {
      body: { userIds: [jiwoo!.userId] },
    });
    await call(jiwoo!, 'PUT', `/v1/me/career-invitations/${careerId}`);
    expect((await call(jiwoo!, 'GET', `/v1/careers/${careerId}`)).body).toMatchObject({
      isFollowed: false,
      myRole: 'member',
    });
  });
});

describe('budgets', () => {
  it('hold for reading a career and a list of careers', async () => {
    const [manager, jiwoo] = await signUpMany(2);
    const careerId = await makeGroup(manager!, [jiwoo!]);
    await writePost(app, manager!, { careerId });
    for (const path of [`/v1/careers/${careerId}`, `/v1/users/${jiwoo!.userId}/careers`]) {
      const answer = await call(jiwoo!, 'GET', path);
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
      expect(answer.cost.statements).toBeLessThanOrEqual(5);
    }
  });
});
