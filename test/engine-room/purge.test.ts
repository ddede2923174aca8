/**
 * 30 days after somebody left, a search through all tables, R2 and Redis finds nothing of them beyond the list in
 * docs/privacy.md; what others have is whole, and their counts are right.
 */
import { beforeAll, describe, expect, it } from 'vitest';

import { PASSWORD, signUp } from '../harness/account.ts';
import { startTestApp, type AnyJson, type TestApp } from '../harness/app.ts';
import { findWrongCounts } from '../harness/invariants.ts';
import { signUpPerson, type TestPerson } from '../harness/people.ts';
import { readRedis } from '../harness/redis-contents.ts';
import { rankHere } from '../harness/ranking.ts';

/** What may stay, as docs/privacy.md says: ids in the engine room's own records, for a while. */
const MAY_STAY = new Set(['job_runs', 'dead_letters', 'audit_log', 'schedule_runs']);
const EMAIL = 'kim.purge@snu.ac.kr';
const SECRETS = {
  name: '김흔적',
  recovery: 'purge.home@example.com',
  text: '지워질 글 0417',
  file: '지워질파일.pdf',
};
const DEVICE = 'device-of-the-leaver-0417';
const NETWORK = '203.0.113.77';

let app: TestApp;
let leaver: { userId: string; token: string };
let friend: TestPerson;
let other: TestPerson;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  friend = await signUpPerson(app, { name: '남은이' });
  other = await signUpPerson(app, { name: '다른이' });
  leaver = await signUp(app, EMAIL);
  await populate();
});

async function call(method: string, path: string, token: string, body?: object) {
  const answer = await app.request(method, path, { token, ...(body && { body }), network: NETWORK });
  expect([200, 201, 202, 204], `${method} ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
  return answer.body;
}

/** Everything that somebody can have here, by the ways of the app. */
async function populate(): Promise<void> {
  const { userId, token } = leaver;
  await app.sql(
    'update users set name = ?, introduction = ? where id = ?',
    SECRETS.name,
    SECRETS.text,
    userId,
  );
  await app.sql(
    `insert into user_emails (address_key, user_id, purpose, address, verified_at) values (?, ?, 'recovery', ?, now(3))`,
    SECRETS.recovery,
    userId,
    SECRETS.recovery,
  );
  await call('POST', '/v1/sessions', token, { email: EMAIL, password: PASSWORD });
  for (const target of [friend, other]) {
    await call('PUT', `/v1/users/${target.userId}/follow`, token);
    await call('PUT', `/v1/users/${userId}/follow`, target.token);
  }
  const blocked = await signUpPerson(app);
  await call('PUT', `/v1/users/${blocked.userId}/block`, token);
  await call('POST', '/v1/reports', token, {
    targetKind: 'user',
    targetId: other.userId,
    reason: 'spam',
    text: SECRETS.text,
  });
  await call('POST', '/v1/reports', other.token, {
    targetKind: 'user',
    targetId: userId,
    reason: 'spam',
    text: '',
  });

  const personal = await call('POST', '/v1/careers', token, { name: '혼자', kind: 'personal' });
  const group = await call('POST', '/v1/careers', token, { name: '함께', kind: 'group' });
  await call('POST', `/v1/careers/${group.id}/invitations`, token, { userIds: [friend.userId] });
  await call('PUT', `/v1/me/career-invitations/${group.id}`, friend.token);
  await call('PUT', `/v1/careers/${personal.id}/follow`, other.token);
  const foreign = await call('POST', '/v1/careers', friend.token, { name: '남의 것', kind: 'personal' });
  await call('PUT', `/v1/careers/${foreign.id}/follow`, token);

  const image = await app.request('POST', '/v1/media/files?name=' + encodeURIComponent(SECRETS.file), {
    token,
    rawBody: 'file',
    headers: { 'content-type': 'text/plain', 'content-length': '4' },
  });
  expect(image.status).toBe(201);
  const mine = await call('POST', '/v1/posts', token, {
    careerId: group.id,
    text: SECRETS.text,
    tags: ['지워질태그', '함께쓰는태그'],
    files: [{ mediaId: image.body.id }],
  });
  const theirs = await call('POST', '/v1/posts', friend.token, {
    careerId: group.id,
    text: '남은 글',
    tags: ['함께쓰는태그'],
  });
  for (const [person, post] of [
    [friend, mine],
    [other, mine],
    [leaver, theirs],
    [other, theirs],
  ] as const) {
    await call('PUT', `/v1/posts/${post.id}/like`, person.token);
    await call('PUT', `/v1/posts/${post.id}/bookmark`, person.token);
    await call('POST', '/v1/posts/seen', person.token, { postIds: [post.id] });
    const comment = await call('POST', `/v1/posts/${post.id}/comments`, person.token, {
      text: person === leaver ? SECRETS.text : '남는 댓글',
    });
    await call('PUT', `/v1/comments/${comment.id}/like`, other.token);
    await call('PUT', `/v1/comments/${comment.id}/like`, token);
    const reply = await call('POST', `/v1/comments/${comment.id}/replies`, friend.token, { text: '답글' });
    await call('POST', `/v1/comments/${comment.id}/replies`, token, {
      text: SECRETS.text,
      replyToUserId: friend.userId,
    });
    await call('PUT', `/v1/comments/${reply.id}/like`, token);
  }
  const room = await call('PUT', `/v1/users/${friend.userId}/room`, token);
  await call('POST', `/v1/rooms/${room.id}/messages`, token, { text: SECRETS.text });
  await call('POST', `/v1/rooms/${room.id}/messages`, friend.token, { text: '남는 메시지' });
  await call('PUT', '/v1/me/push-device', token, { token: DEVICE, platform: 'ios' });
  await call('PUT', '/v1/me/notification-preferences/post_like', token, { isOn: false });
  // A day later there is a snapshot; who likes again leaves a mark.
  app.clock.advance(86_400_000);
  await rankHere(app);
  await app.sql('insert into rank_notices values (?, ?)', userId, '2026-11-24');
  await call('DELETE', `/v1/posts/${mine.id}/like`, friend.token);
  await call('PUT', `/v1/posts/${mine.id}/like`, friend.token);
  await call('PUT', '/v1/me/recent-searches', token, { kind: 'word', text: SECRETS.text });
  await call('PUT', '/v1/me/recent-searches', friend.token, { kind: 'person', targetId: userId });
  await call('POST', '/v1/account/exports', token, { password: PASSWORD });
  await app.runJobs();
}

/** Rows of every table that hold the id, the name, an address or a text of the person. */
async function findTraces(words: readonly string[]): Promise<string[]> {
  const tables = await app.sql<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  );
  const found: string[] = [];
  for (const { name } of tables) {
    if (MAY_STAY.has(name) || name === '__drizzle_migrations') continue;
    for (const row of await app.sql(`select * from \`${name}\``)) {
      const text = JSON.stringify(row);
      for (const word of words) if (text.includes(word)) found.push(`${name}: ${text.slice(0, 200)}`);
    }
  }
  return found;
}

