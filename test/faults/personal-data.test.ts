/**
 * A whole story, with much going wrong in it: no queue message, log line, event, dead letter or value in Redis ever holds
 * an address, a code, a token, a password or what somebody wrote.
 */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { accountCreated } from '../../src/features/account/index.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { writeDeadLetters } from '../../src/platform/jobs/dead-letters.ts';
import { askForCode, CONSENTS, logIn, NEW_PASSWORD, PASSWORD, proveAddress } from '../harness/account.ts';
import { startTestApp, type AnyJson, type OutgoingCall, type TestApp } from '../harness/app.ts';
import { signUpPerson, type TestPerson } from '../harness/people.ts';
import { readRedis } from '../harness/redis-contents.ts';
import { buildSearch, garbleEngine } from '../harness/search.ts';
import { catchUp } from '../harness/soundness.ts';
import { findSecrets, type Secret } from '../harness/secrets.ts';

const RUN = Date.now();
const EMAIL = `hong.gildong.${RUN}@snu.ac.kr`;
const RECOVERY = `gildong.home.${RUN}@example.com`;
const STRANGER = `nobody.${RUN}@snu.ac.kr`;
const NETWORK = '203.0.113.201';
const DEVICE = `device-token-${randomUUID()}`;
const WORDS = {
  name: '홍길동무',
  introduction: '활빈당 당원 구함',
  career: '율도국 세우기',
  post: '호부호형을 허하소서',
  comment: '아버지를 아버지라',
  message: '오늘 밤 자시에 만납시다',
  report: '탐관오리 신고합니다',
  file: '비밀지도-0417.txt',
  search: '조선 최고의 도적',
};

/** Tables of the engine room: what is written into them, too. */
const ENGINE_ROOM =
  /(?:insert into|update) `(?:outbox|dead_letters|job_runs|schedule_runs|search_changes|audit_log)`/;
const WRITING = /insert into `(?:posts|comments|messages|reports)`/;

let app: TestApp;
let member: { userId: string; token: string };
let friend: TestPerson;
/** Whether what people write fails in MySQL. */
let isSpoilt = false;
const secrets: Secret[] = [];
/** All that ever went out, by where it is written down. */
const written = { queue: [] as string[], redis: [] as string[], engineRoom: [] as string[] };

function keep({ url, body }: OutgoingCall): void {
  const { qstash, upstash } = app.urls;
  if (url.startsWith(qstash)) written.queue.push(`${url} ${body}`);
  if (url.startsWith(upstash)) written.redis.push(`${url} ${body}`);
  if (ENGINE_ROOM.test(body)) written.engineRoom.push(body);
}

function note(what: string, text: string, isGuessable = true): void {
  secrets.push({ what, text, isGuessable });
}

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    between(send, call) {
      keep(call);
      // To a table that is not there: MySQL's error repeats the statement with its values.
      return send(isSpoilt ? call.body.replace(WRITING, 'insert into `nowhere`') : undefined);
    },
  });
  await buildSearch(app);
  friend = await signUpPerson(app);
  for (const [what, text] of Object.entries(WORDS)) note(what, text);
  for (const text of [EMAIL, RECOVERY, STRANGER, friend.email]) note('an address', text);
  for (const text of [PASSWORD, NEW_PASSWORD, '틀린 비밀번호 42']) note('a password', text);
  note('the network', NETWORK);
  note('a device', DEVICE, false);
  note('a token', friend.token, false);
  await joinAndLogIn();
  await writeAndTalk();
  await goWrong();
  await app.passTime(3);
}, 120_000);

afterAll(() => smtp({ mode: 'none' }));

