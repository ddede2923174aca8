/** A client that sends every POST again, at once and later: nothing is doubled. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../src/app.ts';
import { askForCode, logIn, PASSWORD, proveAddress, signUp, signUpBody } from '../harness/account.ts';
import { startTestApp, type RequestOptions, type TestApp } from '../harness/app.ts';
import { makePng } from '../harness/images.ts';
import { signUpPerson } from '../harness/people.ts';
import { buildSearch } from '../harness/search.ts';
import { findDisorder } from '../harness/soundness.ts';
import { makeCast, oneTry, playStory, type Cast, type StoryIds } from '../harness/story.ts';

type Request = RequestOptions & { path: string };

/** What is in the story and in nobody's way. */
type Stage = { cast: Cast; ids: StoryIds };

let app: TestApp;
let stage: Stage;
let count = 0;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  await buildSearch(app);
  const cast = await makeCast(app);
  stage = { cast, ids: await playStory(cast, oneTry(app)) };
});

function newEmail(): string {
  count += 1;
  return `retried${count}.${Date.now()}@snu.ac.kr`;
}

/** A network of its own for each deed: limits go by networks. */
function newNetwork(): string {
  count += 1;
  return `198.51.${Math.floor(count / 250)}.${count % 250}`;
}

/** Somebody who has just signed up, with all that belongs to it. */
async function newcomer(): Promise<{ token: string; userId: string; email: string }> {
  const email = newEmail();
  return { email, ...(await signUp(app, email)) };
}

const word = () => randomUUID().slice(0, 8);

function sent(body: Buffer | string, type: string): Pick<RequestOptions, 'rawBody' | 'headers'> {
  const bytes = Buffer.from(body);
  return {
    rawBody: bytes as unknown as BodyInit,
    headers: { 'content-type': type, 'content-length': String(bytes.length) },
  };
}

/** How each POST is sent for something that is new each time. */
const DEEDS: Record<string, (stage: Stage) => Promise<Request>> = {
  askForSchool: async () => ({
    path: '/v1/schools/inquiries',
    network: newNetwork(),
    body: { kind: 'school', name: `새 학교 ${word()}`, detail: '', contactEmail: newEmail() },
  }),
  askForCode: async () => ({
    path: '/v1/verifications',
    network: newNetwork(),
    body: { purpose: 'sign_up', email: newEmail() },
  }),
  askForOwnCode: async () => ({
    path: '/v1/account/verifications',
    token: (await newcomer()).token,
    body: { purpose: 'recovery_address', email: newEmail() },
  }),
  async confirmCode() {
    const email = newEmail();
    return {
      path: '/v1/verifications/confirm',
      body: { purpose: 'sign_up', email, ...(await askForCode(app, email)) },
    };
  },
  async signUp() {
    const email = newEmail();
    return { path: '/v1/account', body: signUpBody(email, await proveAddress(app, email)) };
  },
  async resetPassword() {
    const { email } = await newcomer();
    app.clock.advance(60_000);
    const proof = await proveAddress(app, email, { purpose: 'reset_password' });
    return {
      path: '/v1/account/password-reset',
      body: { email, proof, newPassword: `새 비밀번호 ${word()}` },
    };
  },
  async removeRecoveryAddress() {
    const { token } = await newcomer();
    const email = newEmail();
    const proof = await proveAddress(app, email, { purpose: 'recovery_address', token });
    const answer = await app.request('PUT', '/v1/account/recovery-address', {
      token,
      body: { email, proof, password: PASSWORD },
    });
    expect(answer.status).toBeLessThan(300);
    return { path: '/v1/account/recovery-address/removal', token, body: { password: PASSWORD } };
  },
  leaveAccount: async () => ({
    path: '/v1/account/leave',
    token: (await newcomer()).token,
    body: { password: PASSWORD, reason: '' },
  }),
  askExport: async () => ({
    path: '/v1/account/exports',
    token: (await newcomer()).token,
    body: { password: PASSWORD },
  }),
  fileReport: async ({ cast }) => ({
    path: '/v1/reports',
    token: cast.guest.token,
    body: { targetKind: 'user', targetId: (await signUpPerson(app)).userId, reason: 'spam', text: word() },
  }),
  createCareer: async ({ cast }) => ({
    path: '/v1/careers',
    token: cast.author.token,
    body: { name: word(), kind: 'group' },
  }),
  async inviteToCareer({ cast: { author }, ids }) {
    const { userId } = await signUpPerson(app);
    await app.request('PUT', `/v1/users/${userId}/follow`, { token: author.token });
    return {
      path: `/v1/careers/${ids.careerId}/invitations`,
      token: author.token,
      body: { userIds: [userId] },
    };
  },
  uploadImage: async ({ cast }) => ({
    path: '/v1/media/images',
    token: cast.author.token,
    ...sent(makePng({ width: 8 + (count += 1), height: 8 }), 'image/png'),
  }),
  uploadFile: async ({ cast }) => ({
    path: '/v1/media/files?name=notes.txt',
    token: cast.author.token,
    ...sent(word(), 'text/plain'),
  }),
  async createPost({ cast: { author }, ids }) {
    const file = await app.request('POST', '/v1/media/files?name=a.txt', {
      token: author.token,
      ...sent(word(), 'text/plain'),
    });
    return {
      path: '/v1/posts',
      token: author.token,
      body: {
        careerId: ids.careerId,
        text: word(),
        tags: ['함께쓰는', word()],
        files: [{ mediaId: file.body.id }],
        links: [`https://example.com/${word()}`],
      },
    };
  },
  async seePosts({ cast: { author }, ids }) {
    const reader = await signUpPerson(app);
    expect(author.userId).not.toBe(reader.userId);
    return { path: '/v1/posts/seen', token: reader.token, body: { postIds: [ids.postId] } };
  },
  writeComment: async ({ cast, ids }) => ({
    path: `/v1/posts/${ids.postId}/comments`,
    token: cast.fan.token,
    body: { text: word() },
  }),
  writeReply: async ({ cast, ids }) => ({
    path: `/v1/comments/${ids.commentId}/replies`,
    token: cast.guest.token,
    body: { text: word(), replyToUserId: cast.author.userId },
  }),
  sendMessage: async ({ cast, ids }) => ({
    path: `/v1/rooms/${ids.roomId}/messages`,
    token: cast.fan.token,
    body: { text: word() },
  }),
  issueRealtimeTicket: async ({ cast }) => ({ path: '/v1/realtime/tickets', token: cast.fan.token }),
};

