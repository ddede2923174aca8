/** Pushes: whose device, when, at most once, and what each answer of FCM leads to. */
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { FcmError } from '../../../local/fcm/errors.ts';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson, toSqlTime, type TestPerson } from '../../../test/harness/people.ts';
import { makeCareer, writePost } from '../../../test/harness/posts.ts';
import { countOf, leave, signUpMany } from '../../../test/harness/society.ts';
import type { Pusher } from '../../platform/push.ts';
import { isNight, sendPushes } from './jobs.ts';
import { requestPushes } from './request-push.ts';

/** 12:00 in Korea. */
const NOON = new Date('2026-11-24T03:00:00.000Z');

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
});

beforeEach(() => {
  // Each test has a noon of its own, later than all before.
  const day = 86_400_000;
  const since = app.clock.now().getTime() - NOON.getTime();
  app.clock.advance(Math.ceil((since + 1) / day) * day - since);
});

async function fcm(name: string, body?: object): Promise<AnyJson> {
  const response = await fetch(
    `${inject('dataPlane').urls.fcm}/_control/${name}`,
    body && { method: 'POST', body: JSON.stringify(body) },
  );
  const result = (await response.json()) as AnyJson;
  if (!response.ok) throw new Error(JSON.stringify(result));
  return result;
}

async function pushesTo(token: string): Promise<AnyJson[]> {
  return (await fcm(`sent?token=${token}`)).sent;
}

async function register(who: TestPerson, token = `token-${randomUUID()}`): Promise<string> {
  const answer = await app.request('PUT', '/v1/me/push-device', {
    token: who.token,
    body: { token, platform: 'android', language: 'ko' },
  });
  expect(answer.status).toBe(204);
  return token;
}

