import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { followExportSteps, followPurgeSteps } from './retention.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

async function put(who: TestPerson, what: 'follow' | 'block', whom: TestPerson): Promise<void> {
  const answer = await app.request('PUT', `/v1/users/${whom.userId}/${what}`, { token: who.token });
  expect(answer.status).toBe(204);
}

/** As the job does it: each step until nothing is left, then the account itself. */
async function purge(person: TestPerson): Promise<void> {
  await app.asSystem(async (ctx) => {
    for (const step of followPurgeSteps) while ((await step.run(ctx, person.userId)) > 0);
  });
  await app.sql('delete from users where id = ?', person.userId);
}

async function exportOf(person: TestPerson): Promise<Record<string, object[]>> {
  return app.asSystem(async (ctx) => {
    const sections: Record<string, object[]> = {};
    for (const step of followExportSteps)
      sections[step.name] = (await step.read(ctx, person.userId, undefined)).rows;
    return sections;
  });
}

function findWrongCounts(): Promise<{ id: string }[]> {
  return app.sql(
    `select id from users where following_count <> (select count(*) from follows where follower_id = users.id)
        or follower_count <> (select count(*) from follows where followee_id = users.id)`,
  );
}

describe('a person who is purged', () => {
  it('leaves no follow and no block, and the counts of the others are right', async () => {
    const [gone, ...others] = (await Promise.all(Array.from({ length: 5 }, () => signUpPerson(app)))) as [
      TestPerson,
      TestPerson,
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    const [minsu, jiwoo, sora, haneul] = others;
    await put(gone, 'follow', minsu);
    await put(minsu, 'follow', gone);
    await put(jiwoo, 'follow', gone);
    await put(jiwoo, 'follow', minsu);
    await put(gone, 'block', sora);
    await put(haneul, 'block', gone);
    await put(haneul, 'block', sora);
    expect(
      await app.sql('select id from users where follower_count > 0 and id = ?', minsu.userId),
    ).toHaveLength(1);
    await purge(gone);
    await purge(gone);
    expect(await app.sql('select follower_id, followee_id from follows')).toEqual([
      { follower_id: jiwoo.userId, followee_id: minsu.userId },
    ]);
    expect(await app.sql('select blocker_id, blocked_id from blocks')).toEqual([
      { blocker_id: haneul.userId, blocked_id: sora.userId },
    ]);
    expect(await findWrongCounts()).toEqual([]);
  });

  it('with many followers goes in chunks, each of which leaves the counts right', async () => {
    const star = await signUpPerson(app);
    const fans = await Promise.all(Array.from({ length: 130 }, () => signUpPerson(app)));
    for (const [index, fan] of fans.entries())
      await app.sql(
        'insert into follows (follower_id, followee_id, id, created_at) values (?, ?, ?, ?)',
        fan.userId,
        star.userId,
        String(index + 1),
        '2026-11-24 01:00:00',
      );
    await app.sql('update users set follower_count = 130 where id = ?', star.userId);
    await app.sql(
      `update users set following_count = 1 where id in (select follower_id from follows where followee_id = ?)`,
      star.userId,
    );
    const [step] = followPurgeSteps;
    expect(await app.asSystem((ctx) => step!.run(ctx, star.userId))).toBe(100);
    // The star's own row is on its way out; those who stay are right already.
    expect(await findWrongCounts()).toEqual([{ id: star.userId }]);
    expect(await app.asSystem((ctx) => step!.run(ctx, star.userId))).toBe(30);
    expect(await app.asSystem((ctx) => step!.run(ctx, star.userId))).toBe(0);
  });
});

describe('an export', () => {
  it('holds whom I follow and block, and nothing of who follows or blocks me', async () => {
    const [me, friend, left, foe, fan] = (await Promise.all(
      Array.from({ length: 5 }, () => signUpPerson(app)),
    )) as [TestPerson, TestPerson, TestPerson, TestPerson, TestPerson];
    await put(me, 'follow', friend);
    app.clock.advance(1000);
    await put(me, 'follow', left);
    await put(fan, 'follow', me);
    await put(me, 'block', foe);
    await put(fan, 'block', me);
    await app.sql('update users set left_at = ? where id = ?', '2026-11-24 02:00:00', left.userId);
    expect(await exportOf(me)).toEqual({
      following: [
        { userId: friend.userId, name: friend.name, followedAt: expect.any(Date) },
        { userId: left.userId, name: null, followedAt: expect.any(Date) },
      ],
      blocks: [{ userId: foe.userId, name: foe.name, blockedAt: expect.any(Date) }],
    });
  });

  it('goes on where a chunk ended', async () => {
    const me = await signUpPerson(app);
    const rows = Array.from({ length: 1001 }, (_, i) => `(${me.userId}, ${i + 1}, ${i + 1}, '2026-11-24')`);
    await app.sql(`insert into follows (follower_id, followee_id, id, created_at) values ${rows.join(', ')}`);
    const [step] = followExportSteps;
    const first = await app.asSystem((ctx) => step!.read(ctx, me.userId, undefined));
    const second = await app.asSystem((ctx) => step!.read(ctx, me.userId, first.next));
    expect([first.rows.length, second.rows.length, second.next]).toEqual([1000, 1, undefined]);
    expect(second.rows).toMatchObject([{ userId: '1001' }]);
  });
});
