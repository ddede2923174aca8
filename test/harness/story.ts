/** One small story in which people do everything that others hear of, told through the routes of an app. */
import { randomUUID } from 'node:crypto';
import { accountCreated } from '../../src/features/account/index.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { hashPassword } from '../../src/platform/password.ts';
import { PASSWORD } from './account.ts';
import type { AnyJson, Answer, RequestOptions, TestApp } from './app.ts';
import { signUpPerson, type TestPerson } from './people.ts';

/** Three people, each with a device that takes pushes. */
export type Cast = { author: TestPerson; fan: TestPerson; guest: TestPerson };

/** Sends one request of a person; answers the body of a success. */
export type Client = (
  who: TestPerson,
  method: string,
  path: string,
  options?: Omit<RequestOptions, 'token'>,
) => Promise<AnyJson>;

const COST = { n: 1024, r: 8, p: 1 };

/** People who have just signed up: their welcome is still to come. */
export async function makeCast(app: TestApp): Promise<Cast> {
  const [author, fan, guest] = [await signUpPerson(app), await signUpPerson(app), await signUpPerson(app)];
  const everybody = [author, fan, guest];
  for (const { token } of everybody) {
    const answer = await app.request('PUT', '/v1/me/push-device', {
      token,
      body: { token: `device-${randomUUID()}`, platform: 'android', language: 'ko' },
    });
    if (answer.status !== 204) throw new Error(JSON.stringify(answer.body));
  }
  const hash = await hashPassword(PASSWORD, COST);
  await app.sql('update users set password_hash = ? where id = ?', hash, author.userId);
  await app.asSystem((ctx) =>
    inTransaction(ctx, async (tx) => {
      for (const { userId } of everybody) tx.emit(accountCreated, { userId });
    }),
  );
  return { author, fan, guest };
}

