import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { addStaff } from '../../../local/commands/staff-add.ts';
import { startTestApp, type RequestOptions, type TestApp } from '../../../test/harness/app.ts';
import { startStaff, type TestStaff } from '../../../test/harness/staff.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { defineEvent, defineReaction } from '../../platform/events.ts';
import { collectGivenUp } from '../../platform/jobs/collect-given-up.ts';
import { enqueue } from '../../platform/jobs/enqueue.ts';
import { createJobs, defineJob } from '../../platform/jobs/job.ts';
import { jobReactions } from '../../platform/jobs/replay.ts';
import { createReactions } from '../../platform/outbox.ts';
import { createSchedules, defineSchedule } from '../../platform/schedules.ts';

const Payload = z.object({ id: z.string() });
const happened = defineEvent('test.happened', Payload);
let acts: string[] = [];
let isBroken = true;

const work = defineJob({
  name: 'test.work',
  schema: Payload,
  key: ({ id }) => id,
  retries: 0,
  flowControl: { key: 'test.work', parallelism: 1 },
  async run(_ctx, { id }) {
    if (isBroken) throw new Error('broken');
    acts.push(`job ${id}`);
  },
});
/** A deploy that takes no payload of this job any more, until it is mended. */
let isPayloadRefused = false;
const strict = defineJob({
  name: 'test.strict',
  schema: Payload.refine(() => !isPayloadRefused),
  key: ({ id }) => id,
  retries: 5,
  async run(_ctx, { id }) {
    acts.push(`strict ${id}`);
  },
});
const react = defineReaction({
  name: 'test.react',
  on: [happened],
  async run(_ctx, events) {
    if (isBroken) throw new Error('broken');
    acts.push(...events.map(({ payload }) => `event ${payload.id}`));
  },
});
const nightly = defineSchedule({
  name: 'test.nightly',
  dailyAt: '03:00',
  catchUp: 'latest',
  async start(_ctx, dueAt) {
    acts.push(`nightly ${dueAt.toISOString()}`);
  },
});

let app: TestApp;
let staff: TestStaff;
let writerId: string;

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: {
      jobs: createJobs([work, strict]),
      reactions: createReactions([...jobReactions, react]),
      schedules: createSchedules([nightly]),
    },
  });
  staff = await startStaff(app);
  await staff.add('reader@loopus.kr', 'reader');
  writerId = await staff.add('writer@loopus.kr', 'writer');
});

afterAll(() => staff.close());

beforeEach(() => {
  acts = [];
  isBroken = true;
});

const asReader = (path: string) => staff.request('reader@loopus.kr', 'GET', path);
const asWriter = (method: string, path: string, options?: RequestOptions) =>
  staff.request('writer@loopus.kr', method, path, options);

function withToken(token: string, headers: Record<string, string> = {}) {
  return app.request('GET', '/v1/staff/me', { headers: { 'cf-access-jwt-assertion': token, ...headers } });
}

function auditLog() {
  return app.sql<{ action: string; staffId: string; targetId: string }>(
    'select action, staff_id as staffId, target_id as targetId from audit_log order by id',
  );
}

