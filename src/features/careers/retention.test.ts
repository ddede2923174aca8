import { beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer } from '../../../test/harness/posts.ts';
import { leave } from '../../../test/harness/society.ts';
import { careerPurgeSteps } from './retention.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});

async function call(person: TestPerson, method: string, path: string, body?: object): Promise<void> {
  const answer = await app.request(method, path, { token: person.token, ...(body && { body }) });
  expect([200, 204], JSON.stringify(answer.body)).toContain(answer.status);
}

/** A group whose manager has left, and its two members, who joined in this order. */
async function leaveGroup() {
  const [manager, first, second] = (await Promise.all([1, 2, 3].map(() => signUpPerson(app)))) as [
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  const careerId = await makeCareer(app, manager, { kind: 'group' });
  for (const member of [first, second]) {
    app.clock.advance(1000);
    await call(manager, 'PUT', `/v1/users/${member.userId}/follow`);
    await call(manager, 'POST', `/v1/careers/${careerId}/invitations`, { userIds: [member.userId] });
    await call(member, 'PUT', `/v1/me/career-invitations/${careerId}`);
  }
  await leave(app, manager);
  return { manager, first, second, careerId };
}

async function purge({ userId }: TestPerson): Promise<void> {
  await app.asSystem(async (ctx) => {
    for (const step of careerPurgeSteps) while ((await step.run(ctx, userId)) > 0);
  });
}

/** Holds back the next statement that contains the text, until something else has had time to be done. */
async function holdBack(match: string): Promise<{ isHeld(): Promise<void> }> {
  await app.fault('planetscale', { mode: 'delay', delayMs: 400, match, count: 1 });
  return {
    isHeld: () =>
      vi.waitFor(async () => {
        const answer = await fetch(`${app.urls.planetscale}/_control/faults`);
        expect(JSON.stringify(await answer.json())).not.toContain(match);
      }),
  };
}

async function ownerOf(careerId: string): Promise<{ owner: string; isMember: boolean }> {
  const [row] = await app.sql<{ owner: string; members: string }>(
    `select owner_id as owner, (select count(*) from career_members where career_id = careers.id and user_id = owner_id and state = 'active') as members
     from careers where id = ?`,
    careerId,
  );
  return { owner: String(row?.owner), isMember: Number(row?.members) === 1 };
}

describe('a group that is handed on', () => {
  it('stays with somebody who is in it when its heir leaves at the same moment, leaving first', async () => {
    const { manager, first, second, careerId } = await leaveGroup();
    const leaving = await holdBack('delete from `career_members`');
    const left = call(first, 'DELETE', `/v1/careers/${careerId}/members/${first.userId}`);
    await leaving.isHeld();
    await Promise.all([purge(manager), left]);
    expect(await ownerOf(careerId)).toEqual({ owner: second.userId, isMember: true });
  });

  it('stays with somebody who is in it when its heir has left since they were chosen', async () => {
    const { manager, first, second, careerId } = await leaveGroup();
    const handingOn = await holdBack('update `careers`');
    const purged = purge(manager);
    await handingOn.isHeld();
    await call(first, 'DELETE', `/v1/careers/${careerId}/members/${first.userId}`);
    await purged;
    expect(await ownerOf(careerId)).toEqual({ owner: second.userId, isMember: true });
  });
});