/** A client that gives up at the first failure. */
export function oneTry(app: TestApp): Client {
  return async (who, method, path, options = {}) => {
    const answer = await app.request(method, path, { ...options, token: who.token });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
}

const PATIENCE = 5;

/**
 * A client as apps should be: one key for one wish, and the same request again after a 5xx or no answer. A second try may
 * find that the first has had its effect. `tries` counts the requests.
 */
export function patientClient(app: TestApp): Client & { tries: number } {
  const client: Client = async (who, method, path, options = {}) => {
    const key = { 'idempotency-key': randomUUID() };
    let last: Answer | undefined;
    for (let attempt = 1; attempt <= PATIENCE; attempt += 1) {
      patient.tries += 1;
      const headers = { ...options.headers, ...key };
      last = await app.request(method, path, { ...options, headers, token: who.token });
      if (last.status < 300 || (attempt > 1 && wasDone(method, last))) return last.body;
      if (last.status < 500) break;
    }
    throw new Error(`${method} ${path}: ${JSON.stringify(last?.body)}`);
  };
  const patient = Object.assign(client, { tries: 0 });
  return patient;
}

function wasDone(method: string, { status, body }: Answer): boolean {
  return (method === 'DELETE' && status === 404) || body.code === 'export_too_soon';
}

/** Some of the things that come about in the story and stay. */
export type StoryIds = { careerId: string; postId: string; commentId: string; roomId: string };

/** Plays the story; its texts hold `mark`, so that one is told from another. */
export async function playStory(
  { author, fan, guest }: Cast,
  call: Client,
  mark: string = randomUUID().slice(0, 8),
): Promise<StoryIds> {
  await call(author, 'PUT', `/v1/users/${fan.userId}/follow`);
  await call(fan, 'PUT', `/v1/users/${author.userId}/follow`);
  await call(guest, 'PUT', `/v1/users/${author.userId}/follow`);
  await call(guest, 'PUT', `/v1/users/${fan.userId}/follow`);
  await call(guest, 'DELETE', `/v1/users/${fan.userId}/follow`);
  await call(author, 'PATCH', '/v1/me', { body: { introduction: `소개 ${mark}` } });

  const group = await call(author, 'POST', '/v1/careers', { body: { name: '함께', kind: 'group' } });
  await call(author, 'POST', `/v1/careers/${group.id}/invitations`, { body: { userIds: [fan.userId] } });
  await call(fan, 'PUT', `/v1/me/career-invitations/${group.id}`);
  const open = await call(author, 'POST', '/v1/careers', { body: { name: '또 함께', kind: 'group' } });
  await call(author, 'POST', `/v1/careers/${open.id}/invitations`, { body: { userIds: [fan.userId] } });
  const alone = await call(author, 'POST', '/v1/careers', { body: { name: '혼자', kind: 'personal' } });
  await call(guest, 'PUT', `/v1/careers/${alone.id}/follow`);

  const file = await call(author, 'POST', '/v1/media/files?name=notes.txt', {
    rawBody: `file ${mark}`,
    headers: { 'content-type': 'text/plain', 'content-length': String(`file ${mark}`.length) },
  });
  const first = await call(author, 'POST', '/v1/posts', {
    body: {
      careerId: group.id,
      text: `첫 글 ${mark}`,
      tags: ['함께쓰는', mark],
      files: [{ mediaId: file.id }],
    },
  });
  const second = await call(fan, 'POST', '/v1/posts', {
    body: { careerId: group.id, text: `둘째 글 ${mark}`, tags: ['함께쓰는'] },
  });
  await call(author, 'PATCH', `/v1/posts/${first.id}`, {
    body: { text: `고친 글 ${mark}`, tags: ['함께쓰는', '고친'] },
  });
  const short = await call(author, 'POST', '/v1/posts', {
    body: { careerId: alone.id, text: `지울 글 ${mark}`, tags: [mark] },
  });
  for (const reader of [fan, guest]) {
    await call(reader, 'POST', '/v1/posts/seen', { body: { postIds: [first.id, short.id] } });
    await call(reader, 'PUT', `/v1/posts/${first.id}/like`);
    await call(reader, 'PUT', `/v1/posts/${first.id}/bookmark`);
  }
  await call(guest, 'PUT', `/v1/posts/${second.id}/like`);
  await call(guest, 'DELETE', `/v1/posts/${second.id}/like`);
  await call(fan, 'PUT', `/v1/posts/${short.id}/like`);

  const comment = await call(fan, 'POST', `/v1/posts/${first.id}/comments`, {
    body: { text: `댓글 ${mark}` },
  });
  await call(author, 'POST', `/v1/comments/${comment.id}/replies`, { body: { text: `답글 ${mark}` } });
  await call(guest, 'POST', `/v1/comments/${comment.id}/replies`, {
    body: { text: `언급 ${mark}`, replyToUserId: author.userId },
  });
  await call(author, 'PUT', `/v1/comments/${comment.id}/like`);
  const hasty = await call(guest, 'POST', `/v1/posts/${first.id}/comments`, {
    body: { text: `성급 ${mark}` },
  });
  await call(guest, 'DELETE', `/v1/comments/${hasty.id}`);
  await call(author, 'DELETE', `/v1/posts/${short.id}`);

  const room = await call(fan, 'PUT', `/v1/users/${author.userId}/room`);
  await call(fan, 'POST', `/v1/rooms/${room.id}/messages`, { body: { text: `안녕 ${mark}` } });
  await call(author, 'POST', `/v1/rooms/${room.id}/messages`, { body: { text: `반가워 ${mark}` } });
  await call(fan, 'PUT', `/v1/rooms/${room.id}/read`, { body: { sequence: 2 } });
  await call(author, 'POST', `/v1/rooms/${room.id}/messages`, { body: { text: `또 봐 ${mark}` } });
  await call(author, 'POST', '/v1/account/exports', { body: { password: PASSWORD } });
  return { careerId: group.id, postId: first.id, commentId: comment.id, roomId: room.id };
}

/** What the story leaves, whoever tells it and however often it has been told: `times`. */
export async function countStory(app: TestApp): Promise<Record<string, number>> {
  const [row] = await app.sql<Record<string, string>>(
    `select (select count(*) from careers) as careers, (select count(*) from posts) as posts,
       (select count(*) from comments) as comments, (select count(*) from messages) as messages,
       (select count(*) from media) as media, (select count(*) from data_exports) as exports`,
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, n]) => [name, Number(n)]));
}

/** What {@link countStory} answers after so many stories. */
export function afterStories(times: number): Record<string, number> {
  const one = { careers: 3, posts: 3, comments: 4, messages: 3, media: 1, exports: 1 };
  return Object.fromEntries(Object.entries(one).map(([name, n]) => [name, n * times]));
}