async function call(who: { token: string }, method: string, path: string, body?: object): Promise<AnyJson> {
  const answer = await app.request(method, path, {
    token: who.token,
    network: NETWORK,
    ...(body && { body }),
  });
  expect([200, 201, 202, 204], `${method} ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
  return answer.body;
}

async function prove(email: string, purpose: string, token?: string): Promise<string> {
  const proof = await proveAddress(app, email, { purpose, network: NETWORK, ...(token && { token }) });
  const [mail] = await app.mail.list(email);
  note('a code', mail.code);
  note('a proof', proof, false);
  return proof;
}

/** Sign-up, log-in right and wrong, new addresses and passwords. */
async function joinAndLogIn(): Promise<void> {
  const proof = await prove(EMAIL, 'sign_up');
  const joined = await app.request('POST', '/v1/account', {
    network: NETWORK,
    body: {
      email: EMAIL,
      proof,
      password: PASSWORD,
      name: WORDS.name,
      departmentId: 1,
      admissionYear: 2024,
      is14OrOlder: true,
      consents: CONSENTS,
    },
  });
  expect(joined.status).toBe(201);
  member = joined.body;
  note('a token', member.token, false);
  expect((await logIn(app, EMAIL, '틀린 비밀번호 42', NETWORK)).status).toBe(401);
  expect((await logIn(app, STRANGER, '틀린 비밀번호 42', NETWORK)).status).toBe(401);
  const second = await logIn(app, EMAIL, PASSWORD, NETWORK);
  note('a token', second.body.token, false);
  await call(member, 'PUT', '/v1/account/recovery-address', {
    email: RECOVERY,
    proof: await prove(RECOVERY, 'recovery_address', member.token),
    password: PASSWORD,
  });
  const wrong = await askForCode(app, STRANGER, { network: NETWORK });
  note('a code', wrong.code);
  await app.request('POST', '/v1/verifications/confirm', {
    body: {
      purpose: 'sign_up',
      email: STRANGER,
      verificationId: wrong.verificationId,
      code: wrong.code === '111111' ? '222222' : '111111',
    },
  });
  await call(member, 'DELETE', `/v1/sessions/${second.body.sessionId}`);
  await call(member, 'PUT', '/v1/account/password', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD });
}

async function writeAndTalk(): Promise<void> {
  await call(member, 'PUT', '/v1/me/push-device', { token: DEVICE, platform: 'ios' });
  await call(member, 'PATCH', '/v1/me', { introduction: WORDS.introduction });
  await call(member, 'PUT', `/v1/users/${friend.userId}/follow`);
  await call(friend, 'PUT', `/v1/users/${member.userId}/follow`);
  const career = await call(member, 'POST', '/v1/careers', { name: WORDS.career, kind: 'group' });
  await call(member, 'POST', `/v1/careers/${career.id}/invitations`, { userIds: [friend.userId] });
  await call(friend, 'PUT', `/v1/me/career-invitations/${career.id}`);
  const file = await app.request('POST', `/v1/media/files?name=${encodeURIComponent(WORDS.file)}`, {
    token: member.token,
    rawBody: 'map',
    headers: { 'content-type': 'text/plain', 'content-length': '3' },
  });
  const post = await call(member, 'POST', '/v1/posts', {
    careerId: career.id,
    text: WORDS.post,
    tags: ['의적'],
    files: [{ mediaId: file.body.id }],
    links: ['https://example.com/'],
  });
  await call(friend, 'POST', '/v1/posts/seen', { postIds: [post.id] });
  await call(friend, 'PUT', `/v1/posts/${post.id}/like`);
  await call(friend, 'PUT', `/v1/posts/${post.id}/bookmark`);
  const comment = await call(friend, 'POST', `/v1/posts/${post.id}/comments`, { text: WORDS.comment });
  await call(member, 'POST', `/v1/comments/${comment.id}/replies`, { text: WORDS.comment });
  await call(member, 'PUT', `/v1/comments/${comment.id}/like`);
  const room = await call(friend, 'PUT', `/v1/users/${member.userId}/room`);
  await call(friend, 'POST', `/v1/rooms/${room.id}/messages`, { text: WORDS.message });
  await call(member, 'POST', `/v1/rooms/${room.id}/messages`, { text: WORDS.message });
  await call(member, 'POST', '/v1/reports', {
    targetKind: 'user',
    targetId: friend.userId,
    reason: 'spam',
    text: WORDS.report,
  });
  note('a ticket', (await call(member, 'POST', '/v1/realtime/tickets')).ticket, false);
  await call(member, 'PUT', '/v1/me/recent-searches', { kind: 'word', text: WORDS.search });
  await call(member, 'GET', `/v1/search?q=${encodeURIComponent(WORDS.search)}`);
  await call(member, 'GET', '/v1/tags/trending');
  await call(member, 'GET', '/v1/notifications');
  await call(member, 'POST', '/v1/account/exports', { password: NEW_PASSWORD });
  await catchUp(app);
  const mail = (await app.mail.list(EMAIL)).find(({ subject }) => subject.includes('데이터가 준비'));
  const link = /\/v1\/exports\/([\w-]{43})/.exec(mail.text)?.[1] ?? '';
  note('the link of an export', link, false);
  expect((await app.request('GET', `/v1/exports/${link}`)).status).toBe(200);
}

/** Everything that can fail does, with the words in hand: errors, retries that are spent, letters that stay. */
async function goWrong(): Promise<void> {
  await failInMysql();
  await app.fault('upstash', { mode: 'error' });
  await logIn(app, EMAIL, NEW_PASSWORD, NETWORK);
  await app.fault('upstash', undefined);
  await garbleEngine(app, true);
  await app.request('GET', `/v1/search?q=${encodeURIComponent(WORDS.search)}`, { token: member.token });
  await garbleEngine(app, false);
  await app.request('POST', '/v1/sessions', {
    rawBody: `{"email":"${EMAIL}","password":"${NEW_PASSWORD}",`,
    headers: { 'content-type': 'application/json' },
  });
  await app.request('GET', `/v1/sessions/${EMAIL}?password=${encodeURIComponent(NEW_PASSWORD)}`, {
    headers: { authorization: `Bearer ${member.token}x` },
  });
  await failForGood();
}

async function failInMysql(): Promise<void> {
  const [post] = await app.sql<{ id: string }>('select id from posts');
  const [room] = await app.sql<{ room_id: string }>('select room_id from room_members');
  const [career] = await app.sql<{ id: string }>('select id from careers');
  isSpoilt = true;
  const failing = [
    [member, '/v1/posts', { careerId: career?.id, text: WORDS.post }],
    [member, `/v1/posts/${post?.id}/comments`, { text: WORDS.comment }],
    [member, `/v1/rooms/${room?.room_id}/messages`, { text: WORDS.message }],
    [friend, '/v1/reports', { targetKind: 'post', targetId: post?.id, reason: 'spam', text: WORDS.report }],
  ] as const;
  for (const [{ token }, path, body] of failing)
    expect((await app.request('POST', path, { token, body })).status, path).toBe(500);
  isSpoilt = false;
}

/** A mail and a push that nobody takes: QStash tries them to the end. */
async function failForGood(): Promise<void> {
  const luckless = await signUpPerson(app, { name: WORDS.name });
  note('an address', luckless.email);
  await smtp({ mode: 'refuse', match: luckless.email });
  await app.asSystem((ctx) =>
    inTransaction(ctx, async (tx) => tx.emit(accountCreated, { userId: luckless.userId })),
  );
  await fcm('answers', { token: DEVICE, error: 'QUOTA_EXCEEDED', retryAfterSeconds: 60 });
  await call(
    friend,
    'POST',
    `/v1/posts/${(await app.sql<{ id: string }>('select id from posts'))[0]?.id}/comments`,
    {
      text: WORDS.comment,
    },
  );
  await app.queue.advance(6 * 3600_000);
  await app.settle();
}

async function smtp(fault: object): Promise<void> {
  await fetch(`${app.urls.mail}/_control/smtp`, { method: 'POST', body: JSON.stringify(fault) });
}

async function fcm(name: string, body: object): Promise<void> {
  await fetch(`${inject('dataPlane').urls.fcm}/_control/${name}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
}

const PLACES: Record<string, () => Promise<string>> = {
  'queue messages': async () => [...written.queue, JSON.stringify(await app.queue.deliveries())].join('\n'),
  'log lines': async () => app.logs.join('\n'),
  'events, ledgers and dead letters': async () =>
    [...written.engineRoom, JSON.stringify(await app.sql('select * from dead_letters'))].join('\n'),
  'what Redis was told': async () => [...written.redis, ...(await readRedis(app))].join('\n'),
};

/** Ways in which something could be written down there. */
const PLANT: Record<keyof typeof PLACES, (text: string) => Promise<void>> = {
  'queue messages': (text) =>
    app.asSystem(({ deps }) =>
      deps.queue.publish([
        { name: 'planted', body: JSON.stringify({ text }), deduplicationId: randomUUID(), retries: 0 },
      ]),
    ),
  'log lines': (text) => app.asSystem(async ({ deps }) => deps.log.info('planted', { text })),
  'events, ledgers and dead letters': (text) =>
    app.asSystem((ctx) =>
      writeDeadLetters(ctx, [
        {
          kind: 'job',
          name: 'planted',
          key: 'k',
          source: randomUUID(),
          payload: { text },
          error: 'E',
          attempts: 1,
        },
      ]),
    ),
  'what Redis was told': (text) =>
    app.asSystem(async ({ deps }) => {
      await deps.cache.set('planted', text);
    }),
};

const DISGUISES: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in hex': (text) => Buffer.from(text).toString('hex'),
  'in percent signs': (text) => Buffer.from(text).toString('hex').replaceAll(/../g, '%$&'),
  escaped: (text) =>
    text.replaceAll(/./gsu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'as a digest': (text) => createHash('sha256').update(text).digest('base64url'),
};

describe('the story', () => {
  it('has been through everything', async () => {
    const kinds = new Set(secrets.map(({ what }) => what));
    expect(secrets.every(({ text }) => text.length > 2)).toBe(true);
    expect([...kinds]).toEqual(
      expect.arrayContaining(['an address', 'a code', 'a token', 'a password', 'message']),
    );
    expect(await app.sql('select name from dead_letters order by name')).toEqual(
      expect.arrayContaining([{ name: 'mail.send' }, { name: 'push.send' }]),
    );
    for (const words of ['request failed', 'job failed', 'dead letter', 'code not mailed|mail.send'])
      expect(
        app.logs.some((line) => new RegExp(words).test(line)),
        words,
      ).toBe(true);
    for (const [place, read] of Object.entries(PLACES))
      expect((await read()).length, place).toBeGreaterThan(500);
  });

  it.each(Object.keys(PLACES))('%s hold nothing of it', async (place) => {
    expect(findSecrets((await PLACES[place]?.()) ?? '', secrets)).toEqual([]);
  });

  it.each(Object.keys(DISGUISES))('would be found %s', (how) => {
    for (const { what, text, isGuessable } of secrets) {
      const isFound = findSecrets(`x ${DISGUISES[how]?.(text)} y`, secrets).includes(what);
      // Digests of long random tokens are what may be kept of them.
      expect(isFound, what).toBe(how !== 'as a digest' || isGuessable);
    }
  });

  it.each(Object.keys(PLACES))('%s would be found holding any of it', async (place) => {
    for (const { text } of secrets) await PLANT[place]?.(text);
    const kinds = new Set(secrets.map(({ what }) => what));
    expect(findSecrets((await PLACES[place]?.()) ?? '', secrets)).toEqual(expect.arrayContaining([...kinds]));
  });
});
