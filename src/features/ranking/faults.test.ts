/** Whatever happens on the way, the result is the same. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import {
  createRandom,
  expectExact,
  insertCrowd,
  rankUntil,
  readRanks,
  readRuns,
  runRanking,
  startRanking,
  stirCrowd,
} from '../../../test/harness/ranking.ts';
import { doChunk } from './chunks.ts';
import { prepares } from './jobs.ts';

let app: TestApp;
let ids: string[];
const random = createRandom(78);

const MINUTE = 60_000;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  ids = await insertCrowd(app, { people: 3500, schools: 7, fields: 4, seed: 6 });
  await runRanking(app);
});

afterEach(async () => {
  await app.queue.set({ duplicate: 0, reorder: false, drop: 0 });
  await app.fault('planetscale', undefined);
});

describe('nothing changes the result', () => {
  it('each message delivered three times, out of order', async () => {
    await stirCrowd(app, ids, random);
    await app.queue.set({ duplicate: 2, reorder: true });
    await runRanking(app);
    await expectExact(app);
  });

  it('two schedulers at once make one run', async () => {
    await stirCrowd(app, ids, random);
    const before = (await readRuns(app)).length;
    const dueAt = app.clock.now();
    await Promise.all([startRanking(app, dueAt), startRanking(app, dueAt), startRanking(app, dueAt)]);
    await app.queue.deliver();
    expect(await readRuns(app)).toHaveLength(before + 1);
    await expectExact(app);
  });

  it('a run that is started while another is under way takes its place', async () => {
    await stirCrowd(app, ids, random);
    await startRanking(app);
    await stirCrowd(app, ids, random);
    await startRanking(app);
    await app.queue.deliver();
    expect((await readRuns(app)).slice(0, 2).map(({ state }) => state)).toEqual(['done', 'abandoned']);
    await expectExact(app);
  });

  it.each([
    ['before', 'insert into `ranking_scores`'],
    ['after', 'insert into `ranking_scores`'],
    ['before', 'insert into `ranking_levels`'],
    ['after', 'insert into `ranking_scopes`'],
    ['before', 'insert into `ranking_highlights`'],
    ['before', 'update `ranking_runs`'],
    ['after', 'update `ranking_pointer`'],
    ['after', 'commit'],
  ] as const)('a chunk killed %s: %s', async (when, match) => {
    await stirCrowd(app, ids, random);
    await startRanking(app);
    const before = app.logs.length;
    await app.fault('planetscale', { mode: 'drop', when, match, count: 2 });
    await app.queue.deliver();
    await app.fault('planetscale', undefined);
    expect(app.logs.slice(before).some((line) => line.includes('job failed'))).toBe(true);
    await app.queue.advance(5 * MINUTE);
    await expectExact(app);
  });

  it.each([
    ['scores', 1],
    ['groups', 0],
    ['scopes', 2],
    ['nation', 0],
  ] as const)('a run that dies in its %s, whose chunk %i comes much later', async (phase, number) => {
    await stirCrowd(app, ids, random);
    const left = await app.asSystem((ctx) => rankUntil(ctx, app.clock.now(), { phase, number }));
    await stirCrowd(app, ids, random);
    await runRanking(app);
    await expectExact(app);
    const late = left!;
    expect(await app.asSystem((ctx) => doChunk(ctx, late.run, late.chunk, prepares[phase]))).toBe(0);
    await expectExact(app);
  });

  it('sums that differ keep the new generation from readers; the next run is right again', async () => {
    await stirCrowd(app, ids, random);
    const shown = await readRanks(app);
    const dueAt = app.clock.now();
    const left = await app.asSystem((ctx) => rankUntil(ctx, dueAt, { phase: 'nation', number: 0 }));
    await app.sql(
      'update ranking_levels set people = people + 1 where generation = ? and school_id = 0 and field_id = 2 limit 1',
      left!.run.generation,
    );
    await app.asSystem((ctx) => rankUntil(ctx, dueAt));
    expect((await readRuns(app))[0]).toMatchObject({ state: 'failed', error: 'sums_differ' });
    expect(await readRanks(app)).toEqual(shown);
    app.clock.advance(MINUTE);
    await runRanking(app);
    await expectExact(app);
  });
});
