import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type Answer, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await app.request('GET', '/v1/schools?q=a');
});

function follow(who: TestPerson, whom: TestPerson): Promise<Answer> {
  return app.request('PUT', `/v1/users/${whom.userId}/follow`, { token: who.token });
}

function unfollow(who: TestPerson, whom: TestPerson): Promise<Answer> {
  return app.request('DELETE', `/v1/users/${whom.userId}/follow`, { token: who.token });
}

function block(who: TestPerson, whom: TestPerson): Promise<Answer> {
  return app.request('PUT', `/v1/users/${whom.userId}/block`, { token: who.token });
}

function unblock(who: TestPerson, whom: TestPerson): Promise<Answer> {
  return app.request('DELETE', `/v1/users/${whom.userId}/block`, { token: who.token });
}

async function list(
  viewer: TestPerson,
  whose: TestPerson,
  which: 'followers' | 'following',
): Promise<{ id: string; relation: string }[]> {
  const answer = await app.request('GET', `/v1/users/${whose.userId}/${which}`, { token: viewer.token });
  expect(answer.status).toBe(200);
  return answer.body.items;
}

async function countsOf(person: TestPerson): Promise<{ followers: number; followings: number }> {
  const [row] = await app.sql<{ followers: number; followings: number }>(
    'select follower_count as followers, following_count as followings from users where id = ?',
    person.userId,
  );
  return row!;
}

async function leave(person: TestPerson): Promise<void> {
  await app.sql('update users set left_at = ? where id = ?', '2026-11-24 02:00:00', person.userId);
}

async function signUpMany(count: number): Promise<TestPerson[]> {
  return Promise.all(Array.from({ length: count }, () => signUpPerson(app)));
}

describe('following', () => {
  it('shows in both lists and both counts, with the relation of whoever looks', async () => {
    const [minsu, jiwoo, viewer] = (await signUpMany(3)) as [TestPerson, TestPerson, TestPerson];
    expect((await follow(minsu, jiwoo)).status).toBe(204);
    expect(await countsOf(jiwoo)).toEqual({ followers: 1, followings: 0 });
    expect(await countsOf(minsu)).toEqual({ followers: 0, followings: 1 });

    expect(await list(viewer, jiwoo, 'followers')).toMatchObject([{ id: minsu.userId, relation: 'none' }]);
    expect(await list(viewer, minsu, 'following')).toMatchObject([{ id: jiwoo.userId, relation: 'none' }]);
    expect(await list(jiwoo, jiwoo, 'followers')).toMatchObject([{ id: minsu.userId, relation: 'follower' }]);
    expect(await list(minsu, minsu, 'following')).toMatchObject([
      { id: jiwoo.userId, relation: 'following' },
    ]);
    await follow(jiwoo, minsu);
    expect(await list(minsu, minsu, 'followers')).toMatchObject([{ id: jiwoo.userId, relation: 'mutual' }]);
    expect(await list(minsu, jiwoo, 'followers')).toMatchObject([{ id: minsu.userId, relation: 'self' }]);
  });

  it('changes nothing the second time, and nothing when it ends twice', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    await follow(minsu, jiwoo);
    expect((await follow(minsu, jiwoo)).status).toBe(204);
    expect(await list(jiwoo, jiwoo, 'followers')).toHaveLength(1);
    expect((await unfollow(minsu, jiwoo)).status).toBe(204);
    expect((await unfollow(minsu, jiwoo)).status).toBe(204);
    expect(await list(jiwoo, jiwoo, 'followers')).toEqual([]);
    expect(await countsOf(jiwoo)).toEqual({ followers: 0, followings: 0 });
    expect(await countsOf(minsu)).toEqual({ followers: 0, followings: 0 });
  });

  it('is not for oneself, nor for those who are not there', async () => {
    const [minsu, gone] = (await signUpMany(2)) as [TestPerson, TestPerson];
    expect((await follow(minsu, minsu)).body.code).toBe('target_is_own');
    await leave(gone);
    expect((await follow(minsu, gone)).status).toBe(404);
    expect((await follow(minsu, { ...gone, userId: '123456789' })).status).toBe(404);
    expect((await follow(minsu, { ...gone, userId: 'abc' })).status).toBe(400);
    expect(
      await app.sql('select 1 from follows where followee_id in (?, 123456789)', gone.userId),
    ).toHaveLength(0);
  });

  it('lets me remove a follower of mine', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    await follow(minsu, jiwoo);
    await follow(jiwoo, minsu);
    const removed = await app.request('DELETE', `/v1/me/followers/${minsu.userId}`, { token: jiwoo.token });
    expect(removed.status).toBe(204);
    expect(await list(jiwoo, jiwoo, 'followers')).toEqual([]);
    expect(await list(jiwoo, jiwoo, 'following')).toHaveLength(1);
    expect(await countsOf(jiwoo)).toEqual({ followers: 0, followings: 1 });
  });

  it('stays within 6 round trips and 6 statements', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    await list(minsu, minsu, 'following');
    for (const answer of [
      await follow(minsu, jiwoo),
      await follow(minsu, jiwoo),
      await unfollow(minsu, jiwoo),
      await unfollow(minsu, jiwoo),
    ]) {
      expect(answer.status).toBe(204);
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(6);
      expect(answer.cost.statements).toBeLessThanOrEqual(6);
      expect(answer.cost.redisCommands).toBeLessThanOrEqual(3);
    }
  });
});

