/** Events and their reactions: after the answer, left behind, failing, poisoned, in a backlog. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { defineEvent, defineReaction } from '../../src/platform/events.ts';
import { enqueue } from '../../src/platform/jobs/enqueue.ts';
import { createJobs, defineJob } from '../../src/platform/jobs/job.ts';
import { createReactions } from '../../src/platform/outbox.ts';
import { createSchedules } from '../../src/platform/schedules.ts';
import { drainOutbox } from '../../src/platform/sweep-outbox.ts';
import { startTestApp, type TestApp } from '../harness/app.ts';
import { toSqlTime } from '../harness/people.ts';

const Payload = z.object({ id: z.string() });
const happened = defineEvent('test.happened', Payload);
const ignored = defineEvent('test.ignored', Payload);

let notes: string[][] = [];
let failing: (ids: string[]) => boolean = () => false;
let jobsDone: string[] = [];

const note = defineReaction({
  name: 'test.note',
  on: [happened],
  async run(_ctx, events) {
    const ids = events.map(({ payload }) => payload.id);
    notes.push(ids);
    if (failing(ids)) throw new RangeError('no');
  },
});

const work = defineJob({
  name: 'test.work',
  schema: Payload,
  key: ({ id }) => id,
  retries: 3,
  async run(_ctx, { id }) {
    jobsDone.push(id);
  },
});

const delegate = defineReaction({
  name: 'test.delegate',
  on: [happened],
  async run(ctx, events) {
    await enqueue(
      ctx,
      work,
      events.map(({ payload }) => payload),
    );
  },
});

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({
    isListening: true,
    registry: {
      reactions: createReactions([note, delegate]),
      jobs: createJobs([work, drainOutbox]),
      schedules: createSchedules([]),
    },
  });
});

beforeEach(() => {
  notes = [];
  jobsDone = [];
  failing = () => false;
});

afterEach(async () => {
  await app.queue.set({ down: false });
  await app.fault('qstash', undefined);
  await app.queue.deliver();
  await app.sql('delete from outbox');
  await app.sql('delete from dead_letters');
});

function cause(...ids: string[]): Promise<void> {
  return app.asSystem((ctx) =>
    inTransaction(ctx, async (tx) => {
      for (const id of ids) tx.emit(happened, { id });
    }),
  );
}

function waiting() {
  return app.sql<{ attempts: number; remaining: string[] | null }>(
    'select attempts, remaining from outbox order by id',
  );
}

/** Events as an isolate leaves them that died right after COMMIT, `count` of them. */
async function leaveBehind(count: number, more: { attempts?: number } = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => String(1000 + index));
  const now = toSqlTime(app.clock.now());
  for (let start = 0; start < count; start += 500) {
    const rows = ids
      .slice(start, start + 500)
      .map(
        (id) =>
          `(${id}, 'test.happened', '{"id":"${id}"}', '${now}', '${now}', 'gone', ${more.attempts ?? 1})`,
      );
    await app.sql(
      `insert into outbox (id, name, payload, created_at, available_at, claim, attempts) values ${rows.join(',')}`,
    );
  }
  return ids;
}