/** These make something each time by what they are. */
const MEANT: Record<string, string> = {
  logIn: 'each log-in is one of its own, shown in the list and ended there',
};

const posts = endpoints
  .map(({ spec }) => spec)
  // Staff only start and settle things, under an audit log; jobs have tests of their own beside this one.
  .filter(({ method, auth }) => method === 'post' && auth !== 'staff' && auth !== 'job');

/** What is noted while something is being done. */
const ENGINE_ROOM = new Set([
  'outbox',
  'job_runs',
  'search_changes',
  'search_indexes',
  'schedules',
  'schedule_runs',
]);

async function countEverything(): Promise<Record<string, number>> {
  const tables = await app.sql<{ name: string }>(
    'select table_name as name from information_schema.tables where table_schema = database()',
  );
  const counts = tables
    .filter(({ name }) => !ENGINE_ROOM.has(name))
    .map(({ name }) => `select '${name}' as name, count(*) as n from \`${name}\``);
  const rows = await app.sql<{ name: string; n: string }>(counts.join(' union all '));
  return {
    ...Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)])),
    media_objects: app.media.keys().length,
  };
}

/** How many rows of each table `act` adds, all that follows included. */
async function countAdded(act: () => Promise<void>): Promise<Record<string, number>> {
  await app.runJobs();
  const before = await countEverything();
  await act();
  await app.runJobs();
  const after = await countEverything();
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, n]) =>
      n === before[name] ? [] : [[name, n - (before[name] ?? 0)]],
    ),
  );
}

function send({ path, ...options }: Request, key: string) {
  return app.request('POST', path, { ...options, headers: { ...options.headers, 'idempotency-key': key } });
}

describe('every POST', () => {
  it('is in the table', () => {
    const known = [...Object.keys(DEEDS), ...Object.keys(MEANT)];
    expect(posts.map(({ id }) => id).toSorted()).toEqual(known.toSorted());
  });

  it.each(posts.filter(({ id }) => DEEDS[id]).map((spec) => [spec.id, spec] as const))(
    '%s, sent four times, does what it does once',
    async (id, { success }) => {
      const prepare = DEEDS[id]!;
      const [first, second] = [await prepare(stage), await prepare(stage)];
      const once = await countAdded(async () => {
        expect((await send(first, word())).status).toBe(success.status);
      });
      const key = word();
      const often = await countAdded(async () => {
        const answers = await Promise.all([send(second, key), send(second, key), send(second, key)]);
        app.clock.advance(5000);
        answers.push(await send(second, key));
        const good = answers.filter(({ status }) => status === success.status);
        expect(good.length).toBeGreaterThan(0);
        for (const { status } of answers) expect(status).toBeLessThan(500);
        if (id !== 'issueRealtimeTicket') for (const { body } of good) expect(body).toEqual(good[0]?.body);
      });
      expect(often).toEqual(once);
    },
  );
});

it('and afterwards all is well', async () => {
  await app.runJobs();
  expect(await findDisorder(app.sql)).toEqual({});
  expect((await logIn(app, (await newcomer()).email)).status).toBe(201);
});
