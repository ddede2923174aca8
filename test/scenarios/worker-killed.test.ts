/**
 * The Worker's process killed outright: between COMMIT and reaction, in the middle of a reaction, in the middle of a job.
 * Nothing is lost and nothing is doubled once another process stands in its place. What stalls it where it is to be
 * killed are the fault switches of the services around it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { fireCron } from '../../local/cron.ts';
import { findFreePort } from '../../local/ports.ts';
import { startWorker, type WorkerProcess } from '../../local/worker-process.ts';
import type { AnyJson } from '../harness/app.ts';
import { openTestDatabase, type TestDatabase } from '../harness/database.ts';
import { startTestQueue, type TestQueue } from '../harness/queue.ts';
import { readZip } from '../harness/read-zip.ts';
import { findDisorder } from '../harness/soundness.ts';

const PATIENCE_MS = 240_000;
/** Longer than any of these tests. */
const STALLED_MS = 300_000;
const PASSWORD = '봄이 오면 꽃이 핀다';

let database: TestDatabase;
let queue: TestQueue;
let stateDir: string;
let env: Record<string, string>;
let worker: WorkerProcess;

beforeAll(async () => {
  const plane = inject('dataPlane');
  database = await openTestDatabase();
  queue = await startTestQueue(plane.env);
  stateDir = mkdtempSync(join(tmpdir(), 'loopus-killed-'));
  const redisToken = `${plane.env['REDIS_TOKEN'] ?? ''}.15`;
  env = { ...plane.env, DATABASE_URL: database.url, QSTASH_URL: queue.url, REDIS_TOKEN: redisToken };
  worker = await startWorker({ stateDir, port: 18_787, env });
}, PATIENCE_MS);

afterEach(async () => {
  await setFault('planetscale', undefined);
  await setFault('qstash', undefined);
  await settleOutbox();
  await queue.advance(60_000);
  expect(await findDisorder(database.sql)).toEqual({});
}, PATIENCE_MS);