describe('the entrance for staff', () => {
  it('lets in who has a token of Access and a role', async () => {
    const answer = await withToken(await staff.token({ email: 'Reader@Loopus.kr' }));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ email: 'reader@loopus.kr', role: 'reader' });
  });

  it.each([
    ['no token', async () => ''],
    ['no JWT', async () => 'a.b.c'],
    ['a token for another audience', () => staff.token({ email: 'reader@loopus.kr', audience: 'other' })],
    [
      'a token of another issuer',
      () => staff.token({ email: 'reader@loopus.kr', issuer: 'https://evil.example' }),
    ],
    ['an expired token', () => staff.token({ email: 'reader@loopus.kr', expiresInSeconds: -60 })],
    [
      'a token with another signature',
      async () => `${(await staff.token({ email: 'reader@loopus.kr' })).slice(0, -8)}AAAAAAAA`,
    ],
    [
      'a token without signature',
      async () => {
        const [, payload = ''] = (await staff.token({ email: 'reader@loopus.kr' })).split('.');
        return `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.`;
      },
    ],
  ])('refuses %s', async (_what, token) => {
    expect((await withToken(await token())).status).toBe(401);
  });

  it('refuses a valid token without a role, and one whose role was taken', async () => {
    expect((await withToken(await staff.token({ email: 'nobody@loopus.kr' }))).body.code).toBe('forbidden');
    await staff.add('gone@loopus.kr', 'writer');
    await app.sql(`update staff set removed_at = created_at where email = 'gone@loopus.kr'`);
    expect((await withToken(await staff.token({ email: 'gone@loopus.kr' }))).body.code).toBe('forbidden');
  });

  it("refuses a reader on a writer's route, and nothing is done", async () => {
    const answer = await staff.request('reader@loopus.kr', 'POST', '/v1/staff/schedules/test.nightly/start');
    expect(answer.body.code).toBe('forbidden');
    expect(acts).toEqual([]);
    expect(await auditLog()).toEqual([]);
  });

  it('is on one host name alone', async () => {
    const token = await staff.token({ email: 'reader@loopus.kr' });
    app.env['STAFF_HOST'] = 'staff.loopus.kr';
    app.forgetEnv();
    const elsewhere = await withToken(token);
    app.env['STAFF_HOST'] = '127.0.0.1';
    app.forgetEnv();
    expect(elsewhere.body.code).toBe('not_found');
  });

  it('follows the keys when they change, and asks for them no more than twice a minute', async () => {
    const before = await staff.token({ email: 'reader@loopus.kr' });
    expect((await withToken(before)).status).toBe(200);
    await staff.rotate();
    const after = await staff.token({ email: 'reader@loopus.kr' });
    expect((await withToken(after)).status).toBe(401);
    app.clock.advance(30_000);
    expect((await withToken(after)).status).toBe(200);
    expect((await withToken(before)).status).toBe(200);
    await staff.rotate();
    app.clock.advance(3600_000);
    expect((await withToken(before)).status).toBe(401);
  });

  it('says 503 while no keys can be had, and goes on with those at hand', async () => {
    const token = await staff.token({ email: 'reader@loopus.kr' });
    app.clock.advance(30_000);
    expect((await withToken(token)).status).toBe(200);
    await fetch(`${staff.issuerUrl}/_control/faults`, { method: 'POST', body: '{"mode":"drop"}' });
    app.clock.advance(7200_000);
    const known = await withToken(token);
    app.forgetEnv();
    const unknown = await withToken(token);
    await fetch(`${staff.issuerUrl}/_control/faults`, { method: 'DELETE' });
    app.clock.advance(30_000);
    expect([known.status, unknown.status, (await withToken(token)).status]).toEqual([200, 503, 200]);
  });
});

describe('npm run staff:add', () => {
  const databaseUrl = () => String(app.env['DATABASE_URL']);

  it('gives a role, changes it, and gives it back; each with its row in the audit log', async () => {
    await addStaff(databaseUrl(), 'New.One@loopus.kr', 'reader');
    const me = () => staff.request('new.one@loopus.kr', 'GET', '/v1/staff/me');
    const first = (await me()).body;
    expect(first.role).toBe('reader');
    await addStaff(databaseUrl(), 'new.one@loopus.kr', 'writer');
    expect((await me()).body).toEqual({ ...first, role: 'writer' });
    await app.sql(`update staff set removed_at = created_at where email = 'new.one@loopus.kr'`);
    await addStaff(databaseUrl(), 'new.one@loopus.kr', 'reader');
    expect((await me()).body.role).toBe('reader');
    expect(await auditLog()).toEqual(
      ['staff.added', 'staff.added', 'staff.added'].map((action) => ({
        action,
        staffId: first.id,
        targetId: first.id,
      })),
    );
    await app.sql('delete from audit_log');
  });

  it('takes no other role and no broken address', async () => {
    await expect(addStaff(databaseUrl(), 'a@loopus.kr', 'owner')).rejects.toThrow('reader|writer');
    await expect(addStaff(databaseUrl(), 'loopus.kr', 'reader')).rejects.toThrow('reader|writer');
  });
});

