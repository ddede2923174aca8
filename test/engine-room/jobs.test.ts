/** Jobs through a real HTTP server and the local QStash: signature, envelope, retries, dead letters, ledger, slices. */
import { Buffer } from 'node:buffer';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { signDelivery } from '../../local/qstash/sign-delivery.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import type { SystemCtx } from '../../src/platform/context.ts';
import { AppError } from '../../src/platform/errors.ts';
import { enqueue } from '../../src/platform/jobs/enqueue.ts';
import { createJobs, defineJob, defineSlicedJob } from '../../src/platform/jobs/job.ts';
import { runOnce, runOnceLeased } from '../../src/platform/jobs/ledger.ts';

const Payload = z.object({ id: z.string().regex(/^\d+$/) });

/** What the jobs below did, and what they are told to do. */
let acts: string[] = [];
let isBroken = false;

const once = defineJob({
  name: 'test.once',
  schema: Payload,
  key: ({ id }) => id,
  retries: 2,
  async run(ctx, { id }) {
    if (isBroken) throw new TypeError('broken');
    await runOnce(ctx, 'test.once', id, async () => {
      acts.push(`once ${id}`);
    });
  },
});

const leased = defineJob({
  name: 'test.leased',
  schema: Payload,
  key: ({ id }) => id,
  retries: 3,
  async run(ctx, { id }) {
    await runOnceLeased(ctx, 'test.leased', id, async () => {
      acts.push(`leased ${id}`);
    });
  },
});

const counting = defineSlicedJob({
  name: 'test.counting',
  schema: Payload,
  key: ({ id }) => id,
  retries: 1,
  position: z.number().int(),
  maxRows: 20,
  async runChunk(_ctx, { id }, position = 0) {
    acts.push(`${id}:${position}`);
    return { rows: 10, next: position < 4 ? position + 1 : undefined };
  },
});

const patient = defineJob({
  name: 'test.patient',
  schema: Payload,
  key: ({ id }) => id,
  retries: 3,
  async run() {
    acts.push('patient');
    if (acts.length === 1) throw new AppError('unavailable', { retryAfter: 600 });
  },
});

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: { jobs: createJobs([once, leased, counting, patient]) },
  });
});

beforeEach(() => {
  acts = [];
  isBroken = false;
});

afterEach(async () => {
  await app.queue.set({ duplicate: 0, drop: 0, delayMs: 0, down: false });
  await app.queue.deliver();
  await app.sql('delete from dead_letters');
});

function publish(work: (ctx: SystemCtx) => Promise<void>): Promise<void> {
  return app.asSystem(work);
}

async function post(options: {
  body: string;
  key?: string;
  url?: string;
  signedBody?: string;
  signedAt?: number;
  retried?: number;
  signature?: string;
}) {
  const signature =
    options.signature ??
    (await signDelivery({
      signingKey: options.key ?? String(app.env['QSTASH_CURRENT_SIGNING_KEY']),
      url: options.url ?? `${String(app.env['PUBLIC_URL'])}/v1/jobs`,
      body: Buffer.from(options.signedBody ?? options.body),
      ...(options.signedAt !== undefined && { now: options.signedAt }),
    }));
  return app.request('POST', '/v1/jobs', {
    rawBody: options.body,
    headers: {
      'content-type': 'application/json',
      'upstash-signature': signature,
      'upstash-message-id': `msg_${Math.random()}`,
      'upstash-retried': String(options.retried ?? 0),
    },
  });
}

const envelope = (id: string, name = 'test.once') => JSON.stringify({ v: 1, name, key: id, payload: { id } });

function letters() {
  return app.sql<{ name: string; key: string; error: string; attempts: number; payload: object }>(
    'select name, `key`, error, attempts, payload from dead_letters order by id',
  );
}