async function act(who: TestPerson, method: string, path: string, body?: object): Promise<AnyJson> {
  const answer = await app.request(method, path, { token: who.token, body });
  expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

/** Asks for a push to a person, as a reaction would. */
async function ask(who: TestPerson, key: string = randomUUID()): Promise<void> {
  await app.asSystem((ctx) =>
    requestPushes(ctx, [{ userId: who.userId, kind: 'comment', key, ids: { postId: '5', commentId: '6' } }]),
  );
}

/** Likes of new people whose reactions are still to run: sign-ups and requests one by one would take half a minute. */
async function leaveBacklogOfLikes(author: TestPerson, postId: string, count: number): Promise<void> {
  const now = toSqlTime(app.clock.now());
  await app.asSystem(async ({ deps }) => {
    const ids = Array.from({ length: count }, () => deps.ids.next());
    const values = (row: string) => ids.map(() => row).join(', ');
    await app.sql(
      `insert into users (id, kind, password_hash, name, school_id, department_id, field_id, admission_year, links, created_at)
       values ${values("(?, 'student', 'none', '좋아하는 사람', 1, 1, 1, 2024, '{}', utc_timestamp())")}`,
      ...ids,
    );
    await app.sql(
      `insert into likes (target_kind, target_id, user_id, id, author_id, day) values ${values("(1, ?, ?, ?, ?, '2026-11-24')")}`,
      ...ids.flatMap((id) => [postId, id, id, author.userId]),
    );
    await app.sql(
      `insert into outbox (id, name, payload, created_at, available_at, attempts) values ${values("(?, 'post.liked', ?, ?, ?, 0)")}`,
      ...ids.flatMap((id) => [id, JSON.stringify({ postId, userId: id }), now, now]),
    );
  });
}

async function isRegistered(who: TestPerson): Promise<boolean> {
  return (await countOf(app, 'select count(*) as n from push_devices where user_id = ?', who.userId)) > 0;
}

describe('a push', () => {
  it('carries its kind and ids, the text of its kind and nothing of a person', async () => {
    const [author, fan] = [
      await signUpPerson(app, { name: '김저자' }),
      await signUpPerson(app, { name: '박팬' }),
    ];
    const token = await register(author);
    const postId = await writePost(app, author, {
      careerId: await makeCareer(app, author),
      text: '비밀 이야기',
    });
    const comment = await act(fan, 'POST', `/v1/posts/${postId}/comments`, { text: '몰래 한 말' });
    await app.queue.deliver();
    const [push, ...rest] = await pushesTo(token);
    expect(rest).toEqual([]);
    expect(push.data).toEqual({ kind: 'comment', postId, commentId: comment.id });
    expect(push.notification).toEqual({ title: '루프어스', body: '내 포스트에 댓글이 달렸습니다.' });
    expect(JSON.stringify(push)).not.toMatch(/박팬|김저자|비밀|몰래/);
    const queued = JSON.stringify(await app.queue.deliveries());
    expect(queued).not.toContain(token);
    expect(queued).not.toMatch(/박팬|비밀|몰래/);
  });

  it('goes to every device of a person, and to none that logged out', async () => {
    const who = await signUpPerson(app);
    const token = await register(who);
    await ask(who);
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(1);
    await ask(who);
    await act(who, 'DELETE', '/v1/sessions/current');
    expect(await isRegistered(who)).toBe(false);
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(1);
  });

  it('goes nowhere when the person has left or the session has run out', async () => {
    for (const end of [
      (who: TestPerson) => leave(app, who),
      (who: TestPerson) =>
        app.sql(
          'update sessions set expires_at = utc_timestamp() - interval 400 day where user_id = ?',
          who.userId,
        ),
    ]) {
      const who = await signUpPerson(app);
      const token = await register(who);
      await ask(who);
      await end(who);
      await app.queue.deliver();
      expect(await pushesTo(token)).toEqual([]);
    }
  });

  it('of a message goes to whoever has nothing connected, unless the room is muted or the kind is off', async () => {
    const rows: [string, (who: TestPerson, roomId: string) => unknown, number][] = [
      ['nothing connected', () => undefined, 1],
      ['connected', (who) => app.channels.connect(who.userId, 1), 0],
      ['muted', (who, roomId) => act(who, 'PUT', `/v1/rooms/${roomId}/mute`), 0],
      [
        'switched off',
        (who) => act(who, 'PUT', '/v1/me/notification-preferences/message', { isOn: false }),
        0,
      ],
    ];
    for (const [what, prepare, expected] of rows) {
      const [sender, who] = [await signUpPerson(app), await signUpPerson(app)];
      const [token, own] = [await register(who), await register(sender)];
      const { id } = await act(sender, 'PUT', `/v1/users/${who.userId}/room`);
      await prepare(who, id);
      await act(sender, 'POST', `/v1/rooms/${id}/messages`, { text: '안녕하세요' });
      await app.queue.deliver();
      const pushes = await pushesTo(token);
      expect(pushes, what).toHaveLength(expected);
      if (expected > 0) expect(pushes[0].data).toEqual({ kind: 'message', roomId: id });
      expect(await pushesTo(own), 'the sender').toEqual([]);
    }
  });

  it('does not exist where push is not set up', async () => {
    const who = await signUpPerson(app);
    await register(who);
    const account = app.env['FCM_SERVICE_ACCOUNT'];
    delete app.env['FCM_SERVICE_ACCOUNT'];
    app.forgetEnv();
    const before = (await app.queue.deliveries()).length;
    await ask(who);
    app.env['FCM_SERVICE_ACCOUNT'] = account;
    app.forgetEnv();
    expect(await app.queue.deliveries()).toHaveLength(before);
  });
});

describe('a device', () => {
  it('that registers again stands once, and a log-in has its newest token only', async () => {
    const who = await signUpPerson(app);
    const first = await register(who);
    await register(who, first);
    const second = await register(who);
    await ask(who);
    await app.queue.deliver();
    expect(await pushesTo(first)).toEqual([]);
    expect(await pushesTo(second)).toHaveLength(1);
  });

  it('that moves to another account gets nothing more of the one before, not even what was queued', async () => {
    const [before, after] = [await signUpPerson(app), await signUpPerson(app)];
    const token = await register(before);
    await ask(before);
    await register(after, token);
    await app.queue.deliver();
    expect(await pushesTo(token)).toEqual([]);
    await ask(after);
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(1);
  });

  it('can be taken away, and is forgotten after 90 days of silence', async () => {
    const [minsu, jiwoo] = [await signUpPerson(app), await signUpPerson(app)];
    await register(minsu);
    await act(minsu, 'DELETE', '/v1/me/push-device');
    expect(await isRegistered(minsu)).toBe(false);
    await register(jiwoo);
    await app.sql(
      'update push_devices set last_seen_at = last_seen_at - interval 91 day where user_id = ?',
      jiwoo.userId,
    );
    await app.asSystem(async (ctx) => {
      for (const sweep of ctx.deps.retention.sweeps) await sweep.run(ctx);
    });
    expect(await isRegistered(jiwoo)).toBe(false);
  });
});

describe('at night', () => {
  it('is from 21 to 8 in Korea', () => {
    const at = (time: string) => isNight(new Date(`2026-11-24T${time}:00+09:00`));
    expect(['20:59', '08:00', '12:00'].map(at)).toEqual([false, false, false]);
    expect(['21:00', '23:59', '00:00', '07:59'].map(at)).toEqual([true, true, true, true]);
  });

  it('only those who consented to it get pushes, and those no longer who took it back', async () => {
    const people = await Promise.all(Array.from({ length: 3 }, () => signUpPerson(app)));
    const [silent, owl, former] = people as [TestPerson, TestPerson, TestPerson];
    const consent = (who: TestPerson, isGranted: boolean) =>
      act(who, 'PUT', '/v1/account/consents/night_push', { version: '2026-11-01', isGranted });
    await consent(owl, true);
    await consent(former, true);
    await consent(former, false);
    const tokens = await Promise.all(people.map((who) => register(who)));
    app.clock.advance(10 * 3600_000);
    for (const who of [silent, owl, former]) await ask(who);
    await app.queue.deliver();
    const counts = await Promise.all(tokens.map(async (token) => (await pushesTo(token)).length));
    expect(counts).toEqual([0, 1, 0]);
  });
});

describe("FCM's answers", () => {
  const rows: [FcmError, { isKept: boolean; isRetried: boolean }][] = [
    ['UNREGISTERED', { isKept: false, isRetried: false }],
    ['SENDER_ID_MISMATCH', { isKept: false, isRetried: false }],
    ['INVALID_TOKEN', { isKept: false, isRetried: false }],
    ['INVALID_ARGUMENT', { isKept: true, isRetried: false }],
    ['THIRD_PARTY_AUTH_ERROR', { isKept: true, isRetried: false }],
    ['UNSPECIFIED_ERROR', { isKept: true, isRetried: false }],
    ['QUOTA_EXCEEDED', { isKept: true, isRetried: true }],
    ['UNAVAILABLE', { isKept: true, isRetried: true }],
    ['INTERNAL', { isKept: true, isRetried: true }],
    ['UNAUTHENTICATED', { isKept: true, isRetried: true }],
  ];
  it.each(rows)('%s: %o', async (error, { isKept, isRetried }) => {
    const [who, neighbour] = [await signUpPerson(app), await signUpPerson(app)];
    const [token, other] = [await register(who), await register(neighbour)];
    await fcm('answers', { token, error, count: 1 });
    const key = randomUUID();
    await app.asSystem((ctx) =>
      requestPushes(
        ctx,
        [who, neighbour].map(({ userId }) => ({ userId, kind: 'follow', key, ids: { personId: '5' } })),
      ),
    );
    await app.queue.deliver();
    expect(await pushesTo(token)).toEqual([]);
    expect(await pushesTo(other)).toHaveLength(1);
    expect(await isRegistered(who)).toBe(isKept);
    expect(await isRegistered(neighbour)).toBe(true);
    app.clock.advance(120_000);
    await app.queue.advance(120_000);
    expect(await pushesTo(token)).toHaveLength(isRetried ? 1 : 0);
    expect(await pushesTo(other)).toHaveLength(1);
  });

  it('are heard when they say how long to wait', async () => {
    const who = await signUpPerson(app);
    const token = await register(who);
    await fcm('answers', { token, error: 'QUOTA_EXCEEDED', retryAfterSeconds: 600, count: 1 });
    await ask(who);
    await app.queue.deliver();
    app.clock.advance(590_000);
    await app.queue.advance(590_000);
    expect(await pushesTo(token)).toEqual([]);
    app.clock.advance(20_000);
    await app.queue.advance(20_000);
    expect(await pushesTo(token)).toHaveLength(1);
  });

  it('that never come leave the push as sent: it may have been', async () => {
    const who = await signUpPerson(app);
    const token = await register(who);
    const url = `${inject('dataPlane').urls.fcm}/_control/faults`;
    await fetch(url, { method: 'POST', body: JSON.stringify({ mode: 'drop', when: 'after', match: token }) });
    await ask(who, 'once');
    await app.queue.deliver();
    await fetch(url, { method: 'DELETE' });
    await ask(who, 'once');
    await app.queue.deliver();
    app.clock.advance(3600_000);
    await app.queue.advance(3600_000);
    expect(await pushesTo(token)).toHaveLength(1);
  });

  it('ask for one access token in many pushes', async () => {
    const who = await signUpPerson(app);
    await register(who);
    await ask(who);
    await app.queue.deliver();
    const { tokens, sends } = await fcm('calls');
    for (let index = 0; index < 5; index += 1) await ask(who);
    await app.queue.deliver();
    expect(await fcm('calls')).toEqual({ tokens, sends: sends + 5 });
  });
});

describe('at most once', () => {
  it('though the job comes three times, at once and again later', async () => {
    const who = await signUpPerson(app);
    const token = await register(who);
    await app.queue.set({ duplicate: 2 });
    await ask(who, 'thrice');
    await app.queue.deliver();
    await app.queue.set({ duplicate: 0 });
    await ask(who, 'thrice');
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(1);
  });

  it('though the run is cut off between the send and its answer: the retry knows', async () => {
    const who = await signUpPerson(app);
    const token = await register(who);
    await ask(who, 'cut-off');
    const [job] = (await app.queue.deliveries()).filter(({ body }) => body.includes('cut-off'));
    const { payload } = JSON.parse(job?.body ?? '{}') as { payload: AnyJson };
    await app.asSystem(
      (ctx) =>
        new Promise<void>((resolve) => {
          const dying: Pusher = {
            async send(message) {
              await ctx.deps.push?.send(message);
              resolve();
              return new Promise(() => undefined);
            },
          };
          const delivery = { key: 'cut-off', slice: 0, position: undefined };
          void sendPushes.run({ ...ctx, deps: { ...ctx.deps, push: dying } }, payload, delivery);
        }),
    );
    expect(await pushesTo(token)).toHaveLength(1);
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(1);
  });

  it('and 1,000 likes of one post make one notification and one push an hour', async () => {
    const author = await signUpPerson(app);
    const token = await register(author);
    const postId = await writePost(app, author, { careerId: await makeCareer(app, author) });
    const likers = await signUpMany(app, 40);
    const jobsBefore = (await app.queue.deliveries()).length;
    for (const half of [likers.slice(0, 20), likers.slice(20)]) {
      await Promise.all(half.map((liker) => act(liker, 'PUT', `/v1/posts/${postId}/like`)));
      await app.queue.deliver();
    }
    await leaveBacklogOfLikes(author, postId, 960);
    await app.passTime(2);
    const { items } = await act(author, 'GET', '/v1/notifications');
    expect(items).toMatchObject([{ kind: 'post_like', othersCount: 999, isUnread: true }]);
    expect(await pushesTo(token)).toHaveLength(1);
    expect((await app.queue.deliveries()).length - jobsBefore).toBeLessThan(10);
    app.clock.advance(3600_000);
    await act(await signUpPerson(app), 'PUT', `/v1/posts/${postId}/like`);
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(2);
  });

  it('in jobs of at most 100', async () => {
    const who = await signUpPerson(app);
    const token = await register(who);
    const before = (await app.queue.deliveries()).length;
    await app.asSystem((ctx) =>
      requestPushes(
        ctx,
        Array.from({ length: 130 }, (_, index) => ({
          userId: who.userId,
          kind: 'message',
          key: `bulk ${index}`,
          ids: { roomId: '5' },
        })),
      ),
    );
    const jobs = (await app.queue.deliveries()).slice(before);
    expect(jobs.map(({ body }) => JSON.parse(body).payload.pushes.length).toSorted()).toEqual([100, 30]);
    await app.queue.deliver();
    expect(await pushesTo(token)).toHaveLength(130);
  });
});
