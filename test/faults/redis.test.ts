/** Redis emptied: open codes end, nothing else. Redis down or slow: reads and writes go on, log-in and codes say 503. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpoints } from '../../src/app.ts';
import { servedPath } from '../../src/platform/http/mount.ts';
import { askForCode, logIn, proveAddress, signUp, signUpBody } from '../harness/account.ts';
import { startTestApp, type Answer, type TestApp } from '../harness/app.ts';
import { buildSearch } from '../harness/search.ts';
import { countOf } from '../harness/society.ts';
import { expectSound } from '../harness/soundness.ts';
import { makeCast, oneTry, playStory, type Cast, type Client, type StoryIds } from '../harness/story.ts';

/** No reads of people: sockets, links out of mails, objects, and the probe that is to tell of the fault. */
const OTHER_READS = new Set([
  'connectRealtime',
  'connectRealtimeFromBrowser',
  'fetchExport',
  'readMedia',
  'getReadiness',
]);
/** Parameters that a read cannot do without. */
const QUERIES: Record<string, string> = { q: '글', kind: 'news' };

const EMAIL = 'faults.redis@snu.ac.kr';

let app: TestApp;
let cast: Cast;
let ids: StoryIds;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  await signUp(app, EMAIL);
  cast = await makeCast(app);
  ids = await playStory(cast, oneTry(app));
  await buildSearch(app);
  await app.runJobs();
});

afterEach(async () => {
  await app.fault('upstash', undefined);
});

/** Every read there is for people, of things that are there. */
const reads = endpoints
  .map(({ spec }) => spec)
  .filter(({ id, method, auth }) => method === 'get' && auth !== 'staff' && !OTHER_READS.has(id));

function pathOf(spec: (typeof reads)[number]): string {
  const things: Record<string, string> = { ...ids, userId: cast.author.userId, name: '함께쓰는' };
  const path = servedPath(spec).replaceAll(/:(\w+)(\{[^}]*\})?/g, (_match, name: string) => {
    const thing = things[name];
    if (!thing) throw new Error(`the story has no ${name} for ${spec.id}`);
    return encodeURIComponent(thing);
  });
  const { required = [] } = spec.query ? z.toJSONSchema(spec.query, { io: 'input' }) : {};
  const query = new URLSearchParams(required.map((name) => [name, QUERIES[name] ?? '']));
  return `${path}?${query}`;
}

async function readAll(): Promise<Record<string, Answer>> {
  const answers = await Promise.all(
    reads.map(async (spec) => {
      const token = spec.auth === 'session' ? cast.fan.token : undefined;
      return [spec.id, await app.request('GET', pathOf(spec), { token })] as const;
    }),
  );
  return Object.fromEntries(answers);
}

const bodies = (answers: Record<string, Answer>) =>
  Object.fromEntries(
    Object.entries(answers).map(([id, { status, bytes }]) => [id, [status, bytes.toString()]]),
  );

function countSessions(): Promise<number> {
  return countOf(app, 'select count(*) as n from sessions');
}

describe('Redis emptied', () => {
  it('ends open codes and proofs, and a new code can be had at once', async () => {
    const email = 'faults.emptied@snu.ac.kr';
    const asked = await askForCode(app, email);
    const confirm = (sent: object) =>
      app.request('POST', '/v1/verifications/confirm', { body: { purpose: 'sign_up', email, ...sent } });
    await app.redis('FLUSHDB');
    expect((await confirm(asked)).body.code).toBe('code_expired');
    const proof = await proveAddress(app, email);
    await app.redis('FLUSHDB');
    const refused = await app.request('POST', '/v1/account', { body: signUpBody(email, proof) });
    expect(refused.body.code).toBe('proof_invalid');
    await signUp(app, email);
    await expectSound(app);
  });

  it('again and again ends nothing else: nobody is logged out, nothing is lost', async () => {
    const once = oneTry(app);
    const call: Client = async (...request) => {
      await app.redis('FLUSHDB');
      return once(...request);
    };
    const before = bodies(await readAll());
    await app.redis('FLUSHDB');
    expect(bodies(await readAll())).toEqual(before);
    await playStory(await makeCast(app), call);
    await expectSound(app);
    expect((await app.request('GET', '/v1/account', { token: cast.guest.token })).status).toBe(200);
    expect((await logIn(app, EMAIL)).status).toBe(201);
  });
});

describe.each([
  ['down', { mode: 'drop' }],
  // Twice as long as anybody waits for it.
  ['slow', { mode: 'delay', delayMs: 1000 }],
])('Redis %s for ten minutes', (_how, fault) => {
  it('reads and writes go on; log-in and codes say 503, and leave nothing behind', async () => {
    const before = await readAll();
    const sessions = await countSessions();
    await app.fault('upstash', fault);
    const during = await readAll();
    expect(bodies(during)).toEqual(bodies(before));
    expect(new Set(Object.values(during).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await app.request('GET', '/health/ready')).status).toBe(503);

    const written = await Promise.all([
      app.request('POST', `/v1/posts/${ids.postId}/comments`, {
        token: cast.guest.token,
        body: { text: '그래도 씁니다' },
      }),
      app.request('PUT', `/v1/comments/${ids.commentId}/like`, { token: cast.guest.token }),
      app.request('PUT', `/v1/users/${cast.fan.userId}/follow`, { token: cast.guest.token }),
    ]);
    expect(written.map(({ status }) => status)).toEqual([201, 204, 204]);

    const refused = await Promise.all([
      logIn(app, EMAIL),
      app.request('POST', '/v1/verifications', {
        body: { purpose: 'sign_up', email: 'faults.nobody@snu.ac.kr' },
      }),
      app.request('POST', '/v1/verifications/confirm', {
        body: { purpose: 'sign_up', email: EMAIL, verificationId: 'A'.repeat(43), code: '123456' },
      }),
      app.request('POST', '/v1/account', { body: signUpBody('faults.nobody@snu.ac.kr', 'A'.repeat(43)) }),
    ]);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [503, 'unavailable']),
    );
    for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    await app.passTime(10);
    expect(await countSessions()).toBe(sessions);
    expect(await app.mail.list('faults.nobody@snu.ac.kr')).toEqual([]);

    await app.fault('upstash', undefined);
    expect((await logIn(app, EMAIL)).status).toBe(201);
    await askForCode(app, `faults.back.${Math.random()}@snu.ac.kr`);
    await expectSound(app);
  });
});