describe('the signature of a delivery', () => {
  const hour = 3600_000;

  it('counts with the current and with the next key', async () => {
    expect((await post({ body: envelope('101') })).status).toBe(204);
    const next = String(app.env['QSTASH_NEXT_SIGNING_KEY']);
    expect((await post({ body: envelope('102'), key: next })).status).toBe(204);
    expect(acts).toEqual(['once 101', 'once 102']);
  });

  it.each([
    ['by another key', { key: 'sig_some_other_key' }],
    ['of another body', { signedBody: envelope('999') }],
    ['for another address', { url: 'https://elsewhere.example/v1/jobs' }],
    ['for another path here', { url: 'http://127.0.0.1/v1/account' }],
    ['that has expired', { signedAt: Date.now() - hour }],
    ['that is not valid yet', { signedAt: Date.now() + hour }],
    ['that is none', { signature: 'x.y.z' }],
    ['that is empty', { signature: '' }],
  ])('%s is refused and nothing runs', async (_what, options) => {
    const answer = await post({ body: envelope('103'), ...options });
    expect(answer.status).toBe(401);
    expect(acts).toEqual([]);
    expect(await letters()).toEqual([]);
  });

  it('is needed at all', async () => {
    const answer = await app.request('POST', '/v1/jobs', { body: JSON.parse(envelope('104')) });
    expect(answer.status).toBe(401);
    expect(acts).toEqual([]);
  });

  it('goes on over a rotation: the key after next is refused until the Worker knows it', async () => {
    await publish((ctx) => enqueue(ctx, once, [{ id: '105' }]));
    await app.queue.rotateKeys();
    await app.queue.deliver();
    expect(acts).toEqual(['once 105']);
    await publish((ctx) => enqueue(ctx, once, [{ id: '106' }]));
    const keys = await app.queue.rotateKeys();
    await app.queue.deliver();
    expect(acts).toEqual(['once 105']);
    app.env['QSTASH_CURRENT_SIGNING_KEY'] = keys.current;
    app.env['QSTASH_NEXT_SIGNING_KEY'] = keys.next;
    app.forgetEnv();
    await app.queue.advance(15_000);
    expect(acts).toEqual(['once 105', 'once 106']);
  });

  it('is read from a bounded body', async () => {
    expect((await post({ body: 'x'.repeat(256 * 1024 + 1) })).status).toBe(413);
  });
});

