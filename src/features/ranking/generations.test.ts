/** Readers see one whole generation at a time, however often a new one comes; staff see and steer the runs. */
import { beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type AnyJson, type TestApp } from '../../../test/harness/app.ts';
import { signUpPerson } from '../../../test/harness/people.ts';
import {
  insertCrowd,
  rankByWindows,
  rankHere,
  rankUntil,
  readRuns,
  startRanking,
} from '../../../test/harness/ranking.ts';
import { startStaff, type TestStaff } from '../../../test/harness/staff.ts';
import { koreanDay } from '../../platform/korea-time.ts';
import { doChunk } from './chunks.ts';
import { prepares } from './jobs.ts';

let app: TestApp;
let staff: TestStaff;

beforeAll(async () => {
  app = await startTestApp({ isListening: true });
  staff = await startStaff(app);
  await staff.add('writer@loopus.local', 'writer');
  await staff.add('reader@loopus.local', 'reader');
  await insertCrowd(app, { people: 400, schools: 3, fields: 2, seed: 11 });
});

describe('readers', () => {
  it('who read all the time while rankings are computed never see two generations mixed', async () => {
    const reader = await signUpPerson(app, { schoolId: 2 });
    await app.sql(
      'insert into activity_days values (?, ?, 1, 0, 0, 0, 0)',
      reader.userId,
      koreanDay(app.clock.now()),
    );
    /** What each generation must look like, by when it was shown. */
    const expected = new Map<string, Map<string, string>>();
    const reading = { isOver: false };
    let pages = 0;

    async function computeAgain(): Promise<void> {
      for (let round = 0; round < 6; round += 1) {
        app.clock.advance(6000);
        await app.sql('update activity_days set likes = (likes + user_id % 7 + ?) % 5', round);
        const ranks = await rankByWindows(app, koreanDay(app.clock.now()));
        const told = new Map(ranks.map(({ id, score, nation }) => [id, `${score} ${nation}`]));
        expected.set(app.clock.now().toISOString(), told);
        await rankHere(app);
      }
      reading.isOver = true;
    }

    async function readAll(): Promise<void> {
      while (!reading.isOver) {
        let cursor: string | null = null;
        let updatedAt: string | undefined;
        const seen: string[] = [];
        do {
          const query: string = cursor === null ? '' : `&cursor=${cursor}`;
          const answer = await app.request('GET', `/v1/rankings?limit=60${query}`, {
            token: reader.token,
            settle: false,
          });
          if (answer.body.code === 'ranking_moved_on') break;
          expect(answer.status).toBe(200);
          updatedAt ??= answer.body.updatedAt;
          expect(answer.body.updatedAt).toBe(updatedAt);
          const told = updatedAt === undefined ? undefined : expected.get(updatedAt);
          for (const { person, score, rank } of answer.body.items as AnyJson[]) {
            if (told) expect(`${score} ${rank}`).toBe(told.get(person.id));
            seen.push(person.id);
          }
          pages += 1;
          cursor = answer.body.nextCursor;
          if (cursor === null && told) expect(seen.toSorted()).toEqual([...told.keys()].toSorted());
        } while (cursor !== null);
      }
    }

    await rankHere(app);
    await Promise.all([computeAgain(), readAll(), readAll()]);
    expect(pages).toBeGreaterThan(12);
    expect(expected.size).toBe(6);
  });

  it('still find the generation before, and that one whole, after the next has been shown', async () => {
    const [reader] = [await signUpPerson(app)];
    await rankHere(app);
    const day = koreanDay(app.clock.now());
    const before = await rankByWindows(app, day);
    let page = (await app.request('GET', '/v1/rankings?limit=100', { token: reader.token })).body;
    const seen: AnyJson[] = [...page.items];
    await app.sql('update activity_days set likes = likes + user_id % 3');
    await rankHere(app);
    while (page.nextCursor) {
      page = (
        await app.request('GET', `/v1/rankings?limit=100&cursor=${page.nextCursor}`, { token: reader.token })
      ).body;
      seen.push(...page.items);
    }
    expect(seen.map(({ person, rank }) => [person.id, rank]).toSorted()).toEqual(
      before.map(({ id, nation }) => [id, nation]).toSorted(),
    );
  });
});