describe('dead letters', () => {
  const collect = () => app.asSystem((ctx) => collectGivenUp.start(ctx, app.clock.now()));

  async function makeLetters(): Promise<{ job: string; event: string }> {
    await app.sql('delete from dead_letters');
    await app.asSystem((ctx) => enqueue(ctx, work, [{ id: crypto.randomUUID().replaceAll('-', '') }]));
    await app.queue.deliver();
    await app.asSystem((ctx) => inTransaction(ctx, async (tx) => tx.emit(happened, { id: '7' })));
    for (let hour = 0; hour < 60; hour += 6) {
      app.clock.advance(6 * 3600_000);
      await app.tick();
    }
    acts = [];
    const { body } = await asReader('/v1/staff/dead-letters');
    const idOf = (kind: string) => body.items.find((letter: { kind: string }) => letter.kind === kind).id;
    return { job: idOf('job'), event: idOf('event') };
  }

  it('are listed, replayed once the cause is mended, and done once', async () => {
    const { job, event } = await makeLetters();
    const list = await asReader('/v1/staff/dead-letters?name=test.work');
    expect(list.body.items).toMatchObject([
      { kind: 'job', error: 'Error', isReplayable: true, state: 'open' },
    ]);
    isBroken = false;
    const options = { body: { ids: [job, event] } };
    const [first, second] = await Promise.all([
      asWriter('POST', '/v1/staff/dead-letters/replay', options),
      asWriter('POST', '/v1/staff/dead-letters/replay', options),
    ]);
    expect([...first.body.ids, ...second.body.ids].toSorted()).toEqual([job, event].toSorted());
    await app.queue.deliver();
    await app.tick();
    expect(acts.map((act) => act.split(' ')[0]).toSorted()).toEqual(['event', 'job']);
    expect((await asReader('/v1/staff/dead-letters')).body.items).toEqual([]);
    expect((await asReader('/v1/staff/dead-letters?state=replayed')).body.items).toHaveLength(2);
    expect(await auditLog()).toEqual([
      { action: 'dead_letter.replayed', staffId: writerId, targetId: event < job ? event : job },
      { action: 'dead_letter.replayed', staffId: writerId, targetId: event < job ? job : event },
    ]);
  });

  it('of a poisoned payload come at once, without retries, and are replayed after a fix', async () => {
    await app.sql('delete from dead_letters');
    await app.asSystem((ctx) => enqueue(ctx, strict, [{ id: 'poison' }]));
    isPayloadRefused = true;
    await app.queue.deliver();
    const [message] = (await app.queue.deliveries()).filter(({ body }) => body.includes('poison'));
    expect(message?.attempts.map(({ status }) => status)).toEqual([489]);
    const { body } = await asReader('/v1/staff/dead-letters');
    expect(body.items).toMatchObject([{ name: 'test.strict', error: 'invalid_payload', attempts: 1 }]);
    await app.queue.advance(86_400_000);
    isPayloadRefused = false;
    await asWriter('POST', '/v1/staff/dead-letters/replay', { body: { ids: [body.items[0].id] } });
    await app.runJobs();
    expect(acts).toEqual(['strict poison']);
  });

  it('that fail again are new letters', async () => {
    const { job } = await makeLetters();
    await asWriter('POST', '/v1/staff/dead-letters/replay', { body: { ids: [job] } });
    await app.queue.deliver();
    const { body } = await asReader('/v1/staff/dead-letters?name=test.work');
    expect(body.items).toHaveLength(1);
    expect(body.items[0].id).not.toBe(job);
  });

  it('are dropped for good', async () => {
    const { job, event } = await makeLetters();
    const dropped = await asWriter('POST', '/v1/staff/dead-letters/drop', { body: { ids: [job] } });
    expect(dropped.body.ids).toEqual([job]);
    isBroken = false;
    const replayed = await asWriter('POST', '/v1/staff/dead-letters/replay', { body: { ids: [job] } });
    expect(replayed.body.ids).toEqual([]);
    await app.queue.deliver();
    expect(acts).toEqual([]);
    await asWriter('POST', '/v1/staff/dead-letters/drop', { body: { ids: [event] } });
  });

  it('of jobs that this build does not know are not sent', async () => {
    await makeLetters();
    await app.sql(`update dead_letters set name = 'test.removed' where kind = 'job'`);
    const { body } = await asReader('/v1/staff/dead-letters?name=test.removed');
    expect(body.items[0].isReplayable).toBe(false);
    const answer = await asWriter('POST', '/v1/staff/dead-letters/replay', {
      body: { ids: [body.items[0].id] },
    });
    expect(answer.body.code).toBe('dead_letter_not_replayable');
    expect((await asReader('/v1/staff/dead-letters?name=test.removed')).body.items).toHaveLength(1);
  });

  it('given up by QStash without an answer are collected, those known already only cleared away', async () => {
    await collect();
    await app.sql('delete from dead_letters');
    await app.queue.set({ drop: 1 });
    await app.asSystem((ctx) => enqueue(ctx, work, [{ id: 'lost' }, { id: 'answered' }]));
    await app.queue.deliver();
    await collect();
    await collect();
    const { body } = await asReader('/v1/staff/dead-letters');
    expect(
      body.items.map(({ key, error }: { key: string; error: string }) => [key, error]).toSorted(),
    ).toEqual([
      ['answered', 'Error'],
      ['lost', 'answered 0'],
    ]);
    expect(await app.asSystem((ctx) => ctx.deps.queue.listGivenUp())).toEqual([]);
  });
});