afterAll(async () => {
  await worker?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Ends the Worker as a crash would, and puts another process in its place at the same address. */
async function crash(): Promise<void> {
  await worker.kill();
  const { port } = new URL(worker.url);
  await waitFor('the port to be free', async () => (await findFreePort(Number(port))) === Number(port));
  worker = await startWorker({ stateDir, port: Number(port), env });
  expect(new URL(worker.url).port).toBe(port);
}

async function setFault(where: 'planetscale' | 'qstash', fault: object | undefined): Promise<void> {
  const { username, password } = new URL(database.url);
  const authorization = `Basic ${btoa(`${username}:${password}`)}`;
  const url = where === 'qstash' ? queue.url : inject('dataPlane').urls.planetscale;
  await fetch(`${url}/_control/faults`, {
    method: fault ? 'POST' : 'DELETE',
    body: JSON.stringify({ mode: 'none', ...fault, ...(where === 'planetscale' && { authorization }) }),
  });
}

const stall = (where: 'planetscale' | 'qstash', match: string) =>
  setFault(where, { mode: 'delay', delayMs: STALLED_MS, match });

async function call(method: string, path: string, options: { token?: string; body?: object } = {}) {
  const response = await fetch(`${worker.url}${path}`, {
    method,
    headers: {
      ...(options.token && { authorization: `Bearer ${options.token}` }),
      ...(options.body && { 'content-type': 'application/json' }),
    },
    ...(options.body && { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as AnyJson };
}

async function waitFor<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

async function mailsTo(email: string, wait = 0): Promise<AnyJson[]> {
  const { mail } = inject('dataPlane').urls;
  const response = await fetch(`${mail}/api/messages?to=${encodeURIComponent(email)}&wait=${wait}`);
  return ((await response.json()) as { messages: AnyJson[] }).messages;
}

async function joinLoopUs(email: string): Promise<{ token: string; userId: string }> {
  const asked = await call('POST', '/v1/verifications', { body: { purpose: 'sign_up', email } });
  const code = (await mailsTo(email, 20_000))[0]?.code;
  const confirmed = await call('POST', '/v1/verifications/confirm', {
    body: { purpose: 'sign_up', email, verificationId: asked.body.verificationId, code },
  });
  const joined = await call('POST', '/v1/account', {
    body: {
      email,
      proof: confirmed.body.proof,
      password: PASSWORD,
      name: '김재난',
      departmentId: 1,
      admissionYear: 2024,
      is14OrOlder: true,
      consents: [
        { kind: 'terms', version: '2026-11-01' },
        { kind: 'privacy', version: '2026-11-01' },
      ],
    },
  });
  expect(joined.status).toBe(201);
  return joined.body;
}

/** The minute after which others take up what an isolate held. */
async function outliveLeases(): Promise<void> {
  await database.sql('update outbox set available_at = utc_timestamp(3)');
  await database.sql('update job_runs set lease_until = utc_timestamp(3) where lease_until is not null');
}

async function settleOutbox(): Promise<void> {
  await outliveLeases();
  await fireCron(worker.url, (line) => expect.fail(line));
  await waitFor('an empty outbox', async () => (await database.sql('select id from outbox')).length === 0);
}

it(
  'between COMMIT and reaction: what follows happens, once',
  async () => {
    const email = 'killed.before@snu.ac.kr';
    await stall('qstash', 'welcome');
    await joinLoopUs(email);
    expect(await database.sql('select name from outbox')).toEqual([{ name: 'account.created' }]);
    await crash();
    await setFault('qstash', undefined);
    await settleOutbox();
    await queue.advance(5_000);
    const mails = await mailsTo(email);
    expect(mails.filter(({ subject }) => subject.includes('가입을 환영합니다'))).toHaveLength(1);
  },
  PATIENCE_MS,
);

it(
  'in the middle of a reaction: it is done again, to the same end',
  async () => {
    const [minsu, jiwoo] = [
      await joinLoopUs('killed.minsu@snu.ac.kr'),
      await joinLoopUs('killed.jiwoo@snu.ac.kr'),
    ];
    await settleOutbox();
    await stall('planetscale', 'set `following_count`');
    expect((await call('PUT', `/v1/users/${jiwoo.userId}/follow`, { token: minsu.token })).status).toBe(204);
    const counts = (userId: string) =>
      database.sql<{ followers: number; followings: number }>(
        'select follower_count as followers, following_count as followings from users where id = ?',
        userId,
      );
    await waitFor('the first half', async () => (await counts(jiwoo.userId))[0]?.followers === 1);
    expect(await counts(minsu.userId)).toEqual([{ followers: 0, followings: 0 }]);
    await crash();
    await setFault('planetscale', undefined);
    await settleOutbox();
    expect(await counts(jiwoo.userId)).toEqual([{ followers: 1, followings: 0 }]);
    expect(await counts(minsu.userId)).toEqual([{ followers: 0, followings: 1 }]);
  },
  PATIENCE_MS,
);

it(
  'in the middle of a job: QStash delivers it again, and it is done once',
  async () => {
    const email = 'killed.job@snu.ac.kr';
    const { token } = await joinLoopUs(email);
    await settleOutbox();
    await queue.advance(5_000);
    expect((await call('POST', '/v1/account/exports', { token, body: { password: PASSWORD } })).status).toBe(
      202,
    );
    const isQueued = async () => (await queue.deliveries()).find(({ body }) => body.includes('export.make'));
    await waitFor('the job to be queued', isQueued);
    await stall('planetscale', 'update `data_exports`');
    const delivering = queue.advance(1_000);
    await waitFor('the job to begin', async () => ((await isQueued())?.attempts.length ?? 0) > 0);
    await crash();
    await delivering;
    await setFault('planetscale', undefined);
    expect((await isQueued())?.attempts[0]?.status).toBe(0);
    await queue.advance(60_000);
    await settleOutbox();
    await queue.advance(5_000);
    const mails = (await mailsTo(email)).filter(({ subject }) => subject.includes('데이터가 준비'));
    expect(mails).toHaveLength(1);
    const link = /http:\S+\/v1\/exports\/[\w-]{43}/.exec(mails[0].text)?.[0] ?? '';
    const archive = readZip(Buffer.from(await (await fetch(link)).arrayBuffer()));
    expect(JSON.parse(archive.get('data.json')?.toString('utf8') ?? '')).toMatchObject({
      account: [{ addresses: [{ address: email }] }],
    });
    expect(await database.sql('select state from data_exports')).toEqual([{ state: 'ready' }]);
  },
  PATIENCE_MS,
);