describe('staff', () => {
  const list = () => staff.request('reader@loopus.local', 'GET', '/v1/staff/ranking/runs?limit=2');

  it('start a run, and see what it wrote and took', async () => {
    expect((await staff.request('reader@loopus.local', 'POST', '/v1/staff/ranking/runs')).status).toBe(403);
    expect((await staff.request('writer@loopus.local', 'POST', '/v1/staff/ranking/runs')).status).toBe(202);
    await app.settle();
    await app.queue.deliver();
    const [run] = (await list()).body.items;
    expect(run).toMatchObject({ state: 'done', day: koreanDay(app.clock.now()), error: null, durationMs: 0 });
    expect(run.people).toBeGreaterThan(200);
    expect(
      run.phases.map(({ phase, chunks, finished }: AnyJson) => [phase, chunks === finished]).toSorted(),
    ).toEqual([
      ['groups', true],
      ['nation', true],
      ['scopes', true],
      ['scores', true],
    ]);
    const detail = await staff.request(
      'reader@loopus.local',
      'GET',
      `/v1/staff/ranking/runs/${run.generation}`,
    );
    expect(detail.body.slowestChunks.length).toBeGreaterThan(3);
    expect((await staff.request('reader@loopus.local', 'GET', '/v1/staff/ranking/runs/999999')).status).toBe(
      404,
    );
    const page = await list();
    const next = await staff.request(
      'reader@loopus.local',
      'GET',
      `/v1/staff/ranking/runs?limit=2&cursor=${page.body.nextCursor}`,
    );
    expect(next.body.items[0].generation).toBeLessThan(page.body.items[1].generation);
  });

  it('cancel a run: nothing of it is written any more, and the next is whole', async () => {
    app.clock.advance(60_000);
    const shown = await app.sql('select generation from ranking_pointer');
    const left = await app.asSystem((ctx) => rankUntil(ctx, app.clock.now(), { phase: 'groups', number: 0 }));
    const { run, chunk } = left!;
    const cancel = () =>
      staff.request('writer@loopus.local', 'POST', `/v1/staff/ranking/runs/${run.generation}/cancel`);
    expect((await cancel()).status).toBe(204);
    expect((await cancel()).body.code).toBe('ranking_run_over');
    expect(await app.asSystem((ctx) => doChunk(ctx, run, chunk, prepares.groups))).toBe(0);
    expect(await app.sql('select generation from ranking_pointer')).toEqual(shown);
    expect((await readRuns(app))[0]).toMatchObject({ state: 'cancelled' });
    app.clock.advance(60_000);
    await startRanking(app);
    await app.queue.deliver();
    expect((await readRuns(app))[0]).toMatchObject({ state: 'done' });
    expect(
      await app.sql(`select action, target_id from audit_log where action like 'ranking.%' order by id`),
    ).toEqual([
      { action: 'ranking.started', target_id: 'ranking.hourly' },
      { action: 'ranking.cancelled', target_id: String(run.generation) },
    ]);
  });

  it('who cancel wait for a chunk that is being written', async () => {
    app.clock.advance(60_000);
    const left = await app.asSystem((ctx) => rankUntil(ctx, app.clock.now(), { phase: 'groups', number: 0 }));
    const { run, chunk } = left!;
    const order: string[] = [];
    await app.fault('planetscale', {
      mode: 'delay',
      delayMs: 400,
      match: 'insert into `ranking_scopes`',
      count: 1,
    });
    const writing = app
      .asSystem((ctx) => doChunk(ctx, run, chunk, prepares.groups))
      .then((rows) => order.push(rows > 0 ? 'written' : 'refused'));
    for (let tries = 0; tries < 500; tries += 1) {
      // Seen only by whoever reads what is not committed: the chunk holds its locks by now.
      const [seen] = await app.sql(
        'select attempts from ranking_chunks where generation = ? and phase = ? for update skip locked',
        chunk.generation,
        'groups',
      );
      if (!seen) break;
    }
    const cancelling = staff
      .request('writer@loopus.local', 'POST', `/v1/staff/ranking/runs/${run.generation}/cancel`)
      .then(({ status }) => order.push(`cancelled ${status}`));
    await Promise.all([writing, cancelling]);
    expect(order).toEqual(['written', 'cancelled 204']);
  });
});