describe('lists of followers', () => {
  it('page without repeating or skipping anybody while others follow and unfollow', async () => {
    const owner = await signUpPerson(app);
    const people = await signUpMany(25);
    for (const person of people) await follow(person, owner);
    const newcomers = await signUpMany(5);
    await list(owner, owner, 'followers');
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/v1/users/${owner.userId}/followers?limit=5${cursor ? `&cursor=${cursor}` : ''}`;
      const answer = await app.request('GET', path, { token: owner.token });
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
      expect(answer.cost.statements).toBeLessThanOrEqual(8);
      seen.push(...answer.body.items.map(({ id }: { id: string }) => id));
      cursor = answer.body.nextCursor;
      const newcomer = newcomers.pop();
      if (newcomer) await follow(newcomer, owner);
      // Somebody of a page already read goes; the rest must not move.
      if (seen.length === 5) await unfollow(people.at(-1)!, owner);
    } while (cursor);
    expect(seen).toEqual(people.map(({ userId }) => userId).toReversed());
  });

  it('give full pages although rows are hidden', async () => {
    const [owner, viewer] = (await signUpMany(2)) as [TestPerson, TestPerson];
    const people = await signUpMany(6);
    for (const person of people) await follow(person, owner);
    await leave(people[5]!);
    await block(people[4]!, viewer);
    await block(viewer, people[3]!);
    await app.sql('update users set suspended_at = ? where id = ?', '2026-11-24 02:00:00', people[2]!.userId);
    const page = await app.request('GET', `/v1/users/${owner.userId}/followers?limit=2`, {
      token: viewer.token,
    });
    expect(page.body.items.map(({ id }: { id: string }) => id)).toEqual([
      people[1]!.userId,
      people[0]!.userId,
    ]);
    expect(page.body.nextCursor).toBeNull();
  });

  it('are not there for those who may not see their owner, and take no cursor of another list', async () => {
    const [owner, viewer, other] = (await signUpMany(3)) as [TestPerson, TestPerson, TestPerson];
    for (const person of await signUpMany(3)) await follow(person, owner);
    const path = `/v1/users/${owner.userId}/followers?limit=1`;
    const page = await app.request('GET', path, { token: viewer.token });
    const foreign = `/v1/users/${other.userId}/followers?cursor=${page.body.nextCursor}`;
    expect((await app.request('GET', foreign, { token: viewer.token })).body.code).toBe('invalid_cursor');
    await block(owner, viewer);
    expect((await app.request('GET', path, { token: viewer.token })).status).toBe(404);
    await unblock(owner, viewer);
    expect((await app.request('GET', path, { token: viewer.token })).status).toBe(200);
    await leave(owner);
    expect((await app.request('GET', path, { token: viewer.token })).status).toBe(404);
  });
});

describe('blocking', () => {
  it('ends both follows and their counts, silently; unblocking brings nothing back', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    await follow(minsu, jiwoo);
    await follow(jiwoo, minsu);
    expect((await block(minsu, jiwoo)).status).toBe(204);
    for (const person of [minsu, jiwoo]) {
      expect(await countsOf(person)).toEqual({ followers: 0, followings: 0 });
      expect(await list(person, person, 'followers')).toEqual([]);
    }
    // Neither can follow the other, and the blocked cannot tell a block from an absence.
    expect((await follow(jiwoo, minsu)).status).toBe(404);
    expect((await follow(minsu, jiwoo)).status).toBe(404);
    expect((await block(jiwoo, minsu)).status).toBe(404);
    expect((await unblock(minsu, jiwoo)).status).toBe(204);
    expect((await unblock(minsu, jiwoo)).status).toBe(204);
    expect(await list(minsu, minsu, 'following')).toEqual([]);
    expect((await follow(jiwoo, minsu)).status).toBe(204);
  });

  it('stays within 8 round trips and 8 statements', async () => {
    const [minsu, jiwoo] = (await signUpMany(2)) as [TestPerson, TestPerson];
    await list(minsu, minsu, 'following');
    for (const answer of [
      await block(minsu, jiwoo),
      await block(minsu, jiwoo),
      await unblock(minsu, jiwoo),
    ]) {
      expect(answer.status).toBe(204);
      expect(answer.cost.sequentialRoundTrips).toBeLessThanOrEqual(8);
      expect(answer.cost.statements).toBeLessThanOrEqual(8);
    }
  });

  it('leaves the follows of others alone', async () => {
    const [minsu, jiwoo, sora] = (await signUpMany(3)) as [TestPerson, TestPerson, TestPerson];
    await follow(sora, minsu);
    await follow(jiwoo, sora);
    await block(minsu, jiwoo);
    expect(await list(sora, minsu, 'followers')).toHaveLength(1);
    expect(await list(sora, jiwoo, 'following')).toHaveLength(1);
  });

  it('is not for oneself, nor for those who are not there', async () => {
    const [minsu, gone] = (await signUpMany(2)) as [TestPerson, TestPerson];
    expect((await block(minsu, minsu)).body.code).toBe('target_is_own');
    await leave(gone);
    expect((await block(minsu, gone)).status).toBe(404);
  });

  it('lists whom I blocked, newest first; who has left is Unknown', async () => {
    const [minsu, jiwoo, sora] = (await signUpMany(3)) as [TestPerson, TestPerson, TestPerson];
    await app.sql('update users set avatar_key = ? where id = ?', 'aSecretKey', sora.userId);
    await block(minsu, jiwoo);
    app.clock.advance(60_000);
    await block(minsu, sora);
    const first = await app.request('GET', '/v1/blocks?limit=1', { token: minsu.token });
    expect(first.body.items).toEqual([
      {
        userId: sora.userId,
        name: sora.name,
        avatarUrl: 'http://127.0.0.1:8787/media/aSecretKey',
        hasLeft: false,
        blockedAt: app.clock.now().toISOString(),
      },
    ]);
    expect(first.cost.sequentialRoundTrips).toBeLessThanOrEqual(3);
    const second = await app.request('GET', `/v1/blocks?cursor=${first.body.nextCursor}`, {
      token: minsu.token,
    });
    expect(second.body).toMatchObject({ items: [{ userId: jiwoo.userId }], nextCursor: null });
    await leave(sora);
    const korean = await app.request('GET', '/v1/blocks?limit=1', { token: minsu.token });
    expect(korean.body.items).toMatchObject([{ name: '알수없음', avatarUrl: null, hasLeft: true }]);
    const english = await app.request('GET', '/v1/blocks?limit=1', {
      token: minsu.token,
      headers: { 'accept-language': 'en' },
    });
    expect(english.body.items).toMatchObject([{ name: 'Unknown' }]);
    expect((await app.request('GET', '/v1/blocks', { token: jiwoo.token })).body.items).toEqual([]);
  });
});

describe('at the same time', () => {
  it('50 people following and unfollowing one person leave counts that equal the rows', async () => {
    const star = await signUpPerson(app);
    const people = await signUpMany(50);
    await Promise.all(
      people.map(async (person, index) => {
        for (let round = 0; round < 4; round += 1) {
          const act = (round + index) % 3 === 0 ? unfollow : follow;
          expect((await act(person, star)).status).toBe(204);
        }
      }),
    );
    await app.settle();
    const [rows] = await app.sql<{ n: string }>(
      'select count(*) as n from follows where followee_id = ?',
      star.userId,
    );
    // The last round decides: two of three people end as followers.
    expect(Number(rows!.n)).toBe(people.filter((_, index) => (3 + index) % 3 !== 0).length);
    expect(await countsOf(star)).toEqual({ followers: Number(rows!.n), followings: 0 });
    const wrong = await app.sql(
      `select id from users where following_count <> (select count(*) from follows where follower_id = users.id)
          or follower_count <> (select count(*) from follows where followee_id = users.id)`,
    );
    expect(wrong).toEqual([]);
    expect(await app.sql('select * from outbox')).toEqual([]);
  });

  it('a follow and a block of the same two never both stand', async () => {
    const pairs = await Promise.all(Array.from({ length: 20 }, () => signUpMany(2)));
    await Promise.all(
      pairs.map(async (pair) => {
        const [minsu, jiwoo] = pair as [TestPerson, TestPerson];
        const [followed, , blocked] = await Promise.all([
          follow(minsu, jiwoo),
          follow(jiwoo, minsu),
          block(jiwoo, minsu),
        ]);
        expect([204, 404]).toContain(followed.status);
        expect(blocked.status).toBe(204);
      }),
    );
    await app.settle();
    const both = await app.sql(
      `select 1 from follows join blocks on (blocker_id = followee_id and blocked_id = follower_id)
          or (blocker_id = follower_id and blocked_id = followee_id)`,
    );
    expect(both).toEqual([]);
  });
});