describe('an event', () => {
  it('has its reactions run after the answer, as one list, and is gone', async () => {
    await cause('1', '2');
    expect(notes).toEqual([['1', '2']]);
    expect(await waiting()).toEqual([]);
  });

  it('that nobody hears is not written', async () => {
    await app.asSystem((ctx) => inTransaction(ctx, async (tx) => tx.emit(ignored, { id: '1' })));
    expect(await waiting()).toEqual([]);
  });

  it('of a transaction that rolls back has not happened', async () => {
    const failure = app.asSystem((ctx) =>
      inTransaction(ctx, async (tx) => {
        tx.emit(happened, { id: '1' });
        throw new Error('rolled back');
      }),
    );
    await expect(failure).rejects.toThrow('rolled back');
    await app.settle();
    expect(notes).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it('left behind by an isolate that died is taken up by the next tick', async () => {
    await leaveBehind(3);
    await app.tick();
    expect(notes).toEqual([['1000', '1001', '1002']]);
    expect(await waiting()).toEqual([]);
  });

  it('held by a living isolate is left to it until its lease ends', async () => {
    await leaveBehind(1);
    await app.sql(
      'update outbox set available_at = ?',
      toSqlTime(new Date(app.clock.now().getTime() + 60_000)),
    );
    await app.tick();
    expect(notes).toEqual([]);
    app.clock.advance(60_000);
    await app.tick();
    expect(notes).toEqual([['1000']]);
  });

  it('is claimed once by sweeps at the same time', async () => {
    await leaveBehind(150);
    await Promise.all([app.tick(), app.tick(), app.tick()]);
    expect(notes.flat().toSorted()).toEqual(Array.from({ length: 150 }, (_, index) => String(1000 + index)));
    expect(await waiting()).toEqual([]);
  });
});

describe('a reaction that fails', () => {
  it('is tried again by itself, later and later; the others are not run again', async () => {
    failing = () => true;
    await cause('again');
    expect(await waiting()).toEqual([{ attempts: 1, remaining: ['test.note'] }]);
    await app.tick();
    expect(notes).toHaveLength(1);
    app.clock.advance(10_000);
    await app.tick();
    expect(await waiting()).toEqual([{ attempts: 2, remaining: ['test.note'] }]);
    app.clock.advance(29_000);
    await app.tick();
    expect(notes).toHaveLength(2);
    failing = () => false;
    app.clock.advance(1_000);
    await app.tick();
    expect(notes).toHaveLength(3);
    expect(await waiting()).toEqual([]);
    await app.queue.deliver();
    expect(jobsDone).toEqual(['again']);
  });

  it('with one bad event does not hold up the rest of its list', async () => {
    failing = (ids) => ids.includes('bad');
    await cause('a', 'bad', 'b');
    expect(await waiting()).toHaveLength(3);
    app.clock.advance(10_000);
    await app.tick();
    expect(notes.slice(1)).toEqual([['a'], ['bad'], ['b']]);
    expect(await waiting()).toEqual([{ attempts: 2, remaining: ['test.note'] }]);
  });

  it('is a dead letter after eight attempts', async () => {
    failing = () => true;
    await cause('1');
    for (let hour = 0; hour < 60 && (await waiting()).length > 0; hour += 1) {
      app.clock.advance(3600_000);
      await app.tick();
    }
    expect(notes).toHaveLength(8);
    expect(
      await app.sql('select kind, name, `key`, error, attempts, payload, state from dead_letters'),
    ).toEqual([
      {
        kind: 'event',
        name: 'test.happened',
        key: 'test.note',
        error: 'RangeError',
        attempts: 8,
        payload: { id: '1' },
        state: 'open',
      },
    ]);
  });

  it('that kills its isolate every time is a dead letter too', async () => {
    await leaveBehind(1, { attempts: 8 });
    await app.tick();
    expect(notes).toEqual([]);
    expect(await app.sql('select `key`, error, attempts from dead_letters')).toEqual([
      { key: '*', error: 'died', attempts: 9 },
    ]);
    expect(await waiting()).toEqual([]);
  });
});

describe('a backlog', () => {
  it('is handed to QStash in batches of 200, each event once', async () => {
    const ids = await leaveBehind(1050);
    await app.tick();
    const batches = (await app.queue.deliveries()).filter(({ body }) => body.includes('"outbox.drain"'));
    expect(batches).toHaveLength(5);
    await app.queue.deliver();
    expect(notes.map((list) => list.length).toSorted()).toEqual([200, 200, 200, 200, 200, 50]);
    expect(notes.flat().toSorted()).toEqual(ids);
    expect(await waiting()).toEqual([]);
  });

  it('is worked at by the tick itself when QStash is away', async () => {
    const ids = await leaveBehind(450);
    // The reaction that itself needs QStash fails, the other one does not.
    await app.queue.set({ down: true });
    await app.tick();
    expect(notes.flat().toSorted()).toEqual(ids);
    expect(new Set((await waiting()).map(({ remaining }) => remaining?.join()))).toEqual(
      new Set(['test.delegate']),
    );
  });
});