describe('before', () => {
  it('there is something of the person in every table that has a column for people', async () => {
    expect(await findWrongCounts(app.sql)).toEqual({});
    const traces = await findTraces([leaver.userId]);
    const tables = new Set(traces.map((trace) => trace.split(':')[0]));
    const columns = await app.sql<{ name: string }>(
      `select distinct table_name as name from information_schema.columns where table_schema = database()
       and column_name regexp '(user|owner|author|viewer|reporter|follower|followee|blocker|blocked|member|sender|receiver|recipient|visitor|company)_id$'`,
    );
    const untouched = columns.map(({ name }) => name).filter((name) => !tables.has(name));
    expect(untouched).toEqual([]);
    expect(app.media.keys().some((key) => key.startsWith('exports/'))).toBe(true);
  });
});

describe('the purge', () => {
  it('waits 30 days, in which a log-in brings everything back', async () => {
    await call('POST', '/v1/account/leave', leaver.token, { password: PASSWORD, reason: SECRETS.text });
    await passNights(29);
    const restored = await app.request('POST', '/v1/sessions', {
      body: { email: EMAIL, password: PASSWORD },
      network: NETWORK,
    });
    expect(restored.body.isRestored).toBe(true);
    await passNights(2);
    expect((await findTraces([leaver.userId])).length).toBeGreaterThan(10);
    leaver = { ...leaver, token: restored.body.token };
  });

  it('then takes everything away, cut off half way and delivered twice', async () => {
    await call('POST', '/v1/account/leave', leaver.token, { password: PASSWORD, reason: SECRETS.text });
    // The first delivery dies somewhere in the middle; every message comes twice.
    await app.queue.set({ duplicate: 1 });
    await app.fault('planetscale', { mode: 'error', match: 'delete from `comments`', count: 1 });
    await passNights(31);
    await app.queue.set({ duplicate: 0 });
    await app.queue.advance(3600_000);
    await app.passTime(2);

    expect(
      await findTraces([
        leaver.userId,
        SECRETS.name,
        EMAIL,
        SECRETS.recovery,
        SECRETS.text,
        SECRETS.file,
        DEVICE,
      ]),
    ).toEqual([]);
    expect(app.media.keys()).toEqual([]);
    const redis = (await readRedis(app)).join('\n');
    for (const word of [leaver.userId, 'known:']) expect(redis).not.toContain(word);
    expect(await app.sql('select name, error from dead_letters')).toEqual([]);
  });

  it('leaves what others have, with counts that are right', async () => {
    expect(await findWrongCounts(app.sql)).toEqual({});
    const [post] = await app.sql<{ id: string; owner: string }>(
      'select posts.id, careers.owner_id as owner from posts inner join careers on careers.id = career_id',
    );
    expect(post?.owner).toBe(friend.userId);
    const comments = await app.request('GET', `/v1/posts/${post?.id}/comments`, { token: other.token });
    expect(
      comments.body.items.map(({ isStub, text }: { isStub: boolean; text: string | null }) => [isStub, text]),
    ).toEqual([
      [true, null],
      [false, '남는 댓글'],
    ]);
    const rooms = await app.request('GET', '/v1/rooms', { token: friend.token });
    expect(rooms.body.items).toHaveLength(1);
    expect(rooms.body.items[0].person).toBeNull();
    const log = await app.request('GET', `/v1/rooms/${rooms.body.items[0].id}/messages?after=0`, {
      token: friend.token,
    });
    expect(log.body.items.map(({ sequence, text }: AnyJson) => [sequence, text])).toEqual([
      [1, null],
      [2, '남는 메시지'],
    ]);
    const profile = await app.request('GET', `/v1/users/${leaver.userId}`, { token: friend.token });
    expect(profile.status).toBe(404);
  });

  it('frees the address for somebody new', async () => {
    const again = await signUp(app, EMAIL);
    expect(again.userId).not.toBe(leaver.userId);
  });
});

/** Of many nights the last two are lived through, each with its schedules and their jobs: they make up for the others. */
async function passNights(nights: number): Promise<void> {
  app.clock.advance((nights - 2) * 86_400_000);
  for (let night = 0; night < 2; night += 1) {
    app.clock.advance(86_400_000);
    await app.tick();
    await app.runJobs();
    await app.tick();
    await app.runJobs();
  }
}