describe('schedules', () => {
  it('are listed, started by hand once, and told in the runs', async () => {
    await app.tick();
    await asWriter('POST', '/v1/staff/schedules/test.nightly/start');
    await app.tick();
    expect(acts).toEqual([`nightly ${app.clock.now().toISOString()}`]);
    const { body } = await asReader('/v1/staff/runs?name=test.nightly&limit=1');
    expect(body.items).toMatchObject([{ name: 'test.nightly', startedBy: 'staff', state: 'done' }]);
    const next = await asReader(`/v1/staff/runs?name=test.nightly&limit=50&cursor=${body.nextCursor}`);
    expect(next.body.items.every((run: { startedBy: string }) => run.startedBy === 'cron')).toBe(true);
    const schedules = await asReader('/v1/staff/schedules');
    expect(schedules.body.items).toMatchObject([
      { name: 'test.nightly', isPaused: false, isRunning: false, lastRun: { startedBy: 'staff' } },
    ]);
    expect((await auditLog()).at(-1)).toMatchObject({ action: 'schedule.started', targetId: 'test.nightly' });
  });

  it('start once, and nobody is refused, when several ask at once before the first tick', async () => {
    await app.sql('delete from schedules');
    app.clock.advance(1000);
    await Promise.all(
      Array.from({ length: 8 }, () => asWriter('POST', '/v1/staff/schedules/test.nightly/start')),
    );
    expect(acts).toHaveLength(1);
  });

  it('rest while paused, but for a start by hand', async () => {
    await asWriter('PUT', '/v1/staff/schedules/test.nightly', { body: { isPaused: true } });
    app.clock.advance(86_400_000);
    await app.tick();
    expect(acts).toEqual([]);
    await asWriter('POST', '/v1/staff/schedules/test.nightly/start');
    expect(acts).toHaveLength(1);
    await asWriter('PUT', '/v1/staff/schedules/test.nightly', { body: { isPaused: false } });
    app.clock.advance(86_400_000);
    await app.tick();
    expect(acts).toHaveLength(2);
  });

  it('that do not exist are not found', async () => {
    expect((await asWriter('POST', '/v1/staff/schedules/test.none/start')).body.code).toBe('not_found');
  });
});

describe('the overview', () => {
  it('counts what waits here and in QStash, and says when QStash is away', async () => {
    await app.asSystem((ctx) => enqueue(ctx, work, [{ id: 'a1' }, { id: 'a2' }]));
    await app.asSystem((ctx) => inTransaction(ctx, async (tx) => tx.emit(happened, { id: '8' })));
    const { body } = await asReader('/v1/staff/jobs');
    expect(body.outbox).toMatchObject({ failing: 1 });
    expect(body.isQueueReachable).toBe(true);
    expect(body.jobs).toMatchObject([
      { name: 'test.work', queue: { isPaused: false } },
      { name: 'test.strict', queue: null },
    ]);
    await app.queue.set({ down: true });
    const away = await asReader('/v1/staff/jobs');
    await app.queue.set({ down: false });
    expect(away.body).toMatchObject({ isQueueReachable: false, jobs: [{ queue: null }, { queue: null }] });
    await app.sql('delete from outbox');
  });
});

describe('the audit log', () => {
  it('is read by page and by target', async () => {
    const all: { action: string }[] = [];
    let cursor = '';
    do {
      const { body } = await asReader(`/v1/staff/audit-log?limit=2${cursor && `&cursor=${cursor}`}`);
      all.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(all.length).toBe((await auditLog()).length);
    const bySchedule = await asReader('/v1/staff/audit-log?targetKind=schedule&targetId=test.nightly');
    expect(bySchedule.body.items[0]).toMatchObject({ staff: { id: writerId, email: 'writer@loopus.kr' } });
  });

  it('keeps nothing of an act that failed', async () => {
    const before = (await auditLog()).length;
    await app.fault('planetscale', { mode: 'error', match: 'insert into `audit_log`' });
    const answer = await asWriter('PUT', '/v1/staff/schedules/test.nightly', { body: { isPaused: true } });
    await app.fault('planetscale', undefined);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(await auditLog()).toHaveLength(before);
    expect((await asReader('/v1/staff/schedules')).body.items[0].isPaused).toBe(false);
  });
});