describe('a job delivered more than once', () => {
  it.each([
    ['by the ledger in its transaction', once, 'once 201'],
    ['by a leased ledger row', leased, 'leased 201'],
  ])('acts once: %s', async (_how, job, act) => {
    await app.queue.set({ duplicate: 2 });
    await publish((ctx) => enqueue(ctx, job, [{ id: '201' }]));
    await app.queue.deliver();
    await app.queue.set({ duplicate: 0 });
    for (let more = 0; more < 2; more += 1) {
      await app.queue.advance(660_000);
      await publish((ctx) => enqueue(ctx, job, [{ id: '201' }]));
      await app.queue.deliver();
    }
    expect(acts).toEqual([act]);
    const sent = (await app.queue.deliveries()).filter(({ body }) =>
      body.includes(`"${job.name}","key":"201"`),
    );
    expect(sent.map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
    expect(sent[0]?.attempts.length).toBeGreaterThanOrEqual(3);
  });

  it('is published once in ten minutes by its key', async () => {
    await publish((ctx) => enqueue(ctx, once, [{ id: '202' }, { id: '202' }]));
    await publish((ctx) => enqueue(ctx, once, [{ id: '202' }]));
    expect((await app.queue.deliveries()).filter(({ body }) => body.includes('"202"'))).toHaveLength(1);
  });

  it('takes over the lease of one that died, and waits for one that has not', async () => {
    await app.sql(
      `insert into job_runs (name, \`key\`, lease_until) values ('test.leased', '203', ?)`,
      new Date(app.clock.now().getTime() + 60_000),
    );
    expect((await post({ body: envelope('203', 'test.leased') })).status).toBe(503);
    expect(acts).toEqual([]);
    app.clock.advance(60_000);
    expect((await post({ body: envelope('203', 'test.leased') })).status).toBe(204);
    expect(acts).toEqual(['leased 203']);
  });
});

describe('a job that fails', () => {
  it('is tried again as often as it says, then is a dead letter', async () => {
    isBroken = true;
    await publish((ctx) => enqueue(ctx, once, [{ id: '301' }]));
    await app.queue.deliver();
    expect(await letters()).toEqual([]);
    await app.queue.advance(3600_000);
    expect(await letters()).toMatchObject([
      { name: 'test.once', key: '301', error: 'TypeError', attempts: 3, payload: { id: '301' } },
    ]);
    const [message] = (await app.queue.deliveries()).filter(({ body }) => body.includes('"301"'));
    expect(message?.attempts.map(({ status }) => status)).toEqual([500, 500, 489]);
  });

  it('comes again when it says, if it says', async () => {
    await publish((ctx) => enqueue(ctx, patient, [{ id: '302' }]));
    await app.queue.deliver();
    await app.queue.advance(599_000);
    expect(acts).toHaveLength(1);
    await app.queue.advance(2_000);
    expect(acts).toHaveLength(2);
  });

  it.each([
    ['no JSON', 'not json', 'unreadable', 'invalid_envelope'],
    ['no envelope', '{"hello":1}', 'unreadable', 'invalid_envelope'],
    [
      'another version',
      JSON.stringify({ v: 2, name: 'test.once', key: 'k', payload: {} }),
      'unreadable',
      'invalid_envelope',
    ],
    ['an unknown job', envelope('1', 'test.gone'), 'test.gone', 'unknown_job'],
    ['a payload that does not fit', envelope('seven'), 'test.once', 'invalid_payload'],
    [
      'a position that does not fit',
      JSON.stringify({
        v: 1,
        name: 'test.counting',
        key: '1',
        payload: { id: '1' },
        slice: { number: 1, position: 'x' },
      }),
      'test.counting',
      'invalid_payload',
    ],
  ])('goes to the dead letters without retries: %s', async (_what, body, name, error) => {
    const answer = await post({ body });
    expect(answer.status).toBe(489);
    expect(answer.headers.get('upstash-nonretryable-error')).toBe('true');
    expect(acts).toEqual([]);
    expect(await letters()).toMatchObject([{ name, error, attempts: 1 }]);
  });

  it('leaves nothing of its error but the class', async () => {
    isBroken = true;
    await post({ body: envelope('303') });
    expect(app.logs.some((line) => line.includes('job failed'))).toBe(true);
    expect(app.logs.filter((line) => line.includes('"message":"job failed"')).join('')).not.toContain(
      'broken',
    );
  });
});

describe('work longer than one delivery', () => {
  it('hands on and finishes', async () => {
    await publish((ctx) => enqueue(ctx, counting, [{ id: '401' }]));
    await app.queue.deliver();
    expect(acts).toEqual(['401:0', '401:1', '401:2', '401:3', '401:4']);
    const messages = (await app.queue.deliveries()).filter(({ body }) => body.includes('"401"'));
    expect(messages.map(({ body }) => JSON.parse(body).slice)).toEqual([
      undefined,
      { number: 1, position: 2 },
      { number: 2, position: 4 },
    ]);
  });

  it('is one chain, however often a slice is delivered', async () => {
    await app.queue.set({ duplicate: 2 });
    await publish((ctx) => enqueue(ctx, counting, [{ id: '402' }]));
    await app.queue.deliver();
    const count = acts.length;
    await post({ body: envelope('402', 'test.counting') });
    expect(acts).toHaveLength(count);
    const messages = (await app.queue.deliveries()).filter(({ body }) => body.includes('"402"'));
    expect(messages).toHaveLength(3);
  });

  it('does a slice again whose handing on failed', async () => {
    await publish((ctx) => enqueue(ctx, counting, [{ id: '403' }]));
    const [first] = (await app.queue.deliveries()).filter(({ body }) => body.includes('"403"'));
    await app.fault('qstash', { mode: 'error' });
    expect((await post({ body: first?.body ?? '' })).status).toBe(500);
    expect(acts).toEqual(['403:0', '403:1']);
    await app.fault('qstash', undefined);
    await app.queue.deliver();
    expect(acts).toEqual(['403:0', '403:1', '403:0', '403:1', '403:2', '403:3', '403:4']);
  });
});
